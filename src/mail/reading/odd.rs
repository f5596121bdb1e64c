//! Parts that are neither text nor plain files: shown as what they say, or opened for the files in them.
use super::content::Content;
use super::piece::Piece;
use super::{MessageRef, PartRequest, PartStream, served, work::Rendering};
use crate::mail::{Account, Error, Part, Result, Section};
use crate::mime::{
    self, CalendarMessage, Contact, DeliveryReport, Member, Receipt, Shown, TNEF_MAX,
    TransferEncoding,
};
use bytes::Bytes;
use std::sync::Arc;

/// Parts of one kind that are shown as cards.
const MOST_CARDS: usize = 3;
/// Largest part that becomes a card, in decoded octets.
const CARD_MAX: u64 = 256 << 10;

/// A part that is shown as what it says.
#[derive(Clone, Debug)]
pub struct Card {
    /// The part, to save it.
    pub section: Section,
    pub content: CardContent,
}

#[derive(Clone, Debug)]
pub enum CardContent {
    Delivery(DeliveryReport),
    Receipt(Receipt),
    Calendar(CalendarMessage),
    /// At least one.
    Contacts(Vec<Contact>),
}

/// A file inside a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberFile {
    /// The part.
    pub section: Section,
    /// From 1, in the order in which they stand there.
    pub number: usize,
    /// As it was told, not yet made safe.
    pub filename: String,
    pub mime_type: String,
    /// Octets.
    pub size: u64,
}

impl MemberFile {
    pub(super) fn list(section: &Section, members: &[Member]) -> Vec<Self> {
        let file = |(index, member): (usize, &Member)| Self {
            section: section.clone(),
            number: index + 1,
            filename: member.filename.clone(),
            mime_type: member.mime_type.clone(),
            size: member.content.len() as u64,
        };
        members.iter().enumerate().map(file).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Delivery,
    Receipt,
    Calendar,
    Contacts,
    Tnef,
}

impl Kind {
    fn of(part: &Part) -> Option<Self> {
        match part.mime_type.as_str() {
            "message/delivery-status" | "message/global-delivery-status" => Some(Self::Delivery),
            "message/disposition-notification" | "message/global-disposition-notification" => {
                Some(Self::Receipt)
            }
            "text/calendar" | "application/ics" => Some(Self::Calendar),
            "text/vcard" | "text/x-vcard" | "text/directory" => Some(Self::Contacts),
            mime_type if mime::is_tnef(mime_type, part.filename.as_deref()) => Some(Self::Tnef),
            _ => None,
        }
    }
}

/// The parts that are read beside the text: the first few of each kind that are not too large.
pub(super) fn wanted<'a>(shown: &Shown<'a>) -> Vec<&'a Part> {
    let mut wanted: Vec<(Kind, &Part)> = Vec::new();
    for &part in &shown.attachments {
        let Some(kind) = Kind::of(part) else { continue };
        let largest = match kind {
            Kind::Tnef => TNEF_MAX as u64,
            _ => CARD_MAX,
        };
        let before = wanted.iter().filter(|(other, _)| *other == kind).count();
        // The same invitation often comes once more as a file.
        let is_copy = part.mime_type == "application/ics" && before > 0;
        if part.content_size() <= largest && before < MOST_CARDS && !is_copy {
            wanted.push((kind, part));
        }
    }
    wanted.into_iter().map(|(_, part)| part).collect()
}

/// It can be longer than what is fetched of other parts.
pub(super) fn holds_files(part: &Part) -> bool {
    Kind::of(part) == Some(Kind::Tnef)
}

/// Room for `TNEF_MAX` octets in base64.
pub(super) fn encoded_max() -> u64 {
    TNEF_MAX as u64 * 3 / 2
}

/// What the odd parts say, and the files in them. One that breaks its reader is a plain file.
pub(super) async fn read(
    rendering: &Rendering<'_>,
    content: &Arc<Content>,
) -> (Vec<Card>, Vec<MemberFile>) {
    let (mut cards, mut files) = (Vec::new(), Vec::new());
    for number in 0..content.odd.len() {
        let content = content.clone();
        let opened = rendering.run(move || content.odd.get(number).map(open));
        match opened.await.flatten() {
            Some(Oddity::Card(card)) => cards.push(card),
            Some(Oddity::Files(members)) => files.extend(members),
            Some(Oddity::Nothing) | None => {}
        }
    }
    (cards, files)
}

enum Oddity {
    Card(Card),
    Files(Vec<MemberFile>),
    Nothing,
}

fn open(piece: &Piece) -> Oddity {
    let section = &piece.part.section;
    let content = piece.decoded();
    let text = || mime::decode_text(&content, piece.part.charset.as_deref());
    let content = match Kind::of(&piece.part) {
        _ if !piece.is_whole() => None,
        Some(Kind::Delivery) => DeliveryReport::parse(&content).map(CardContent::Delivery),
        Some(Kind::Receipt) => Receipt::parse(&content).map(CardContent::Receipt),
        Some(Kind::Calendar) => CalendarMessage::parse(&text()).map(CardContent::Calendar),
        Some(Kind::Contacts) => Some(mime::contacts(&text()))
            .filter(|contacts| !contacts.is_empty())
            .map(CardContent::Contacts),
        Some(Kind::Tnef) => {
            let members = mime::tnef_members(&Bytes::from(content));
            return Oddity::Files(MemberFile::list(section, &members));
        }
        None => None,
    };
    content.map_or(Oddity::Nothing, |content| {
        Oddity::Card(Card {
            section: section.clone(),
            content,
        })
    })
}

impl Account {
    /// A file inside a part, by its number from 1.
    pub async fn member(
        &self,
        reference: &MessageRef,
        section: &Section,
        number: usize,
        request: PartRequest,
    ) -> Result<PartStream> {
        let rendering = self.rendering(reference).await?;
        let (part, octets) = self.whole_part(reference, section, encoded_max()).await?;
        let outer = part.clone();
        let member = rendering.run(move || {
            let content = mime::decode_transfer(&octets, outer.encoding);
            let members = match Kind::of(&outer) {
                Some(Kind::Tnef) => mime::tnef_members(&Bytes::from(content)),
                _ => mime::text_blocks(&content)?.members,
            };
            members.into_iter().nth(number.checked_sub(1)?)
        });
        let member = member.await.flatten().ok_or(Error::NoSuchMessage)?;
        let part = Part {
            mime_type: member.mime_type,
            filename: Some(member.filename),
            charset: None,
            encoding: TransferEncoding::Binary,
            size: member.content.len() as u64,
            ..part
        };
        Ok(served::whole(&part, member.content, request))
    }
}
