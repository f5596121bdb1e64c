-- One row per browser session. id_hash is SHA-256 of the cookie's id; data opens only with that id.
CREATE TABLE sessions (
    id_hash    BLOB NOT NULL PRIMARY KEY,
    public_id  TEXT NOT NULL UNIQUE,
    account    TEXT,
    data       BLOB NOT NULL,
    label      BLOB,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
