use crate::imap::{Connection, Envelope, Uid};
use crate::mail::{Account, Error, Part, Result, Section};
use crate::mime::{self, Limits, Node, Parsed, Shown, Structure, TransferEncoding};
use bytes::{Bytes, BytesMut};

/// Octets of one related picture and of all of a message (R-HTML-6).
const PICTURE_MAX: u64 = 512 << 10;
const PICTURES_MAX: u64 = 2 << 20;
/// Octets of a picture as it is encoded.
const PICTURE_FETCHED: usize = 768 << 10;
/// Octets that are read of a message whose structure the server does not tell.
const RAW_MAX: u64 = 4 << 20;
const RAW_SLICE: u32 = 256 << 10;

/// What is needed to show one message, as fetched.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub text: Option<Piece>,
    pub html: Option<Piece>,
    pub pictures: Vec<Piece>,
    pub attachments: Vec<Part>,
    /// Something of the message could not be read.
    pub cut: bool,
}

impl Content {
    /// In the charset that a person chose, if one did, whatever the message says.
    pub(super) fn read_in(mut self, charset: Option<&'static str>) -> Self {
        if let Some(charset) = charset {
            for piece in self.text.iter_mut().chain(&mut self.html) {
                piece.part.charset = Some(charset.to_owned());
            }
        }
        self
    }

    /// What the text that is shown says it is in.
    pub(super) fn charset(&self) -> Option<&str> {
        let piece = self.text.as_ref().or(self.html.as_ref())?;
        piece.part.charset.as_deref()
    }
}

/// The content of one part, still encoded.
#[derive(Debug)]
pub(super) struct Piece {
    pub part: Part,
    encoded: Bytes,
    /// There is more than was fetched.
    more: bool,
}

impl Piece {
    fn new(part: &Part, encoded: Bytes, limit: usize) -> Self {
        Self {
            part: part.clone(),
            more: encoded.len() >= limit,
            encoded,
        }
    }

    pub(super) fn decoded(&self) -> Vec<u8> {
        mime::decode_transfer(&self.encoded, self.part.encoding)
    }

    /// At most `limit` octets of text, and whether there is more.
    pub(super) fn decoded_text(&self, limit: usize) -> (String, bool) {
        let mut octets = self.decoded();
        let more = self.more || octets.len() > limit;
        octets.truncate(limit);
        (
            mime::decode_text(&octets, self.part.charset.as_deref()),
            more,
        )
    }
}

/// The structure the server tells, where it has anything to show. A multipart whose boundary never comes
/// has no part or an empty one: what is in it is found in the raw message only.
pub(super) fn structure_of(envelope: &Envelope) -> Option<&Structure> {
    envelope
        .structure
        .as_ref()
        .filter(|structure| has_parts(structure))
}

fn has_parts(structure: &Structure) -> bool {
    let Node::Multi { .. } = structure.root else {
        return true;
    };
    let shown = structure.shown();
    let mut texts = shown.text.into_iter().chain(shown.html);
    !shown.attachments.is_empty() || texts.any(|part| part.size > 0)
}

/// What one lease gives of a message's content; parsing comes after it.
pub(super) enum Fetched {
    Parts(Box<Content>),
    /// The server tells no structure to go by.
    Raw(Raw),
}

/// The parts that a message's page shows, before they are fetched.
pub(super) struct PageParts {
    text: Option<Part>,
    html: Option<Part>,
    attachments: Vec<Part>,
    /// Octets fetched of each.
    pub limit: usize,
}

impl PageParts {
    pub(super) fn of(structure: &Structure, limits: &Limits) -> Self {
        let shown = structure.shown();
        Self {
            text: shown.text.cloned(),
            html: shown.html.cloned(),
            attachments: shown.attachments.into_iter().cloned().collect(),
            limit: fetch_limit(limits),
        }
    }

    pub(super) fn sections(&self) -> Vec<Section> {
        let parts = self.text.iter().chain(&self.html);
        parts.map(|part| part.section.clone()).collect()
    }

    /// `encoded`: one answer for each of the sections.
    pub(super) fn fetched(self, encoded: Vec<Option<Bytes>>) -> Fetched {
        let mut encoded = encoded.into_iter();
        let mut next = |part: &Option<Part>| {
            let part = part.as_ref()?;
            Some(Piece::new(part, encoded.next()??, self.limit))
        };
        let (text, html) = (next(&self.text), next(&self.html));
        let missing =
            |part: &Option<Part>, piece: &Option<Piece>| part.is_some() && piece.is_none();
        Fetched::Parts(Box::new(Content {
            cut: missing(&self.text, &text) || missing(&self.html, &html),
            text,
            html,
            pictures: Vec::new(),
            attachments: self.attachments,
        }))
    }
}

impl Fetched {
    /// HTML part and its pictures, for the frame: one flight.
    pub(super) async fn frame(
        connection: &mut Connection,
        envelope: &Envelope,
        limits: &Limits,
    ) -> Result<Self> {
        let uid = envelope.uid;
        let Some(structure) = structure_of(envelope) else {
            return Ok(Self::Raw(Raw::fetch(connection, uid).await?));
        };
        let shown = structure.shown();
        let Some(part) = shown.html else {
            return Ok(Self::Parts(Box::default()));
        };
        let (html, pictures) = ([part], pictures(&shown));
        let limit = fetch_limit(limits);
        let flight = connection.flight().sections(uid, &sections(&html), limit)?;
        let flight = flight.sections(uid, &sections(&pictures), PICTURE_FETCHED)?;
        let landed = flight.send().await?;
        let pieces = |parts: &[&Part], limit| -> Result<Vec<Piece>> {
            let encoded = landed.sections(uid, &sections(parts), limit)?;
            let parts = parts.iter().zip(encoded);
            Ok(parts
                .filter_map(|(part, encoded)| Some(Piece::new(part, encoded?, limit)))
                .collect())
        };
        let Some(html) = pieces(&html, limit)?.pop() else {
            return Ok(Self::Parts(Box::new(Content {
                html: Some(unreadable(part)),
                cut: true,
                ..Content::default()
            })));
        };
        let mut pictures = pieces(&pictures, PICTURE_FETCHED)?;
        pictures.retain(|piece| !piece.more);
        Ok(Self::Parts(Box::new(Content {
            html: Some(html),
            pictures,
            ..Content::default()
        })))
    }

    pub(super) async fn into_content(self, account: &Account) -> Content {
        match self {
            Self::Parts(content) => *content,
            Self::Raw(raw) => raw.into_content(account).await,
        }
    }
}

/// A message as its octets, at most `RAW_MAX` of them.
pub(super) struct Raw {
    octets: BytesMut,
    cut: bool,
}

impl Raw {
    pub(super) async fn fetch(connection: &mut Connection, uid: Uid) -> Result<Self> {
        let mut octets = BytesMut::new();
        let mut ended = false;
        while !ended && (octets.len() as u64) < RAW_MAX {
            let slice = connection
                .fetch_partial(uid, None, octets.len() as u64, RAW_SLICE)
                .await?;
            let slice = slice.ok_or(Error::NoSuchMessage)?;
            ended = slice.is_empty();
            octets.extend_from_slice(&slice);
        }
        Ok(Self {
            octets,
            cut: !ended,
        })
    }

    async fn into_content(self, account: &Account) -> Content {
        let cut = self.cut;
        let Some(parsed) = self.parse(account).await else {
            return Content {
                cut: true,
                ..Content::default()
            };
        };
        let shown = parsed.structure.shown();
        let piece = |part: &Part| {
            content_of(&parsed, &part.section).map(|encoded| Piece {
                part: Part {
                    encoding: TransferEncoding::Binary,
                    ..part.clone()
                },
                encoded,
                more: cut,
            })
        };
        let (text, html) = (shown.text.and_then(piece), shown.html.and_then(piece));
        let attachments: Vec<Part> = shown.attachments.iter().copied().cloned().collect();
        Content {
            cut: cut || (text.is_none() && html.is_none() && attachments.is_empty()),
            pictures: pictures(&shown).into_iter().filter_map(piece).collect(),
            text,
            html,
            attachments,
        }
    }

    /// One part, decoded.
    pub(super) async fn part(self, account: &Account, section: &Section) -> Result<(Part, Bytes)> {
        if self.cut {
            return Err(Error::TooLarge { limit: RAW_MAX });
        }
        let parsed = self.parse(account).await.ok_or(Error::NoSuchMessage)?;
        let part = parsed.structure.part(section).ok_or(Error::NoSuchMessage)?;
        let content = content_of(&parsed, section).ok_or(Error::NoSuchMessage)?;
        Ok((part.clone(), content))
    }

    /// None: it cannot be taken apart.
    async fn parse(self, account: &Account) -> Option<Parsed> {
        let limits = account.config().limits.mime.clone();
        account
            .renderer()
            .run(move || mime::parse(&self.octets, &limits))
            .await
    }
}

fn content_of(parsed: &Parsed, section: &Section) -> Option<Bytes> {
    let mut contents = parsed.contents.iter();
    contents
        .find(|(own, _)| own == section)
        .map(|(_, content)| content.clone())
}

/// Enough encoded octets for a text of the limit in base64 or ordinary quoted-printable.
fn fetch_limit(limits: &Limits) -> usize {
    limits.text_part.saturating_mul(3) / 2
}

fn pictures<'a>(shown: &Shown<'a>) -> Vec<&'a Part> {
    let mut total = 0;
    let mut pictures = Vec::new();
    for &part in &shown.related {
        let size = part.content_size();
        let is_picture = part.mime_type.starts_with("image/") && part.content_id.is_some();
        if is_picture && size <= PICTURE_MAX && total + size <= PICTURES_MAX {
            total += size;
            pictures.push(part);
        }
    }
    pictures
}

fn unreadable(part: &Part) -> Piece {
    Piece {
        part: part.clone(),
        encoded: Bytes::new(),
        more: true,
    }
}

fn sections(parts: &[&Part]) -> Vec<Section> {
    parts.iter().map(|part| part.section.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(size: u64) -> Node {
        Node::Leaf(Part {
            section: Section::single(),
            mime_type: "text/plain".into(),
            charset: None,
            format_flowed: false,
            del_sp: false,
            encoding: TransferEncoding::SevenBit,
            size,
            disposition: None,
            filename: None,
            content_id: None,
        })
    }

    fn mixed(children: Vec<Node>) -> Structure {
        let subtype = "mixed".into();
        Structure {
            root: Node::Multi { subtype, children },
        }
    }

    #[test]
    fn a_multipart_whose_boundary_never_comes_has_no_parts() {
        assert!(!has_parts(&mixed(Vec::new())));
        assert!(!has_parts(&mixed(vec![text(0)])));
        assert!(has_parts(&mixed(vec![text(1)])));
        assert!(has_parts(&Structure { root: text(0) }));
    }
}
