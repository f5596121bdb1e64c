//! How content is handed to the browser: as what, under which name, shown or saved (SECURITY.md R-ATT-1).
use crate::mail::{Part, display_filename};
use crate::mime::{CharsetDecoder, picture_type};

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
pub(super) struct Manner {
    pub content_type: &'static str,
    pub inline: bool,
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

/// By its first octets.
pub(super) fn is_picture(first: &[u8]) -> bool {
    picture_type(first).is_some()
}

/// Text is shown as UTF-8 and saved as it is.
pub(super) fn charset_for(
    part: &Part,
    first: &[u8],
    download: bool,
) -> (Manner, Option<CharsetDecoder>) {
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

pub(super) fn filename(part: &Part) -> String {
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
