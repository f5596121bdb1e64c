//! The size of decoded content, and where an octet of it stands, without decoding it.
use crate::mime::{TransferDecoder, TransferEncoding};
use std::ops::Range;

/// Octets at the end of the encoded content that [`Measure::of`] has to see: two of the longest lines (RFC 5322 §2.1.1).
pub(super) const TAIL: u64 = 2048;

/// How decoded octets follow from encoded ones. Known where the content is not encoded, and for base64 in lines of one
/// length, as nearly all of it is. Not for quoted-printable and uuencode, whose every line is of its own length.
///
/// BINARY (RFC 3516) would tell more, and costs too much: Dovecot decodes all of a part before the first answer, and every
/// `BINARY.PEEK[]<offset>` again up to the offset. 100 MB took seven times as long as with BODY, and forty times the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measure {
    /// Decoded octets.
    pub size: u64,
    encoded: u64,
    line: Line,
}

/// Octets of a line with its end, and of what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    encoded: u64,
    decoded: u64,
}

impl Line {
    /// Content that is not encoded has no lines to look at.
    const PLAIN: Self = Self {
        encoded: 1,
        decoded: 1,
    };

    /// As the first line of base64 is.
    fn of(first: &[u8]) -> Option<Self> {
        let encoded = memchr::memchr(b'\n', first)? + 1;
        let letters = letters(first.get(..encoded)?);
        let whole = letters > 0 && letters.is_multiple_of(4) && encoded as u64 <= TAIL / 2;
        whole.then_some(Self {
            encoded: encoded as u64,
            decoded: (letters / 4 * 3) as u64,
        })
    }

    fn fits(self, line: &[u8]) -> bool {
        self == Self::PLAIN || (is_base64(line) && Self::of(line) == Some(self))
    }

    /// Whether whole lines, one after the other, are all alike.
    fn fits_all(self, lines: &[u8]) -> bool {
        let length = usize::try_from(self.encoded).unwrap_or(usize::MAX);
        lines.chunks_exact(length).all(|line| self.fits(line))
    }
}

/// The line without its end.
fn letters(line: &[u8]) -> usize {
    line.trim_ascii_end().len()
}

fn is_base64(line: &[u8]) -> bool {
    let letters = line.get(..letters(line)).unwrap_or_default();
    letters
        .iter()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/'))
}

impl Measure {
    /// `first`: how the encoded content begins; `tail`: its last octets, at least [`TAIL`] of them, and what comes after
    /// them; `encoded`: how long it is by the word of the server, which `tail` has to bear out.
    pub(super) fn of(
        encoding: TransferEncoding,
        first: &[u8],
        tail: &[u8],
        encoded: u64,
    ) -> Option<Self> {
        if tail.len() as u64 != encoded.min(TAIL) {
            return None;
        }
        match encoding {
            TransferEncoding::SevenBit | TransferEncoding::EightBit | TransferEncoding::Binary => {
                Some(Self::plain(encoded))
            }
            TransferEncoding::Base64 => Self::of_base64(first, tail, encoded),
            TransferEncoding::QuotedPrintable | TransferEncoding::UuEncode => None,
        }
    }

    /// Of content that is not encoded and has been seen whole.
    pub(super) fn plain(size: u64) -> Self {
        Self {
            size,
            encoded: size,
            line: Line::PLAIN,
        }
    }

    /// The lines at the end stand where they do only if those before them are as long as the first; or if somebody took
    /// pains to shift them by whole lines, and then the stream breaks off where it differs from this.
    fn of_base64(first: &[u8], tail: &[u8], encoded: u64) -> Option<Self> {
        let line = Line::of(first).filter(|line| line.fits_all(first))?;
        let before = (encoded - tail.len() as u64).next_multiple_of(line.encoded);
        let from = usize::try_from(before - (encoded - tail.len() as u64)).ok()?;
        let lines = tail.get(from..)?;
        let length = usize::try_from(line.encoded).ok()?;
        // The last line may be a shorter one, or end with padding.
        let whole = (lines.len().checked_sub(1)? / length).checked_mul(length)?;
        let (whole, last) = lines.split_at_checked(whole)?;
        if whole.is_empty() || !line.fits_all(whole) {
            return None;
        }
        let mut decoder = TransferDecoder::new(TransferEncoding::Base64);
        let last = decoder.decode(last).len() + decoder.finish().len();
        let lines = (before + whole.len() as u64) / line.encoded;
        Some(Self {
            size: lines * line.decoded + last as u64,
            encoded,
            line,
        })
    }

    /// The encoded octets that hold these decoded ones, and how many decoded octets of theirs come before.
    pub(super) fn around(&self, range: &Range<u64>) -> (Range<u64>, u64) {
        let line = range.start / self.line.decoded;
        let end = range.end.div_ceil(self.line.decoded) * self.line.encoded;
        // What is shorter than a line at the end is asked for with the line before it.
        let end = match range.end {
            end if end == self.size => self.encoded,
            _ => end.min(self.encoded),
        };
        let skipped = range.start - line * self.line.decoded;
        (line * self.line.encoded..end, skipped)
    }

    /// Whether these octets from within the content, which begin with a line, are as they were measured.
    pub(super) fn fits(&self, slice: &[u8]) -> bool {
        let length = usize::try_from(self.line.encoded).unwrap_or(usize::MAX);
        // The very last line is no longer alike.
        let whole = slice.len().saturating_sub(1) / length * length;
        self.line.fits_all(slice.get(..whole).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use proptest::prelude::*;

    const FIRST: usize = 5_000;

    fn encode(content: &[u8], letters: usize, end: &str) -> Vec<u8> {
        let text = base64::engine::general_purpose::STANDARD.encode(content);
        let lines = text.as_bytes().chunks(letters);
        lines
            .flat_map(|line| [line, end.as_bytes()].concat())
            .collect()
    }

    fn measure(encoding: TransferEncoding, encoded: &[u8]) -> Option<Measure> {
        let first = &encoded[..FIRST.min(encoded.len())];
        let tail = &encoded[encoded.len().saturating_sub(TAIL as usize)..];
        Measure::of(encoding, first, tail, encoded.len() as u64)
    }

    fn decode(encoded: &[u8]) -> Vec<u8> {
        let mut decoder = TransferDecoder::new(TransferEncoding::Base64);
        let mut out = decoder.decode(encoded);
        out.extend(decoder.finish());
        out
    }

    proptest! {
        #[test]
        fn regular_lines_tell_the_size_and_the_place_of_every_octet(
            size in 6_000_usize..30_000,
            letters in 1_usize..60,
            unix: bool,
            open: bool,
            at in 0.0..1.0,
            length in 1_u64..5_000,
        ) {
            let content: Vec<u8> = (0..size).map(|n| (n * 7 + n / 251) as u8).collect();
            let mut encoded = encode(&content, letters * 4, if unix { "\n" } else { "\r\n" });
            if open {
                encoded.truncate(encoded.trim_ascii_end().len());
            }
            let measure = measure(TransferEncoding::Base64, &encoded).unwrap();
            prop_assert_eq!(measure.size, size as u64);
            let start = (at * size as f64) as u64;
            let range = start..(start + length).min(measure.size);
            let (around, skipped) = measure.around(&range);
            let slice = &encoded[around.start as usize..around.end as usize];
            prop_assert!(measure.fits(slice));
            let decoded = decode(slice);
            let from = skipped as usize;
            prop_assert_eq!(
                &decoded[from..from + (range.end - range.start) as usize],
                &content[range.start as usize..range.end as usize]
            );
        }

        /// As long as it does not shift the lines behind it by exactly a line, which only somebody who means to can do; then the
        /// stream breaks off where it differs from what was told.
        #[test]
        fn what_is_measured_is_what_decoding_gives_or_nothing(
            before in 0_usize..9_000, cut in "[A-Z=\r\n -]{0,77}",
        ) {
            let mut encoded = encode(&[7; 9_000], 76, "\r\n");
            encoded.splice(before..before, cut.bytes());
            if let Some(measure) = measure(TransferEncoding::Base64, &encoded) {
                prop_assert_eq!(measure.size, decode(&encoded).len() as u64);
            }
        }
    }

    #[test]
    fn lines_that_are_not_alike_are_not_measured() {
        let regular = encode(&[1; 30_000], 76, "\r\n");
        assert!(measure(TransferEncoding::Base64, &regular).is_some());
        for (place, cut) in [(0, "\r\n"), (76, " "), (20_000, "\r\n"), (40_000, "QUJD")] {
            let mut other = regular.clone();
            other.splice(place..place, cut.bytes());
            assert_eq!(measure(TransferEncoding::Base64, &other), None, "{place}");
        }
        for odd in [
            encode(&[1; 30_000], 77, "\r\n"),
            encode(&[1; 30_000], 2_000, "\r\n"),
            vec![b'A'; 9_000],
        ] {
            assert_eq!(measure(TransferEncoding::Base64, &odd), None);
        }
        assert_eq!(measure(TransferEncoding::QuotedPrintable, &regular), None);
        assert_eq!(measure(TransferEncoding::UuEncode, &regular), None);
    }

    #[test]
    fn a_server_that_counts_wrong_is_not_believed() {
        let content = [1; 9_000];
        let measured = |told: usize| {
            let tail = content.get(told - TAIL as usize..).unwrap();
            let tail = &tail[..tail.len().min(TAIL as usize + 1)];
            Measure::of(TransferEncoding::Binary, &content, tail, told as u64)
        };
        assert_eq!(measured(9_000).unwrap().size, 9_000);
        for told in [8_000, 8_999, 9_001, 10_000] {
            assert_eq!(measured(told), None, "{told}");
        }
    }
}
