-- Messages taken to be sent. `content` is sealed: recipients, subject, refusals and where the copies are, never the
-- text. The row belongs to the task that holds `claim` until `claimed_until`.
CREATE TABLE outbox (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    claim TEXT NOT NULL,
    claimed_until BIGINT NOT NULL,
    content BLOB NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX outbox_updated ON outbox (updated);
