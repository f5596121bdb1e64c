//! IMAP as a client sees it (RFC 3501, RFC 9051): the words, one connection, the pool.
//!
//! Knows nothing of the database or of HTTP. From the socket upwards: `wire` frames responses and enforces limits,
//! `response` classifies a frame, `sexp` reads its values, `syntax` writes commands, `dialogue` plays commands against
//! responses, `opening` signs in, `actor` owns the socket. [`Connection`] is the handle, with one file per family of
//! commands; [`Pool`] lends connections.

mod actor;
mod address_list;
mod append;
mod body_structure;
mod capabilities;
mod connection;
mod copying;
mod dialogue;
mod envelope;
mod fetch;
mod flight;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod internal_date;
mod list;
mod mailbox_name;
mod opening;
mod pool;
mod response;
mod role;
mod search;
mod selecting;
mod sexp;
mod sorting;
mod storing;
mod syntax;
mod uid_set;
mod utf7;
mod wire;

use crate::mime::{Address, Structure};
use std::{fmt, num::NonZeroU32, str::FromStr};

pub use capabilities::Capabilities;
pub use connection::{Connection, Credentials, Endpoint, Limits, Security};
pub use fetch::Described;
pub use flight::{Flight, Landed};
pub use mailbox_name::{InvalidName, MailboxName};
pub use pool::{Lease, Pool};
pub use role::Role;
pub use uid_set::UidSet;

/// Unique identifier of a message in one mailbox and one UIDVALIDITY (RFC 9051 §2.3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid(NonZeroU32);

/// The epoch of a mailbox's UIDs; when it changes, every UID remembered from before means nothing (RFC 9051 §2.3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UidValidity(NonZeroU32);

/// Text that is not a UID or a UIDVALIDITY.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a number from 1 to 4294967295")]
pub struct InvalidNumber;

impl Uid {
    pub fn new(n: u32) -> Option<Self> {
        NonZeroU32::new(n).map(Self)
    }
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl UidValidity {
    pub fn new(n: u32) -> Option<Self> {
        NonZeroU32::new(n).map(Self)
    }
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for UidValidity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// nz-number of RFC 9051 §9: digits only, no sign, no leading zero.
fn nz_number(text: &str) -> std::result::Result<NonZeroU32, InvalidNumber> {
    let canonical = text.bytes().all(|c| c.is_ascii_digit()) && !text.starts_with('0');
    if !canonical {
        return Err(InvalidNumber);
    }
    text.parse().map_err(|_| InvalidNumber)
}

impl FromStr for Uid {
    type Err = InvalidNumber;
    fn from_str(text: &str) -> std::result::Result<Self, InvalidNumber> {
        nz_number(text).map(Self)
    }
}

impl FromStr for UidValidity {
    type Err = InvalidNumber;
    fn from_str(text: &str) -> std::result::Result<Self, InvalidNumber> {
        nz_number(text).map(Self)
    }
}

/// One line of LIST, with its STATUS where the server gave it.
#[derive(Clone, Debug)]
pub struct Mailbox {
    pub name: MailboxName,
    /// Hierarchy separator; None: the name is flat.
    pub delimiter: Option<char>,
    pub role: Option<Role>,
    /// False for \Noselect and \NonExistent, and for names that cannot stand in a command.
    pub selectable: bool,
    pub subscribed: bool,
    pub has_children: bool,
    pub counts: Option<Counts>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub messages: u32,
    pub unseen: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    Seen,
    Answered,
    Flagged,
    Deleted,
    Draft,
    Forwarded,
    Junk,
    NotJunk,
}

impl Flag {
    /// As it stands in a command (RFC 9051 §2.3.2, keywords of RFC 5788).
    fn wire(self) -> &'static str {
        match self {
            Flag::Seen => "\\Seen",
            Flag::Answered => "\\Answered",
            Flag::Flagged => "\\Flagged",
            Flag::Deleted => "\\Deleted",
            Flag::Draft => "\\Draft",
            Flag::Forwarded => "$Forwarded",
            Flag::Junk => "$Junk",
            Flag::NotJunk => "$NotJunk",
        }
    }
}

/// The flags of one message (RFC 9051 §2.3.2, keywords of RFC 5788).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub seen: bool,
    pub answered: bool,
    pub flagged: bool,
    pub deleted: bool,
    pub draft: bool,
    pub forwarded: bool,
    pub junk: bool,
}

/// What FETCH tells of one message without its body. A field the server garbled is empty, the message is never lost.
#[derive(Clone, Debug)]
pub struct Envelope {
    pub uid: Uid,
    pub flags: Flags,
    /// RFC822.SIZE, octets.
    pub size: u64,
    /// INTERNALDATE, unix seconds; the Date header's where the server garbled it, else 0.
    pub received: i64,
    /// Date header, unix seconds, where it parses.
    pub date: Option<i64>,
    /// Encoded words decoded, control characters removed.
    pub subject: String,
    pub from: Vec<Address>,
    /// Empty where it says the same as From, as it mostly does.
    pub sender: Vec<Address>,
    /// Empty where it says the same as From, as it mostly does.
    pub reply_to: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    /// Without the angle brackets.
    pub message_id: Option<String>,
    /// Without the angle brackets, the first where there are several.
    pub in_reply_to: Option<String>,
    /// None where the server garbled it or it passes the limits of SECURITY.md R-LIM-1.
    pub structure: Option<Structure>,
    /// First text of the message, ≤ 200 characters (RFC 8970 PREVIEW), where asked and offered.
    pub preview: Option<String>,
}

/// State of the selected mailbox (RFC 9051 §6.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selected {
    pub exists: u32,
    pub uid_validity: UidValidity,
    pub uid_next: Option<Uid>,
    pub read_only: bool,
}

/// One condition of SEARCH (RFC 9051 §6.4.4); several are joined by "and".
#[derive(Clone, Debug)]
pub enum SearchKey {
    All,
    Unseen,
    Flagged,
    /// Messages that very likely have attachments: the top-level type says so, or the keyword `$HasAttachment`.
    HasFiles,
    /// In To or Cc.
    To(String),
    /// Anywhere in header or text.
    Text(String),
    Subject(String),
    From(String),
    MessageId(String),
    /// INTERNALDATE on a day before that of this moment, unix seconds. The moment's day is that of UTC, the message's that of
    /// the server's zone.
    ReceivedBefore(i64),
    Uids(UidSet),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SortKey {
    /// Mailbox order, which costs nothing.
    #[default]
    Arrival,
    Date,
    From,
    Subject,
    Size,
}

/// Ascending (oldest, A, smallest first) unless `reverse` (RFC 5256).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Sort {
    pub key: SortKey,
    pub reverse: bool,
}

/// One window of a search result in the order asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub total: u32,
    pub uids: Vec<Uid>,
}

/// Where APPEND or COPY/MOVE put a message (RFC 4315).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    pub uid_validity: UidValidity,
    pub uid: Uid,
}

/// The place of one message among those of its mailbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// 1 = newest.
    pub position: u32,
    pub total: u32,
    pub newer: Option<Uid>,
    pub older: Option<Uid>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot connect to the IMAP server")]
    Connect(#[source] std::io::Error),
    #[error("TLS with the IMAP server failed")]
    Tls(#[source] std::io::Error),
    #[error("the IMAP server does not answer in time")]
    Timeout,
    #[error("the IMAP connection broke")]
    Closed(#[source] std::io::Error),
    #[error("the IMAP server speaks outside the protocol: {0}")]
    Protocol(&'static str),
    #[error("a limit was passed: {0}")]
    Limit(&'static str),
    /// A string that may not stand in a command: CR, LF or NUL in it. Nothing was sent.
    #[error("a string with control characters cannot be sent to the IMAP server")]
    Unsendable,
    /// Wrong user name or password: NO to LOGIN/AUTHENTICATE without a code that says otherwise.
    #[error("sign-in refused")]
    AuthenticationFailed,
    #[error("no such mailbox")]
    NoSuchMailbox,
    #[error("over quota")]
    OverQuota,
    /// NO or BAD, the server's text for the log (cleaned, ≤ 200 characters).
    #[error("the IMAP server refused: {}", without_addresses(text))]
    Refused { code: Option<String>, text: String },
    #[error("the pool is closed")]
    PoolClosed,
    #[error("no connection came free in time")]
    Busy,
}

pub type Result<T> = std::result::Result<T, Error>;

/// A server's words for the log: servers like to repeat addresses; those are left out (R-SEC-2).
pub fn without_addresses(words: &str) -> String {
    words
        .split_whitespace()
        .map(|word| if word.contains('@') { "…" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_no_address_in_the_log() {
        let error = Error::Refused {
            code: None,
            text: "quota of <ana@example.org> exceeded".to_owned(),
        };
        assert_eq!(
            error.to_string(),
            "the IMAP server refused: quota of … exceeded"
        );
    }

    #[test]
    fn a_uid_is_a_plain_number_or_refused() {
        assert_eq!("17".parse::<Uid>().map(Uid::get), Ok(17));
        assert_eq!("4294967295".parse::<Uid>().map(Uid::get), Ok(u32::MAX));
        for bad in [
            "",
            "0",
            "017",
            "+1",
            "-1",
            " 1",
            "1 ",
            "4294967296",
            "1:3",
            "*",
            "١",
        ] {
            assert_eq!(bad.parse::<Uid>(), Err(InvalidNumber), "{bad:?}");
        }
    }
}
