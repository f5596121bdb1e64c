//! A message that is a part of another one, opened like a message of its own; and any part, wherever it stands.
use super::content::{Content, Fetched, structure_of};
use super::opened::Rendered;
use super::raw::{self, Raw};
use super::{Body, MessageRef, Opened, Opening, Trust, structure, view};
use crate::imap::{Connection, Envelope};
use crate::mail::{
    Account, Error, Listing, Part, Result, Section, Viewing, pictures::PictureAddresses,
};
use crate::mime::{Structure, TransferEncoding};
use bytes::Bytes;
use std::sync::Arc;

/// An attached message and what it hangs in.
#[derive(Clone, Debug)]
pub struct Attached {
    pub opened: Opened,
    pub section: Section,
    /// The attached message that this one is attached to; None: the message of the mailbox.
    pub outer: Option<Section>,
    /// Subject of what it is attached to; may be empty.
    pub outer_subject: String,
}

/// Where a part stands.
enum Place {
    /// The server tells it.
    Told(Part),
    /// In octets that have to be taken apart.
    Inside(Raw),
}

impl Place {
    async fn find(
        connection: &mut Connection,
        envelope: &Envelope,
        section: &Section,
    ) -> Result<Self> {
        let Some(structure) = structure_of(envelope) else {
            return Ok(Self::Inside(Raw::fetch(connection, envelope.uid).await?));
        };
        if let Some(part) = structure.part(section) {
            return Ok(Self::Told(part.clone()));
        }
        let inside = structure
            .embedded
            .iter()
            .flat_map(|message| message.root.parts());
        let message = structure
            .parts()
            .chain(inside)
            .filter(|part| part.is_message() && section.below(&part.section).is_some())
            .max_by_key(|part| part.section.clone());
        let message = message.ok_or(Error::NoSuchMessage)?;
        let raw = Raw::fetch_part(connection, envelope.uid, message).await?;
        Ok(Self::Inside(raw))
    }
}

/// The octets of the message that is the part `section`, or of what it stands in.
pub(super) async fn octets_of(
    connection: &mut Connection,
    envelope: &Envelope,
    section: &Section,
) -> Result<Raw> {
    match Place::find(connection, envelope, section).await? {
        Place::Told(part) if part.is_message() => {
            Raw::fetch_part(connection, envelope.uid, &part).await
        }
        Place::Told(_) => Err(Error::NoSuchMessage),
        Place::Inside(raw) => Ok(raw),
    }
}

impl Account {
    /// The message that is the part `section` of another one, as [`Account::open_as`] opens that.
    pub async fn open_attached(
        &self,
        reference: &MessageRef,
        section: &Section,
        opening: Opening<'_>,
    ) -> Result<(Attached, Option<Result<Listing>>)> {
        let rendering = self.rendering(reference).await?;
        let loaded = self.page_and_list(reference, Some(section), None, &opening);
        let (page, list) = loaded.await?;
        let (outer, outer_subject) = outer_of(&page.shell.envelope, section);
        let size = structure_of(&page.shell.envelope)
            .and_then(|structure| structure.part(section))
            .map(|part| part.size);
        let (header, content) = match page.material.fetched {
            Fetched::Parts(content) => (page.material.header, *content),
            Fetched::Raw(raw) => raw.into_attached(&rendering, section).await?,
        };
        let content = Arc::new(content.read_in(opening.charset));
        let envelope = &page.shell.envelope;
        let reads = page.material.reads;
        let rendered = Rendered::of(&rendering, envelope, header, &content, reads).await;
        // Whoever attached it may have written any header into it.
        let trust = Trust::unproved(&rendered.header, self.email());
        let opened = page.shell.open(self, reference, &rendered, trust);
        let mut opened = opened.await?;
        opened.envelope.size = size.unwrap_or(opened.envelope.size);
        opened.is_draft = false;
        let attached = Attached {
            opened,
            section: section.clone(),
            outer,
            outer_subject,
        };
        Ok((attached, list))
    }

    /// The framed HTML of an attached message. None: it has none. `charset`, `viewing`: see [`Account::body`].
    pub async fn attached_body(
        &self,
        reference: &MessageRef,
        section: &Section,
        charset: Option<&'static str>,
        viewing: Option<Viewing>,
    ) -> Result<Option<Body>> {
        let rendering = self.rendering(reference).await?;
        let limits = self.config().limits.mime.clone();
        let wanted = Arc::new((reference.clone(), section.clone(), limits));
        let fetched = self.read_told(&reference.mailbox, move |connection, telling| {
            let wanted = wanted.clone();
            Box::pin(async move {
                let (reference, section, limits) = &*wanted;
                let envelope = structure(connection, reference, telling).await?.envelope;
                match message_in(&envelope, section) {
                    Some(message) => {
                        let uid = envelope.uid;
                        Fetched::frame_of(connection, uid, &message, limits, None).await
                    }
                    None => Ok(Fetched::Raw(
                        octets_of(connection, &envelope, section).await?,
                    )),
                }
            })
        });
        let content = match fetched.await? {
            Fetched::Parts(content) => *content,
            Fetched::Raw(raw) => raw.into_attached(&rendering, section).await?.1,
        };
        let pictures = viewing.map(|viewing| PictureAddresses::new(self, reference, viewing));
        let content = Content {
            forwarded: true,
            ..content.read_in(charset)
        };
        Ok(view::body(&rendering, content, pictures).await)
    }

    /// A part that the server tells, else with its content.
    pub(super) async fn find_part(
        &self,
        reference: &MessageRef,
        section: &Section,
    ) -> Result<(Part, Option<Bytes>)> {
        let wanted = Arc::new((reference.clone(), section.clone()));
        let place = self.read_told(&reference.mailbox, move |connection, telling| {
            let wanted = wanted.clone();
            Box::pin(async move {
                let (reference, section) = &*wanted;
                let envelope = structure(connection, reference, telling).await?.envelope;
                Place::find(connection, &envelope, section).await
            })
        });
        match place.await? {
            Place::Told(part) => Ok((part, None)),
            Place::Inside(raw) => {
                let rendering = self.rendering(reference).await?;
                let (part, content) = raw.part(&rendering, section).await?;
                Ok((part, Some(content)))
            }
        }
    }

    /// A part with its content as its encoding says, which has to be no longer than `most`.
    pub(super) async fn whole_part(
        &self,
        reference: &MessageRef,
        section: &Section,
        most: u64,
    ) -> Result<(Part, Bytes)> {
        let (mut part, content) = self.find_part(reference, section).await?;
        if let Some(content) = content {
            part.encoding = TransferEncoding::Binary;
            return Ok((part, content));
        }
        let wanted = Arc::new((reference.clone(), section.clone()));
        let fetched = self.read(Some(&reference.mailbox), move |connection| {
            let wanted = wanted.clone();
            Box::pin(async move {
                let (reference, section) = &*wanted;
                super::select(connection, reference).await?;
                let begun = Bytes::new();
                raw::octets(connection, reference.uid, Some(section), begun, most).await
            })
        });
        match fetched.await? {
            (_, true) => Err(Error::TooLarge { limit: most }),
            (octets, false) => Ok((part, octets)),
        }
    }
}

/// The structure of the message that is the part `section`, where the server tells it.
pub(super) fn message_in(envelope: &Envelope, section: &Section) -> Option<Structure> {
    structure_of(envelope)?.message(section)
}

/// The innermost message around the part, and its subject.
fn outer_of(envelope: &Envelope, section: &Section) -> (Option<Section>, String) {
    let embedded = structure_of(envelope).map(|structure| structure.embedded.as_slice());
    let around = embedded
        .unwrap_or_default()
        .iter()
        .filter(|message| section.below(&message.section).is_some())
        .max_by_key(|message| &message.section);
    match around {
        Some(message) => (Some(message.section.clone()), message.subject.clone()),
        None => (None, envelope.subject.clone()),
    }
}
