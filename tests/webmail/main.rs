//! Stories against a real Dovecot and Postfix, told through the pages that a browser sees.
//!
//! Every story has its own user; all share one mail server ([`support::mail_server::MailServer::shared`]), except those
//! that stop or slow it down. A missing server is a failing test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, starts what it needs, and looks at the clock"
)]

mod architecture;
mod browser;
mod characters;
mod dependencies;
mod documentation;
mod files;
mod first_messages;
mod http_attacks;
mod imap_hostile;
mod isolation;
mod letters;
mod lists;
mod locales;
mod mail_servers;
mod network;
mod odd_messages;
mod opening;
mod pictures;
mod reading;
mod remote;
mod security;
mod sending;
mod settings;
mod sign_in;
mod smtp_hostile;
#[allow(dead_code, reason = "the stories take from it what they need")]
mod support;
mod templates;
mod trust;
mod uploads;
mod writing;
