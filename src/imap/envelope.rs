//! The attributes of FETCH responses, gathered for each message (RFC 9051 §7.5.2).

use super::{
    Envelope, Flags, Uid, address_list, body_structure, internal_date,
    response::{Data, Kind},
    sexp::{self, Tokens, Value, Values},
};
use crate::mime::{Structure, decode_subject, visible_line};
use bytes::Bytes;
use std::borrow::Cow;

/// Longest subject that is read, octets (SECURITY.md R-LIM-1).
const LONGEST_SUBJECT: usize = 64 << 10;
/// Longest preview (RFC 8970 §3.1), characters.
const LONGEST_PREVIEW: usize = 200;

/// Name and value pairs of one FETCH response. What is no pair is skipped.
pub(super) struct Attributes<'a> {
    tokens: Tokens<'a>,
    response: &'a Bytes,
}

impl<'a> Attributes<'a> {
    /// None unless `data` is a FETCH response with a list.
    pub(super) fn read(data: &'a Data) -> Option<Self> {
        if data.kind != Kind::Fetch {
            return None;
        }
        let attributes = Self {
            tokens: sexp::read(&data.rest),
            response: &data.rest,
        };
        attributes.list().is_some().then_some(attributes)
    }

    fn list(&self) -> Option<Values<'_>> {
        self.tokens.values().next()?.list()
    }

    fn pairs(&self) -> impl Iterator<Item = (&[u8], Value<'_>)> {
        let mut values = self.list().unwrap_or_default();
        std::iter::from_fn(move || {
            loop {
                if let Value::Atom(name) = values.next()? {
                    return Some((name, values.next().unwrap_or(Value::Nil)));
                }
            }
        })
    }

    fn get(&self, wanted: &str) -> Option<Value<'_>> {
        self.pairs()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes()))
            .map(|(_, value)| value)
    }

    pub(super) fn uid(&self) -> Option<Uid> {
        self.get("UID")?.number().and_then(Uid::new)
    }

    pub(super) fn flags(&self) -> Option<Flags> {
        self.get("FLAGS")?.list().map(flags)
    }

    /// `BODY[section]<offset>`, or without the offset from servers that leave it out at 0.
    pub(super) fn section(&self, section: &str, offset: u64) -> Option<Bytes> {
        let cut = self.get(&format!("BODY[{section}]<{offset}>"));
        let whole = || {
            self.get(&format!("BODY[{section}]"))
                .filter(|_| offset == 0)
        };
        match cut.or_else(whole)? {
            Value::Atom(octets) | Value::Text(&Cow::Borrowed(octets)) => {
                Some(self.response.slice_ref(octets))
            }
            Value::Text(Cow::Owned(octets)) => Some(Bytes::copy_from_slice(octets)),
            // Nothing there is told as NIL; an empty part is an empty string.
            Value::Nil | Value::List(_) => None,
        }
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

    /// Of an attribute told twice the latest that can be read counts.
    pub(super) fn add(&mut self, attributes: &Attributes<'_>) {
        let mut described = None;
        for (name, value) in attributes.pairs() {
            let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
            // Servers tell these unasked too.
            if is("UID") || is("MODSEQ") {
                continue;
            }
            if is("FLAGS") {
                self.envelope.flags = value.list().map_or(self.envelope.flags, flags);
                continue;
            }
            self.answered = true;
            let envelope = &mut self.envelope;
            if is("INTERNALDATE") {
                let received = value.octets().and_then(internal_date::read);
                envelope.received = received.unwrap_or(envelope.received);
            } else if is("RFC822.SIZE") {
                envelope.size = value.number64().unwrap_or(envelope.size);
            } else if is("ENVELOPE") {
                described = value.list().or(described);
            } else if is("BODYSTRUCTURE") {
                envelope.structure = body_structure::read(value);
            } else if is("PREVIEW") {
                envelope.preview = preview(value).or(envelope.preview.take());
            }
        }
        // The structure tells the charset of header fields that do not.
        if let Some(fields) = described {
            describe(&mut self.envelope, fields);
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

fn describe(envelope: &mut Envelope, mut fields: Values<'_>) {
    let charset = envelope.structure.as_ref().and_then(Structure::charset);
    let mut field = || fields.next().unwrap_or(Value::Nil);
    envelope.date = field().octets().and_then(header_date);
    let subject = field().octets();
    envelope.subject = subject
        .map(|subject| subject.get(..LONGEST_SUBJECT).unwrap_or(subject))
        .map(|subject| decode_subject(subject, charset))
        .unwrap_or_default();
    let from = field();
    envelope.from = address_list::read(from, charset);
    // Servers repeat From where the message has no Sender or Reply-To.
    let mut unless_from = || {
        let other = Some(field()).filter(|field| *field != from);
        other
            .map(|other| address_list::read(other, charset))
            .unwrap_or_default()
    };
    envelope.sender = unless_from();
    envelope.reply_to = unless_from();
    envelope.to = address_list::read(field(), charset);
    envelope.cc = address_list::read(field(), charset);
    envelope.bcc = address_list::read(field(), charset);
    envelope.in_reply_to = field().octets().and_then(message_id);
    envelope.message_id = field().octets().and_then(message_id);
}

fn flags(list: Values<'_>) -> Flags {
    let mut flags = Flags::default();
    for flag in list.filter_map(Value::octets) {
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

/// The Date header as people's programs write it, to unix seconds.
fn header_date(octets: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(octets).ok()?;
    let date = mail_parser::DateTime::parse_rfc822(text)?;
    date.is_valid().then(|| date.to_timestamp())
}

/// The text, or of the draft's `(FUZZY "text")` the text.
fn preview(value: Value<'_>) -> Option<String> {
    let octets = match value {
        Value::List(values) => values.last()?,
        value => value,
    };
    let Value::Text(octets) = octets else {
        return None;
    };
    let text = address_list::lossy(octets).replace(char::REPLACEMENT_CHARACTER, "");
    Some(visible_line(&text, LONGEST_PREVIEW))
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
    fn identifiers_lose_their_brackets() {
        assert_eq!(message_id(b" <a@b> <c@d>").as_deref(), Some("a@b"));
        assert_eq!(message_id(b"a@b c").as_deref(), Some("a@b"));
        assert_eq!(message_id(b" "), None);
    }
}
