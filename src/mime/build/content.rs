//! The body of an outgoing message: flowed text, and attachments that come out as they went in.
use super::super::text::flow;
use super::{Attachment, MAX_LINE};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mail_builder::headers::content_type::ContentType;
use mail_builder::mime::MimePart;

const OCTET_STREAM: &str = "application/octet-stream";
/// Octets in one base64 line of 76 characters.
const LINE_OCTETS: usize = 57;

pub(super) fn body(text: &str, attachments: &[Attachment]) -> MimePart<'static> {
    let content_type = ContentType::new("text/plain")
        .attribute("charset", "utf-8")
        .attribute("format", "flowed");
    let text = MimePart::new(content_type, flow(text));
    if attachments.is_empty() {
        return text;
    }
    let mut parts = Vec::with_capacity(attachments.len() + 1);
    parts.push(text);
    parts.extend(attachments.iter().map(part));
    MimePart::new("multipart/mixed", parts)
}

fn part(attachment: &Attachment) -> MimePart<'static> {
    let mime_type = safe_type(&attachment.mime_type);
    let message = (mime_type == "message/rfc822")
        .then(|| message(&attachment.content))
        .flatten();
    let (mime_type, encoding, content) = match message {
        Some((encoding, content)) => (mime_type, encoding, content),
        None if mime_type == "message/rfc822" => (
            OCTET_STREAM.to_owned(),
            "base64",
            encode(&attachment.content),
        ),
        None => (mime_type, "base64", encode(&attachment.content)),
    };
    MimePart::new(ContentType::new(mime_type), content)
        .attachment(attachment.filename.clone())
        .transfer_encoding(encoding)
}

/// RFC 2045 §5.1 tokens in lower case. A multipart cannot be a file, and of message/* only rfc822 is understood.
fn safe_type(mime_type: &str) -> String {
    let is_token = |text: &str| {
        !text.is_empty()
            && text.len() <= 64
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`{|}~".contains(&byte))
    };
    let lower = mime_type.trim().to_ascii_lowercase();
    match lower.split_once('/') {
        Some(("message", "rfc822")) => lower,
        Some(("multipart" | "message", _)) => OCTET_STREAM.to_owned(),
        Some((kind, subtype)) if is_token(kind) && is_token(subtype) => lower,
        _ => OCTET_STREAM.to_owned(),
    }
}

/// RFC 2046 §5.2.1: a message is never base64. None when a line of it is too long to stand so.
fn message(content: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let mut normal = Vec::with_capacity(content.len() + content.len() / 32);
    for line in content.split_inclusive(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        for line in line.split(|&byte| byte == b'\r') {
            if line.len() > MAX_LINE || line.contains(&0) {
                return None;
            }
            normal.extend_from_slice(line);
            normal.extend_from_slice(b"\r\n");
        }
    }
    Some((if normal.is_ascii() { "7bit" } else { "8bit" }, normal))
}

fn encode(content: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(content.len() / LINE_OCTETS * 78 + 80);
    for line in content.chunks(LINE_OCTETS) {
        encoded.extend_from_slice(BASE64_STANDARD.encode(line).as_bytes());
        encoded.extend_from_slice(b"\r\n");
    }
    encoded
}
