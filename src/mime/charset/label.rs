//! What the name of a charset means.
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16LE};

/// A charset that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Charset {
    /// One of the WHATWG Encoding Standard.
    Standard(&'static Encoding),
    /// RFC 2152.
    Utf7,
    /// Whose name says nothing of the order of its octets.
    Utf16,
    Utf32,
    /// RFC 1843.
    Hz,
    /// RFC 1557.
    Iso2022Kr,
}

impl Charset {
    /// WHATWG labels, what that standard left out, and names that only mail uses. None for what nobody can read.
    pub fn for_label(label: &str) -> Option<Self> {
        let label = trimmed(label);
        // What most mail says.
        if label.eq_ignore_ascii_case("utf-8") {
            return Some(Self::Standard(UTF_8));
        }
        let lower = label.to_ascii_lowercase();
        let own = match lower.as_str() {
            "utf-7" | "utf7" | "unicode-1-1-utf-7" | "x-unicode-1-1-utf-7" | "cp65000" => {
                Self::Utf7
            }
            "utf-16" | "utf16" | "iso-10646-ucs-2" | "ucs-2" | "unicode" | "csunicode" => {
                Self::Utf16
            }
            "utf-32" | "utf32" | "utf-32le" | "utf-32be" | "ucs-4" | "iso-10646-ucs-4" => {
                Self::Utf32
            }
            "hz-gb-2312" | "hz" => Self::Hz,
            "iso-2022-kr" | "csiso2022kr" => Self::Iso2022Kr,
            name => {
                let known = Encoding::for_label(name.as_bytes())
                    .or_else(|| Encoding::for_label(alias(name)?.as_bytes()));
                return known
                    .filter(|&encoding| encoding != REPLACEMENT)
                    .map(Self::Standard);
            }
        };
        Some(own)
    }

    /// The encoding that the octets are in after the decoder's own step, if there is one.
    pub fn encoding(self, first: &[u8]) -> &'static Encoding {
        match self {
            Self::Standard(encoding) => encoding,
            Self::Utf7 => encoding_rs::UTF_16BE,
            Self::Utf16 => utf16_order(first),
            Self::Utf32 => UTF_8,
            Self::Hz => encoding_rs::GBK,
            Self::Iso2022Kr => encoding_rs::EUC_KR,
        }
    }

    /// Whether ASCII stands for itself in it, whatever came before: what may stand in a header as it is.
    pub fn is_ascii_compatible(self) -> bool {
        matches!(self, Self::Standard(encoding) if encoding.is_ascii_compatible())
    }
}

/// A name that software writes when it does not know: 8-bit octets under it are more often UTF-8.
pub(super) fn is_ascii_label(label: &str) -> bool {
    let label = trimmed(label);
    ["us-ascii", "ascii", "ansi_x3.4-1968", "7bit", "8bit"]
        .iter()
        .any(|ascii| label.eq_ignore_ascii_case(ascii))
}

fn trimmed(label: &str) -> &str {
    label.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'')
}

fn alias(name: &str) -> Option<&'static str> {
    Some(match name {
        "cp932" | "windows-932" | "shift-jisx0213" => "shift_jis",
        "cp936" | "ms936" | "windows-936" | "gb-2312" | "gb_2312" => "gbk",
        "gb-18030" | "gb18030-2000" | "gb18030-2005" | "gb18030-2022" => "gb18030",
        "cp949" | "ms949" | "uhc" | "ks_c_5601" | "ks-c-5601" | "ks-c-5601-1987" => "euc-kr",
        "cp950" | "ms950" | "windows-950" => "big5",
        "cp51932" | "eucjp" => "euc-jp",
        "cp50220" | "cp50221" | "cp50222" | "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3"
        | "iso-2022-jp-ms" => "iso-2022-jp",
        "cp874" | "tis620" => "windows-874",
        "cp1125" => "ibm866",
        "mac" | "x-mac-roman" => "macintosh",
        "8859-1" | "iso8859_1" => "iso-8859-1",
        "cp65001" | "utf8mb4" | "utf-8-mac" => "utf-8",
        _ => return None,
    })
}

/// UTF-16 without a byte order mark: one octet of each pair varies less than the other, and that is the high one.
/// Where neither does, big endian (RFC 2781 §4.3).
fn utf16_order(first: &[u8]) -> &'static Encoding {
    const SAMPLE: usize = 1024;
    match first {
        [0xFE, 0xFF, ..] => return encoding_rs::UTF_16BE,
        [0xFF, 0xFE, ..] => return UTF_16LE,
        _ => {}
    }
    let sample = first.get(..SAMPLE).unwrap_or(first);
    let commonest = |skip: usize| {
        let mut counts = [0_u16; 256];
        for &octet in sample.iter().skip(skip).step_by(2) {
            if let Some(count) = counts.get_mut(usize::from(octet)) {
                *count += 1;
            }
        }
        counts.into_iter().max()
    };
    if commonest(1) > commonest(0) {
        UTF_16LE
    } else {
        encoding_rs::UTF_16BE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_however_they_are_written() {
        for (label, expected) in [
            (
                "\"Windows-1251\"",
                Charset::Standard(encoding_rs::WINDOWS_1251),
            ),
            (" GB2312 ", Charset::Standard(encoding_rs::GBK)),
            ("ks_c_5601-1987", Charset::Standard(encoding_rs::EUC_KR)),
            ("KS_C_5601", Charset::Standard(encoding_rs::EUC_KR)),
            ("iso-2022-jp", Charset::Standard(encoding_rs::ISO_2022_JP)),
            ("HZ-GB-2312", Charset::Hz),
            ("ISO-2022-KR", Charset::Iso2022Kr),
            ("unicode-1-1-utf-7", Charset::Utf7),
            ("UTF-32", Charset::Utf32),
            ("utf-16le", Charset::Standard(UTF_16LE)),
        ] {
            assert_eq!(Charset::for_label(label), Some(expected), "{label}");
        }
        for label in ["x-unknown", "", "iso-2022-cn", "replacement", "default"] {
            assert_eq!(Charset::for_label(label), None, "{label}");
        }
    }

    #[test]
    fn the_order_of_utf_16_shows_without_a_mark() {
        for text in ["hello", "Привет, мир", "こんにちは、世界\r\n"] {
            let units = text.encode_utf16();
            let big: Vec<u8> = units.clone().flat_map(u16::to_be_bytes).collect();
            let little: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
            assert_eq!(utf16_order(&big), encoding_rs::UTF_16BE, "{text}");
            assert_eq!(utf16_order(&little), UTF_16LE, "{text}");
        }
    }
}
