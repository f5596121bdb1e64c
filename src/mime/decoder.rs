//! Content-transfer-encodings undone piece by piece: a download of any size in bounded memory.

use super::TransferEncoding;
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

/// Undoes a content-transfer-encoding (RFC 2045 §6) over pieces cut anywhere. Garbage is skipped or
/// passed on, never fatal.
pub struct TransferDecoder(State);

enum State {
    Identity,
    Base64 {
        bits: u32,
        sextets: u8,
    },
    QuotedPrintable {
        blanks: Vec<u8>,
        escape: Option<Vec<u8>>,
    },
    UuEncode {
        line: Vec<u8>,
        inside: bool,
        overlong: bool,
    },
}

/// White space held back in case that the line ends after it, octets.
const BLANKS_MAX: usize = 1000;
/// A line of uuencoded data has at most 61 octets; longer ones are no data.
const UU_LINE_MAX: usize = 256;

impl TransferDecoder {
    pub fn new(encoding: TransferEncoding) -> Self {
        Self(match encoding {
            TransferEncoding::SevenBit | TransferEncoding::EightBit | TransferEncoding::Binary => {
                State::Identity
            }
            TransferEncoding::Base64 => State::Base64 {
                bits: 0,
                sextets: 0,
            },
            TransferEncoding::QuotedPrintable => State::QuotedPrintable {
                blanks: Vec::new(),
                escape: None,
            },
            TransferEncoding::UuEncode => State::UuEncode {
                line: Vec::new(),
                inside: false,
                overlong: false,
            },
        })
    }

    /// What can be said for sure after this piece.
    pub fn decode(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(piece.len());
        match &mut self.0 {
            State::Identity => out.extend_from_slice(piece),
            State::Base64 { bits, sextets } => {
                for line in piece.split_inclusive(|byte| *byte == b'\n') {
                    if *sextets > 0 || !base64_line(line, &mut out) {
                        for &byte in line {
                            base64_byte(byte, bits, sextets, &mut out);
                        }
                    }
                }
            }
            State::QuotedPrintable { blanks, escape } => {
                for &byte in piece {
                    quoted_printable_byte(byte, blanks, escape, &mut out);
                }
            }
            State::UuEncode {
                line,
                inside,
                overlong,
            } => {
                for &byte in piece {
                    if byte == b'\n' {
                        if !*overlong {
                            uu_line(line, inside, &mut out);
                        }
                        line.clear();
                        *overlong = false;
                    } else if line.len() < UU_LINE_MAX {
                        line.push(byte);
                    } else {
                        *overlong = true;
                    }
                }
            }
        }
        out
    }

    /// What was held back for a piece that does not come.
    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::new();
        match self.0 {
            State::Identity => {}
            State::Base64 { bits, sextets } => base64_rest(bits, sextets, &mut out),
            State::QuotedPrintable { blanks, escape } => match escape {
                Some(held) if !held.is_empty() && !held.iter().all(is_blank) => {
                    out.push(b'=');
                    out.extend(held);
                }
                Some(_) => {}
                None => out.extend(blanks.into_iter().filter(|byte| *byte == b'\r')),
            },
            State::UuEncode {
                line,
                mut inside,
                overlong,
            } => {
                if !overlong {
                    uu_line(&line, &mut inside, &mut out);
                }
            }
        }
        out
    }
}

/// Whole groups without padding, as nearly every line is: ten times as fast as octet by octet. False:
/// the line is something else and nothing was written.
fn base64_line(line: &[u8], out: &mut Vec<u8>) -> bool {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let start = out.len();
    out.resize(start + line.len() / 4 * 3, 0);
    let space = out.get_mut(start..).unwrap_or_default();
    let whole = line.len().is_multiple_of(4)
        && STANDARD_NO_PAD
            .decode_slice(line, space)
            .is_ok_and(|written| written == space.len());
    if !whole {
        out.truncate(start);
    }
    whole
}

fn base64_byte(byte: u8, bits: &mut u32, sextets: &mut u8, out: &mut Vec<u8>) {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        b'=' => {
            base64_rest(*bits, *sextets, out);
            (*bits, *sextets) = (0, 0);
            return;
        }
        _ => return,
    };
    *bits = *bits << 6 | u32::from(value);
    *sextets += 1;
    if *sextets == 4 {
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
        (*bits, *sextets) = (0, 0);
    }
}

/// Two sextets hold one octet, three hold two; one alone holds none.
fn base64_rest(bits: u32, sextets: u8, out: &mut Vec<u8>) {
    match sextets {
        2 => out.extend_from_slice(&(bits << 12).to_be_bytes()[1..2]),
        3 => out.extend_from_slice(&(bits << 6).to_be_bytes()[1..3]),
        _ => {}
    }
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

fn quoted_printable_byte(
    byte: u8,
    blanks: &mut Vec<u8>,
    escape: &mut Option<Vec<u8>>,
    out: &mut Vec<u8>,
) {
    if let Some(held) = escape {
        match escaped(held, byte) {
            Escape::More => held.push(byte),
            Escape::SoftBreak => *escape = None,
            Escape::Octet(octet) => {
                out.push(octet);
                *escape = None;
            }
            Escape::Literal => {
                out.push(b'=');
                out.append(held);
                *escape = None;
                quoted_printable_byte(byte, blanks, escape, out);
            }
        }
        return;
    }
    match byte {
        b'\n' => {
            let crlf = blanks.last() == Some(&b'\r');
            blanks.clear();
            out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
        }
        _ if is_blank(&byte) && blanks.len() < BLANKS_MAX => blanks.push(byte),
        _ => {
            out.append(blanks);
            if byte == b'=' {
                *escape = Some(Vec::new());
            } else {
                out.push(byte);
            }
        }
    }
}

enum Escape {
    More,
    SoftBreak,
    Octet(u8),
    /// No escape after all.
    Literal,
}

fn escaped(held: &[u8], byte: u8) -> Escape {
    let hex = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    match held {
        [] if hex(byte).is_some() => Escape::More,
        [high] if hex(*high).is_some() => match (hex(*high), hex(byte)) {
            (Some(high), Some(low)) => Escape::Octet(high << 4 | low),
            _ => Escape::Literal,
        },
        blanks if blanks.len() < BLANKS_MAX && blanks.iter().all(is_blank) => match byte {
            b'\n' => Escape::SoftBreak,
            _ if is_blank(&byte) => Escape::More,
            _ => Escape::Literal,
        },
        _ => Escape::Literal,
    }
}

fn uu_line(line: &[u8], inside: &mut bool, out: &mut Vec<u8>) {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if !*inside {
        *inside = line.starts_with(b"begin ");
        return;
    }
    if line == b"end" {
        *inside = false;
        return;
    }
    let Some((&length, data)) = line.split_first() else {
        return;
    };
    let length = usize::from(length.wrapping_sub(b' ') & 0x3f);
    let sextet = |index: usize| {
        u32::from(data.get(index).copied().unwrap_or(b' ').wrapping_sub(b' ') & 0x3f)
    };
    let start = out.len();
    for group in (0..length.div_ceil(3)).map(|group| group * 4) {
        let bits = (0..4).fold(0, |bits, index| bits << 6 | sextet(group + index));
        out.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    out.truncate(start + length);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(encoding: TransferEncoding, pieces: &[&[u8]]) -> Vec<u8> {
        let mut decoder = TransferDecoder::new(encoding);
        let mut out: Vec<u8> = pieces
            .iter()
            .flat_map(|piece| decoder.decode(piece))
            .collect();
        out.extend(decoder.finish());
        out
    }

    fn every_cut(encoding: TransferEncoding, encoded: &[u8], expected: &[u8]) {
        for at in 0..=encoded.len() {
            let (head, tail) = encoded.split_at(at);
            assert_eq!(decode(encoding, &[head, tail]), expected, "cut at {at}");
        }
        let bytes: Vec<&[u8]> = encoded.chunks(1).collect();
        assert_eq!(decode(encoding, &bytes), expected, "byte by byte");
    }

    #[test]
    fn base64_is_the_same_wherever_it_is_cut() {
        every_cut(
            TransferEncoding::Base64,
            b"SGVs\r\nbG8s\r\nIHdvcmxk\r\n",
            b"Hello, world",
        );
        every_cut(TransferEncoding::Base64, b"SGVsbG8=\r\n", b"Hello");
        every_cut(TransferEncoding::Base64, b"SGVsbA", b"Hell");
        every_cut(TransferEncoding::Base64, b"SGk=SGk=", b"HiHi");
        every_cut(TransferEncoding::Base64, b"S!G\0k=", b"Hi");
    }

    #[test]
    fn quoted_printable_is_the_same_wherever_it_is_cut() {
        let encoded = b"caf=C3=A9 =\r\nau lait  \t\r\n=\nx=zz=A =E2=82=AC=";
        every_cut(
            TransferEncoding::QuotedPrintable,
            encoded,
            "café au lait\r\nx=zz=A €".as_bytes(),
        );
        every_cut(
            TransferEncoding::QuotedPrintable,
            b"soft=  \r\nbreak",
            b"softbreak",
        );
        every_cut(TransferEncoding::QuotedPrintable, b"end=4", b"end=4");
        every_cut(TransferEncoding::QuotedPrintable, b"==41 a\rb", b"=A a\rb");
    }

    #[test]
    fn uuencoded_data_is_the_same_wherever_it_is_cut() {
        every_cut(
            TransferEncoding::UuEncode,
            b"hi\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nbye\r\n",
            b"Cat",
        );
    }

    #[test]
    fn white_space_without_end_is_not_held_without_end() {
        let mut decoder = TransferDecoder::new(TransferEncoding::QuotedPrintable);
        let out = decoder.decode(&vec![b' '; 100_000]);
        assert!(out.len() >= 100_000 - BLANKS_MAX - 1);
    }

    proptest! {
        #[test]
        fn base64_round_trips(content: Vec<u8>, cut in 0_usize..200) {
            let encoded = base64::engine::general_purpose::STANDARD.encode(&content);
            let (head, tail) = encoded.as_bytes().split_at(cut.min(encoded.len()));
            prop_assert_eq!(decode(TransferEncoding::Base64, &[head, tail]), content);
        }

        #[test]
        fn garbage_decodes_alike_in_any_pieces(garbage: Vec<u8>, cut in 0_usize..200) {
            for encoding in [TransferEncoding::Base64, TransferEncoding::QuotedPrintable, TransferEncoding::UuEncode] {
                let (head, tail) = garbage.split_at(cut.min(garbage.len()));
                prop_assert_eq!(decode(encoding, &[head, tail]), decode(encoding, &[&garbage]));
            }
        }
    }
}
