use super::content::{Fetched, PageParts, structure_of};
use super::kept::Known;
use super::opened::Shell;
use super::viewed::{Reads, ViewWish};
use super::{MessageRef, Telling, attached, is_same, raw::Raw, structure};
use crate::imap::{Connection, Described, Flag, Landed, Neighbours, Selected, UidSet};
use crate::mail::mailboxes::Mailboxes;
use crate::mail::{Account, Envelope, Error, Listing, Result, Section, SenderChoices, listing};
use bytes::Bytes;
use std::sync::Arc;

/// A message's page, asked for.
pub(super) struct Asked {
    pub account: Account,
    pub reference: MessageRef,
    /// The message that is this part, in place of the one it is in.
    pub section: Option<Section>,
    /// What is kept of the message.
    pub known: Option<Arc<Known>>,
    pub wish: ViewWish,
    /// The list beside it.
    pub list: Option<listing::Asked>,
    /// To be marked as read.
    pub seen: bool,
    /// How much the server is to tell of the message.
    pub telling: Telling,
}

/// What one lease gives for a message's page.
pub(super) struct Page {
    pub shell: Shell,
    pub material: Material,
    pub list: Option<Result<Listing>>,
}

/// What there is to render.
pub(super) struct Material {
    pub header: Bytes,
    pub fetched: Fetched,
    /// Which of its texts were asked for.
    pub reads: Reads,
}

/// What the first flight tells.
struct Told {
    selected: Selected,
    message: Described,
    /// Its sequence number; 0 where that shifted meanwhile.
    number: u32,
    chosen: SenderChoices,
    reads: Reads,
    parts: Option<PageParts>,
}

impl Asked {
    /// Two flights: the message with what it is made of; then its text and everything around it.
    pub(super) async fn answer(&self, connection: &mut Connection) -> Result<Page> {
        let told = self.told(connection).await?;
        let list = self.list.as_ref();
        let question = list.and_then(|asked| asked.question(told.selected));
        let landed = self.rest(connection, &told, question.as_ref()).await?;
        // A window that is refused is asked for once more, and then its refusal is the list's.
        let rows = question.and_then(|question| question.answer(&landed).unwrap_or(None));
        self.gathered(connection, told, rows, landed).await
    }

    async fn told(&self, connection: &mut Connection) -> Result<Told> {
        let flight = connection.flight().select(&self.reference.mailbox)?;
        let flight = match (&self.known, self.telling) {
            (None, Telling::All) => flight.message(self.reference.uid, true)?,
            (known, _) => flight.brief(self.reference.uid, known.is_none())?,
        };
        let landed = flight.send().await?;
        let selected = landed.selected()?;
        is_same(selected, &self.reference)?;
        let message = landed
            .message(self.reference.uid)?
            .ok_or(Error::NoSuchMessage)?;
        let message = match &self.known {
            Some(known) => known.described(message),
            None => message,
        };
        let (chosen, reads) = self.reads(&message.envelope).await?;
        Ok(Told {
            selected,
            number: if landed.shifted() { 0 } else { message.number },
            chosen,
            reads,
            parts: self.parts(&message.envelope, reads),
            message,
        })
    }

    /// What was chosen for the sender, and what is read of the message for that.
    async fn reads(&self, envelope: &Envelope) -> Result<(SenderChoices, Reads)> {
        // Only the attached message itself tells who sent it.
        if self.section.is_some() {
            return Ok((SenderChoices::default(), Reads::Both));
        }
        let structure = structure_of(envelope);
        let chosen = match structure.and_then(|structure| structure.shown().html) {
            Some(_) => self.account.chosen_for(&envelope.from).await?,
            None => SenderChoices::default(),
        };
        let reads = Reads::of(self.wish, chosen.view());
        Ok((chosen, reads))
    }

    fn parts(&self, envelope: &Envelope, reads: Reads) -> Option<PageParts> {
        let limits = &self.account.config().limits.mime;
        match (&self.known, &self.section) {
            (Some(known), _) => Some(PageParts::lacking(&known.content, limits, reads)),
            (None, Some(section)) => attached::message_in(envelope, section)
                .map(|message| PageParts::of(&message, limits, reads)),
            (None, None) => structure_of(envelope).map(|own| PageParts::of(own, limits, reads)),
        }
    }

    /// The numbers of the first flight hold for the commands up to the first by UID (RFC 9051 §7.5.1).
    async fn rest(
        &self,
        connection: &mut Connection,
        told: &Told,
        question: Option<&listing::Question>,
    ) -> Result<Landed> {
        let uid = self.reference.uid;
        let mut flight = connection.flight();
        if told.number > 0 {
            flight = flight.around(told.number)?;
        }
        if self.seen {
            flight = flight.store(&UidSet::from(uid), &[Flag::Seen], true)?;
        }
        if let Some(question) = question {
            flight = question.ask(flight)?;
        }
        if let Some(parts) = &told.parts {
            flight = flight.sections(uid, &parts.sections(), parts.limit)?;
            if let Some(section) = &self.section {
                flight = flight.header_of(uid, section)?;
            }
        }
        Ok(flight.list()?.send().await?)
    }

    async fn gathered(
        &self,
        connection: &mut Connection,
        told: Told,
        rows: Option<listing::RowsTold>,
        landed: Landed,
    ) -> Result<Page> {
        let uid = self.reference.uid;
        let mut envelope = told.message.envelope;
        if self.seen {
            match landed.stored() {
                Ok(()) => envelope.flags.seen = true,
                Err(error) => tracing::warn!(%error, "an opened message is not marked as read"),
            }
        }
        let (header, fetched) = self
            .content(
                connection,
                &envelope,
                told.message.header,
                told.parts,
                &landed,
            )
            .await?;
        let neighbours = match landed.around(uid, told.number)? {
            Some(neighbours) => neighbours,
            None => self.neighbours(connection).await?,
        };
        let mailboxes = Mailboxes::new(connection.listed(&landed).await?);
        let list = match &self.list {
            Some(asked) => {
                let rows = asked.rows(connection, told.selected, rows).await;
                Some(rows.map(|rows| asked.listing(rows, &mailboxes)))
            }
            None => None,
        };
        Ok(Page {
            shell: Shell {
                envelope,
                neighbours,
                mailboxes,
                chosen: told.chosen,
                wish: self.wish,
            },
            material: Material {
                header,
                fetched,
                reads: told.reads,
            },
            list,
        })
    }

    /// With the header that belongs to it; `header`: that of the whole.
    async fn content(
        &self,
        connection: &mut Connection,
        envelope: &Envelope,
        header: Bytes,
        parts: Option<PageParts>,
        landed: &Landed,
    ) -> Result<(Bytes, Fetched)> {
        let uid = envelope.uid;
        let header = match (&self.section, &parts) {
            (Some(section), Some(_)) => landed
                .header_of(uid, section)?
                .ok_or(Error::NoSuchMessage)?,
            _ => header,
        };
        let fetched = match (parts, &self.section) {
            (Some(parts), _) => {
                let pieces = landed.sections(uid, &parts.sections(), parts.limit)?;
                parts.fetched(connection, uid, pieces).await?
            }
            (None, Some(section)) => {
                Fetched::Raw(attached::octets_of(connection, envelope, section).await?)
            }
            (None, None) => Fetched::Raw(Raw::fetch(connection, uid).await?),
        };
        Ok((header, fetched))
    }

    /// Asked once more, after a message was removed in the meantime. Without an answer there is none beside it.
    async fn neighbours(&self, connection: &mut Connection) -> Result<Neighbours> {
        let told = structure(connection, &self.reference, Telling::Brief).await?;
        let landed = connection.flight().around(told.number)?.send().await?;
        let total = landed.selected()?.exists;
        let neighbours = landed.around(self.reference.uid, told.number)?;
        Ok(neighbours.unwrap_or(Neighbours {
            total,
            ..Neighbours::default()
        }))
    }
}
