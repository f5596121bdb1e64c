//! UTF-32 (Unicode §3.10), with or without a byte order mark.

const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Rewrites UTF-32 into UTF-8. The first four octets tell the order: only one of them can be a character.
#[derive(Debug, Default)]
pub(super) struct Utf32 {
    pending: [u8; 4],
    count: usize,
    little: Option<bool>,
}

impl Utf32 {
    pub fn rewrite(&mut self, octet: u8, out: &mut Vec<u8>) {
        if let Some(free) = self.pending.get_mut(self.count) {
            *free = octet;
        }
        self.count += 1;
        if self.count < self.pending.len() {
            return;
        }
        self.count = 0;
        let first = self.little.is_none();
        let little = *self
            .little
            .get_or_insert(char::from_u32(u32::from_be_bytes(self.pending)).is_none());
        let value = if little {
            u32::from_le_bytes(self.pending)
        } else {
            u32::from_be_bytes(self.pending)
        };
        let c = char::from_u32(value).unwrap_or(REPLACEMENT);
        if !(first && c == '\u{FEFF}') {
            push(c, out);
        }
    }

    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if self.count > 0 {
            push(REPLACEMENT, out);
        }
        *self = Self::default();
    }
}

fn push(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}
