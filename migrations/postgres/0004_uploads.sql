-- Files of a draft. A part that is carried along from a stored message has no content here. A removed
-- file keeps its number, so that a number never means another file.
CREATE TABLE uploads (
    account TEXT NOT NULL,
    draft TEXT NOT NULL,
    number BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    carried BIGINT NOT NULL,
    size BIGINT NOT NULL,
    meta BYTEA NOT NULL,
    PRIMARY KEY (account, draft, number)
);

-- The content of a file in sealed pieces, so that no file is ever whole in a statement. `piece` counts from 0.
CREATE TABLE upload_pieces (
    account TEXT NOT NULL,
    draft TEXT NOT NULL,
    number BIGINT NOT NULL,
    piece BIGINT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (account, draft, number, piece),
    FOREIGN KEY (account, draft, number) REFERENCES uploads (account, draft, number) ON DELETE CASCADE
);
