//! One frame classified: tagged status, untagged status, data, continuation request (RFC 9051 §7).

use super::Error;
use bytes::Bytes;

/// Longest text of a server kept for the log, characters.
const LONGEST_TEXT: usize = 200;

#[derive(Debug)]
pub(super) enum Response {
    Continue,
    Tagged {
        tag: Bytes,
        status: Status,
    },
    Untagged(Status),
    Data(Data),
    /// Nothing that RFC 9051 knows; to be ignored.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

#[derive(Clone, Debug)]
pub(super) struct Status {
    pub outcome: Outcome,
    pub code: Option<Code>,
    /// Control characters removed, ≤ 200 characters.
    pub text: String,
}

/// Response code in brackets (RFC 9051 §7.1, RFC 5530).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Code {
    /// Upper case.
    pub name: String,
    pub arguments: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Exists,
    Expunge,
    Fetch,
    List,
    Lsub,
    Status,
    Search,
    Sort,
    Esearch,
    Capability,
    Other,
}

/// An untagged response that carries data.
#[derive(Clone, Debug)]
pub(super) struct Data {
    pub kind: Kind,
    /// The number in front: a sequence number for FETCH and EXPUNGE, a count for EXISTS.
    pub number: u32,
    /// What follows the name, with the line end: a literal may stand right before it.
    pub rest: Bytes,
}

impl Response {
    pub(super) fn parse(frame: &Bytes) -> Self {
        if frame.first() == Some(&b'+') {
            return Response::Continue;
        }
        let (tag, rest) = word(frame);
        if tag.is_empty() {
            return Response::Unknown;
        }
        let (name, after) = word(rest);
        if tag == b"*"
            && let Some(number) = digits(name)
        {
            let (name, rest) = word(after);
            return Response::Data(Data {
                kind: numbered(name),
                number,
                rest: frame.slice_ref(rest),
            });
        }
        match outcome(name).map(|outcome| Status::parse(outcome, frame, after)) {
            Some(status) if tag == b"*" => Response::Untagged(status),
            Some(status) => Response::Tagged {
                tag: frame.slice_ref(tag),
                status,
            },
            None if tag == b"*" => Response::Data(Data {
                kind: named(name),
                number: 0,
                rest: frame.slice_ref(after),
            }),
            None => Response::Unknown,
        }
    }
}

impl Status {
    fn parse(outcome: Outcome, frame: &Bytes, text: &[u8]) -> Self {
        let coded = text
            .strip_prefix(b"[")
            .and_then(|inner| inner.iter().position(|c| *c == b']'));
        let Some(end) = coded else {
            return Self {
                outcome,
                code: None,
                text: clean(text),
            };
        };
        let (name, arguments) = word(&text[1..end + 1]);
        let code = Code {
            name: String::from_utf8_lossy(name).to_ascii_uppercase(),
            arguments: frame.slice_ref(arguments),
        };
        Self {
            outcome,
            code: Some(code),
            text: clean(&text[end + 2..]),
        }
    }

    pub(super) fn code(&self) -> Option<&str> {
        self.code.as_ref().map(|code| code.name.as_str())
    }

    /// NO and BAD as an error, by response code (RFC 5530, RFC 9208).
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.outcome == Outcome::Ok {
            return Ok(());
        }
        Err(match self.code() {
            Some("NONEXISTENT" | "TRYCREATE") => Error::NoSuchMailbox,
            Some("OVERQUOTA") => Error::OverQuota,
            code => Error::Refused {
                code: code.map(str::to_owned),
                text: self.text.clone(),
            },
        })
    }
}

fn outcome(name: &[u8]) -> Option<Outcome> {
    const ALL: [(&[u8], Outcome); 5] = [
        (b"OK", Outcome::Ok),
        (b"NO", Outcome::No),
        (b"BAD", Outcome::Bad),
        (b"BYE", Outcome::Bye),
        (b"PREAUTH", Outcome::Preauth),
    ];
    ALL.iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known))
        .map(|(_, outcome)| *outcome)
}

fn numbered(name: &[u8]) -> Kind {
    const ALL: [(&[u8], Kind); 3] = [
        (b"FETCH", Kind::Fetch),
        (b"EXISTS", Kind::Exists),
        (b"EXPUNGE", Kind::Expunge),
    ];
    ALL.iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known))
        .map_or(Kind::Other, |(_, kind)| *kind)
}

fn named(name: &[u8]) -> Kind {
    const ALL: [(&[u8], Kind); 7] = [
        (b"LIST", Kind::List),
        (b"LSUB", Kind::Lsub),
        (b"STATUS", Kind::Status),
        (b"SEARCH", Kind::Search),
        (b"SORT", Kind::Sort),
        (b"ESEARCH", Kind::Esearch),
        (b"CAPABILITY", Kind::Capability),
    ];
    ALL.iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known))
        .map_or(Kind::Other, |(_, kind)| *kind)
}

/// Up to the first space or line end, and what follows that octet.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|c| matches!(c, b' ' | b'\r' | b'\n')) {
        Some(end) => (&text[..end], &text[end + 1..]),
        None => (text, &[]),
    }
}

/// A number of at most 64 bits, digits only.
pub(super) fn digits64(text: &[u8]) -> Option<u64> {
    let (first, rest) = text.split_first()?;
    let digit = |c: &u8| c.is_ascii_digit().then(|| u64::from(c - b'0'));
    rest.iter().try_fold(digit(first)?, |number, c| {
        number.checked_mul(10)?.checked_add(digit(c)?)
    })
}

/// A number of at most 32 bits, digits only.
pub(super) fn digits(text: &[u8]) -> Option<u32> {
    u32::try_from(digits64(text)?).ok()
}

fn clean(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(&text[..text.len().min(4 * LONGEST_TEXT)]);
    text.trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_TEXT)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(frame: &'static str) -> Response {
        Response::parse(&Bytes::from_static(frame.as_bytes()))
    }

    #[test]
    fn a_tagged_refusal_carries_its_code() {
        let Response::Tagged { tag, status } = parse("P7 NO [OVERQUOTA] Mailbox\tis \u{7}full\r\n")
        else {
            panic!()
        };
        assert_eq!(tag, "P7");
        assert_eq!(status.text, "Mailboxis full");
        assert!(matches!(status.check(), Err(Error::OverQuota)));
    }

    #[test]
    fn a_code_keeps_its_arguments() {
        let Response::Tagged { status, .. } = parse("P1 OK [COPYUID 7 1:2 5:6] done\r\n") else {
            panic!()
        };
        assert_eq!(
            status.code,
            Some(Code {
                name: "COPYUID".into(),
                arguments: "7 1:2 5:6".into()
            })
        );
        let Response::Untagged(status) = parse("* ok [uidvalidity 1]\r\n") else {
            panic!()
        };
        assert_eq!(
            status.code,
            Some(Code {
                name: "UIDVALIDITY".into(),
                arguments: "1".into()
            })
        );
        let Response::Untagged(status) = parse("* OK [ unclosed\r\n") else {
            panic!()
        };
        assert_eq!(status.code, None);
    }

    #[test]
    fn data_is_told_by_its_name() {
        let Response::Data(data) = parse("* 12 FETCH (UID 4)\r\n") else {
            panic!()
        };
        assert_eq!(
            (data.kind, data.number, &data.rest[..]),
            (Kind::Fetch, 12, &b"(UID 4)\r\n"[..])
        );
        let Response::Data(data) = parse("* 3 EXISTS\n") else {
            panic!()
        };
        assert_eq!((data.kind, data.number), (Kind::Exists, 3));
        let Response::Data(data) = parse("* SEARCH\r\n") else {
            panic!()
        };
        assert_eq!((data.kind, data.rest.len()), (Kind::Search, 1));
        let Response::Data(data) = parse("* LIST () \"/\" a]\r\n") else {
            panic!()
        };
        assert_eq!(data.rest, "() \"/\" a]\r\n");
    }

    #[test]
    fn garbage_is_unknown_and_never_a_panic() {
        for frame in [
            "",
            "\r\n",
            " \r\n",
            "*\r\n",
            "* \r\n",
            "[\r\n",
            "P1\r\n",
            "* 99999999999 EXISTS\r\n",
            "* OK [\r\n",
            "* OK []\r\n",
            "* OK ]\r\n",
        ] {
            parse(frame);
        }
        assert!(matches!(parse(" OK\r\n"), Response::Unknown));
        assert!(matches!(parse("\u{0}\u{1}\r\n"), Response::Unknown));
    }
}
