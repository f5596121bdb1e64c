-- Since when a person knows an address. `sender` is the same keyed hash as in `senders`. `since`: when the earliest known
-- message from it arrived, unix seconds; 0: for ever.
CREATE TABLE known_senders (
    account TEXT NOT NULL,
    sender TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (account, sender)
);
