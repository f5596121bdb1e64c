//! UTF-7 (RFC 2152).

/// Rewrites UTF-7 into UTF-16BE. What is no UTF-7 stays as it stands: a `+` that begins nothing is a plus.
#[derive(Debug, Default)]
pub(super) struct Utf7 {
    /// Inside of `+…-`.
    shifted: bool,
    /// Something of the alphabet came after the `+`.
    begun: bool,
    bits: u32,
    count: u8,
}

impl Utf7 {
    pub fn rewrite(&mut self, octet: u8, out: &mut Vec<u8>) {
        if !self.shifted {
            return match octet {
                b'+' => (self.shifted, self.begun) = (true, false),
                octet => plain(octet, out),
            };
        }
        let value = match octet {
            b'A'..=b'Z' => octet - b'A',
            b'a'..=b'z' => octet - b'a' + 26,
            b'0'..=b'9' => octet - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return self.end(octet, out),
        };
        self.begun = true;
        self.bits = self.bits << 6 | u32::from(value);
        self.count += 6;
        if self.count >= 16 {
            self.count -= 16;
            let [.., high, low] = (self.bits >> self.count).to_be_bytes();
            out.extend([high, low]);
        }
    }

    fn end(&mut self, octet: u8, out: &mut Vec<u8>) {
        self.finish(out);
        if octet != b'-' {
            plain(octet, out);
        }
    }

    /// Bits that are left make no character.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if self.shifted && !self.begun {
            plain(b'+', out);
        }
        *self = Self::default();
    }
}

/// Octets outside ASCII are no UTF-7.
fn plain(octet: u8, out: &mut Vec<u8>) {
    out.extend(if octet.is_ascii() {
        [0, octet]
    } else {
        [0xFF, 0xFD]
    });
}
