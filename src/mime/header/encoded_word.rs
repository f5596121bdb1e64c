//! RFC 2047 encoded words, tolerant: split characters, unknown charsets, raw 8-bit octets.
use super::super::charset::{decode_base64, decode_label, decode_quoted_printable};

/// RFC 2047 encoded words and raw 8-bit, to one clean line: control characters removed.
pub fn decode_header(raw: &[u8]) -> String {
    if let Some(plain) = plain_line(raw) {
        return plain.trim().to_owned();
    }
    let text = decode(raw);
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' | '\n' | '\t' | '\u{2028}' | '\u{2029}' => line.push(' '),
            c if c.is_control() => {}
            c => line.push(c),
        }
    }
    line.trim().to_owned()
}

/// What most fields are: printable ASCII without encoded words, which stands for itself.
fn plain_line(raw: &[u8]) -> Option<&str> {
    let mut before = b' ';
    for &octet in raw {
        if !(b' '..=b'~').contains(&octet) || (octet == b'?' && before == b'=') {
            return None;
        }
        before = octet;
    }
    std::str::from_utf8(raw).ok()
}

/// As [`decode_header`], for text whose raw octets are already decoded.
pub(in super::super) fn decode_phrase(text: &str) -> String {
    decode_header(text.as_bytes())
}

/// Raw octets of a field as UTF-8, else as windows-1252, encoded words untouched.
pub(super) fn raw_text(raw: &[u8]) -> String {
    decode_label(raw, None)
}

/// Octets of neighbouring encoded words of one charset, decoded together.
struct Run<'a> {
    charset: &'a [u8],
    octets: Vec<u8>,
}

fn decode(raw: &[u8]) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut run: Option<Run<'_>> = None;
    let mut rest = raw;
    // Once no `?=` follows, no encoded word can end any more: keeps the scan linear.
    let last_end = memchr::memmem::rfind(raw, b"?=").unwrap_or(0);
    while let Some(start) = memchr::memmem::find(rest, b"=?") {
        let (before, candidate) = rest.split_at_checked(start).unwrap_or((rest, &[]));
        let possible = raw.len() - candidate.len() < last_end;
        let Some(word) = possible.then(|| EncodedWord::parse(candidate)).flatten() else {
            flush(&mut run, &mut text);
            let (plain, tail) = rest.split_at_checked(start + 2).unwrap_or((rest, &[]));
            text.push_str(&raw_text(plain));
            rest = tail;
            continue;
        };
        let continues = before.iter().all(u8::is_ascii_whitespace);
        match &mut run {
            Some(run) if continues && run.charset.eq_ignore_ascii_case(word.charset) => {
                run.octets.extend(word.octets)
            }
            _ => {
                let after_word = run.is_some();
                flush(&mut run, &mut text);
                if !(after_word && continues) {
                    text.push_str(&raw_text(before));
                }
                run = Some(Run {
                    charset: word.charset,
                    octets: word.octets,
                });
            }
        }
        rest = word.rest;
    }
    flush(&mut run, &mut text);
    text.push_str(&raw_text(rest));
    text
}

fn flush(run: &mut Option<Run<'_>>, text: &mut String) {
    if let Some(run) = run.take() {
        text.push_str(&decode_label(
            &run.octets,
            std::str::from_utf8(run.charset).ok(),
        ));
    }
}

struct EncodedWord<'a> {
    charset: &'a [u8],
    octets: Vec<u8>,
    rest: &'a [u8],
}

impl<'a> EncodedWord<'a> {
    /// `=?charset*language?encoding?text?=` at the start of `raw`.
    fn parse(raw: &'a [u8]) -> Option<Self> {
        const LONGEST_CHARSET: usize = 80;
        const LONGEST_TEXT: usize = 8192;
        let raw = raw.strip_prefix(b"=?")?;
        let head = raw.get(..LONGEST_CHARSET).unwrap_or(raw);
        let charset_end = memchr::memchr(b'?', head)?;
        let charset = raw.get(..charset_end)?;
        let charset = charset
            .split(|&byte| byte == b'*')
            .next()
            .unwrap_or_default();
        if charset.is_empty() || !charset.iter().all(u8::is_ascii_graphic) {
            return None;
        }
        let [encoding, b'?', body @ ..] = raw.get(charset_end + 1..)? else {
            return None;
        };
        // In Q text a `=` after the `?` belongs to the end mark; an empty text is allowed.
        let window = body.get(..LONGEST_TEXT).unwrap_or(body);
        let end = memchr::memmem::find(window, b"?=")?;
        let content = body.get(..end)?;
        let octets = match encoding {
            b'Q' | b'q' => decode_quoted_printable(content, true),
            b'B' | b'b' => decode_base64(content),
            _ => return None,
        };
        Some(Self {
            charset,
            octets,
            rest: body.get(end + 2..)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn encoded_words_are_decoded_and_the_space_between_them_goes() {
        for (raw, expected) in [
            ("=?utf-8?Q?caf=C3=A9_noir?=", "café noir"),
            ("=?UTF-8?B?Y2Fmw6k=?= =?utf-8?b?IG5vaXI=?= x", "café noir x"),
            ("=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "é"),
            ("=?iso-8859-1?Q?=E9?= =?utf-8?Q?=C3=A9?=", "éé"),
            ("a =?utf-8*fr?Q?=C3=A9?= b", "a é b"),
            ("=?bogus-charset?B?w7w=?=", "ü"),
            ("=?utf-8?Q??= x", "x"),
            ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
            ("=?utf-8?Q?open", "=?utf-8?Q?open"),
            ("=? =?utf-8?Q?a?=", "=? a"),
            ("=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x"),
            ("=?utf-8?B?c3VwcG9ydAA=?=", "support"),
            ("(=?utf-8?Q?a?=)", "(a)"),
        ] {
            assert_eq!(decode_header(raw.as_bytes()), expected, "{raw}");
        }
    }

    #[test]
    fn plain_text_stands_for_itself() {
        assert_eq!(decode_header(b" a = b? "), "a = b?");
        assert_eq!(decode_header(b"a\tb\x7f"), "a b");
        assert_eq!(decode_header(b""), "");
    }

    #[test]
    fn raw_octets_are_utf8_or_windows_1252() {
        assert_eq!(decode_header("Müller".as_bytes()), "Müller");
        assert_eq!(decode_header(b"M\xfcller \x80"), "Müller €");
    }

    #[test]
    fn ten_thousand_words_take_linear_time() {
        let begun = std::time::Instant::now();
        assert_eq!(
            decode_header(" =?utf-8?Q?=C3=A9?=".repeat(10_000).as_bytes())
                .chars()
                .count(),
            10_000
        );
        decode_header(&b"=?a?Q?".repeat(30_000));
        decode_header(&b"=?".repeat(100_000));
        assert!(begun.elapsed() < std::time::Duration::from_secs(2));
    }

    proptest! {
        #[test]
        fn any_octets_make_one_line(raw in proptest::collection::vec(any::<u8>(), 0..500)) {
            prop_assert!(!decode_header(&raw).chars().any(char::is_control));
        }

        #[test]
        fn word_like_text_makes_one_line(raw in "(=\\?|\\?=|utf-8|\\?[QB]\\?|=0[AD]| |[a-zé]){0,60}") {
            prop_assert!(!decode_header(raw.as_bytes()).chars().any(char::is_control));
        }
    }
}
