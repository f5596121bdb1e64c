//! A charset undone piece by piece.
use super::label::Charset;
use super::{hz::Hz, iso_2022_kr::Iso2022Kr, utf7::Utf7, utf32::Utf32};
use encoding_rs::{CoderResult, UTF_8, WINDOWS_1252};

/// A charset turned into UTF-8 over pieces cut anywhere; what cannot be read becomes U+FFFD.
pub struct CharsetDecoder {
    before: Before,
    decoder: encoding_rs::Decoder,
}

/// The step from a charset that encoding_rs does not know to one that it does.
enum Before {
    Nothing,
    Utf7(Utf7),
    Utf32(Utf32),
    Hz(Hz),
    Iso2022Kr(Iso2022Kr),
}

impl CharsetDecoder {
    /// Without a known label UTF-8 where `first`, the beginning of the text, is UTF-8, else windows-1252.
    pub fn new(label: Option<&str>, first: &[u8]) -> Self {
        let charset = label.and_then(Charset::for_label);
        Self::of(
            charset.unwrap_or_else(|| Charset::Standard(guess(first))),
            first,
        )
    }

    pub(super) fn of(charset: Charset, first: &[u8]) -> Self {
        let before = match charset {
            Charset::Standard(_) | Charset::Utf16 => Before::Nothing,
            Charset::Utf7 => Before::Utf7(Utf7::default()),
            Charset::Utf32 => Before::Utf32(Utf32::default()),
            Charset::Hz => Before::Hz(Hz::default()),
            Charset::Iso2022Kr => Before::Iso2022Kr(Iso2022Kr::default()),
        };
        let decoder = charset.encoding(first).new_decoder_with_bom_removal();
        Self { before, decoder }
    }

    /// `last`: no piece comes after this one.
    pub fn decode(&mut self, piece: &[u8], last: bool) -> String {
        match self.before.rewrite(piece, last) {
            Some(rewritten) => self.standard(&rewritten, last),
            None => self.standard(piece, last),
        }
    }

    fn standard(&mut self, piece: &[u8], last: bool) -> String {
        let mut text = String::with_capacity(
            self.decoder
                .max_utf8_buffer_length(piece.len())
                .unwrap_or(piece.len()),
        );
        let mut rest = piece;
        loop {
            let (result, read, _) = self.decoder.decode_to_string(rest, &mut text, last);
            rest = rest.get(read..).unwrap_or_default();
            match result {
                CoderResult::InputEmpty => return text,
                CoderResult::OutputFull => text.reserve(rest.len() * 3 + 16),
            }
        }
    }
}

impl Before {
    /// At most two octets for each of the piece. None: it may go on as it is.
    fn rewrite(&mut self, piece: &[u8], last: bool) -> Option<Vec<u8>> {
        match self {
            Self::Nothing => None,
            Self::Utf7(step) => Some(all(step, Utf7::rewrite, Utf7::finish, piece, last)),
            Self::Utf32(step) => Some(all(step, Utf32::rewrite, Utf32::finish, piece, last)),
            Self::Hz(step) => Some(all(step, Hz::rewrite, Hz::finish, piece, last)),
            Self::Iso2022Kr(step) => Some(all(
                step,
                Iso2022Kr::rewrite,
                Iso2022Kr::finish,
                piece,
                last,
            )),
        }
    }
}

fn all<S>(
    step: &mut S,
    rewrite: fn(&mut S, u8, &mut Vec<u8>),
    finish: fn(&mut S, &mut Vec<u8>),
    piece: &[u8],
    last: bool,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(piece.len() * 2);
    for &octet in piece {
        rewrite(step, octet, &mut out);
    }
    if last {
        finish(step, &mut out);
    }
    out
}

/// The piece may end in the middle of a character.
fn guess(first: &[u8]) -> &'static encoding_rs::Encoding {
    match std::str::from_utf8(first) {
        Ok(_) => UTF_8,
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) => WINDOWS_1252,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(label: &str, octets: &[u8]) -> String {
        CharsetDecoder::new(Some(label), octets).decode(octets, true)
    }

    #[test]
    fn a_charset_is_the_same_wherever_it_is_cut() {
        let text = "Привет, мир";
        let (encoded, _, _) = encoding_rs::KOI8_R.encode(text);
        for (label, bytes, text) in [
            ("koi8-r", encoded.as_ref(), text),
            ("utf-8", text.as_bytes(), text),
            ("hz", b"a~~ ~{Dc:C~} b~\nc".as_slice(), "a~ 你好 bc"),
            ("iso-2022-kr", b"\x1b$)C\x0e>H3g\x0f!", "안녕!"),
            ("utf-7", b"1 +- 2 +T2BZfQ <b>", "1 + 2 你好 <b>"),
            ("utf-32", b"\xff\xfe\0\0\x60\x4f\0\0\x7d\x59\0\0", "你好"),
        ] {
            for at in 0..=bytes.len() {
                let mut decoder = CharsetDecoder::new(Some(label), bytes);
                let decoded =
                    decoder.decode(&bytes[..at], false) + &decoder.decode(&bytes[at..], true);
                assert_eq!(decoded, text, "{label} cut at {at}");
            }
        }
    }

    #[test]
    fn utf_7_is_read_as_its_rfc_gives_it() {
        for (encoded, expected) in [
            ("A+ImIDkQ.", "A≢Α."),
            ("Hi Mom -+Jjo--!", "Hi Mom -☺-!"),
            ("+ZeVnLIqe-", "日本語"),
            ("Item 3 is +AKM-1.", "Item 3 is £1."),
            ("Plus +- minus, a + b, 1+", "Plus + minus, a + b, 1+"),
            ("+2D3eAA-", "😀"),
            ("+2D3-x", "\u{FFFD}x"),
            ("+ADw-script+AD4-", "<script>"),
        ] {
            assert_eq!(decode("utf-7", encoded.as_bytes()), expected, "{encoded}");
        }
    }

    #[test]
    fn utf_32_is_read_in_both_orders() {
        let text = "a你😀";
        let big: Vec<u8> = text
            .chars()
            .flat_map(|c| u32::from(c).to_be_bytes())
            .collect();
        let little: Vec<u8> = text
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect();
        assert_eq!(decode("utf-32", &big), text);
        assert_eq!(decode("utf-32le", &little), text);
        assert_eq!(
            decode("utf-32", &[&b"\0\0\xfe\xff"[..], &big].concat()),
            text
        );
        assert_eq!(
            decode("utf-32", b"\0\0\0a\0\x11\0\0\0\0\xd8\0\0"),
            "a\u{FFFD}\u{FFFD}\u{FFFD}"
        );
    }

    #[test]
    fn a_lone_half_of_a_pair_swallows_nothing() {
        assert_eq!(decode("hz", b"~{Dc:\nA"), "你\u{FFFD}\nA");
        assert_eq!(decode("hz", b"~{Dc\nDc"), "你\nDc");
        assert_eq!(decode("hz", b"~x ~"), "~x ~");
        assert_eq!(
            decode("iso-2022-kr", b"\x0e>\x0fA\x0e>H\nA"),
            "\u{FFFD}A안\nA"
        );
        assert_eq!(decode("iso-2022-kr", b"\x1b$x"), "\x1b$x");
    }

    #[test]
    fn an_unknown_charset_is_guessed() {
        assert_eq!(decode("x-unknown", b"caf\xe9!"), "café!");
        let mut utf8 = CharsetDecoder::new(None, "é".as_bytes().split_at(1).0);
        assert_eq!(utf8.decode("é".as_bytes(), true), "é");
    }

    const LABELS: [&str; 8] = [
        "utf-7",
        "utf-32",
        "hz",
        "iso-2022-kr",
        "utf-16",
        "iso-2022-jp",
        "gb18030",
        "koi8-r",
    ];

    proptest! {
        #[test]
        fn any_octets_decode_alike_in_any_pieces_and_do_not_swell(octets: Vec<u8>, cut in 0_usize..100) {
            for label in LABELS {
                let whole = decode(label, &octets);
                prop_assert!(whole.len() <= 4 * octets.len() + 3, "{label}");
                let mut decoder = CharsetDecoder::new(Some(label), &octets);
                let (head, tail) = octets.split_at(cut.min(octets.len()));
                let pieces = decoder.decode(head, false) + &decoder.decode(tail, true);
                prop_assert_eq!(pieces, whole, "{}", label);
            }
        }

        #[test]
        fn shifts_and_escapes_do_no_harm(octets in "(~\\{|~\\}|~|\x1b\\$\\)C|\x0e|\x0f|\\+|-|\n|[!-~]){0,60}") {
            for label in LABELS {
                prop_assert!(decode(label, octets.as_bytes()).len() <= 4 * octets.len() + 3);
            }
        }

        #[test]
        fn ascii_stands_for_itself(text in "[ !-*,-}]{0,200}") {
            for label in ["utf-7", "hz", "iso-2022-kr", "iso-2022-jp", "gb18030", "koi8-r", "utf-8"] {
                prop_assert_eq!(decode(label, text.as_bytes()), text.as_str(), "{}", label);
            }
        }
    }
}
