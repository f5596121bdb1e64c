-- Sign-in tries. name is a keyed hash of what is counted: a client network, an account, all, or
-- an account as tried from a network where it has signed in before (familiar = 1).
CREATE TABLE attempts (
    name      TEXT NOT NULL PRIMARY KEY,
    familiar  BIGINT NOT NULL,
    tries     BIGINT NOT NULL,
    last_at   BIGINT NOT NULL
);
CREATE INDEX attempts_last_at ON attempts (last_at);
