//! A zip archive written while it is streamed (PKWARE APPNOTE 6.3.10): nothing has to be known of a member before it is written.

use super::filename::display_filename;
use crc32fast::Hasher;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// Members announced as larger get fields of 64 bits (APPNOTE §4.3.9.2); the rest is room for what deflate adds.
const LARGE: u64 = 0xF000_0000;
/// Most octets of a stored block (RFC 1951 §3.2.4).
const BLOCK: usize = u16::MAX as usize;
/// The sizes and the checksum follow the content; names are UTF-8 (APPNOTE §4.4.4).
const FLAGS: u16 = 1 << 3 | 1 << 11;
/// In place of a number that stands in the zip64 field.
const ELSEWHERE: u32 = u32::MAX;

/// Content outgrew what was announced of it, so that the archive cannot be finished.
#[derive(Debug, thiserror::Error)]
#[error("a member is larger than announced")]
pub struct Outgrown;

/// Writes members one after the other: [`Self::begin`], any number of [`Self::content`], [`Self::end`]; and then
/// [`Self::finish`]. Content is deflated in stored blocks: as cheap as no compression at all, but its end is
/// told by itself, which readers that stream need and which a stored member does not have (APPNOTE §4.4.4).
pub struct ZipWriter {
    octets: u64,
    /// MS-DOS time and date, of every member.
    modified: [u16; 2],
    names: HashSet<String>,
    members: Vec<Member>,
    checksum: Hasher,
}

struct Member {
    name: String,
    large: bool,
    offset: u64,
    checksum: u32,
    size: u64,
    packed: u64,
}

impl ZipWriter {
    /// `modified`: unix seconds, told of every member as UTC.
    pub fn new(modified: i64) -> Self {
        Self {
            octets: 0,
            modified: dos_time(modified),
            names: HashSet::new(),
            members: Vec::new(),
            checksum: Hasher::new(),
        }
    }

    /// What stands before a member. `name` is made safe, and another one than all before. `most`: octets that it has at most.
    pub fn begin(&mut self, name: &str, most: u64) -> Vec<u8> {
        let member = Member {
            name: self.unique(display_filename(name)),
            large: most >= LARGE,
            offset: self.octets,
            checksum: 0,
            size: 0,
            packed: 0,
        };
        let size = if member.large { ELSEWHERE } else { 0 };
        let mut out = Fields::new(0x0403_4b50);
        out.two(member.version()).two(FLAGS).two(8);
        out.two(self.modified[0]).two(self.modified[1]);
        out.four(0).four(size).four(size);
        out.two(member.name.len())
            .two(if member.large { 20 } else { 0 });
        out.0.extend_from_slice(member.name.as_bytes());
        if member.large {
            out.two(1).two(16).eight(0).eight(0);
        }
        self.members.push(member);
        self.checksum = Hasher::new();
        self.written(out.0)
    }

    /// More of the member begun last.
    ///
    /// # Errors
    /// More than was announced.
    pub fn content(&mut self, content: &[u8]) -> Result<Vec<u8>, Outgrown> {
        self.checksum.update(content);
        let mut out = Vec::with_capacity(content.len() + 5 * content.len().div_ceil(BLOCK));
        for block in content.chunks(BLOCK) {
            let length = u16::try_from(block.len()).map_err(|_too_long| Outgrown)?;
            out.push(0);
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(&(!length).to_le_bytes());
            out.extend_from_slice(block);
        }
        self.grow(content.len(), out.len())?;
        Ok(self.written(out))
    }

    /// What stands behind a member.
    ///
    /// # Errors
    /// More than was announced.
    pub fn end(&mut self) -> Result<Vec<u8>, Outgrown> {
        let last = [1, 0, 0, 0xFF, 0xFF];
        self.grow(0, last.len())?;
        let checksum = std::mem::take(&mut self.checksum).finalize();
        let mut out = Fields(last.to_vec());
        if let Some(member) = self.members.last_mut() {
            member.checksum = checksum;
            out.four(0x0807_4b50).four(checksum);
            if member.large {
                out.eight(member.packed).eight(member.size);
            } else {
                out.four(narrow(member.packed)).four(narrow(member.size));
            }
        }
        Ok(self.written(out.0))
    }

    /// The directory, without which no reader takes the archive for whole.
    pub fn finish(self) -> Vec<u8> {
        let start = self.octets;
        let mut out = Fields(Vec::new());
        for member in &self.members {
            member.list(self.modified, &mut out);
        }
        let (size, count) = (out.0.len() as u64, self.members.len());
        if start >= u64::from(ELSEWHERE) || count >= usize::from(u16::MAX) {
            out.four(0x0606_4b50)
                .eight(44)
                .two(45)
                .two(45)
                .four(0)
                .four(0);
            out.eight(count as u64)
                .eight(count as u64)
                .eight(size)
                .eight(start);
            out.four(0x0706_4b50).four(0).eight(start + size).four(1);
        }
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        out.four(0x0605_4b50).two(0).two(0).two(count).two(count);
        out.four(narrow(size)).four(narrow(start)).two(0);
        out.0
    }

    fn written(&mut self, out: Vec<u8>) -> Vec<u8> {
        self.octets += out.len() as u64;
        out
    }

    fn grow(&mut self, size: usize, packed: usize) -> Result<(), Outgrown> {
        let member = self.members.last_mut().ok_or(Outgrown)?;
        member.size += size as u64;
        member.packed += packed as u64;
        if member.large || member.packed < u64::from(ELSEWHERE) {
            Ok(())
        } else {
            Err(Outgrown)
        }
    }

    /// `a.pdf`, then `a (2).pdf`. File systems that tell neither cases apart nor the ways to write one letter are content too.
    fn unique(&mut self, name: String) -> String {
        let (stem, extension) = match name.rfind('.') {
            Some(dot) => name.split_at(dot),
            None => (name.as_str(), ""),
        };
        let numbered = (2_u32..).map(|number| format!("{stem} ({number}){extension}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        names
            .find(|name| self.names.insert(name.to_lowercase().nfc().collect()))
            .unwrap_or(name)
    }
}

impl Member {
    /// Lowest version of a reader: 4.5 for fields of 64 bits.
    fn version(&self) -> u16 {
        if self.is_wide() { 45 } else { 20 }
    }

    fn is_wide(&self) -> bool {
        self.large || self.offset >= u64::from(ELSEWHERE)
    }

    /// Its entry of the directory (APPNOTE §4.3.12).
    fn list(&self, modified: [u16; 2], out: &mut Fields) {
        let wide = |number| {
            if self.is_wide() {
                ELSEWHERE
            } else {
                narrow(number)
            }
        };
        out.four(0x0201_4b50)
            .two(self.version())
            .two(self.version());
        out.two(FLAGS).two(8).two(modified[0]).two(modified[1]);
        out.four(self.checksum)
            .four(wide(self.packed))
            .four(wide(self.size));
        out.two(self.name.len())
            .two(if self.is_wide() { 28 } else { 0 });
        out.two(0).two(0).two(0).four(0).four(wide(self.offset));
        out.0.extend_from_slice(self.name.as_bytes());
        if self.is_wide() {
            out.two(1)
                .two(24)
                .eight(self.size)
                .eight(self.packed)
                .eight(self.offset);
        }
    }
}

/// Numbers are written least significant octet first.
struct Fields(Vec<u8>);

impl Fields {
    fn new(signature: u32) -> Self {
        Self(signature.to_le_bytes().to_vec())
    }

    /// Nothing that is written is longer than 64 KiB: the longest is a file name.
    fn two(&mut self, number: impl TryInto<u16>) -> &mut Self {
        let number = number.try_into().unwrap_or(u16::MAX);
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    fn four(&mut self, number: u32) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    fn eight(&mut self, number: u64) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(ELSEWHERE)
}

/// Time and date of MS-DOS (APPNOTE §4.4.6), which begin with 1980 and end with 2107.
fn dos_time(seconds: i64) -> [u16; 2] {
    const FIRST: [u16; 2] = [0, 1 << 5 | 1];
    let Ok(at) = time::OffsetDateTime::from_unix_timestamp(seconds) else {
        return FIRST;
    };
    let Some(years) = u16::try_from(at.year() - 1980)
        .ok()
        .filter(|years| *years < 128)
    else {
        return FIRST;
    };
    let [hour, minute, seconds] = [at.hour(), at.minute(), at.second() / 2].map(u16::from);
    let [month, day] = [u8::from(at.month()), at.day()].map(u16::from);
    [
        hour << 11 | minute << 5 | seconds,
        years << 9 | month << 5 | day,
    ]
}

#[cfg(test)]
mod tests;
