//! The attributes of FETCH responses, gathered for each message (RFC 9051 §7.5.2).

use super::{
    Envelope, Flags, Uid, address_list, body_structure,
    response::{Data, Kind},
    sexp::{self, Value},
};
use crate::mime::decode_header;
use bytes::Bytes;

/// Longest preview (RFC 8970 §3.1), characters.
const LONGEST_PREVIEW: usize = 200;
/// Latest INTERNALDATE believed: the end of the year 9999.
const LATEST: i64 = 253_402_300_799;

/// Name and value pairs of one FETCH response. What is no pair is skipped.
pub(super) struct Attributes(Vec<(Bytes, Value)>);

impl Attributes {
    /// None unless `data` is a FETCH response with a list.
    pub(super) fn read(data: &Data) -> Option<Self> {
        if data.kind != Kind::Fetch {
            return None;
        }
        let Some(Value::List(values)) = sexp::read(&data.rest).into_iter().next() else {
            return None;
        };
        let mut pairs = Vec::with_capacity(values.len() / 2);
        let mut values = values.into_iter();
        while let Some(value) = values.next() {
            if let Value::Atom(name) = value {
                pairs.push((name, values.next().unwrap_or(Value::Nil)));
            }
        }
        Some(Self(pairs))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    pub(super) fn uid(&self) -> Option<Uid> {
        self.get("UID")?.number().and_then(Uid::new)
    }

    /// `BODY[section]<offset>`, or without the offset from servers that leave it out at 0.
    pub(super) fn section(&self, section: &str, offset: u64) -> Option<Bytes> {
        let cut = self.get(&format!("BODY[{section}]<{offset}>"));
        let whole = || {
            self.get(&format!("BODY[{section}]"))
                .filter(|_| offset == 0)
        };
        match cut.or_else(whole)? {
            Value::Text(octets) | Value::Atom(octets) => Some(octets.clone()),
            // Nothing there is told as NIL; an empty part is an empty string.
            Value::Nil | Value::List(_) => None,
        }
    }

    /// Whether the response tells more than flags, which servers also send unasked.
    fn is_answer(&self) -> bool {
        self.0.iter().any(|(name, _)| {
            !["UID", "FLAGS", "MODSEQ"]
                .iter()
                .any(|plain| name.eq_ignore_ascii_case(plain.as_bytes()))
        })
    }
}

/// What the responses told of one message so far; servers may split it over several.
pub(super) struct Gathered {
    pub envelope: Envelope,
    answered: bool,
}

impl Gathered {
    pub(super) fn new(uid: Uid) -> Self {
        Self {
            envelope: Envelope::undescribed(uid),
            answered: false,
        }
    }

    pub(super) fn add(&mut self, attributes: &Attributes) {
        self.answered |= attributes.is_answer();
        let envelope = &mut self.envelope;
        if let Some(list) = attributes.get("FLAGS").and_then(Value::list) {
            envelope.flags = flags(list);
        }
        if let Some(size) = attributes.get("RFC822.SIZE").and_then(Value::number64) {
            envelope.size = size;
        }
        if let Some(fields) = attributes.get("ENVELOPE").and_then(Value::list) {
            describe(envelope, fields);
        }
        if let Some(received) = attributes
            .get("INTERNALDATE")
            .and_then(Value::octets)
            .and_then(|text| internal_date(text))
        {
            envelope.received = received;
        }
        if let Some(value) = attributes.get("BODYSTRUCTURE") {
            envelope.structure = body_structure::read(value);
        }
        if let Some(preview) = attributes.get("PREVIEW").and_then(preview_text) {
            envelope.preview = Some(preview);
        }
    }

    /// The envelope, unless nothing but flags was ever told.
    pub(super) fn finish(mut self) -> Option<Envelope> {
        if self.envelope.received == 0 {
            self.envelope.received = self.envelope.date.unwrap_or(0);
        }
        self.answered.then_some(self.envelope)
    }
}

fn describe(envelope: &mut Envelope, fields: &[Value]) {
    let text = |i: usize| fields.get(i).and_then(Value::octets);
    let addresses = |i: usize| fields.get(i).map(address_list::read).unwrap_or_default();
    envelope.date = text(0).and_then(|date| header_date(date));
    envelope.subject = text(1)
        .map(|subject| decode_header(subject))
        .unwrap_or_default();
    envelope.from = addresses(2);
    // Servers repeat From where the message has no Sender or Reply-To.
    let or_from = |i: usize| match (fields.get(i), fields.get(2)) {
        (Some(field), Some(from)) if field == from => envelope.from.clone(),
        _ => addresses(i),
    };
    envelope.sender = or_from(3);
    envelope.reply_to = or_from(4);
    envelope.to = addresses(5);
    envelope.cc = addresses(6);
    envelope.bcc = addresses(7);
    envelope.in_reply_to = text(8).and_then(|id| message_id(id));
    envelope.message_id = text(9).and_then(|id| message_id(id));
}

fn flags(list: &[Value]) -> Flags {
    let mut flags = Flags::default();
    for flag in list.iter().filter_map(Value::octets) {
        let is = |name: &str| flag.eq_ignore_ascii_case(name.as_bytes());
        flags.seen |= is("\\Seen");
        flags.answered |= is("\\Answered");
        flags.flagged |= is("\\Flagged");
        flags.deleted |= is("\\Deleted");
        flags.draft |= is("\\Draft");
        flags.forwarded |= is("$Forwarded");
        flags.junk |= is("$Junk");
    }
    flags
}

/// The first identifier, without its angle brackets.
fn message_id(octets: &[u8]) -> Option<String> {
    let text = address_list::clean(octets);
    let text = text.trim();
    let id = match text.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or(rest),
        None => text.split_whitespace().next().unwrap_or_default(),
    };
    (!id.is_empty()).then(|| id.trim().to_owned())
}

/// `"17-Jul-1996 02:44:25 -0700"` to unix seconds.
fn internal_date(octets: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(octets).ok()?.trim();
    let time = jiff::Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", text).ok()?;
    Some(time.as_second().clamp(0, LATEST))
}

/// The Date header as people's programs write it, to unix seconds.
fn header_date(octets: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(octets).ok()?;
    let date = mail_parser::DateTime::parse_rfc822(text)?;
    date.is_valid().then(|| date.to_timestamp())
}

/// The text, or of the draft's `(FUZZY "text")` the text.
fn preview_text(value: &Value) -> Option<String> {
    let octets = match value {
        Value::Text(octets) => octets,
        Value::List(values) => match values.last()? {
            Value::Text(octets) => octets,
            _ => return None,
        },
        _ => return None,
    };
    let text = String::from_utf8_lossy(octets);
    let clean = text
        .chars()
        .filter(|c| !c.is_control() && *c != '\u{fffd}')
        .take(LONGEST_PREVIEW);
    Some(clean.collect::<String>().trim().to_owned())
}

impl Envelope {
    /// A message of which the server has told nothing but its UID.
    pub fn undescribed(uid: Uid) -> Self {
        Self {
            uid,
            flags: Flags::default(),
            size: 0,
            received: 0,
            date: None,
            subject: String::new(),
            from: Vec::new(),
            sender: Vec::new(),
            reply_to: Vec::new(),
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            message_id: None,
            in_reply_to: None,
            structure: None,
            preview: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::response::Response;

    fn gathered(lines: &[&str]) -> Option<Envelope> {
        let mut gathered = Gathered::new(Uid::new(1).unwrap());
        for line in lines {
            let Response::Data(data) = Response::parse(&Bytes::copy_from_slice(line.as_bytes()))
            else {
                panic!()
            };
            if let Some(attributes) = Attributes::read(&data) {
                gathered.add(&attributes);
            }
        }
        gathered.finish()
    }

    #[test]
    fn attributes_split_over_two_responses_are_one_message() {
        let envelope = gathered(&[
            "* 1 FETCH (UID 1 FLAGS (\\Seen $Forwarded))\r\n",
            "* 1 FETCH (UID 1 RFC822.SIZE 5000000000 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" PREVIEW (FUZZY \"he (x) llo\"))\r\n",
        ])
        .unwrap();
        assert!(envelope.flags.seen && envelope.flags.forwarded);
        assert_eq!(
            (envelope.size, envelope.received),
            (5_000_000_000, 837_596_665)
        );
        assert_eq!(envelope.preview.as_deref(), Some("he (x) llo"));
    }

    #[test]
    fn flags_alone_are_no_message() {
        assert!(gathered(&["* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (7))\r\n"]).is_none());
    }

    #[test]
    fn a_garbled_attribute_costs_only_itself() {
        let envelope = gathered(&[
            "* 1 FETCH (UID 1 INTERNALDATE \"99-Foo-9999 99:99:99 +9999\" RFC822.SIZE -1 FLAGS x BODYSTRUCTURE NIL PREVIEW NIL ENVELOPE \"x\" )\r\n",
        ]);
        let envelope = envelope.unwrap();
        assert_eq!(
            (envelope.received, envelope.size, envelope.preview),
            (0, 0, None)
        );
        assert!(gathered(&["* 1 FETCH (((\r\n", "* 1 FETCH ()\r\n", "* 1 FETCH\r\n"]).is_none());
    }

    #[test]
    fn internal_dates_of_one_digit_days_are_read() {
        assert_eq!(
            internal_date(b" 7-Feb-1994 21:52:25 -0800"),
            Some(760_686_745)
        );
        assert_eq!(internal_date(b"01-Jan-1970 00:00:00 +0000"), Some(0));
    }

    #[test]
    fn identifiers_lose_their_brackets() {
        assert_eq!(message_id(b" <a@b> <c@d>").as_deref(), Some("a@b"));
        assert_eq!(message_id(b"a@b c").as_deref(), Some("a@b"));
        assert_eq!(message_id(b" "), None);
    }
}
