//! ISO-2022-KR (RFC 1557): KS X 1001 in seven bits, between SO and SI.
use super::double_byte::DoubleByte;

const SHIFT_OUT: u8 = 0x0E;
const SHIFT_IN: u8 = 0x0F;
/// What the first line says; it means nothing else, and some repeat it.
const DESIGNATION: [u8; 4] = *b"\x1B$)C";

/// Rewrites ISO-2022-KR into EUC-KR.
#[derive(Debug, Default)]
pub(super) struct Iso2022Kr {
    pairs: DoubleByte,
    /// Octets of the designation seen so far.
    designated: usize,
}

impl Iso2022Kr {
    pub fn rewrite(&mut self, octet: u8, out: &mut Vec<u8>) {
        if DESIGNATION.get(self.designated) == Some(&octet) {
            self.designated += 1;
            if self.designated == DESIGNATION.len() {
                self.designated = 0;
            }
            return;
        }
        self.give_back(out);
        match octet {
            SHIFT_OUT => self.pairs.shift(true, out),
            SHIFT_IN => self.pairs.shift(false, out),
            0x1B => self.designated = 1,
            octet => self.pairs.octet(octet, out),
        }
    }

    /// It was no designation after all.
    fn give_back(&mut self, out: &mut Vec<u8>) {
        let seen = std::mem::take(&mut self.designated);
        for &octet in DESIGNATION.iter().take(seen) {
            self.pairs.octet(octet, out);
        }
    }

    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.give_back(out);
        self.pairs.finish(out);
    }
}
