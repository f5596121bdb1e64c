//! Content-transfer-encodings (RFC 2045 §6) and charsets, both tolerant: garbage is skipped, never fatal.
mod double_byte;
mod hz;
mod iso_2022_kr;
mod label;
mod offered;
mod stream;
mod utf32;
mod utf7;

pub use offered::{CharsetGroup, OFFERED_CHARSETS};
pub use stream::CharsetDecoder;

use super::TransferEncoding;
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, WINDOWS_1252};
use label::{Charset, is_ascii_label};

/// Undoes the content-transfer-encoding; garbage in base64 and quoted-printable is skipped, never fatal.
pub fn decode_transfer(body: &[u8], encoding: TransferEncoding) -> Vec<u8> {
    match encoding {
        TransferEncoding::SevenBit | TransferEncoding::EightBit | TransferEncoding::Binary => {
            body.to_vec()
        }
        TransferEncoding::QuotedPrintable => decode_quoted_printable(body, false),
        TransferEncoding::Base64 => decode_base64(body),
        TransferEncoding::UuEncode => decode_uu(body),
    }
}

/// Octets of a text part to a string: byte order mark, else the label, else HTML `meta`, else UTF-8, else windows-1252.
/// Control characters are removed but for tab and LF; CRLF and CR become LF.
pub fn decode_text(body: &[u8], charset: Option<&str>) -> String {
    let sniffed = if charset.is_some_and(|label| !label.trim().is_empty()) {
        None
    } else {
        meta_charset(body)
    };
    let text = match marked(body) {
        Some(charset) => CharsetDecoder::of(charset, body).decode(body, true),
        None => decode_label(body, charset.or(sniffed.as_deref())),
    };
    let mut clean = String::with_capacity(text.len());
    let mut after_cr = false;
    for c in text.chars() {
        match c {
            '\n' if after_cr => {}
            '\r' | '\n' => clean.push('\n'),
            '\t' => clean.push('\t'),
            c if c.is_control() || c == '\u{FEFF}' => {}
            c => clean.push(c),
        }
        after_cr = c == '\r';
    }
    clean
}

/// What a byte order mark says. UTF-16 that begins with a mark and NUL is UTF-32.
fn marked(body: &[u8]) -> Option<Charset> {
    if body.starts_with(b"\xFF\xFE\0\0") || body.starts_with(b"\0\0\xFE\xFF") {
        return Some(Charset::Utf32);
    }
    Encoding::for_bom(body).map(|(encoding, _)| Charset::Standard(encoding))
}

/// As the label says when it is known and the octets fit it; else UTF-8 when they are that; else windows-1252.
pub(super) fn decode_label(octets: &[u8], label: Option<&str>) -> String {
    let charset = label.and_then(Charset::for_label);
    match charset {
        None => guess(octets),
        Some(Charset::Standard(encoding)) if encoding == UTF_8 => match as_utf8(octets) {
            Some(text) => text,
            None => decode_damaged_utf8(octets),
        },
        // What programs write that do not know: us-ascii, an alias of windows-1252, and that itself.
        Some(Charset::Standard(encoding)) if encoding == WINDOWS_1252 => {
            if label.is_some_and(is_ascii_label) {
                return guess(octets);
            }
            as_utf8(octets).unwrap_or_else(|| decode_windows_1252(octets))
        }
        Some(Charset::Utf7) if !octets.is_ascii() => guess(octets),
        Some(charset) => CharsetDecoder::of(charset, octets).decode(octets, true),
    }
}

/// Octets of a header that stand outside of encoded words: UTF-8 when they are that; else `charset`, what the text of
/// the message is in; else windows-1252.
pub(super) fn decode_unlabelled(octets: &[u8], charset: Option<&str>) -> String {
    let is_compatible =
        |label: &&str| Charset::for_label(label).is_some_and(Charset::is_ascii_compatible);
    match as_utf8(octets) {
        Some(text) if !text.contains('\x1B') => text,
        Some(_) => guess(octets),
        None => decode_label(octets, charset.filter(is_compatible)),
    }
}

/// Whether the name means a charset that can be read.
pub(super) fn is_known(label: &str) -> bool {
    Charset::for_label(label).is_some()
}

fn guess(octets: &[u8]) -> String {
    let escapes = |to: &[u8]| memchr::memmem::find(octets, to).is_some();
    if octets.is_ascii() && escapes(b"\x1B$") {
        let charset = if escapes(b"\x1B$)C") {
            Charset::Iso2022Kr
        } else {
            Charset::Standard(ISO_2022_JP)
        };
        return CharsetDecoder::of(charset, octets).decode(octets, true);
    }
    as_utf8(octets).unwrap_or_else(|| decode_windows_1252(octets))
}

/// UTF-8, which a cut may have ended in the middle of a character.
fn as_utf8(octets: &[u8]) -> Option<String> {
    match std::str::from_utf8(octets) {
        Ok(text) => Some(text.to_owned()),
        Err(error) => {
            let whole = octets.get(..error.valid_up_to()).unwrap_or_default();
            let is_cut = error.error_len().is_none() && !whole.is_ascii();
            is_cut.then(|| String::from_utf8_lossy(octets).into_owned())
        }
    }
}

/// What says that it is UTF-8 and is so in part is damaged; else windows-1252.
fn decode_damaged_utf8(octets: &[u8]) -> String {
    let damaged = String::from_utf8_lossy(octets);
    let has_multibyte = damaged
        .chars()
        .any(|c| !c.is_ascii() && c != char::REPLACEMENT_CHARACTER);
    if has_multibyte {
        damaged.into_owned()
    } else {
        decode_windows_1252(octets)
    }
}

fn decode_windows_1252(octets: &[u8]) -> String {
    WINDOWS_1252
        .decode_without_bom_handling(octets)
        .0
        .into_owned()
}

/// `charset=` of an HTML `meta` element within the first 1,024 octets.
fn meta_charset(body: &[u8]) -> Option<String> {
    let head = body.get(..1024).unwrap_or(body).to_ascii_lowercase();
    let meta = memchr::memmem::find(&head, b"<meta")?;
    let tail = head.get(meta..)?;
    let at = memchr::memmem::find(tail, b"charset")?;
    let value = tail
        .get(at + b"charset".len()..)?
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let value = value
        .strip_prefix(b"\"")
        .or_else(|| value.strip_prefix(b"'"))
        .unwrap_or(value);
    let end = value.iter().position(|byte| {
        matches!(byte, b'"' | b'\'' | b';' | b'>' | b'/') || byte.is_ascii_whitespace()
    });
    let label = std::str::from_utf8(value.get(..end?)?).ok()?;
    // WHATWG: a document that could be read so far is no UTF-16, whatever it says.
    Encoding::for_label(label.as_bytes())
        .filter(|encoding| encoding.is_ascii_compatible())
        .map(|_| label.to_owned())
}

/// RFC 2045 §6.7; in a header (`Q` of RFC 2047) an underscore is a space. What is no `=XY` stays as it is; unencoded
/// white space at the end of a line is padding of the transport and goes.
pub(super) fn decode_quoted_printable(body: &[u8], header: bool) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(body.len());
    let mut solid = 0;
    let mut rest = body;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'=' => match after {
                [b'\r', b'\n', tail @ ..] | [b'\n', tail @ ..] => rest = tail,
                [high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    decoded.push(hex(*high) << 4 | hex(*low));
                    rest = tail;
                }
                _ => match soft_break_with_padding(after) {
                    Some(tail) if !header => rest = tail,
                    _ => decoded.push(b'='),
                },
            },
            b'_' if header => decoded.push(b' '),
            b' ' | b'\t' if !header => {
                decoded.push(byte);
                continue;
            }
            b'\r' | b'\n' if !header => {
                decoded.truncate(solid);
                decoded.push(byte);
            }
            byte => decoded.push(byte),
        }
        solid = decoded.len();
    }
    decoded
}

/// A soft line break whose `=` is followed by padding.
fn soft_break_with_padding(after: &[u8]) -> Option<&[u8]> {
    const LONGEST: usize = 80;
    let window = after.get(..LONGEST).unwrap_or(after);
    let padding = window.iter().position(|byte| !matches!(byte, b' ' | b'\t'));
    match padding.and_then(|padding| after.get(padding..)) {
        Some([b'\r', b'\n', tail @ ..]) | Some([b'\n', tail @ ..]) => Some(tail),
        None if after.len() == window.len() => Some(&[]),
        _ => None,
    }
}

fn hex(digit: u8) -> u8 {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
        .unwrap_or_default()
}

/// Every octet outside the alphabet is skipped; `=` ends a quantum, and what follows begins a new one.
pub(super) fn decode_base64(body: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let mut bits = 0_u32;
    let mut count = 0_u8;
    for &byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                flush_base64(&mut decoded, bits, count);
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count == 4 {
            let [_, first, second, third] = bits.to_be_bytes();
            decoded.extend([first, second, third]);
            (bits, count) = (0, 0);
        }
    }
    flush_base64(&mut decoded, bits, count);
    decoded
}

fn flush_base64(decoded: &mut Vec<u8>, bits: u32, count: u8) {
    match count {
        2 => decoded.push((bits >> 4).to_be_bytes()[3]),
        3 => {
            let [_, _, first, second] = (bits >> 2).to_be_bytes();
            decoded.extend([first, second]);
        }
        _ => {}
    }
}

/// The octets between `begin` and `end`; without a `begin` line, of every line.
fn decode_uu(body: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(body.len() / 4 * 3);
    let has_begin =
        body.starts_with(b"begin ") || memchr::memmem::find(body, b"\nbegin ").is_some();
    let mut inside = !has_begin;
    for line in body.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii_end();
        if !inside {
            inside = line.starts_with(b"begin ");
            continue;
        }
        if line == b"end" {
            break;
        }
        let Some((&length, data)) = line.split_first() else {
            continue;
        };
        let length = usize::from(length.wrapping_sub(b' ') & 0x3F);
        let before = decoded.len();
        for quantum in data.chunks(4) {
            let value = |at: usize| {
                u32::from(quantum.get(at).copied().unwrap_or(b' ').wrapping_sub(b' ') & 0x3F)
            };
            let bits = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
            let [_, first, second, third] = bits.to_be_bytes();
            decoded.extend([first, second, third]);
        }
        decoded.truncate(before + length);
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use TransferEncoding::{Base64, QuotedPrintable, UuEncode};
    use proptest::prelude::*;

    #[test]
    fn quoted_printable_keeps_what_it_does_not_understand() {
        let decode = |body: &str| {
            String::from_utf8(decode_transfer(body.as_bytes(), QuotedPrintable)).unwrap()
        };
        assert_eq!(decode("caf=C3=A9 =\r\nnoir=\nx"), "café noirx");
        assert_eq!(decode("100 =XY = =3"), "100 =XY = =3");
        assert_eq!(decode("soft= \t\r\nbreak"), "softbreak");
        assert_eq!(decode("flowed =20\r\nx"), "flowed  \r\nx");
        assert_eq!(decode("a="), "a");
    }

    #[test]
    fn base64_skips_garbage_and_joins_padded_pieces() {
        let decode =
            |body: &str| String::from_utf8(decode_transfer(body.as_bytes(), Base64)).unwrap();
        assert_eq!(decode("aGVs\r\nbG8="), "hello");
        assert_eq!(decode("aG!Vs*bG8"), "hello");
        assert_eq!(decode("aGVs====bG8=aGk="), "hellohi");
        assert_eq!(decode("a"), "");
    }

    #[test]
    fn uuencode_is_read_between_begin_and_end() {
        assert_eq!(
            decode_transfer(b"begin 644 a.txt\n%:&5L;&\\\n`\nend\nrest", UuEncode),
            b"hello"
        );
        assert_eq!(decode_transfer(b"%:&5L;&\\", UuEncode), b"hello");
    }

    #[test]
    fn the_label_wins_unless_the_octets_contradict_it() {
        assert_eq!(decode_text(b"caf\xe9", Some("iso-8859-1")), "café");
        assert_eq!(decode_text("é你".as_bytes(), Some("us-ascii")), "é你");
        assert_eq!(decode_text("é你".as_bytes(), None), "é你");
        assert_eq!(decode_text(b"caf\xe9", Some("utf-8")), "café");
        assert_eq!(decode_text(b"hello", Some("x-no-such")), "hello");
        assert_eq!(decode_text("é".as_bytes(), Some("\"utf-8\"")), "é");
        assert_eq!(decode_text(b"\xcf", Some("\"windows-1251\"")), "П");
        assert_eq!(decode_text(b"\xff\xfe\x60\x4f", Some("utf-16")), "你");
        assert_eq!(decode_text("é".as_bytes(), Some("iso-8859-1")), "é");
        assert_eq!(decode_text("日本".as_bytes(), Some("us-ascii")), "日本");
        assert_eq!(
            decode_text("x é\u{20ac}".as_bytes().split_last().unwrap().1, None),
            "x é\u{FFFD}"
        );
        assert_eq!(decode_text(b"\x1b$BF|K\\\x1b(B", Some("us-ascii")), "日本");
        assert_eq!(
            decode_text(b"\xc4\xe3\x81\x30\x81\x30", Some("gb2312")),
            "你\u{80}".trim_end_matches('\u{80}')
        );
        assert_eq!(decode_text(b"+T2BZfQ", Some("utf-7")), "你好");
        assert_eq!(decode_text("+é".as_bytes(), Some("utf-7")), "+é");
        assert_eq!(decode_text(b"\xff\xfe\0\0\x60\x4f\0\0", None), "你");
        assert_eq!(decode_text(b"\0h\0i", Some("utf-16")), "hi");
        assert_eq!(decode_text(b"h\0i\0", Some("utf-16")), "hi");
    }

    #[test]
    fn octets_of_a_header_are_read_as_the_text_of_the_message() {
        assert_eq!(
            decode_unlabelled("Привет".as_bytes(), Some("koi8-r")),
            "Привет"
        );
        assert_eq!(
            decode_unlabelled(b"\xcf\xf0\xe8", Some("windows-1251")),
            "При"
        );
        assert_eq!(decode_unlabelled(b"caf\xe9", Some("utf-16")), "café");
        assert_eq!(decode_unlabelled(b"caf\xe9", Some("utf-8")), "café");
        assert_eq!(decode_unlabelled(b"\x1b$BF|K\\\x1b(B", None), "日本");
    }

    #[test]
    fn meta_counts_only_without_a_label() {
        let html = b"<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1251\"></head>\xcf";
        assert!(decode_text(html, None).ends_with('П'));
        assert!(decode_text(html, Some("iso-8859-1")).ends_with('Ï'));
        assert!(decode_text(b"<meta charset=utf-16 >x", None).ends_with('x'));
    }

    #[test]
    fn control_characters_go_and_lines_end_in_lf() {
        assert_eq!(
            decode_text(b"a\0b\x1b[31m\r\nc\rd\te\x7f", None),
            "ab[31m\nc\nd\te"
        );
    }

    proptest! {
        #[test]
        fn any_octets_decode(body in proptest::collection::vec(any::<u8>(), 0..600), label in "[a-z0-9-]{0,12}") {
            for encoding in [QuotedPrintable, Base64, UuEncode] {
                decode_transfer(&body, encoding);
            }
            prop_assert!(!decode_text(&body, Some(&label)).contains(['\0', '\r']));
            decode_text(&body, None);
        }
    }
}
