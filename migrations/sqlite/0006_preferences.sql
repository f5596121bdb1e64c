-- What a person chose in the settings, sealed under the account's key.
CREATE TABLE preferences (
    account TEXT NOT NULL PRIMARY KEY,
    content BLOB NOT NULL
);
