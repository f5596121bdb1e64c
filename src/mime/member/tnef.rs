//! TNEF, the `winmail.dat` of Outlook ([MS-OXTNEF]): its attachments. Lengths are never believed beyond what is there.
use super::{MOST_MEMBERS, Member};
use bytes::Bytes;

/// Largest TNEF part that is looked into, in octets.
pub const TNEF_MAX: usize = 16 << 20;

const SIGNATURE: u32 = 0x223E_9F78;
/// Messages in each other that are looked into.
const DEEPEST: usize = 5;
/// Properties of one attachment that are read; Outlook writes about twenty.
const MOST_PROPERTIES: u32 = 1000;
const LONGEST_NAME: usize = 1000;

/// Attribute names of [MS-OXTNEF] §2.1.3.
const OEM_CODEPAGE: u32 = 0x0006_9007;
const ATTACH_REND_DATA: u32 = 0x0006_9002;
const ATTACH_TITLE: u32 = 0x0001_8010;
const ATTACH_DATA: u32 = 0x0006_800F;
const ATTACHMENT: u32 = 0x0006_9005;

/// Property identifiers of [MS-OXPROPS].
const LONG_FILENAME: u16 = 0x3707;
const FILENAME: u16 = 0x3704;
const DISPLAY_NAME: u16 = 0x3001;
const MIME_TAG: u16 = 0x370E;
const DATA: u16 = 0x3701;

/// Whether a part of that type or name is TNEF.
pub fn is_tnef(mime_type: &str, filename: Option<&str>) -> bool {
    matches!(mime_type, "application/ms-tnef" | "application/vnd.ms-tnef")
        || filename.is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"))
}

/// The attachments, those of messages inside after them; what lies beyond a cap or a broken length is left out.
pub fn tnef_members(content: &Bytes) -> Vec<Member> {
    let mut members = Vec::new();
    let mut pending = vec![(content.slice(..content.len().min(TNEF_MAX)), 0)];
    while let Some((stream, depth)) = pending.pop() {
        let mut attachments = Attachments::default();
        attachments.read(stream);
        for attachment in attachments.done {
            if members.len() >= MOST_MEMBERS {
                return members;
            }
            match attachment.embedded() {
                Some(message) if depth + 1 < DEEPEST => pending.push((message, depth + 1)),
                _ => members.extend(attachment.into_member()),
            }
        }
    }
    members
}

/// What is known of one attachment.
#[derive(Default)]
struct Attachment {
    title: String,
    long_name: String,
    mime_type: String,
    data: Option<Bytes>,
    /// The data property: a message or another object, behind the identifier of its kind.
    object: Option<Bytes>,
}

impl Attachment {
    /// The TNEF stream of an attached message.
    fn embedded(&self) -> Option<Bytes> {
        let object = self.object.as_ref().filter(|object| object.len() > 20)?;
        let stream = object.slice(16..);
        let signature = Reader(stream.clone()).u32();
        (signature == Some(SIGNATURE)).then_some(stream)
    }

    fn into_member(self) -> Option<Member> {
        let content = self
            .data
            .filter(|data| !data.is_empty())
            .or(self.object)
            .filter(|content| !content.is_empty())?;
        let filename = Some(self.long_name)
            .filter(|name| !name.trim().is_empty())
            .unwrap_or(self.title);
        let mut member = Member::new(filename, content);
        if is_media_type(&self.mime_type) {
            member.mime_type = self.mime_type;
        }
        Some(member)
    }
}

fn is_media_type(text: &str) -> bool {
    text.len() <= 100
        && text.split_once('/').is_some_and(|(kind, subtype)| {
            let token = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_graphic());
            token(kind) && token(subtype)
        })
}

/// The attachments of one stream.
#[derive(Default)]
struct Attachments {
    done: Vec<Attachment>,
    codepage: Option<u32>,
}

impl Attachments {
    fn read(&mut self, stream: Bytes) {
        let mut reader = Reader(stream);
        if reader.u32() != Some(SIGNATURE) || reader.u16().is_none() {
            return;
        }
        while self.record(&mut reader).is_some() {}
    }

    /// Level, attribute, length, value, checksum ([MS-OXTNEF] §2.1.3.1). None at the end of what can be read.
    fn record(&mut self, reader: &mut Reader) -> Option<()> {
        reader.take(1)?;
        let attribute = reader.u32()?;
        let length = reader.u32()?;
        let value = reader.take(length)?;
        if attribute == OEM_CODEPAGE {
            self.codepage = Reader(value).u32();
        } else if attribute == ATTACH_REND_DATA {
            if self.done.len() >= MOST_MEMBERS {
                return None;
            }
            self.done.push(Attachment::default());
        } else if let Some(attachment) = self.done.last_mut() {
            match attribute {
                ATTACH_TITLE => attachment.title = narrow(&value, self.codepage),
                ATTACH_DATA => attachment.data = Some(value),
                ATTACHMENT => attachment.properties(value, self.codepage),
                _ => {}
            }
        }
        reader.take(2).map(drop)
    }
}

impl Attachment {
    fn properties(&mut self, value: Bytes, codepage: Option<u32>) {
        let mut reader = Reader(value);
        let Some(count) = reader.u32() else { return };
        for _ in 0..count.min(MOST_PROPERTIES) {
            if self.property(&mut reader, codepage).is_none() {
                return;
            }
        }
    }

    /// Type, identifier, values ([MS-OXTNEF] §2.1.3.4). None at the end of what can be read.
    fn property(&mut self, reader: &mut Reader, codepage: Option<u32>) -> Option<()> {
        let kind = reader.u16()?;
        let id = reader.u16()?;
        if id >= 0x8000 {
            skip_property_name(reader)?;
        }
        let many = kind & 0x1000 != 0;
        let size = match kind & 0x0FFF {
            0x0002 | 0x0003 | 0x0004 | 0x000A | 0x000B => Some(4),
            0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
            0x0048 => Some(16),
            0x001E | 0x001F | 0x000D | 0x0102 => None,
            _ => return None,
        };
        let count = if many || size.is_none() {
            reader.u32()?
        } else {
            1
        };
        let Some(size) = size else {
            for _ in 0..count {
                let value = reader.padded()?;
                self.take(id, kind, value, codepage);
            }
            return Some(());
        };
        reader.take(count.checked_mul(size)?).map(drop)
    }

    fn take(&mut self, id: u16, kind: u16, value: Bytes, codepage: Option<u32>) {
        let text = || match kind & 0x0FFF {
            0x001F => wide(&value),
            _ => narrow(&value, codepage),
        };
        match id {
            LONG_FILENAME => self.long_name = text(),
            FILENAME if self.title.is_empty() => self.title = text(),
            DISPLAY_NAME if self.long_name.is_empty() => self.long_name = text(),
            MIME_TAG => self.mime_type = text().trim().to_ascii_lowercase(),
            DATA => self.object = Some(value),
            _ => {}
        }
    }
}

/// A property of its own name: its set, then a number or text.
fn skip_property_name(reader: &mut Reader) -> Option<()> {
    reader.take(16)?;
    if reader.u32()? == 0 {
        reader.u32()?;
    } else {
        reader.padded()?;
    }
    Some(())
}

/// Text of the sender's code page, up to its NUL.
fn narrow(value: &[u8], codepage: Option<u32>) -> String {
    let value = value.split(|&octet| octet == 0).next().unwrap_or_default();
    let value = value.get(..LONGEST_NAME).unwrap_or(value);
    let label = codepage
        .filter(|&codepage| codepage != 0)
        .map(|codepage| match codepage {
            65001 => "utf-8".to_owned(),
            866 => "ibm866".to_owned(),
            932 => "shift_jis".to_owned(),
            936 => "gbk".to_owned(),
            949 => "euc-kr".to_owned(),
            950 => "big5".to_owned(),
            20866 => "koi8-r".to_owned(),
            codepage => format!("windows-{codepage}"),
        });
    super::super::decode_text(value, label.as_deref())
}

/// UTF-16LE up to its NUL.
fn wide(value: &[u8]) -> String {
    let units = value
        .chunks_exact(2)
        .map(|pair| {
            pair.iter()
                .rev()
                .fold(0, |unit, &octet| unit << 8 | u16::from(octet))
        })
        .take_while(|&unit| unit != 0)
        .take(LONGEST_NAME);
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

struct Reader(Bytes);

impl Reader {
    /// None, and nothing taken, when there are not so many octets left.
    fn take(&mut self, length: u32) -> Option<Bytes> {
        let length = usize::try_from(length).ok()?;
        (length <= self.0.len()).then(|| self.0.split_to(length))
    }

    fn u16(&mut self) -> Option<u16> {
        let octets = self.take(2)?;
        Some(
            octets
                .iter()
                .rev()
                .fold(0, |n, &octet| n << 8 | u16::from(octet)),
        )
    }

    fn u32(&mut self) -> Option<u32> {
        let octets = self.take(4)?;
        Some(
            octets
                .iter()
                .rev()
                .fold(0, |n, &octet| n << 8 | u32::from(octet)),
        )
    }

    /// A length, so many octets, and what fills them up to a multiple of four; the last filling may be missing.
    fn padded(&mut self) -> Option<Bytes> {
        let length = self.u32()?;
        let value = self.take(length)?;
        let padding = length.wrapping_neg() % 4;
        let padding = padding.min(u32::try_from(self.0.len()).unwrap_or(3));
        self.take(padding)?;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn corpus(name: &str) -> Bytes {
        std::fs::read(format!("tests/corpora/tnef/{name}"))
            .unwrap()
            .into()
    }

    fn listed(content: &Bytes) -> Vec<(String, usize)> {
        tnef_members(content)
            .into_iter()
            .map(|member| (member.filename, member.content.len()))
            .collect()
    }

    #[test]
    fn attachments_of_real_files_are_listed() {
        for (file, first, count) in [
            ("attachments.tnef", "zappa_av1.jpg", 2),
            ("winmail.tnef", "Picture", 2),
        ] {
            let listed = listed(&corpus(file));
            assert_eq!(listed.len(), count, "{file}: {listed:?}");
            assert!(listed[0].0.contains(first), "{file}: {listed:?}");
            assert!(
                listed.iter().all(|(_, size)| *size > 0),
                "{file}: {listed:?}"
            );
        }
    }

    #[test]
    fn cut_or_changed_files_are_survived() {
        let whole = corpus("attachments.tnef");
        for end in (0..whole.len()).step_by(997) {
            tnef_members(&whole.slice(..end));
        }
        let mut changed = whole.to_vec();
        for at in (0..changed.len()).step_by(211) {
            let before = std::mem::replace(&mut changed[at], 0xFF);
            tnef_members(&Bytes::copy_from_slice(&changed));
            changed[at] = before;
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_survived(tail in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut stream = SIGNATURE.to_le_bytes().to_vec();
            stream.extend_from_slice(&[0, 0]);
            stream.extend_from_slice(&tail);
            tnef_members(&Bytes::from(stream));
        }

        #[test]
        fn any_properties_are_survived(value in proptest::collection::vec(any::<u8>(), 0..200), count in 0_u32..2000) {
            let mut stream = count.to_le_bytes().to_vec();
            stream.extend_from_slice(&value);
            let mut attachment = Attachment::default();
            attachment.properties(Bytes::from(stream), None);
        }
    }
}
