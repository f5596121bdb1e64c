//! RFC 2047 encoded words, tolerant: split characters, unknown charsets, raw 8-bit octets.
use super::super::characters::without_hidden;
use super::super::charset::{
    decode_base64, decode_label, decode_quoted_printable, decode_unlabelled, is_known,
};

/// RFC 2047 encoded words and raw 8-bit, to one clean line: control characters removed.
pub fn decode_header(raw: &[u8]) -> String {
    decode_header_in(raw, None)
}

/// As [`decode_header`]. `charset` is that of the message's text: octets that are neither ASCII nor UTF-8 are most
/// likely in it too.
pub fn decode_header_in(raw: &[u8], charset: Option<&str>) -> String {
    if let Some(plain) = plain_line(raw) {
        return plain.trim().to_owned();
    }
    let text = decode(raw, charset);
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

/// As [`decode_header`], and nothing in it hides: bidi controls and invisible characters are gone too.
pub fn decode_subject(raw: &[u8], charset: Option<&str>) -> String {
    without_hidden(decode_header_in(raw, charset))
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

/// Octets of neighbouring encoded words of one charset, decoded together.
struct Run<'a> {
    charset: &'a [u8],
    octets: Vec<u8>,
}

/// What is encoded, with the control characters that were encoded in it.
pub(in super::super) fn decode(raw: &[u8], fallback: Option<&str>) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut run: Option<Run<'_>> = None;
    let mut rest = raw;
    // Once no `?=` follows, no encoded word can end any more: keeps the scan linear.
    let last_end = memchr::memmem::rfind(raw, b"?=").unwrap_or(0);
    while let Some(start) = memchr::memmem::find(rest, b"=?") {
        let (before, candidate) = rest.split_at_checked(start).unwrap_or((rest, &[]));
        let possible = raw.len() - candidate.len() < last_end;
        let Some(word) = possible.then(|| EncodedWord::parse(candidate)).flatten() else {
            flush(&mut run, &mut text, fallback);
            let (plain, tail) = rest.split_at_checked(start + 2).unwrap_or((rest, &[]));
            text.push_str(&decode_unlabelled(plain, fallback));
            rest = tail;
            continue;
        };
        let continues = before.iter().all(u8::is_ascii_whitespace);
        match &mut run {
            Some(run) if continues && run.takes(&word) => run.octets.extend(word.octets),
            _ => {
                let after_word = run.is_some();
                flush(&mut run, &mut text, fallback);
                if !(after_word && continues) {
                    text.push_str(&decode_unlabelled(before, fallback));
                }
                run = Some(Run {
                    charset: word.charset,
                    octets: word.octets,
                });
            }
        }
        rest = word.rest;
    }
    flush(&mut run, &mut text, fallback);
    text.push_str(&decode_unlabelled(rest, fallback));
    text
}

impl Run<'_> {
    /// Words of one charset, since some software cuts characters in two. A word of UTF-7 does not say where the one
    /// before it ended, and one with a byte order mark begins anew.
    fn takes(&self, word: &EncodedWord<'_>) -> bool {
        let is_marked = matches!(
            word.octets.as_slice(),
            [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, 0, 0xFE, 0xFF, ..]
        );
        self.charset.eq_ignore_ascii_case(word.charset)
            && !self.charset.eq_ignore_ascii_case(b"utf-7")
            && !is_marked
    }
}

fn flush(run: &mut Option<Run<'_>>, text: &mut String, fallback: Option<&str>) {
    let Some(run) = run.take() else { return };
    let label = std::str::from_utf8(run.charset).unwrap_or_default();
    let decoded = if is_known(label) {
        decode_label(&run.octets, Some(label))
    } else {
        decode_unlabelled(&run.octets, fallback)
    };
    text.push_str(&decoded);
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

    fn read(raw: &[u8]) -> String {
        decode_header(raw)
    }

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
            ("=?utf-7?Q?+T2BZfQ?= =?utf-7?Q?+T2BZfQ-?=", "你好你好"),
            ("=?utf-16?B?/v9PYA==?= =?utf-16?B?/v9ZfQ==?=", "你好"),
            (
                "=?iso-2022-kr?B?GyQpQw4+SA8=?= =?iso-2022-kr?B?GyQpQw4zZw8=?=",
                "안녕",
            ),
            ("=?gb2312?B?xA==?= =?gb2312?B?47rD?=", "你好"),
        ] {
            assert_eq!(read(raw.as_bytes()), expected, "{raw}");
        }
    }

    #[test]
    fn plain_text_stands_for_itself() {
        assert_eq!(read(b" a = b? "), "a = b?");
        assert_eq!(read(b"a\tb\x7f"), "a b");
        assert_eq!(read(b""), "");
    }

    #[test]
    fn raw_octets_are_utf8_or_windows_1252() {
        assert_eq!(read("Müller".as_bytes()), "Müller");
        assert_eq!(read(b"M\xfcller \x80"), "Müller €");
        assert_eq!(
            decode_header_in(b"\xf0\xd2\xc9 =?x-unknown?Q?=D7?=", Some("koi8-r")),
            "При в"
        );
    }

    #[test]
    fn ten_thousand_words_take_linear_time() {
        let begun = crate::mime::testing::CpuTime::now();
        assert_eq!(
            read(" =?utf-8?Q?=C3=A9?=".repeat(10_000).as_bytes())
                .chars()
                .count(),
            10_000
        );
        read(&b"=?a?Q?".repeat(30_000));
        read(&b"=?".repeat(100_000));
        assert!(begun.elapsed() < std::time::Duration::from_secs(2));
    }

    proptest! {
        #[test]
        fn any_octets_make_one_line(raw in proptest::collection::vec(any::<u8>(), 0..500)) {
            prop_assert!(!read(&raw).chars().any(char::is_control));
        }

        #[test]
        fn word_like_text_makes_one_line(raw in "(=\\?|\\?=|utf-8|\\?[QB]\\?|=0[AD]| |[a-zé]){0,60}") {
            prop_assert!(!read(raw.as_bytes()).chars().any(char::is_control));
        }
    }
}
