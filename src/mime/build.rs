//! Writes a finished message (RFC 5322, 2045, 2231, 3676), once, and refuses what could become another header.
mod content;

use super::characters::is_control;
use super::header::Block;
use super::{Address, Limits};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use content::body;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::address::Address as HeaderAddress;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;

/// RFC 5322 §2.1.1, without the CRLF.
const MAX_LINE: usize = 998;
/// Longest Message-ID that is written; longer ones could not be folded into a line.
const MAX_ID: usize = 900;

/// A finished message, ready to be written as RFC 5322 bytes.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Without the angle brackets, as are the other identifiers.
    pub message_id: String,
    /// Unix seconds.
    pub date: i64,
    /// Offset of the sender's zone from UTC, in seconds.
    pub utc_offset: i32,
    pub from: Address,
    pub to: Vec<Address>,
    pub cc: Vec<Address>,
    pub bcc: Vec<Address>,
    pub subject: String,
    /// One line per paragraph, lines that begin with `>` are quotes.
    pub text: String,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    pub attachments: Vec<Attachment>,
}

/// One file of an outgoing message.
#[derive(Clone, Debug)]
pub struct Attachment {
    pub filename: String,
    /// `type/subtype`; what is not that, and every multipart, goes out as application/octet-stream.
    pub mime_type: String,
    /// Decoded content.
    pub content: bytes::Bytes,
}

/// Why a message cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// C0, DEL, C1, U+2028 or U+2029 in a field that becomes part of a header.
    #[error("a control character in {0}")]
    ControlCharacter(&'static str),
    #[error("{0}")]
    Invalid(&'static str),
}

impl Outgoing {
    /// CRLF everywhere, lines ≤ 998 octets, text/plain UTF-8 (format=flowed), with the Bcc header: the copy for
    /// Drafts and Sent. Domains are written in ASCII (IDNA). Identifiers of other messages that cannot stand in a
    /// header are left out.
    ///
    /// # Errors
    /// A control character in a field, a sender or Message-ID that is none, a date beyond the calendar.
    pub fn to_bytes(&self) -> Result<Vec<u8>, BuildError> {
        self.refuse_control_characters()?;
        if !is_message_id(&self.message_id) {
            return Err(BuildError::Invalid("the Message-ID is not valid"));
        }
        let references = self
            .references
            .iter()
            .filter(|id| is_message_id(id))
            .take(200);
        let references: Vec<&str> = references.map(String::as_str).collect();
        let fields = [
            ("Date", Some(Raw::new(self.date_field()?).into())),
            ("From", Some(addresses(std::slice::from_ref(&self.from))?)),
            ("To", list(&self.to)?),
            ("Cc", list(&self.cc)?),
            ("Bcc", list(&self.bcc)?),
            (
                "Subject",
                (!self.subject.is_empty()).then(|| unstructured(&self.subject)),
            ),
            (
                "Message-ID",
                Some(MessageId::new(self.message_id.as_str()).into()),
            ),
            (
                "In-Reply-To",
                self.in_reply_to
                    .as_deref()
                    .filter(|id| is_message_id(id))
                    .map(|id| MessageId::new(id).into()),
            ),
            (
                "References",
                (!references.is_empty())
                    .then(|| MessageId::new_list(references.iter().copied()).into()),
            ),
        ];
        let mut expected = Vec::with_capacity(12);
        let mut builder = MessageBuilder::new();
        for (name, value) in fields {
            if let Some(value) = value {
                builder = builder.header(name, value);
                expected.push(name);
            }
        }
        expected.extend(["MIME-Version", "Content-Type"]);
        if self.attachments.is_empty() {
            expected.push("Content-Transfer-Encoding");
        }
        let mut bytes = Vec::with_capacity(
            self.text.len() * 2
                + self
                    .attachments
                    .iter()
                    .map(|a| a.content.len() / 2 * 3 + 1024)
                    .sum::<usize>()
                + 4096,
        );
        builder
            .body(body(&self.text, &self.attachments))
            .serialize(&mut bytes);
        verify(&bytes, &expected)?;
        Ok(bytes)
    }

    /// The wire copy: the same bytes without the Bcc header field.
    pub fn without_bcc(bytes: &[u8]) -> Vec<u8> {
        let mut kept = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        let mut dropping = false;
        while !rest.is_empty() {
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let (line, tail) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            if matches!(line, b"\r\n" | b"\n") {
                break;
            }
            if !matches!(line.first(), Some(b' ' | b'\t')) {
                dropping = is_bcc(line);
            }
            if !dropping {
                kept.extend_from_slice(line);
            }
            rest = tail;
        }
        kept.extend_from_slice(rest);
        kept
    }

    fn date_field(&self) -> Result<String, BuildError> {
        let invalid = |_| BuildError::Invalid("the date is beyond the calendar");
        let offset = Offset::from_seconds(self.utc_offset / 60 * 60).map_err(invalid)?;
        let date = Timestamp::from_second(self.date)
            .map_err(invalid)?
            .to_zoned(TimeZone::fixed(offset));
        if !(1900..=9999).contains(&date.year()) {
            return Err(BuildError::Invalid("the date is beyond the calendar"));
        }
        Ok(date.strftime("%a, %d %b %Y %H:%M:%S %z").to_string())
    }

    fn refuse_control_characters(&self) -> Result<(), BuildError> {
        fn refuse<'a>(
            mut texts: impl Iterator<Item = &'a str>,
            field: &'static str,
        ) -> Result<(), BuildError> {
            if texts.any(|text| text.contains(is_control)) {
                Err(BuildError::ControlCharacter(field))
            } else {
                Ok(())
            }
        }
        fn texts(list: &[Address]) -> impl Iterator<Item = &str> {
            list.iter().flat_map(|address| {
                [
                    address.addr.as_str(),
                    address.name.as_deref().unwrap_or_default(),
                ]
            })
        }
        refuse(texts(std::slice::from_ref(&self.from)), "From")?;
        refuse(texts(&self.to), "To")?;
        refuse(texts(&self.cc), "Cc")?;
        refuse(texts(&self.bcc), "Bcc")?;
        refuse(std::iter::once(self.subject.as_str()), "Subject")?;
        refuse(std::iter::once(self.message_id.as_str()), "Message-ID")?;
        refuse(self.in_reply_to.as_deref().into_iter(), "In-Reply-To")?;
        refuse(self.references.iter().map(String::as_str), "References")?;
        refuse(
            self.attachments
                .iter()
                .map(|attachment| attachment.filename.as_str()),
            "the name of an attachment",
        )?;
        refuse(
            self.attachments
                .iter()
                .map(|attachment| attachment.mime_type.as_str()),
            "the type of an attachment",
        )
    }
}

fn is_bcc(line: &[u8]) -> bool {
    let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
    name.len() < line.len() && name.trim_ascii_end().eq_ignore_ascii_case(b"Bcc")
}

/// Printable ASCII without spaces and angle brackets, not too long for a line.
fn is_message_id(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>'))
}

fn list(list: &[Address]) -> Result<Option<HeaderType<'_>>, BuildError> {
    if list.is_empty() {
        Ok(None)
    } else {
        addresses(list).map(Some)
    }
}

fn addresses(list: &[Address]) -> Result<HeaderType<'_>, BuildError> {
    let mailbox = |address: &'_ Address| {
        let well_formed = !address.addr.contains(['<', '>']) || address.addr.starts_with('"');
        let addr = address
            .to_ascii()
            .filter(|addr| well_formed && addr.len() <= 320 && !addr.starts_with('@'));
        let addr = addr.ok_or(BuildError::Invalid("an address is not valid"))?;
        let name = address
            .name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned);
        Ok(HeaderAddress::new_address(name, addr))
    };
    let list = list
        .iter()
        .map(mailbox)
        .collect::<Result<Vec<_>, BuildError>>()?;
    Ok(HeaderAddress::new_list(list).into())
}

/// A subject that looks like encoded words must be encoded itself, else it would be read as something else.
fn unstructured(text: &str) -> HeaderType<'_> {
    /// Octets that fit into one encoded word of 75 characters.
    const CHUNK: usize = 45;
    if !text.contains("=?") {
        return Text::new(text).into();
    }
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (chunk, tail) = rest
            .split_at_checked(rest.floor_char_boundary(CHUNK))
            .unwrap_or((rest, ""));
        words.push(format!("=?utf-8?B?{}?=", BASE64_STANDARD.encode(chunk)));
        rest = tail;
    }
    Raw::new(words.join(" ")).into()
}

/// The last word on header injection: the built header has exactly the fields that were meant, in that order, and
/// the message has only CRLF line ends and no line that is too long.
fn verify(bytes: &[u8], expected: &[&str]) -> Result<(), BuildError> {
    let limits = Limits {
        header_block: usize::MAX,
        header: usize::MAX,
        ..Limits::default()
    };
    let block = Block::read(bytes, &limits);
    if !block
        .fields
        .iter()
        .map(|field| field.name)
        .eq(expected.iter().map(|name| name.as_bytes()))
    {
        return Err(BuildError::Invalid("a header field would be added or lost"));
    }
    let mut start = 0;
    for end in memchr::memchr2_iter(b'\r', b'\n', bytes) {
        match (bytes.get(end), bytes.get(end + 1)) {
            (Some(b'\r'), Some(b'\n')) if end - start <= MAX_LINE => start = end + 2,
            (Some(b'\n'), _) if end + 1 == start => {}
            _ => {
                return Err(BuildError::Invalid(
                    "a line is too long or does not end in CRLF",
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
