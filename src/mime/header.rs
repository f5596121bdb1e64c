//! Header blocks (RFC 5322 §2.2): a linear, bounded reader, and the fields the pages need.
mod block;
mod date;
mod encoded_word;
mod parameters;

pub(super) use block::{Block, Field, Lines};
pub(super) use encoded_word::{decode as decode_words, decode_phrase};
pub use encoded_word::{decode_header, decode_header_in, decode_subject};
pub use parameters::{Parameters, parameter};

use super::address::{SenderWarning, parse_header, sender_warning};
use super::charset::decode_unlabelled;
use super::{Address, Limits};

/// Fields of a header block that the reader shows or answers need.
#[derive(Clone, Debug, Default)]
pub struct Header {
    pub subject: String,
    pub from: Vec<Address>,
    pub sender: Option<Address>,
    pub reply_to: Vec<Address>,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    /// Unix seconds.
    pub date: Option<i64>,
    /// Without the angle brackets, as are the other identifiers.
    pub message_id: Option<String>,
    pub in_reply_to: Option<String>,
    /// At most 200: the first and the latest ones.
    pub references: Vec<String>,
    /// The identifier between the angle brackets of List-Id (RFC 2919).
    pub list_id: Option<String>,
    /// Why the sender may not be who it seems.
    pub sender_warning: Option<SenderWarning>,
    /// Every field in order, name and decoded value, for "show headers".
    pub fields: Vec<(String, String)>,
}

impl Header {
    /// Reads a header block; it may be followed by a body. Of fields that may stand once the first counts, but for
    /// From, To and Cc, whose mailboxes are all collected. The caps are those of [`Limits::default`].
    pub fn parse(raw: &[u8]) -> Self {
        Self::parse_within(raw, None, &Limits::default())
    }

    /// As [`Header::parse`]; octets that are neither ASCII nor UTF-8 are read in `charset`, that of the message's text.
    pub fn parse_in(raw: &[u8], charset: Option<&str>) -> Self {
        Self::parse_within(raw, charset, &Limits::default())
    }

    /// As [`Header::parse_in`], with the caps given: what lies beyond them is not read.
    pub fn parse_within(raw: &[u8], charset: Option<&str>, limits: &Limits) -> Self {
        let mut header = Self::default();
        let mut subject = None;
        let mut senders = Vec::new();
        for field in &Block::read(raw, limits).fields {
            if field.is("from") {
                senders.push(decode_unlabelled(&field.value, charset));
            }
            header.take(field, charset, &mut subject, limits);
        }
        header.subject = subject.unwrap_or_default();
        header.sender_warning = sender_warning(&senders);
        header
    }

    /// The decoded value of the first field of that name, as it was written, hidden characters included.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    fn take(
        &mut self,
        field: &Field<'_>,
        charset: Option<&str>,
        subject: &mut Option<String>,
        limits: &Limits,
    ) {
        let name = field.name_lossy();
        let decoded = decode_header_in(&field.value, charset);
        let mailboxes = |room: usize| parse_header(&decode_unlabelled(&field.value, charset), room);
        let collect = |list: &mut Vec<Address>| {
            let room = limits.addresses.saturating_sub(list.len());
            list.extend(mailboxes(room));
        };
        match name.to_ascii_lowercase().as_str() {
            "subject" => {
                subject.get_or_insert_with(|| decode_subject(&field.value, charset));
            }
            "from" => collect(&mut self.from),
            "reply-to" => collect(&mut self.reply_to),
            "to" => collect(&mut self.to),
            "cc" => collect(&mut self.cc),
            "bcc" => collect(&mut self.bcc),
            "sender" if self.sender.is_none() => {
                self.sender = mailboxes(1).pop();
            }
            "date" if self.date.is_none() => self.date = date::parse(&field.value),
            "message-id" if self.message_id.is_none() => {
                self.message_id = message_ids(&field.value, 1).pop()
            }
            "in-reply-to" if self.in_reply_to.is_none() => {
                self.in_reply_to = message_ids(&field.value, 1).pop()
            }
            "references" if self.references.is_empty() => {
                self.references = message_ids(&field.value, limits.references);
            }
            "list-id" if self.list_id.is_none() => {
                self.list_id = message_ids(&field.value, 1).pop()
            }
            _ => {}
        }
        self.fields.push((name, decoded));
    }
}

/// The identifiers between `<` and `>`; a lone word without brackets counts too. Above `limit` the first one and the
/// latest ones stay, which is what threads need.
fn message_ids(value: &[u8], limit: usize) -> Vec<String> {
    let text = decode_unlabelled(value, None);
    let mut ids = std::collections::VecDeque::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once('<') {
        let Some((id, tail)) = after.split_once('>') else {
            break;
        };
        let id: String = id
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .collect();
        if !id.is_empty() {
            if ids.len() == limit.max(1) {
                if limit <= 1 {
                    break;
                }
                ids.remove(1);
            }
            ids.push_back(id);
        }
        rest = tail;
    }
    if ids.is_empty() {
        let word = text.trim();
        if !word.is_empty()
            && !word
                .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>'))
        {
            ids.push_back(word.to_owned());
        }
    }
    ids.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_message_are_read() {
        let header = Header::parse(
            b"From: Ana <a@b.example>\r\nTo: c@d.example,\r\n\te@f.example\r\nSubject: =?utf-8?Q?caf=C3=A9?=\r\n \
              noir\r\nDate: Mon, 2 Nov 2026 10:00:00 +0200\r\nMessage-ID: <1@b.example>\r\nReferences: <x@y>\r\n <z@y>\r\n\
              List-Id: The list <l.b.example>\r\n\r\nSubject: body",
        );
        assert_eq!(header.subject, "café noir");
        assert_eq!(
            header.from.first().map(|a| a.addr.as_str()),
            Some("a@b.example")
        );
        assert_eq!(header.to.len(), 2);
        assert_eq!(header.date, Some(1_793_606_400));
        assert_eq!(header.message_id.as_deref(), Some("1@b.example"));
        assert_eq!(header.references, ["x@y", "z@y"]);
        assert_eq!(header.list_id.as_deref(), Some("l.b.example"));
        assert_eq!(header.fields.len(), 7);
    }

    #[test]
    fn the_first_subject_counts_and_all_authors_are_kept() {
        let header =
            Header::parse(b"Subject: a\nFrom: a@b.example\nSubject: b\nFrom: c@d.example\n\n");
        assert_eq!(header.subject, "a");
        assert_eq!(header.from.len(), 2);
    }

    #[test]
    fn references_keep_the_first_and_the_latest() {
        let value: String = (0..1000).map(|i| format!(" <{i}@x>")).collect();
        let header = Header::parse(format!("References:{value}\r\n\r\n").as_bytes());
        assert_eq!(header.references.len(), 200);
        assert_eq!(header.references.first().map(String::as_str), Some("0@x"));
        assert_eq!(header.references.last().map(String::as_str), Some("999@x"));
    }

    #[test]
    fn octets_are_read_in_the_charset_of_the_text_and_a_subject_hides_nothing() {
        let raw = "Subject: \u{202e}txt.exe\r\nFrom: ".as_bytes();
        let raw = [raw, b"\xf0\xd2\xc9 <a@b.example>\r\n\r\n"].concat();
        let header = Header::parse_in(&raw, Some("koi8-r"));
        assert_eq!(header.from[0].name.as_deref(), Some("При"));
        assert_eq!(header.subject, "txt.exe");
        assert_eq!(header.field("subject"), Some("\u{202e}txt.exe"));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read(raw in proptest::collection::vec(proptest::num::u8::ANY, 0..2000)) {
            Header::parse(&raw);
        }
    }
}
