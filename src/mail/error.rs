use crate::{imap, store};

/// Everything that can go wrong, in the user's terms. The cause is kept as source for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such mailbox")]
    NoSuchMailbox,
    #[error("no such message")]
    NoSuchMessage,
    /// UIDVALIDITY changed: the reference points nowhere any more.
    #[error("the mailbox was rebuilt")]
    MailboxChanged,
    /// It is shown as its source, until a person asks for more (SECURITY.md R-LIM-4).
    #[error("the process ended while it rendered this message")]
    EndedProcess,
    #[error("no such draft")]
    NoSuchDraft,
    #[error("over quota")]
    OverQuota,
    /// `limit` in octets.
    #[error("too large")]
    TooLarge { limit: u64 },
    /// The server's words, one clean line of at most 300 characters.
    #[error("the mail server refused: {}", imap::without_addresses(.0))]
    Refused(String),
    /// The mail server does not take the password any more.
    #[error("signed out by the mail server")]
    SignedOut,
    #[error("the mail server is not reachable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the mail server does not answer in time")]
    TimedOut,
    /// All connections of the account are busy.
    #[error("busy")]
    Busy,
    #[error("store")]
    Store(#[source] store::Error),
}

pub type Result<T> = std::result::Result<T, Error>;

/// Of an account that is signed in: a refused login means that the password was changed.
impl From<imap::Error> for Error {
    fn from(error: imap::Error) -> Self {
        match error {
            imap::Error::AuthenticationFailed => Self::SignedOut,
            imap::Error::Timeout => Self::TimedOut,
            imap::Error::Connect(cause) | imap::Error::Tls(cause)
                if cause.kind() == std::io::ErrorKind::TimedOut =>
            {
                Self::TimedOut
            }
            imap::Error::NoSuchMailbox => Self::NoSuchMailbox,
            imap::Error::OverQuota => Self::OverQuota,
            imap::Error::Busy => Self::Busy,
            imap::Error::Unsendable => Self::Refused(error.to_string()),
            imap::Error::Refused { text, .. } => Self::Refused(one_clean_line(&text)),
            error @ (imap::Error::Connect(_)
            | imap::Error::Tls(_)
            | imap::Error::Closed(_)
            | imap::Error::Protocol(_)
            | imap::Error::Limit(_)
            | imap::Error::PoolClosed) => Self::Unavailable(Box::new(error)),
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

fn one_clean_line(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(300)
        .collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_one_clean_bounded_line() {
        let text = format!("no\r\nX-Injected: {}", "y".repeat(1000));
        let Error::Refused(line) = Error::from(imap::Error::Refused { code: None, text }) else {
            panic!("a refusal stays a refusal")
        };
        assert!(line.starts_with("no  X-Injected: y"));
        assert_eq!(line.chars().count(), 300);
    }

    #[test]
    fn a_refusal_names_no_address_in_the_log_but_on_the_page() {
        let error = Error::Refused("no room for ana@example.org".to_owned());
        assert_eq!(error.to_string(), "the mail server refused: no room for …");
        assert!(matches!(error, Error::Refused(words) if words.contains("ana@example.org")));
    }

    #[test]
    fn a_refused_login_of_a_live_account_means_signed_out() {
        assert!(matches!(
            Error::from(imap::Error::AuthenticationFailed),
            Error::SignedOut
        ));
    }
}
