use super::{odd, piece::Piece, raw::Raw, viewed::Reads, work::Rendering};
use crate::imap::{Connection, Envelope, Landed, Uid};
use crate::mail::{Part, Result, Section};
use crate::mime::{Detail, Limits, Node, Protection, Shown, Structure};
use bytes::Bytes;

/// Octets of one related picture and of all of a message (R-HTML-6).
pub const PICTURE_MAX: u64 = 512 << 10;
const PICTURES_MAX: u64 = 2 << 20;
/// Octets of a picture as it is encoded.
const PICTURE_FETCHED: usize = 768 << 10;

/// What is needed to show one message, as fetched.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub text: Option<Piece>,
    pub html: Option<Piece>,
    /// Of two texts that say the same, the one that was not read.
    pub apart: Option<Part>,
    pub pictures: Vec<Piece>,
    /// Content-ID and part of each picture that belongs to the HTML.
    pub inlaid: Vec<(String, Part)>,
    pub attachments: Vec<Part>,
    /// Parts that are shown as what they say, and files that hold files.
    pub odd: Vec<Piece>,
    pub protection: Option<Protection>,
    /// Number and total of message/partial.
    pub fragment: Option<(u32, Option<u32>)>,
    /// It was sent on: what is older is what its reader is meant to see.
    pub forwarded: bool,
    /// Something of the message could not be read.
    pub cut: bool,
}

impl Content {
    /// What the structure alone tells.
    pub(super) fn about(structure: &Structure, shown: &Shown<'_>) -> Self {
        let fragment = |part: &Part| match part.detail {
            Some(Detail::Fragment { number, total }) => Some((number, total)),
            _ => None,
        };
        Self {
            attachments: shown
                .attachments
                .iter()
                .map(|part| named(structure, part))
                .collect(),
            inlaid: inlaid(shown),
            protection: structure.protection(),
            fragment: structure.parts().find_map(fragment),
            ..Self::default()
        }
    }

    /// In the charset that a person chose, if one did, whatever the message says.
    pub(super) fn read_in(mut self, charset: Option<&'static str>) -> Self {
        if let Some(charset) = charset {
            let pieces = self.text.iter_mut().chain(&mut self.html);
            let parts = pieces.map(|piece| &mut piece.part);
            for part in parts.chain(&mut self.apart) {
                part.charset = Some(charset.to_owned());
            }
        }
        self
    }

    /// The HTML is there and was not read.
    pub(super) fn has_html_apart(&self) -> bool {
        self.apart.as_ref().is_some_and(is_html)
    }

    /// With the text that was not read before; None: it cannot be had.
    pub(super) fn with_apart(mut self, text: Option<Piece>) -> Self {
        self.cut |= text.is_none();
        match self.apart.take() {
            Some(part) if is_html(&part) => self.html = text,
            _ => self.text = text,
        }
        self
    }

    /// What it takes in memory beside its parts' names.
    pub(super) fn octets(&self) -> usize {
        let texts = self.text.iter().chain(&self.html);
        let pieces = texts.chain(&self.pictures).chain(&self.odd);
        pieces.map(|piece| piece.octets()).sum()
    }

    /// What the text says it is in, whether it is shown or not; else the HTML.
    pub(super) fn charset(&self) -> Option<&str> {
        let (text, html) = (self.text.iter(), self.html.iter());
        let apart = self.apart.iter().filter(|part| !is_html(part));
        let texts = text.map(|piece| &piece.part).chain(apart);
        let mut parts = texts.chain(html.map(|piece| &piece.part));
        parts.next()?.charset.as_deref()
    }

    /// In memory of its own: what was fetched shares that of all that came with it.
    pub(super) fn detached(&self) -> Self {
        let detached = |pieces: &[Piece]| pieces.iter().map(Piece::detached).collect();
        Self {
            text: self.text.as_ref().map(Piece::detached),
            html: self.html.as_ref().map(Piece::detached),
            pictures: detached(&self.pictures),
            odd: detached(&self.odd),
            ..self.clone()
        }
    }

    /// Gives the parts the numbers that they have in the message around this one.
    pub(super) fn hang_below(&mut self, outer: &Section) {
        let pieces = self
            .text
            .iter_mut()
            .chain(&mut self.html)
            .chain(&mut self.pictures)
            .chain(&mut self.odd)
            .map(|piece| &mut piece.part);
        let inlaid = self.inlaid.iter_mut().map(|(_, part)| part);
        let parts = pieces.chain(&mut self.attachments).chain(inlaid);
        for part in parts.chain(&mut self.apart) {
            // Deeper than any part can be asked for: it leads nowhere.
            if let Some(section) = outer.join(&part.section) {
                part.section = section;
            }
        }
    }
}

fn is_html(part: &Part) -> bool {
    part.mime_type == "text/html"
}

/// An attached message without a file name goes by its subject.
fn named(structure: &Structure, part: &Part) -> Part {
    let mut part = part.clone();
    if part.is_message() && part.filename.is_none() {
        let subject = structure.subject_of(&part.section).unwrap_or_default();
        part.filename = Some(format!("{}.eml", super::manner::file_stem(subject)));
    }
    part
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
    odd: Vec<Part>,
    /// What is there without fetching.
    about: Content,
    /// Octets fetched of each.
    pub limit: usize,
}

impl PageParts {
    pub(super) fn of(structure: &Structure, limits: &Limits, reads: Reads) -> Self {
        let shown = structure.shown();
        let (text, html) = (shown.text.cloned(), shown.html.cloned());
        let (text, html, apart) = match (text, html, reads) {
            (Some(text), Some(html), Reads::Html) => (None, Some(html), Some(text)),
            (Some(text), Some(html), Reads::Plain) => (Some(text), None, Some(html)),
            (text, html, _) => (text, html, None),
        };
        Self {
            text,
            html,
            odd: odd::wanted(&shown).into_iter().cloned().collect(),
            about: Content {
                apart,
                ..Content::about(structure, &shown)
            },
            limit: fetch_limit(limits),
        }
    }

    /// What `known` lacks of what `reads` asks for.
    pub(super) fn lacking(known: &Content, limits: &Limits, reads: Reads) -> Self {
        let is_read = |part: &&Part| match is_html(part) {
            true => reads.html(),
            false => reads.plain(),
        };
        let wanted = known.apart.as_ref().filter(is_read);
        let apart = known.apart.clone().filter(|_| wanted.is_none());
        Self {
            text: wanted.filter(|part| !is_html(part)).cloned(),
            html: wanted.filter(|part| is_html(part)).cloned(),
            odd: Vec::new(),
            about: Content {
                apart,
                ..known.clone()
            },
            limit: fetch_limit(limits),
        }
    }

    pub(super) fn sections(&self) -> Vec<Section> {
        let parts = self.text.iter().chain(&self.html).chain(&self.odd);
        parts.map(|part| part.section.clone()).collect()
    }

    /// `encoded`: one answer for each of the sections. Of files in a part the rest is fetched here.
    pub(super) async fn fetched(
        self,
        connection: &mut Connection,
        uid: Uid,
        encoded: Vec<Option<Bytes>>,
    ) -> Result<Fetched> {
        let mut encoded = encoded.into_iter();
        let mut next = |part: &Part| {
            let encoded = encoded.next().flatten()?;
            Some(Piece::fetched(part, encoded, self.limit))
        };
        let (text, html) = (
            self.text.as_ref().map(&mut next),
            self.html.as_ref().map(&mut next),
        );
        let mut odd: Vec<Piece> = self.odd.iter().filter_map(next).collect();
        let begun = |piece: &&mut Piece| !piece.is_whole() && odd::holds_files(&piece.part);
        for piece in odd.iter_mut().filter(begun) {
            piece.complete(connection, uid, odd::encoded_max()).await?;
        }
        let is_missing = |piece: &Option<Option<Piece>>| matches!(piece, Some(None));
        let about = self.about;
        odd.extend(about.odd);
        Ok(Fetched::Parts(Box::new(Content {
            cut: about.cut || is_missing(&text) || is_missing(&html),
            text: text.flatten().or(about.text),
            html: html.flatten().or(about.html),
            odd,
            ..about
        })))
    }
}

impl Fetched {
    /// HTML part and its pictures, for the frame: one flight at most. `html`: the part where it was read before.
    pub(super) async fn frame(
        connection: &mut Connection,
        envelope: &Envelope,
        limits: &Limits,
        html: Option<Piece>,
    ) -> Result<Self> {
        let uid = envelope.uid;
        match structure_of(envelope) {
            Some(structure) => Self::frame_of(connection, uid, structure, limits, html).await,
            None => Ok(Self::Raw(Raw::fetch(connection, uid).await?)),
        }
    }

    /// As [`Fetched::frame`], of a structure that may be that of an attached message.
    pub(super) async fn frame_of(
        connection: &mut Connection,
        uid: Uid,
        structure: &Structure,
        limits: &Limits,
        html: Option<Piece>,
    ) -> Result<Self> {
        let shown = structure.shown();
        let Some(part) = shown.html else {
            return Ok(Self::Parts(Box::default()));
        };
        let limit = fetch_limit(limits);
        let wanted = if html.is_some() { vec![] } else { vec![part] };
        let wanted_pictures = pictures(&shown);
        let (mut read, mut pictures) = (html, Vec::new());
        if !wanted.is_empty() || !wanted_pictures.is_empty() {
            let flight = connection.flight();
            let flight = flight.sections(uid, &sections(&wanted), limit)?;
            let flight = flight.sections(uid, &sections(&wanted_pictures), PICTURE_FETCHED)?;
            let landed = flight.send().await?;
            read = read.or(pieces(&landed, uid, &wanted, limit)?.pop());
            pictures = pieces(&landed, uid, &wanted_pictures, PICTURE_FETCHED)?;
        }
        pictures.retain(Piece::is_whole);
        Ok(Self::Parts(Box::new(Content {
            cut: read.is_none(),
            html: Some(read.unwrap_or_else(|| Piece::unreadable(part))),
            pictures,
            ..Content::default()
        })))
    }

    pub(super) async fn into_content(self, rendering: &Rendering<'_>) -> Content {
        match self {
            Self::Parts(content) => *content,
            Self::Raw(raw) => raw.into_content(rendering).await,
        }
    }
}

/// Enough encoded octets for a text of the limit in base64 or ordinary quoted-printable.
pub(super) fn fetch_limit(limits: &Limits) -> usize {
    limits.text_part.saturating_mul(3) / 2
}

pub(super) fn pictures<'a>(shown: &Shown<'a>) -> Vec<&'a Part> {
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

fn inlaid(shown: &Shown<'_>) -> Vec<(String, Part)> {
    let pictures = shown.related.iter().copied();
    let pictures = pictures.filter(|part| part.mime_type.starts_with("image/"));
    pictures
        .filter_map(|part| Some((part.content_id.clone()?, part.clone())))
        .collect()
}

/// Those of the parts that were told.
fn pieces(landed: &Landed, uid: Uid, parts: &[&Part], limit: usize) -> Result<Vec<Piece>> {
    let encoded = landed.sections(uid, &sections(parts), limit)?;
    let parts = parts.iter().zip(encoded);
    Ok(parts
        .filter_map(|(part, encoded)| Some(Piece::fetched(part, encoded?, limit)))
        .collect())
}

fn sections(parts: &[&Part]) -> Vec<Section> {
    parts.iter().map(|part| part.section.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::TransferEncoding;

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
            detail: None,
        })
    }

    fn mixed(children: Vec<Node>) -> Structure {
        let subtype = "mixed".into();
        Structure {
            root: Node::Multi { subtype, children },
            embedded: Vec::new(),
        }
    }

    #[test]
    fn a_multipart_whose_boundary_never_comes_has_no_parts() {
        assert!(!has_parts(&mixed(Vec::new())));
        assert!(!has_parts(&mixed(vec![text(0)])));
        assert!(has_parts(&mixed(vec![text(1)])));
        assert!(has_parts(&Structure {
            root: text(0),
            embedded: Vec::new(),
        }));
    }
}
