//! Content-transfer-encodings (RFC 2045 §6) and charsets, both tolerant: garbage is skipped, never fatal.
use super::TransferEncoding;
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

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

/// Octets of a text part to a string: the label, else byte order mark or HTML `meta`, else UTF-8, else windows-1252.
/// Control characters are removed but for tab and LF; CRLF and CR become LF.
pub fn decode_text(body: &[u8], charset: Option<&str>) -> String {
    let sniffed = if charset.is_some_and(|label| !label.trim().is_empty()) {
        None
    } else {
        meta_charset(body)
    };
    let text = match Encoding::for_bom(body) {
        Some((encoding, _)) => encoding.decode(body).0.into_owned(),
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

/// As the label says when it is known and the octets fit it; else UTF-8 when they are that; else windows-1252.
pub(super) fn decode_label(octets: &[u8], label: Option<&str>) -> String {
    let labelled = label
        .and_then(encoding_for)
        .filter(|&encoding| encoding != UTF_8 && encoding != REPLACEMENT);
    match labelled {
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {
            encoding.decode(octets).0.into_owned()
        }
        // us-ascii is an alias of windows-1252: 8-bit octets under it are more often UTF-8.
        Some(encoding) if encoding != WINDOWS_1252 || !label.is_some_and(is_ascii_label) => {
            encoding.decode_without_bom_handling(octets).0.into_owned()
        }
        _ => match std::str::from_utf8(octets) {
            Ok(text) => text.to_owned(),
            Err(error) => decode_damaged_utf8(octets, error.valid_up_to(), label),
        },
    }
}

/// Octets that are not quite UTF-8: cut-off or damaged UTF-8 when it says so and most of it is, else windows-1252.
fn decode_damaged_utf8(octets: &[u8], valid: usize, label: Option<&str>) -> String {
    let says_utf8 = label.and_then(encoding_for) == Some(UTF_8);
    let has_multibyte = octets.get(..valid).is_some_and(|head| !head.is_ascii());
    if says_utf8 && has_multibyte {
        String::from_utf8_lossy(octets).into_owned()
    } else {
        WINDOWS_1252
            .decode_without_bom_handling(octets)
            .0
            .into_owned()
    }
}

fn is_ascii_label(label: &str) -> bool {
    let label = trimmed(label);
    ["us-ascii", "ascii", "ansi_x3.4-1968", "7bit", "8bit"]
        .iter()
        .any(|ascii| label.eq_ignore_ascii_case(ascii))
}

fn trimmed(label: &str) -> &str {
    label.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'')
}

/// WHATWG labels, and those that only mail uses.
fn encoding_for(label: &str) -> Option<&'static Encoding> {
    let label = trimmed(label);
    Encoding::for_label(label.as_bytes()).or_else(|| {
        let known = match label.to_ascii_lowercase().as_str() {
            "cp932" | "windows-932" | "shift-jisx0213" => "shift_jis",
            "cp936" | "ms936" | "windows-936" => "gbk",
            "cp949" | "ms949" | "uhc" | "ks_c_5601" => "euc-kr",
            "cp950" | "ms950" | "windows-950" => "big5",
            "cp51932" | "eucjp" => "euc-jp",
            "cp874" | "tis620" => "windows-874",
            "cp1125" => "ibm866",
            "mac" | "x-mac-roman" => "macintosh",
            "8859-1" | "iso8859_1" => "iso-8859-1",
            _ => return None,
        };
        Encoding::for_label(known.as_bytes())
    })
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
