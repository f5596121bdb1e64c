//! Pictures in HTML mail: from the same message or from `data:`, by their magic bytes; everything else is left out
//! (R-HTML-6).
use super::InlineImage;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::collections::HashMap;

/// Octets of one picture, and of all pictures of one message as often as they are shown.
const MAX_IMAGE: usize = 512 << 10;
const MAX_ALL: usize = 2 << 20;

pub(super) const DATA_PREFIXES: [&str; 4] = [
    "data:image/png;base64,",
    "data:image/jpeg;base64,",
    "data:image/gif;base64,",
    "data:image/webp;base64,",
];

/// What an `img` becomes.
pub(super) enum Source {
    /// A `data:` URL.
    Shown(String),
    /// A picture on another host.
    Remote,
    Missing,
}

pub(super) struct Images<'a> {
    by_id: HashMap<&'a str, &'a InlineImage>,
    left: usize,
}

impl<'a> Images<'a> {
    pub fn new(images: &'a [InlineImage]) -> Self {
        let mut by_id = HashMap::with_capacity(images.len());
        for image in images {
            by_id.entry(image.content_id.as_str()).or_insert(image);
        }
        Self {
            by_id,
            left: MAX_ALL,
        }
    }

    pub fn source(&mut self, src: &str) -> Source {
        let src = src.trim_matches(|c: char| c.is_ascii_whitespace() || c.is_control());
        let scheme = src.get(..5).unwrap_or_default();
        if scheme.eq_ignore_ascii_case("data:") {
            return data(src)
                .and_then(|content| self.inline(&content))
                .map_or(Source::Missing, Source::Shown);
        }
        if src
            .get(..4)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("cid:"))
        {
            let id = src.get(4..).unwrap_or_default();
            let decoded = percent_encoding::percent_decode_str(id)
                .decode_utf8()
                .unwrap_or_default();
            let image = self
                .by_id
                .get(id)
                .or_else(|| self.by_id.get(decoded.as_ref()))
                .copied();
            return image
                .and_then(|image| self.inline(&image.content))
                .map_or(Source::Missing, Source::Shown);
        }
        if is_remote(src) {
            Source::Remote
        } else {
            Source::Missing
        }
    }

    fn inline(&mut self, content: &[u8]) -> Option<String> {
        let mime_type = picture_type(content)?;
        if content.len() > MAX_IMAGE {
            return None;
        }
        self.left = self.left.checked_sub(content.len())?;
        Some(format!(
            "data:{mime_type};base64,{}",
            BASE64_STANDARD.encode(content)
        ))
    }
}

/// Whether a browser would ask another host for it.
pub(super) fn is_remote(src: &str) -> bool {
    let base = url::Url::parse("https://relative.invalid/").ok();
    let Ok(url) = url::Url::options().base_url(base.as_ref()).parse(src) else {
        return false;
    };
    matches!(url.scheme(), "http" | "https" | "ftp") && url.host_str() != Some("relative.invalid")
}

/// The content of `data:image/…;base64,…`.
fn data(src: &str) -> Option<Vec<u8>> {
    if src.len() > MAX_IMAGE / 3 * 4 + 1024 {
        return None;
    }
    let (head, content) = src.split_once(',')?;
    let head = head.to_ascii_lowercase();
    let is_image = head.starts_with("data:image/")
        && head.split(';').skip(1).any(|word| word.trim() == "base64");
    let content: String = content
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .collect();
    let content = percent_encoding::percent_decode_str(&content)
        .decode_utf8()
        .ok()?;
    if is_image {
        BASE64_STANDARD.decode(content.as_bytes()).ok()
    } else {
        None
    }
}

/// The media type of a picture by its first octets; only pixels (PNG, JPEG, GIF, WebP), never SVG.
pub fn picture_type(content: &[u8]) -> Option<&'static str> {
    match content {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";

    fn shown(src: &str, content: &[u8]) -> bool {
        let images = [InlineImage {
            content_id: "a b@c".into(),
            content: content.to_vec().into(),
        }];
        matches!(Images::new(&images).source(src), Source::Shown(_))
    }

    #[test]
    fn only_exact_identifiers_and_real_pictures_are_shown() {
        assert!(shown("cid:a b@c", PNG));
        assert!(shown(" CID:a%20b@c", PNG));
        assert!(!shown("cid:a%2520b@c", PNG));
        assert!(!shown("cid:A b@c", PNG));
        assert!(!shown("cid:a b@c", b"<svg xmlns=..."));
        assert!(!shown("cid:a b@c", &[PNG, &vec![0; MAX_IMAGE]].concat()));
    }

    #[test]
    fn data_urls_must_be_base64_pictures() {
        let png = BASE64_STANDARD.encode(PNG);
        assert!(shown(&format!("data:image/png;base64,{png}"), b""));
        assert!(shown(&format!("DATA:image/jpg;x=y;base64,{png}"), b""));
        assert!(!shown(&format!("data:text/html;base64,{png}"), b""));
        assert!(!shown("data:image/svg+xml;base64,PHN2Zz4=", b""));
        assert!(!shown("data:image/png,https://leak.invalid", b""));
    }

    #[test]
    fn the_budget_counts_every_showing() {
        let big = [PNG, &vec![0; 500 << 10]].concat();
        let images = [InlineImage {
            content_id: "x".into(),
            content: big.into(),
        }];
        let mut sources = Images::new(&images);
        let shown = (0..10)
            .filter(|_| matches!(sources.source("cid:x"), Source::Shown(_)))
            .count();
        assert_eq!(shown, 4);
    }

    #[test]
    fn remote_pictures_are_known_in_every_spelling() {
        for src in [
            "https://a.example/x",
            "//a.example",
            "\\\\a.example\\1",
            "/\\a.example/1",
            "http:\\a.example",
            "HTTPS://a.example",
        ] {
            assert!(is_remote(src), "{src}");
        }
        for src in ["x.png", "/x", "mailto:a@b", "file:///x", "https:/x"] {
            assert!(!is_remote(src) || src == "https:/x", "{src}");
        }
    }
}
