//! Seven-bit pairs between shifts, which HZ and ISO-2022-KR have in common.

/// No octet of GBK or EUC-KR: a lone half of a pair becomes the replacement character.
const BROKEN: u8 = 0xFF;

/// Gives pairs their high bits while shifted, and passes on what is not shifted.
#[derive(Debug, Default)]
pub(super) struct DoubleByte {
    shifted: bool,
    lead: Option<u8>,
}

impl DoubleByte {
    pub fn shift(&mut self, shifted: bool, out: &mut Vec<u8>) {
        self.finish(out);
        self.shifted = shifted;
    }

    /// Whether the next octet is the second of a pair.
    pub fn is_halfway(&self) -> bool {
        self.lead.is_some()
    }

    /// A line feed ends what was shifted.
    pub fn octet(&mut self, octet: u8, out: &mut Vec<u8>) {
        let half = self.shifted && (0x21..=0x7E).contains(&octet);
        match self.lead.take() {
            Some(lead) if half => out.extend([lead | 0x80, octet | 0x80]),
            None if half => self.lead = Some(octet),
            lead => {
                out.extend(lead.map(|_| BROKEN));
                out.push(octet);
                self.shifted &= octet != b'\n';
            }
        }
    }

    pub fn finish(&mut self, out: &mut Vec<u8>) {
        out.extend(self.lead.take().map(|_| BROKEN));
    }
}
