//! Pictures in HTML mail: from the same message or from `data:`, by their magic bytes (R-HTML-6); from other hosts where
//! they are allowed (R-IMG-1); everything else is left out.
use super::{InlineImage, PictureSource};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::{collections::HashMap, sync::LazyLock};

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
    /// URL of a picture on another host.
    Remote(String),
    Missing,
}

pub(super) struct Images<'a> {
    by_id: HashMap<&'a str, &'a InlineImage>,
    remote: Option<&'a PictureSource<'a>>,
    left: usize,
}

impl<'a> Images<'a> {
    pub fn new(images: &'a [InlineImage], remote: Option<&'a PictureSource<'a>>) -> Self {
        let mut by_id = HashMap::with_capacity(images.len());
        for image in images {
            by_id.entry(image.content_id.as_str()).or_insert(image);
        }
        Self {
            by_id,
            remote,
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
        match remote_url(src) {
            Some(url) => Source::Remote(url.into()),
            None => Source::Missing,
        }
    }

    /// The address of ours that shows a remote picture, where that is allowed.
    pub fn shown_by_us(&self, url: &str) -> Option<String> {
        self.remote.and_then(|remote| (remote.address)(url))
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

/// Where an address without a host would lead.
static NOWHERE: LazyLock<Option<url::Url>> =
    LazyLock::new(|| url::Url::parse("https://relative.invalid/").ok());

/// What a browser would ask another host for.
pub(in super::super) fn remote_url(src: &str) -> Option<url::Url> {
    // What is no URL is no remote one.
    let mut url = url::Url::options()
        .base_url(NOWHERE.as_ref())
        .parse(src)
        .ok()?;
    url.set_fragment(None);
    let remote =
        matches!(url.scheme(), "http" | "https") && url.host_str() != Some("relative.invalid");
    remote.then_some(url)
}

/// Whether nobody is meant to see an `img`: without width or height, a pixel in both, or hidden by its own style.
/// `style` is what is kept of that; `value` gives its other attributes.
pub(in super::super) fn is_tracker<'t>(
    style: &str,
    value: impl Fn(&str) -> Option<&'t str>,
) -> bool {
    let declared = |name: &str| {
        let mut declarations = style.split(';').rev().filter_map(|one| one.split_once(':'));
        let (_, value) = declarations.find(|(own, _)| *own == name)?;
        Some(value.trim_end_matches("!important").trim())
    };
    let side = |name: &str, most: &str| {
        let own = declared(name).or_else(|| value(name)).and_then(pixels);
        let most = declared(most).and_then(pixels);
        match (own, most) {
            (Some(own), Some(most)) => Some(own.min(most)),
            (own, most) => own.or(most),
        }
    };
    let sides = [side("width", "max-width"), side("height", "max-height")];
    declared("display") == Some("none")
        || declared("visibility") == Some("hidden")
        || declared("opacity").and_then(pixels) == Some(0.0)
        || sides.contains(&Some(0.0))
        || sides
            .iter()
            .all(|side| side.is_some_and(|side| side <= 1.0))
}

/// A length in CSS pixels; nothing is nothing in every unit.
fn pixels(length: &str) -> Option<f32> {
    let length = length.trim();
    let unit = length.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    // What is no number is no length.
    let number: f32 = length.strip_suffix(unit)?.parse().ok()?;
    match unit.trim().to_ascii_lowercase().as_str() {
        "" | "px" => Some(number),
        "pt" => Some(number / 0.75),
        _ => (number == 0.0).then_some(0.0),
    }
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
        matches!(Images::new(&images, None).source(src), Source::Shown(_))
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
        let mut sources = Images::new(&images, None);
        let shown = (0..10)
            .filter(|_| matches!(sources.source("cid:x"), Source::Shown(_)))
            .count();
        assert_eq!(shown, 4);
    }

    #[test]
    fn remote_pictures_are_known_in_every_spelling() {
        for src in [
            "https://a.example/x",
            "//a.example/x",
            "\\\\a.example\\x",
            "/\\a.example/x",
            "https:\\\\a.example\\x",
            "HTTPS://a.example/x#y",
            "ht\ntps://a.example/x",
        ] {
            let url = remote_url(src).unwrap_or_else(|| panic!("{src}"));
            assert_eq!(url.as_str(), "https://a.example/x", "{src}");
        }
        for src in [
            "x.png",
            "/x",
            "mailto:a@b",
            "file:///x",
            "https:/x",
            "ftp://a.example/x",
        ] {
            assert_eq!(remote_url(src), None, "{src}");
        }
    }

    #[test]
    fn what_nobody_is_meant_to_see_is_a_tracker() {
        let tracker = |attributes: &[(&str, &'static str)]| {
            let attributes = attributes.to_vec();
            let value = move |name: &str| {
                let mut found = attributes.iter().filter(|(own, _)| *own == name);
                found.next().map(|(_, value)| *value)
            };
            let style = crate::mime::css::declarations(value("style").unwrap_or_default());
            is_tracker(&style, value)
        };
        for attributes in [
            &[("width", "1"), ("height", "1")][..],
            &[("width", "1px"), ("height", " 0 ")],
            &[("height", "0")],
            &[("style", "display:none")],
            &[("style", "DISPLAY : None !important; width: 600px")],
            &[("style", "visibility:hidden")],
            &[("style", "opacity:0")],
            &[("style", "width:1px;height:1px")],
            &[("style", "max-height:0;overflow:hidden"), ("width", "600")],
            &[("style", "width:0em")],
            &[("style", "width:.5pt"), ("height", "1")],
        ] {
            assert!(tracker(attributes), "{attributes:?}");
        }
        for attributes in [
            &[][..],
            &[("width", "600"), ("height", "1")],
            &[("width", "1")],
            &[("width", "100%"), ("style", "height:auto")],
            &[
                ("style", "width:600px;height:80px"),
                ("width", "1"),
                ("height", "1"),
            ],
            &[("style", "display:block;max-width:100%;opacity:0.9")],
            &[("width", "x"), ("height", "-1")],
        ] {
            assert!(!tracker(attributes), "{attributes:?}");
        }
    }
}
