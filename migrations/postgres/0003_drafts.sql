-- Messages being written. `content` and `copy` are sealed under the account's key; `copy` says where the Drafts mailbox
-- holds `copy_version` of it (empty: nowhere). `state`: 0 in work, 1 discarded (kept so that a late save revives nothing).
CREATE TABLE drafts (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    state BIGINT NOT NULL,
    version BIGINT NOT NULL,
    content BYTEA NOT NULL,
    copy BYTEA NOT NULL,
    copy_version BIGINT NOT NULL,
    saved BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX drafts_saved ON drafts (saved);
