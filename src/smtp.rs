//! Submission (RFC 6409): 587 with STARTTLS or 465 with TLS, AUTH, SIZE; one outcome per recipient.
//!
//! lettre's `AsyncSmtpConnection` is not used: it keeps plaintext that was buffered behind the 220 of STARTTLS, does not
//! read SIZE, folds every refusal of a recipient into one error, gives the reply to the final dot and a broken connection
//! in front of it the same error, reads lines without a bound, and cannot take the shared TLS configuration. Its commands,
//! addresses and reply parser are used over a stream of our own.

mod content;
mod dialogue;
mod job;
mod opening;
mod transaction;

use secrecy::SecretString;
use std::{sync::Arc, time::Duration};

/// A submission server and how to speak to it.
#[derive(Clone)]
pub struct Endpoint {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub tls: Arc<rustls::ClientConfig>,
    /// For each command and each 64 KiB of content.
    pub command: Duration,
    /// For the reply after the final dot.
    pub data: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Implicit TLS (465).
    Tls,
    /// STARTTLS required (587).
    StartTls,
    /// Loopback only.
    None,
}

/// What became of one submission. Only `Accepted` means sent; only `Unknown` must never be retried by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted {
        response: String,
    },
    /// Not one recipient was given the message. `recipients` is empty when the server refused the message or its sender.
    Rejected {
        recipients: Vec<Refusal>,
        code: u16,
        text: String,
        transient: bool,
    },
    /// Nothing was sent.
    NotSent(Cause),
    /// The final dot may have been read.
    Unknown {
        text: String,
    },
}

/// One recipient the server did not take, with its words (control characters removed, at most 500 characters).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Refusal {
    pub address: String,
    pub code: u16,
    pub text: String,
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    Unreachable(String),
    Tls(String),
    AuthenticationFailed,
    /// `limit`: what SIZE announced, octets.
    TooLarge {
        limit: u64,
    },
    /// These addresses need SMTPUTF8 (RFC 6531), which the server does not offer.
    NotInternational {
        addresses: Vec<String>,
    },
    Timeout,
    Protocol(String),
}

/// EHLO, STARTTLS, AUTH PLAIN or LOGIN, MAIL (SIZE, SMTPUTF8 and 8BITMIME where needed and offered), every RCPT (one
/// refused: RSET, nothing sent), DATA, QUIT. Never retries. Dropping the future closes the connection; what had been
/// sent by then is unknown to the caller, so a task that must know the outcome is not dropped.
pub async fn submit(
    endpoint: &Endpoint,
    user: &str,
    password: &SecretString,
    from: &str,
    recipients: &[String],
    message: &[u8],
) -> Outcome {
    let job = match job::Job::new(from, recipients, message) {
        Ok(job) => job,
        Err(cause) => return Outcome::NotSent(cause),
    };
    transaction::run(endpoint, user, password, &job).await
}
