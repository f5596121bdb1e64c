-- Messages during whose rendering a process ended: they are opened as source until a person tries again. `account` and
-- `message` are keyed hashes, `marked_at` unix seconds.
CREATE TABLE markers (
    account TEXT NOT NULL,
    message TEXT NOT NULL,
    marked_at BIGINT NOT NULL,
    PRIMARY KEY (account, message)
);
