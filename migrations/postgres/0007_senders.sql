-- What a person chose for one sender. `sender` is a keyed hash, the address itself is sealed. `view`: how the sender's
-- letters are shown; NULL: as the letter itself suggests.
CREATE TABLE senders (
    account TEXT NOT NULL,
    sender TEXT NOT NULL,
    address BYTEA NOT NULL,
    pictures BIGINT NOT NULL,
    view TEXT,
    PRIMARY KEY (account, sender)
);
