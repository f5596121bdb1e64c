//! What the sealed column of an outbox row holds.
use super::super::{
    Address, Error, Refusal, Result,
    drafts::{Content, Place},
};
use super::check::{self, Letter};
use crate::smtp::Cause;
use serde::{Deserialize, Serialize};

/// Why a message was not sent, or is not known to be, in terms that can be translated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The submission server or the Drafts mailbox said no: `reason` and `refused` have its words.
    Refused,
    /// `limit` in octets.
    TooLarge {
        limit: u64,
    },
    /// The password is not taken any more.
    SignedOut,
    /// The submission server refuses a password that IMAP takes.
    SubmissionDenied,
    /// No room for the copy in Drafts.
    OverQuota,
    /// Addresses outside ASCII (`refused` names them), and a server that cannot take them.
    NotInternational,
    /// The mail server could not be reached, or the connection broke before the message was handed over.
    Unreachable,
    TimedOut,
    /// No TLS as it was asked for.
    Insecure,
    /// A file that was to be carried along is not where it was.
    MissingFile,
    /// The server speaks outside the protocol, or something here went wrong; the log says what.
    Internal,
    /// Posta was stopped while the message was on its way.
    Interrupted,
    /// The connection broke after the message was handed over.
    LostReply,
}

impl Failure {
    /// What is told as an error of the request: the draft is open for writing again.
    pub(super) fn as_error(&self) -> Option<Error> {
        match self {
            Self::OverQuota => Some(Error::OverQuota),
            Self::SignedOut => Some(Error::SignedOut),
            _ => None,
        }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        match error {
            Error::OverQuota => Self::OverQuota,
            Error::SignedOut => Self::SignedOut,
            Error::TooLarge { limit } => Self::TooLarge { limit: *limit },
            Error::NoSuchMessage | Error::MailboxChanged => Self::MissingFile,
            Error::Refused(_) | Error::NoSuchMailbox => Self::Refused,
            Error::Unavailable(_) => Self::Unreachable,
            Error::TimedOut | Error::Busy => Self::TimedOut,
            Error::NoSuchDraft | Error::EndedProcess | Error::Store(_) => Self::Internal,
        }
    }
}

/// The failure and the server's words.
pub(super) fn of_cause(cause: Cause) -> (Failure, Option<String>) {
    match cause {
        Cause::Unreachable(text) => (Failure::Unreachable, Some(text)),
        Cause::Tls(text) => (Failure::Insecure, Some(text)),
        Cause::AuthenticationFailed => (Failure::SignedOut, None),
        Cause::TooLarge { limit } => (Failure::TooLarge { limit }, None),
        Cause::NotInternational { .. } => (Failure::NotInternational, None),
        Cause::Timeout => (Failure::TimedOut, None),
        Cause::Protocol(text) => (Failure::Internal, Some(text)),
    }
}

/// Everything about a send but the text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    /// Header date, unix seconds: the moment the person pressed send.
    pub date: i64,
    /// MAIL FROM.
    pub from: String,
    /// RCPT TO, each once; names for the page.
    pub recipients: Vec<Address>,
    pub subject: String,
    #[serde(default)]
    pub refused: Vec<Refusal>,
    #[serde(default)]
    pub failure: Option<Failure>,
    #[serde(default)]
    pub reason: Option<String>,
    /// The message as built, in Drafts.
    #[serde(default)]
    pub copy: Option<Place>,
    #[serde(default)]
    pub filed: Option<Place>,
    /// What it answers or forwards.
    #[serde(default)]
    pub reply: Option<Place>,
    #[serde(default)]
    pub forward: Option<Place>,
}

impl Record {
    pub fn new(letter: Letter, content: &Content, now: i64) -> Self {
        Self {
            date: now,
            from: letter.from,
            recipients: letter.recipients,
            subject: content.subject.clone(),
            refused: Vec::new(),
            failure: None,
            reason: None,
            copy: None,
            filed: None,
            reply: content.reply.clone(),
            forward: content.forward.clone(),
        }
    }

    /// Takes the envelope from the text that is sent: a save may have come between the check and the row, and after the row none does.
    pub fn address(&mut self, content: &Content, email: &str) -> Result<()> {
        let letter = check::letter(content, email).map_err(|_invalid_now| Error::NoSuchDraft)?;
        self.from = letter.from;
        self.recipients = letter.recipients;
        self.subject.clone_from(&content.subject);
        Ok(())
    }

    pub fn to_json(&self) -> Result<Vec<u8>> {
        Ok(serde_json::to_vec(self).map_err(crate::store::Error::from)?)
    }

    pub fn from_json(json: &[u8]) -> Result<Self> {
        Ok(serde_json::from_slice(json).map_err(crate::store::Error::from)?)
    }

    /// A new try forgets what went wrong before.
    pub fn clear(&mut self) {
        self.refused.clear();
        self.failure = None;
        self.reason = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_is_that_of_the_text_that_is_sent() {
        let to = |address: &str| Content {
            to: address.to_owned(),
            ..Content::default()
        };
        let email = "ana@host.example";
        let checked = to("bob@host.example");
        let letter = check::letter(&checked, email).unwrap();
        let mut record = Record::new(letter, &checked, 1);
        record.address(&to("cat@host.example"), email).unwrap();
        let recipients: Vec<_> = record
            .recipients
            .iter()
            .map(|to| to.addr.as_str())
            .collect();
        assert_eq!(recipients, ["cat@host.example"]);
        assert!(record.address(&to(""), email).is_err());
    }
}
