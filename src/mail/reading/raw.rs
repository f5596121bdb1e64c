use super::content::Content;
use super::piece::Piece;
use super::work::Rendering;
use crate::imap::{Connection, Uid};
use crate::mail::{Error, Part, Result, Section};
use crate::mime::{self, Limits, Parsed, TransferEncoding};
use bytes::{Bytes, BytesMut};

/// Octets that are read of a message whose structure the server does not tell.
const MESSAGE_MAX: u64 = 4 << 20;
const SLICE: u32 = 256 << 10;

/// A message as its octets, at most 4 MiB of them: where the server does not tell its structure.
pub(super) struct Raw {
    octets: Bytes,
    encoding: TransferEncoding,
    /// The part of the whole that it is; None: it is the whole.
    at: Option<Section>,
    cut: bool,
}

impl Raw {
    /// The whole message.
    pub(super) async fn fetch(connection: &mut Connection, uid: Uid) -> Result<Self> {
        let (octets, cut) = beginning(connection, uid, MESSAGE_MAX).await?;
        Ok(Self {
            octets,
            encoding: TransferEncoding::Binary,
            at: None,
            cut,
        })
    }

    /// A message that is a part.
    pub(super) async fn fetch_part(
        connection: &mut Connection,
        uid: Uid,
        part: &Part,
    ) -> Result<Self> {
        let section = Some(&part.section);
        let (octets, cut) = octets(connection, uid, section, Bytes::new(), MESSAGE_MAX).await?;
        Ok(Self {
            octets,
            encoding: part.encoding,
            at: Some(part.section.clone()),
            cut,
        })
    }

    /// What of the message is shown.
    pub(super) async fn into_content(self, rendering: &Rendering<'_>) -> Content {
        let cut = self.cut;
        match self.parse(rendering).await {
            Some(parsed) => content(&parsed, cut),
            None => unreadable(),
        }
    }

    /// What is shown of the message that stands in the part `section` of the whole, and its octets.
    pub(super) async fn into_attached(
        self,
        rendering: &Rendering<'_>,
        section: &Section,
    ) -> Result<(Bytes, Content)> {
        let cut = self.cut;
        let below = self.below(section);
        let limits = rendering.account.config().limits.mime.clone();
        let outer = section.clone();
        let opened = rendering.run(move || {
            let octets = Bytes::from(mime::decode_transfer(&self.octets, self.encoding));
            let message = match below {
                Some(inner) => mime::parse(&octets, &limits).find(&inner, &limits)?.1,
                None => octets,
            };
            let mut content = content(&mime::parse(&message, &limits), cut);
            content.hang_below(&outer);
            Some((message, content))
        });
        match opened.await {
            Some(opened) => opened.ok_or(Error::NoSuchMessage),
            None => Ok((Bytes::new(), unreadable())),
        }
    }

    /// One part of the whole, decoded.
    pub(super) async fn part(
        self,
        rendering: &Rendering<'_>,
        section: &Section,
    ) -> Result<(Part, Bytes)> {
        if self.cut {
            return Err(Error::TooLarge { limit: MESSAGE_MAX });
        }
        let inner = self.below(section).ok_or(Error::NoSuchMessage)?;
        let limits = rendering.account.config().limits.mime.clone();
        let parsed = self.parse(rendering).await.ok_or(Error::NoSuchMessage)?;
        let found = rendering.run(move || parsed.find(&inner, &limits));
        found.await.flatten().ok_or(Error::NoSuchMessage)
    }

    /// The number inside these octets of a part of the whole; None for these octets themselves.
    fn below(&self, section: &Section) -> Option<Section> {
        match &self.at {
            Some(at) => section.below(at),
            None => Some(section.clone()),
        }
    }

    /// None: it cannot be taken apart.
    async fn parse(self, rendering: &Rendering<'_>) -> Option<Parsed> {
        let limits: Limits = rendering.account.config().limits.mime.clone();
        let parsed = rendering.run(move || {
            let octets = mime::decode_transfer(&self.octets, self.encoding);
            mime::parse(&octets, &limits)
        });
        parsed.await
    }
}

fn unreadable() -> Content {
    Content {
        cut: true,
        ..Content::default()
    }
}

fn content(parsed: &Parsed, cut: bool) -> Content {
    let shown = parsed.structure.shown();
    let piece = |part: &Part| {
        let mut contents = parsed.contents.iter();
        let (_, content) = contents.find(|(own, _)| *own == part.section)?;
        let part = Part {
            encoding: TransferEncoding::Binary,
            ..part.clone()
        };
        Some(Piece::new(part, content.clone(), cut))
    };
    let about = Content::about(&parsed.structure, &shown);
    let odd = super::odd::wanted(&shown);
    let (text, html) = (shown.text.and_then(piece), shown.html.and_then(piece));
    Content {
        cut: cut || (text.is_none() && html.is_none() && about.attachments.is_empty()),
        pictures: super::content::pictures(&shown)
            .into_iter()
            .filter_map(piece)
            .collect(),
        odd: odd.into_iter().filter_map(piece).collect(),
        text,
        html,
        ..about
    }
}

/// The first `most` octets of a message, and whether there are more.
pub(in crate::mail) async fn beginning(
    connection: &mut Connection,
    uid: Uid,
    most: u64,
) -> Result<(Bytes, bool)> {
    octets(connection, uid, None, Bytes::new(), most).await
}

/// The first `most` octets of a part or of the whole message, which begin with `begun`, and whether there are more.
pub(super) async fn octets(
    connection: &mut Connection,
    uid: Uid,
    section: Option<&Section>,
    begun: Bytes,
    most: u64,
) -> Result<(Bytes, bool)> {
    let mut octets = BytesMut::from(begun);
    let mut ended = false;
    while !ended && (octets.len() as u64) < most {
        let slice = connection
            .fetch_partial(uid, section, octets.len() as u64, SLICE)
            .await?;
        let slice = slice.ok_or(Error::NoSuchMessage)?;
        ended = slice.is_empty();
        octets.extend_from_slice(&slice);
    }
    Ok((octets.freeze(), !ended))
}
