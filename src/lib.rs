//! Posta, a webmail server: browsers on one side, an IMAP and a submission server on the other.
//!
//! The mail server is the truth: messages, flags, folders and filed drafts live there and nowhere else. The database holds
//! what a mail server has no place for: sessions, the tries of signing in, preferences, the draft between two keystrokes
//! with its files, the state of each submission, since when a sender is known, and which message ended the process. Whatever
//! in it is a secret or a person's words is sealed, and whoever is known stands there as a keyed hash.
//!
//! # The parts
//!
//! | part | what it is |
//! |---|---|
//! | [`config`] | [`config::Config`] and every limit; the only reader of the environment |
//! | [`server`] | assembles the application, serves, drains |
//! | [`web`] | the routing table, the layers around it, one file for each family of pages |
//! | [`i18n`] | Fluent texts, dates and numbers of four languages |
//! | [`mail`] | mail in a person's terms: every verb hangs at [`mail::Account`], in a file of its own |
//! | [`imap`] | the words of RFC 9051, one connection as an actor, the pool; strings become protocol only in `imap/syntax` |
//! | [`smtp`] | one submission, one outcome for each recipient |
//! | [`remote`] | the one guarded way out to the web: pictures, and the way off a list, that a person asked for |
//! | [`store`] | one SQL text for SQLite and PostgreSQL |
//! | [`mime`] | pure: hostile bytes in, values out; the only maker of [`mime::SafeHtml`] |
//! | [`seal`] | authenticated encryption of secrets at rest |
//! | [`tasks`] | the only caller of `tokio::spawn`: every task is tracked and told when to end |
//!
//! # The layers
//!
//! ```text
//! main → server → web → mail → { imap, smtp, store, remote } → { mime, seal }
//! ```
//!
//! Arrows never go up or sideways. `i18n` belongs to `web`; `tasks` and the values of `config` may be used by anyone.
//! `web` never names `imap`, `smtp`, `store` or `remote`: it sees what `mail` re-exports. A test reads the source and holds it to this.
//!
//! # How three requests travel
//!
//! **Open the inbox, page 3.** `GET /mailbox/INBOX?page=3` passes the layers of [`web::router`]: request id and span,
//! security headers, errors, host, origin, session. An extractor opens the session and finds the live account, or answers
//! 303 to the sign-in page with `next`. The handler asks [`mail::Account::listing`] and fills one page struct. The listing
//! borrows a connection from the pool, computes its window from the end of the mailbox in sequence numbers, and fetches
//! 50 envelopes; it never lists all UIDs. What a message says of itself does not change, so an account's last rows are
//! remembered, and a page that is shown again asks for its flags alone. Templates render the page.
//!
//! **Send a letter with two files.** Each file goes to `POST /compose/{id}/attachments`, where it is counted while it streams
//! in: over the limit the answer is 413 with a page that names file and limit, and the text fields in front of the file are
//! stored already. `POST /compose/{id}/send` hands over to the outbox: the bytes are built once under the Message-ID that
//! derives from the draft's id, appended to Drafts, recorded as *sending*, submitted, the outcome recorded, the copy moved
//! to Sent. A tracked task does it; the request only waits for it, and a second press of the button joins the first. Once
//! accepted nothing is submitted again, and a lost reply to the final dot is *unknown*, never a retry.
//!
//! **Read a letter.** `GET /mailbox/INBOX/7.42` fetches envelope, structure and header, then only the text part that is
//! shown. What carries no layout is read into typed blocks, which templates print in the page's own typography; no markup
//! of it comes through. A designed one keeps its looks: the page holds a sandboxed frame whose document is an address of
//! its own, `…/body`: the HTML part goes through the caps, our pass over the tree, the CSS filter and the allow list, in
//! that order, on a thread of its own with a deep stack, and leaves as [`mime::SafeHtml`] under a policy that lets nothing
//! run and nothing be fetched. Pictures from the web are left out until the person asks for them; then their addresses are
//! sealed ones of our own, `/img/…`, and [`remote`] fetches them. Letters that were opened last are kept for two minutes:
//! the frame, and a page that is read again, ask the mail server only for flags, and whether the letter is still there.
//! Whether it is the first message from its address is one look into the database; where nobody has looked yet, a task
//! searches the mailboxes while the letter is rendered, and the page says what it found, at once or when it is read again.
//!
//! # Errors
//!
//! [`imap::Error`], [`smtp::Outcome`] and [`store::Error`] become [`mail::Error`] in the person's terms; the web layer adds a
//! status and a text in the visitor's language and logs the chain under the request's id. Invalid input is no error but a
//! page with 422. Only the pool retries, once, and only what was not sent yet or is a read that may be repeated.

pub mod config;
pub mod i18n;
pub mod imap;
pub mod mail;
pub mod mime;
pub mod remote;
pub mod seal;
pub mod server;
pub mod smtp;
pub mod store;
pub mod tasks;
pub mod web;
