//! The tree of a message (RFC 2045, 2046), from BODYSTRUCTURE or from its bytes, and what of it is shown.
mod protection;
mod shown;

use std::fmt;
use std::str::FromStr;

pub use protection::Protection;
pub use shown::Shown;

/// Deepest part number that is understood.
const MAX_LEVELS: usize = 50;

/// Part number of RFC 9051 §6.4.5, e.g. `1.2`; parsed once, numbers only, at most 50 levels, no zero. The root of a
/// single-part message is `1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Section(pub(crate) Vec<u32>);

/// What stood where a part number should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a part number")]
pub struct InvalidSection;

impl Section {
    /// # Errors
    /// No level, more than 50, or a zero among them.
    pub fn new(levels: Vec<u32>) -> Result<Self, InvalidSection> {
        let valid = (1..=MAX_LEVELS).contains(&levels.len()) && !levels.contains(&0);
        if valid {
            Ok(Self(levels))
        } else {
            Err(InvalidSection)
        }
    }

    /// The only part of a message that is no multipart.
    pub fn single() -> Self {
        Self(vec![1])
    }

    /// The part of a message that is itself the part `self`. None: more than 50 levels.
    pub fn join(&self, inner: &Self) -> Option<Self> {
        Self::new([self.0.as_slice(), inner.0.as_slice()].concat()).ok()
    }

    /// What is left of a number below `outer`; None for another branch, and for `outer` itself.
    pub fn below(&self, outer: &Self) -> Option<Self> {
        Self::new(self.0.strip_prefix(outer.0.as_slice())?.to_vec()).ok()
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, level) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            write!(f, "{level}")?;
        }
        Ok(())
    }
}

impl FromStr for Section {
    type Err = InvalidSection;

    fn from_str(text: &str) -> Result<Self, InvalidSection> {
        const LONGEST: usize = MAX_LEVELS * 11;
        if text.len() > LONGEST {
            return Err(InvalidSection);
        }
        let level = |digits: &str| {
            let plain =
                digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
            if plain {
                digits.parse::<u32>().map_err(|_| InvalidSection)
            } else {
                Err(InvalidSection)
            }
        };
        Self::new(text.split('.').map(level).collect::<Result<_, _>>()?)
    }
}

/// Content-Transfer-Encoding (RFC 2045 §6); what is unknown is read as [`TransferEncoding::Binary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferEncoding {
    SevenBit,
    EightBit,
    Binary,
    QuotedPrintable,
    Base64,
    UuEncode,
}

impl TransferEncoding {
    /// The token of a Content-Transfer-Encoding field or of BODYSTRUCTURE, in any case.
    pub fn from_token(token: &str) -> Self {
        match token.trim().to_ascii_lowercase().as_str() {
            "" | "7bit" => Self::SevenBit,
            "8bit" => Self::EightBit,
            "quoted-printable" => Self::QuotedPrintable,
            "base64" => Self::Base64,
            "uuencode" | "x-uuencode" | "x-uue" | "uue" => Self::UuEncode,
            _ => Self::Binary,
        }
    }
}

/// Content-Disposition (RFC 2183); an unknown one is an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    Inline,
    Attachment,
}

impl Disposition {
    /// The first token of a Content-Disposition field or of BODYSTRUCTURE, in any case.
    pub fn from_token(token: &str) -> Self {
        if token.trim().eq_ignore_ascii_case("inline") {
            Self::Inline
        } else {
            Self::Attachment
        }
    }
}

/// One leaf (or message/rfc822) of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub section: Section,
    /// Lower case `type/subtype`.
    pub mime_type: String,
    pub charset: Option<String>,
    /// RFC 3676 `format=flowed`.
    pub format_flowed: bool,
    /// RFC 3676 `delsp=yes`.
    pub del_sp: bool,
    pub encoding: TransferEncoding,
    /// Octets, still encoded.
    pub size: u64,
    pub disposition: Option<Disposition>,
    /// Decoded (RFC 2231, 2047), not yet made safe.
    pub filename: Option<String>,
    /// Without the angle brackets.
    pub content_id: Option<String>,
    /// What the parameters of some types say beyond the type.
    pub detail: Option<Detail>,
}

/// Parameters of a type that change what a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// message/partial (RFC 2046 §5.2.2): the number from 1, and how many there are where that is told.
    Fragment { number: u32, total: Option<u32> },
    /// application/pkcs7-mime that is only signed (RFC 8551 §3.2.2), not encrypted.
    OpaqueSigned,
}

impl Detail {
    /// `parameter` gives the decoded value of a parameter of Content-Type.
    pub fn read(mime_type: &str, parameter: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let number = |name: &str| parameter(name)?.trim().parse::<u32>().ok();
        match mime_type {
            "message/partial" => Some(Self::Fragment {
                number: number("number").filter(|&number| number > 0)?,
                total: number("total"),
            }),
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => parameter("smime-type")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("signed-data"))
                .then_some(Self::OpaqueSigned),
            _ => None,
        }
    }
}

impl Part {
    /// Decoded size in octets, estimated from the encoding.
    pub fn content_size(&self) -> u64 {
        match self.encoding {
            // 76 characters and a line break carry 57 octets.
            TransferEncoding::Base64 => self.size / 78 * 57 + self.size % 78 * 3 / 4,
            TransferEncoding::UuEncode => self.size / 62 * 45 + self.size % 62 * 3 / 4,
            _ => self.size,
        }
    }

    /// Whether the reader can show it as the text of a message.
    pub fn is_text_body(&self) -> bool {
        matches!(self.mime_type.as_str(), "text/plain" | "text/html")
    }

    /// Whether the octets have to be decoded to be read.
    pub fn is_encoded(&self) -> bool {
        matches!(
            self.encoding,
            TransferEncoding::Base64
                | TransferEncoding::QuotedPrintable
                | TransferEncoding::UuEncode
        )
    }

    /// Whether it is a message, which opens as a page of its own.
    pub fn is_message(&self) -> bool {
        matches!(
            self.mime_type.as_str(),
            "message/rfc822" | "message/global" | "message/news"
        )
    }
}

/// The tree of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Structure {
    pub root: Node,
    /// The messages in it and in those, as far as they are told; each is a leaf of the tree it hangs in.
    pub embedded: Vec<Embedded>,
}

/// A message inside a message. The numbers of its parts are those of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// The part that it is.
    pub section: Section,
    /// Decoded; may be empty.
    pub subject: String,
    pub root: Node,
}

/// One node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Multi {
        /// Lower case, e.g. `alternative`.
        subtype: String,
        children: Vec<Node>,
    },
    Leaf(Part),
}

impl Structure {
    /// The part of that number, also in the messages inside; multiparts have none of their own.
    pub fn part(&self, section: &Section) -> Option<&Part> {
        let inside = self
            .embedded
            .iter()
            .flat_map(|message| message.root.parts());
        self.parts()
            .chain(inside)
            .find(|part| part.section == *section)
    }

    /// The charset that the message says its first text is in.
    pub fn charset(&self) -> Option<&str> {
        self.parts()
            .find(|part| part.is_text_body())
            .and_then(|part| part.charset.as_deref())
    }

    /// Every leaf, in order; not those of the messages inside.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.root.parts()
    }

    /// The message that the part `section` is, where its structure is told.
    pub fn message(&self, section: &Section) -> Option<Self> {
        let message = self
            .embedded
            .iter()
            .find(|message| message.section == *section)?;
        let inside = |other: &&Embedded| other.section.below(section).is_some();
        Some(Self {
            root: message.root.clone(),
            embedded: self.embedded.iter().filter(inside).cloned().collect(),
        })
    }

    /// The subject of the message that the part `section` is.
    pub fn subject_of(&self, section: &Section) -> Option<&str> {
        let mut messages = self.embedded.iter();
        let message = messages.find(|message| message.section == *section)?;
        Some(message.subject.as_str()).filter(|subject| !subject.trim().is_empty())
    }
}

impl Node {
    /// Every leaf, in order.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        let mut pending = vec![self];
        std::iter::from_fn(move || {
            loop {
                match pending.pop()? {
                    Node::Leaf(part) => return Some(part),
                    Node::Multi { children, .. } => pending.extend(children.iter().rev()),
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_numbers_are_read_once_and_strictly() {
        for text in ["1", "1.2", "10.4294967295", "1.2.3.4.5"] {
            assert_eq!(text.parse::<Section>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "0",
            "1.0",
            "1.",
            ".1",
            "1..2",
            "01",
            "+1",
            " 1",
            "1.HEADER",
            "4294967296",
            "-1",
            "1.2 ",
            "１",
        ] {
            assert_eq!(text.parse::<Section>(), Err(InvalidSection), "{text}");
        }
        let deep = |levels: usize| vec!["1"; levels].join(".").parse::<Section>();
        assert!(deep(50).is_ok());
        assert!(deep(51).is_err());
    }

    #[test]
    fn the_decoded_size_is_estimated() {
        let mut part = Part {
            section: Section::single(),
            mime_type: "application/pdf".to_owned(),
            charset: None,
            format_flowed: false,
            del_sp: false,
            encoding: TransferEncoding::Base64,
            size: 78 * 100,
            disposition: None,
            filename: None,
            content_id: None,
            detail: None,
        };
        assert_eq!(part.content_size(), 5700);
        part.encoding = TransferEncoding::EightBit;
        assert_eq!(part.content_size(), 7800);
    }
}
