//! Mailbox names: the exact octets of the wire and a form people can read and URLs can carry.

use super::utf7;

/// Mark in front of the readable form of a name that is not valid modified UTF-7, or that hides what it is.
const ESCAPED: char = '\u{fffd}';
/// Longest name taken, octets on the wire.
pub(super) const LONGEST: usize = 1_000;

/// Mailbox name: the exact wire bytes (modified UTF-7) and the readable form. `parse(name.as_str())` is the name again.
///
/// A name that is not valid modified UTF-7, or has control or bidirectional characters, is shown as U+FFFD and its
/// octets, those outside printable ASCII as `\xHH`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailboxName {
    wire: Vec<u8>,
    display: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a mailbox name")]
pub struct InvalidName;

impl MailboxName {
    pub fn inbox() -> Self {
        Self {
            wire: b"INBOX".to_vec(),
            display: "INBOX".into(),
        }
    }

    /// From a response; any octets are taken. INBOX in any case is INBOX (RFC 9051 §5.1).
    pub fn from_wire(wire: &[u8]) -> Self {
        if wire.eq_ignore_ascii_case(b"INBOX") {
            return Self::inbox();
        }
        let display = utf7::decode(wire)
            .filter(|text| is_honest(text))
            .unwrap_or_else(|| escape(wire));
        Self {
            wire: wire.to_vec(),
            display,
        }
    }

    /// From the readable form (a URL segment, a form field). Refuses empty, CR, LF, NUL, over 1,000 octets.
    pub fn parse(display: &str) -> Result<Self, InvalidName> {
        let wire = match display.strip_prefix(ESCAPED) {
            Some(escaped) => unescape(escaped).ok_or(InvalidName)?,
            None => utf7::encode(display).into_bytes(),
        };
        let control = display.chars().any(char::is_control)
            || wire.iter().any(|c| matches!(c, 0 | b'\r' | b'\n'));
        if wire.is_empty() || wire.len() > LONGEST || control {
            return Err(InvalidName);
        }
        Ok(Self::from_wire(&wire))
    }

    pub fn as_str(&self) -> &str {
        &self.display
    }

    pub fn wire(&self) -> &[u8] {
        &self.wire
    }

    pub fn is_inbox(&self) -> bool {
        self.wire == b"INBOX"
    }

    /// Whether the name may stand in a command (SECURITY.md R-INJ-2).
    pub(super) fn is_sendable(&self) -> bool {
        !self.wire.iter().any(|c| matches!(c, 0 | b'\r' | b'\n'))
    }

    /// Last component of the hierarchy, readable.
    pub(super) fn leaf(&self, delimiter: Option<char>) -> &str {
        delimiter
            .and_then(|d| self.display.rsplit(d).next())
            .unwrap_or(&self.display)
    }
}

fn is_honest(text: &str) -> bool {
    let deceives = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    !text.starts_with(ESCAPED) && !text.chars().any(deceives)
}

fn escape(wire: &[u8]) -> String {
    use std::fmt::Write;
    let mut out = String::from(ESCAPED);
    for &c in wire {
        match c {
            b'\\' => out.push_str("\\\\"),
            b' '..=b'~' => out.push(char::from(c)),
            // Writing into a String cannot fail.
            _ => drop(write!(out, "\\x{c:02X}")),
        }
    }
    out
}

fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&c, after)) = rest.split_first() {
        rest = after;
        match c {
            b'\\' if rest.first() == Some(&b'\\') => {
                out.push(b'\\');
                rest = &rest[1..];
            }
            b'\\' => {
                let digits = rest.strip_prefix(b"x")?.get(..2)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                out.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
                rest = &rest[3..];
            }
            b' '..=b'~' => out.push(c),
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_readable_name_stands_as_people_write_it() {
        let name = MailboxName::from_wire(b"Entw&APw-rfe/2026");
        assert_eq!(name.as_str(), "Entwürfe/2026");
        assert_eq!(name.leaf(Some('/')), "2026");
        assert_eq!(MailboxName::parse("Entwürfe/2026").unwrap(), name);
    }

    #[test]
    fn inbox_is_one_mailbox_in_every_spelling() {
        for spelling in ["INBOX", "inbox", "InBox"] {
            assert_eq!(
                MailboxName::from_wire(spelling.as_bytes()),
                MailboxName::inbox()
            );
            assert!(MailboxName::parse(spelling).unwrap().is_inbox());
        }
    }

    #[test]
    fn a_name_that_hides_what_it_is_is_shown_escaped() {
        for wire in ["&AAA", "&AGEAYg-", "&IC4-gnp", "&AA0ACg-", "&AAA-"] {
            let name = MailboxName::from_wire(wire.as_bytes());
            assert_eq!(name.as_str(), format!("\u{fffd}{wire}"));
            assert_eq!(name.wire(), wire.as_bytes());
        }
        assert_eq!(
            MailboxName::from_wire(b"M\xfcn\\").as_str(),
            "\u{fffd}M\\xFCn\\\\"
        );
    }

    #[test]
    fn what_could_break_a_command_is_refused() {
        for bad in [
            "",
            "a\r\nb",
            "a\0",
            "\u{fffd}a\\x0Db",
            "\u{fffd}a\\x00",
            "\u{fffd}\\q",
            "\u{fffd}",
        ] {
            assert_eq!(MailboxName::parse(bad), Err(InvalidName), "{bad:?}");
        }
        assert_eq!(MailboxName::parse(&"a".repeat(1_001)), Err(InvalidName));
        assert!(!MailboxName::from_wire(b"A\r\nB LOGOUT\r\n").is_sendable());
    }

    proptest! {
        #[test]
        fn the_readable_form_leads_back_to_the_same_octets(wire in proptest::collection::vec(any::<u8>(), 1..60)) {
            let name = MailboxName::from_wire(&wire);
            if name.is_sendable() {
                prop_assert_eq!(MailboxName::parse(name.as_str()), Ok(name));
            }
        }
    }
}
