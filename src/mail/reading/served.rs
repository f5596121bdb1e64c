use super::slices::Slices;
use super::{MessageRef, PartStream};
use crate::mail::{Account, Envelope, Part, Result, display_filename};
use crate::mime::{CharsetDecoder, TransferDecoder, TransferEncoding, picture_type};
use bytes::Bytes;
use futures_util::stream;
use std::{collections::VecDeque, io};

const TEXT: &str = "text/plain; charset=utf-8";
const OCTETS: &str = "application/octet-stream";

/// Types that are told to the browser. What a browser could run as a page is not among them.
const TYPES: &[&str] = &[
    "application/pdf",
    "application/zip",
    "application/gzip",
    "application/x-7z-compressed",
    "application/x-tar",
    "application/rtf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "application/epub+zip",
    "application/pgp-signature",
    "application/pgp-keys",
    "application/pkcs7-signature",
    "application/pkcs7-mime",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/wav",
    "audio/flac",
    "video/mp4",
    "video/webm",
    "video/quicktime",
    "text/csv",
    "text/calendar",
    "text/vcard",
    "message/rfc822",
];

/// How one part is handed to the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Manner {
    content_type: &'static str,
    inline: bool,
}

/// `first`: the beginning of the decoded content.
fn manner(mime_type: &str, first: &[u8]) -> Manner {
    if let Some(content_type) = picture_type(first) {
        return Manner {
            content_type,
            inline: true,
        };
    }
    if mime_type == "text/plain" {
        return Manner {
            content_type: TEXT,
            inline: true,
        };
    }
    let content_type = TYPES
        .iter()
        .copied()
        .find(|known| *known == mime_type)
        .unwrap_or(OCTETS);
    Manner {
        content_type,
        inline: false,
    }
}

/// A part by its structure, streamed.
pub(super) async fn part(
    account: &Account,
    reference: &MessageRef,
    part: &Part,
    download: bool,
) -> Result<PartStream> {
    let mut slices = Slices::new(account, reference, Some(&part.section), part.size);
    let mut transfer = TransferDecoder::new(part.encoding);
    let mut first = Vec::new();
    while let Some(slice) = slices.next().await? {
        first.extend(transfer.decode(&slice));
        if !first.is_empty() {
            break;
        }
    }
    let mut transfer = Some(transfer);
    if slices.has_ended()
        && let Some(transfer) = transfer.take()
    {
        first.extend(transfer.finish());
    }
    let (manner, charset) = charset_for(part, &first, download);
    let length = (slices.has_ended() && charset.is_none()).then_some(first.len() as u64);
    let decoding = Decoding {
        slices,
        transfer,
        charset,
        ready: VecDeque::new(),
    };
    Ok(PartStream {
        filename: filename(part),
        content_type: manner.content_type,
        inline: manner.inline,
        length,
        stream: Box::pin(decoding.into_stream(first)),
    })
}

/// A part that is in memory already.
pub(super) fn whole(part: &Part, content: Bytes, download: bool) -> PartStream {
    let (manner, charset) = charset_for(part, &content, download);
    let content = match charset {
        Some(mut charset) => Bytes::from(charset.decode(&content, true)),
        None => content,
    };
    PartStream {
        filename: filename(part),
        content_type: manner.content_type,
        inline: manner.inline,
        length: Some(content.len() as u64),
        stream: Box::pin(stream::iter([Ok(content)])),
    }
}

/// The raw message. Its length is told where the server's word for it holds.
pub(super) async fn source(
    account: &Account,
    reference: &MessageRef,
    envelope: &Envelope,
) -> Result<PartStream> {
    let mut slices = Slices::new(account, reference, None, envelope.size);
    let first = slices.next().await?.unwrap_or_default();
    let length = slices.size_is_exact().await?.then_some(envelope.size);
    let transfer = Some(TransferDecoder::new(TransferEncoding::Binary));
    let decoding = Decoding {
        slices,
        transfer,
        charset: None,
        ready: VecDeque::new(),
    };
    Ok(PartStream {
        filename: display_filename(&format!("{}.eml", file_stem(&envelope.subject))),
        content_type: "message/rfc822",
        inline: false,
        length,
        stream: Box::pin(decoding.into_stream(first.into())),
    })
}

/// Text is shown as UTF-8 and saved as it is.
fn charset_for(part: &Part, first: &[u8], download: bool) -> (Manner, Option<CharsetDecoder>) {
    let shown = manner(&part.mime_type, first);
    if shown.content_type != TEXT {
        return (shown, None);
    }
    if download {
        let saved = Manner {
            content_type: OCTETS,
            inline: false,
        };
        return (saved, None);
    }
    let charset = CharsetDecoder::new(part.charset.as_deref(), first);
    (shown, Some(charset))
}

fn filename(part: &Part) -> String {
    let named = part
        .filename
        .as_deref()
        .filter(|name| !name.trim().is_empty());
    match named {
        Some(name) => display_filename(name),
        None => display_filename(&format!(
            "part-{}.{}",
            part.section,
            extension(&part.mime_type)
        )),
    }
}

fn extension(mime_type: &str) -> &'static str {
    match mime_type {
        "text/plain" => "txt",
        "text/html" => "html",
        "text/csv" => "csv",
        "text/calendar" => "ics",
        "text/vcard" => "vcf",
        "message/rfc822" | "message/global" | "message/news" => "eml",
        "application/pdf" => "pdf",
        "text/rfc822-headers" | "message/delivery-status" => "txt",
        "application/pgp-signature" => "asc",
        "application/pkcs7-signature" => "p7s",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/webp" => "webp",
        _ => "bin",
    }
}

pub(super) fn file_stem(subject: &str) -> String {
    let stem: String = subject
        .chars()
        .map(|c| {
            if matches!(c, '/' | '\\' | ':') {
                ' '
            } else {
                c
            }
        })
        .take(80)
        .collect();
    let stem = stem.trim();
    if stem.is_empty() {
        "message".to_owned()
    } else {
        stem.to_owned()
    }
}

/// The state of a stream between two of its items.
struct Decoding {
    slices: Slices,
    /// None after the end.
    transfer: Option<TransferDecoder>,
    charset: Option<CharsetDecoder>,
    ready: VecDeque<Bytes>,
}

impl Decoding {
    fn into_stream(
        mut self,
        first: Vec<u8>,
    ) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send {
        let last = self.transfer.is_none();
        self.push(first, last);
        self.slices.read_ahead();
        stream::try_unfold(self, |mut decoding| async move {
            let next = decoding.next().await.map_err(io::Error::other)?;
            Ok(next.map(|bytes| (bytes, decoding)))
        })
    }

    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                return Ok(Some(bytes));
            }
            let Some(transfer) = &mut self.transfer else {
                return Ok(None);
            };
            match self.slices.next().await? {
                Some(slice) => {
                    self.slices.read_ahead();
                    let decoded = transfer.decode(&slice);
                    self.push(decoded, false);
                }
                None => {
                    let rest = self
                        .transfer
                        .take()
                        .map(TransferDecoder::finish)
                        .unwrap_or_default();
                    self.push(rest, true);
                }
            }
        }
    }

    fn push(&mut self, decoded: Vec<u8>, last: bool) {
        let bytes = match &mut self.charset {
            Some(charset) => Bytes::from(charset.decode(&decoded, last)),
            None => Bytes::from(decoded),
        };
        if !bytes.is_empty() {
            self.ready.push_back(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_first_bytes_alone() {
        let png = b"\x89PNG\r\n\x1a\nrest";
        assert_eq!(
            manner("application/octet-stream", png),
            Manner {
                content_type: "image/png",
                inline: true
            }
        );
        assert_eq!(
            manner("image/png", b"<svg onload=x>"),
            Manner {
                content_type: OCTETS,
                inline: false
            }
        );
        assert_eq!(
            manner("image/gif", b"GIF89a.."),
            Manner {
                content_type: "image/gif",
                inline: true
            }
        );
        assert_eq!(
            manner("x", b"RIFF\0\0\0\0WEBPVP8 "),
            Manner {
                content_type: "image/webp",
                inline: true
            }
        );
        assert_eq!(
            manner("x", b"\xff\xd8\xff\xe0"),
            Manner {
                content_type: "image/jpeg",
                inline: true
            }
        );
    }

    #[test]
    fn nothing_a_browser_runs_is_told_as_what_it_is() {
        for mime_type in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/xml",
            "application/javascript",
            "text/css",
        ] {
            assert_eq!(
                manner(mime_type, b"<html>"),
                Manner {
                    content_type: OCTETS,
                    inline: false
                },
                "{mime_type}"
            );
        }
    }

    #[test]
    fn documents_keep_their_type_and_are_saved() {
        assert_eq!(
            manner("application/pdf", b"%PDF-1.7"),
            Manner {
                content_type: "application/pdf",
                inline: false
            }
        );
        assert_eq!(
            manner("text/plain", b"hello"),
            Manner {
                content_type: TEXT,
                inline: true
            }
        );
    }

    #[test]
    fn a_subject_makes_a_file_name() {
        assert_eq!(file_stem("Re: a/b"), "Re  a b");
        assert_eq!(file_stem("  "), "message");
    }
}
