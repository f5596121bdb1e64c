//! Whether a draft can be sent as it stands, and whether its bytes are what was meant.
use super::super::{Address, drafts::Content};
use crate::mime::AddressError;

/// Recipients of one message.
const RECIPIENTS: usize = 500;
/// Octets of a whole message, before any server is asked. Submission servers take far less.
const MESSAGE: u64 = 384 << 20;

/// Why a draft cannot be sent as it stands (422; TooOften: 429).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invalid {
    NoRecipient,
    BadAddresses(Vec<String>),
    TooManyRecipients {
        limit: usize,
    },
    NotYourAddress,
    TooLarge {
        limit: u64,
    },
    /// `limits.sends_per_hour` of this account are used up.
    TooOften,
}

/// The envelope (RFC 5321 §2.3.1).
#[derive(Debug)]
pub(super) struct Letter {
    pub from: String,
    /// Each once.
    pub recipients: Vec<Address>,
}

pub(super) fn letter(content: &Content, email: &str) -> Result<Letter, Vec<Invalid>> {
    let mut invalid = Vec::new();
    let mut bad = Vec::new();
    let mut recipients: Vec<Address> = Vec::new();
    for typed in [&content.to, &content.cc, &content.bcc] {
        match Address::parse_list(typed) {
            Ok(addresses) => {
                for address in addresses {
                    if !recipients.iter().any(|known| known.same(&address.addr)) {
                        recipients.push(address);
                    }
                }
            }
            Err(errors) => bad.extend(errors),
        }
    }
    if bad.contains(&AddressError::TooMany) || recipients.len() > RECIPIENTS {
        invalid.push(Invalid::TooManyRecipients { limit: RECIPIENTS });
    }
    let named: Vec<String> = bad
        .into_iter()
        .filter_map(|error| match error {
            AddressError::Invalid(piece) => Some(piece),
            AddressError::TooMany => None,
        })
        .collect();
    if !named.is_empty() {
        invalid.push(Invalid::BadAddresses(named));
    } else if recipients.is_empty() && invalid.is_empty() {
        invalid.push(Invalid::NoRecipient);
    }
    if !is_own(&content.from, email) {
        invalid.push(Invalid::NotYourAddress);
    }
    if invalid.is_empty() {
        Ok(Letter {
            from: email.to_owned(),
            recipients,
        })
    } else {
        Err(invalid)
    }
}

/// Empty stands for the one address there is.
fn is_own(from: &str, email: &str) -> bool {
    if from.trim().is_empty() {
        return true;
    }
    match Address::parse_list(from) {
        Ok(addresses) => matches!(addresses.as_slice(), [one] if one.same(email)),
        Err(_) => false,
    }
}

/// `octets`: text and files, before encoding.
pub(super) fn size(octets: u64) -> Vec<Invalid> {
    if octets > MESSAGE {
        vec![Invalid::TooLarge { limit: MESSAGE }]
    } else {
        Vec::new()
    }
}

/// The header of the finished wire copy holds each field as often as it may and no Bcc (SECURITY.md R-INJ-3, R-INJ-5):
/// whatever was typed, no field was added by it.
pub(super) fn header_is_sound(message: &[u8]) -> bool {
    let end = memchr::memmem::find(message, b"\r\n\r\n").unwrap_or(message.len());
    let head = message.get(..end).unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for line in head.split(|&byte| byte == b'\n') {
        if matches!(line.first(), Some(b' ' | b'\t') | None) {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line) else {
            return false;
        };
        let name = line.get(..colon).unwrap_or_default();
        names.push(String::from_utf8_lossy(name).to_ascii_lowercase());
    }
    let count = |name: &str| names.iter().filter(|known| *known == name).count();
    ["from", "date", "message-id"]
        .into_iter()
        .all(|name| count(name) == 1)
        && [
            "to",
            "cc",
            "subject",
            "in-reply-to",
            "references",
            "reply-to",
            "sender",
            "mime-version",
            "content-type",
        ]
        .into_iter()
        .all(|name| count(name) <= 1)
        && count("bcc") == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_with_a_field_too_many_is_not_sound() {
        let sound = "From: a\r\nTo: b,\r\n c\r\nDate: d\r\nMessage-ID: e\r\nSubject: f\r\n";
        let with = |more: &str| {
            header_is_sound(format!("{sound}{more}\r\nFrom: in the body\r\n").as_bytes())
        };
        assert!(with(""));
        assert!(with("X-Other: 1\r\n"));
        assert!(!with("bcc: evil@x\r\n"));
        assert!(!with("From: b\r\n"));
        assert!(!with("SUBJECT: b\r\n"));
        assert!(!with("no field\r\n"));
        assert!(!header_is_sound(b"From: a\r\n\r\n"));
    }
}
