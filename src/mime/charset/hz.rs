//! HZ (RFC 1843): GB 2312 in seven bits, between `~{` and `~}`.
use super::double_byte::DoubleByte;

/// Rewrites HZ into GBK.
#[derive(Debug, Default)]
pub(super) struct Hz {
    pairs: DoubleByte,
    tilde: bool,
}

impl Hz {
    pub fn rewrite(&mut self, octet: u8, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.tilde) {
            match octet {
                b'{' => self.pairs.shift(true, out),
                b'}' => self.pairs.shift(false, out),
                b'~' => out.push(b'~'),
                // A tilde in front of a line break takes it away.
                b'\r' => self.tilde = true,
                b'\n' => {}
                octet => {
                    out.push(b'~');
                    self.pairs.octet(octet, out);
                }
            }
        } else if octet == b'~' && !self.pairs.is_halfway() {
            self.tilde = true;
        } else {
            self.pairs.octet(octet, out);
        }
    }

    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.pairs.finish(out);
        if std::mem::take(&mut self.tilde) {
            out.push(b'~');
        }
    }
}
