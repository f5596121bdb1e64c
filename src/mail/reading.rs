//! Reading one message: its page, its framed HTML, its parts, its source.

mod attached;
mod content;
mod kept;
mod manner;
mod measure;
mod meeting;
mod odd;
mod opened;
mod page;
mod piece;
mod range;
mod raw;
mod save_all;
mod served;
mod slices;
mod thumbnail;
mod trust;
mod view;
mod viewed;
mod work;

use super::account::Reading;
use super::{
    Account, Block, Envelope, Error, ListQuery, Listing, MailboxName, Part, Result, SafeHtml,
    Section, Uid, UidValidity, Viewing, listing, pictures::PictureAddresses, reply::is_forward,
};
use crate::imap::{Connection, Described, Landed, Lease, Selected};
pub use attached::Attached;
use bytes::Bytes;
pub use content::PICTURE_MAX;
use content::{Content, Fetched};
use futures_util::Stream;
pub(super) use kept::Kept;
use kept::Known;
use listing::passes_a_limit;
use meeting::Meeting;
pub use odd::{Card, CardContent, MemberFile};
pub use opened::Opened;
use opened::Rendered;
use page::{Material, Page};
use piece::Piece;
pub use range::{ByteRange, Carried, PartRequest};
pub(super) use raw::beginning as first_octets;
use std::{fmt, io, pin::Pin, sync::Arc};
pub use thumbnail::THUMBNAIL_MAX;
use tokio::time::Instant;
pub use trust::Trust;
pub use viewed::{ViewWish, Viewed};
pub(super) use work::{Renderer, Rendering};

/// mailbox + UIDVALIDITY + UID; `Display` of the last two is the URL segment `uidvalidity.uid`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageRef {
    pub mailbox: MailboxName,
    pub uid_validity: UidValidity,
    pub uid: Uid,
}

impl MessageRef {
    /// Parses the segment `uidvalidity.uid`.
    pub fn parse(mailbox: MailboxName, segment: &str) -> Option<Self> {
        let (uid_validity, uid) = segment.split_once('.')?;
        // Why a segment is no reference says nothing to anyone: it leads nowhere.
        Some(Self {
            mailbox,
            uid_validity: uid_validity.parse().ok()?,
            uid: uid.parse().ok()?,
        })
    }
}

impl fmt::Display for MessageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.uid_validity, self.uid)
    }
}

/// How a message is opened.
#[derive(Clone, Copy, Default)]
pub struct Opening<'q> {
    /// The page of its mailbox to read with it, in the same two round trips where no search is needed.
    pub beside: Option<&'q ListQuery>,
    /// Marks it as read; where the mailbox does not take the mark, the message is opened all the same.
    pub seen: bool,
    /// The charset in which the shown text is read, by the person's choice.
    pub charset: Option<&'static str>,
    pub wish: ViewWish,
    /// Finds out whether it is the first message of its sender. Not for an attached one.
    pub meets: bool,
}

/// The framed document's content.
#[derive(Clone, Debug)]
pub enum Body {
    /// `html` for inside `<body>`, `style` for a `<style>` in `<head>`. `dark`: it declares colours for dark grounds.
    Html {
        html: SafeHtml,
        style: SafeHtml,
        dark: bool,
    },
    /// The HTML passed a cap: its text, which may be cut.
    Text(Vec<Block>),
}

/// Decoded content of one part (or the raw message), fetched in slices of at most 256 KiB while the
/// browser reads. The first slice is there already; a connection lost later ends the stream with an error.
pub struct PartStream {
    /// Safe to save.
    pub filename: String,
    /// From our table, else application/octet-stream.
    pub content_type: &'static str,
    /// May be shown inline: a picture by its first bytes, or text.
    pub inline: bool,
    /// Octets of all the content. None: known only at its end, so that there are no ranges of it.
    pub size: Option<u64>,
    pub carried: Carried,
    /// Ends with an error where it does not carry what it should.
    pub stream: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>,
}

impl Account {
    pub async fn open(&self, reference: &MessageRef) -> Result<Opened> {
        let (opened, _) = self.open_as(reference, Opening::default()).await?;
        Ok(opened)
    }

    /// The message, and the page of its mailbox where `opening` asks for it.
    pub async fn open_as(
        &self,
        reference: &MessageRef,
        opening: Opening<'_>,
    ) -> Result<(Opened, Option<Result<Listing>>)> {
        let known = self.kept().get(self.id(), reference, Instant::now());
        if known.is_none() {
            self.rendering(reference).await?;
        }
        let asked = self.page_and_list(reference, None, known.clone(), &opening);
        let (
            Page {
                shell, material, ..
            },
            list,
        ) = asked.await?;
        let charset = opening.charset;
        let rendering = self.rendered(reference, &shell.envelope, material, known, charset);
        let meeting = match opening.meets {
            true => Meeting::of(&shell, reference),
            false => None,
        };
        let Some(meeting) = meeting else {
            let rendered = rendering.await?;
            let trust = shell.trust(reference, &rendered);
            let opened = shell.open(self, reference, &rendered, trust).await?;
            return Ok((opened, list));
        };
        let (rendered, found) = meeting.during(self, rendering).await;
        let rendered = rendered?;
        let trust = shell.trust(reference, &rendered);
        let mut opened = shell.open(self, reference, &rendered, trust).await?;
        meeting.end(self, found, &mut opened).await;
        Ok((opened, list))
    }

    /// What rendering makes of the material. Where it was made of the same before, that is `known`; else it is kept.
    async fn rendered(
        &self,
        reference: &MessageRef,
        envelope: &Envelope,
        material: Material,
        known: Option<Arc<Known>>,
        charset: Option<&'static str>,
    ) -> Result<Arc<Rendered>> {
        let (header, reads) = (material.header, material.reads);
        if let Some(known) = known.filter(|known| known.reads == reads && charset.is_none()) {
            return Ok(known.rendered.clone());
        }
        let rendering = self.rendering(reference).await?;
        let content = material.fetched.into_content(&rendering).await;
        let mut content = Arc::new(content.read_in(charset));
        let render = async |content: &Arc<Content>| {
            Arc::new(Rendered::of(&rendering, envelope, header.clone(), content, reads).await)
        };
        let mut rendered = render(&content).await;
        if let Some(apart) = content.apart.as_ref().filter(|_| rendered.needs(&content)) {
            let text = self.text(reference, apart).await?;
            content = Arc::new((*content).clone().with_apart(text));
            rendered = render(&content).await;
        }
        if charset.is_none() {
            let known = Known::new(envelope, &header, &content, reads, rendered.clone());
            self.kept().put(self.id(), reference, known, Instant::now());
        }
        Ok(rendered)
    }

    /// A text part of the message, as far as texts are read.
    async fn text(&self, reference: &MessageRef, part: &Part) -> Result<Option<Piece>> {
        let limit = content::fetch_limit(&self.config().limits.mime);
        let wanted = Arc::new((reference.clone(), part.section.clone()));
        let octets = self.read(Some(&reference.mailbox), move |connection| {
            let wanted = wanted.clone();
            Box::pin(async move {
                let (reference, section) = &*wanted;
                select(connection, reference).await?;
                let sections = std::slice::from_ref(section);
                Ok(connection
                    .fetch_sections(reference.uid, sections, limit)
                    .await?)
            })
        });
        let octets = octets.await?.pop().flatten();
        Ok(octets.map(|octets| Piece::fetched(part, octets, limit)))
    }

    /// `section`: the message that is this part, in place of the one it is in.
    async fn page_and_list(
        &self,
        reference: &MessageRef,
        section: Option<&Section>,
        known: Option<Arc<Known>>,
        opening: &Opening<'_>,
    ) -> Result<(Page, Option<Result<Listing>>)> {
        let beside = opening.beside;
        let page = |opening| self.page(reference, section, known.clone(), opening);
        let mut page = match page(*opening).await {
            // The rows beside the message may be what is too large, and they can be had in portions.
            Err(error) if passes_a_limit(&error) => {
                let beside = None;
                page(Opening { beside, ..*opening }).await?
            }
            outcome => outcome?,
        };
        let list = match (page.list.take(), beside) {
            (Some(Err(error)), _) if !passes_a_limit(&error) => Some(Err(error)),
            (Some(Ok(list)), _) => Some(Ok(list)),
            (_, Some(query)) => Some(self.listing(&reference.mailbox, query).await),
            (_, None) => None,
        };
        Ok((page, list))
    }

    async fn page(
        &self,
        reference: &MessageRef,
        section: Option<&Section>,
        known: Option<Arc<Known>>,
        opening: Opening<'_>,
    ) -> Result<Page> {
        let beside = opening.beside;
        let asked = |telling| {
            Arc::new(page::Asked {
                account: self.clone(),
                reference: reference.clone(),
                section: section.cloned(),
                known: known.clone(),
                wish: opening.wish,
                list: beside.map(|query| listing::Asked::new(self, &reference.mailbox, query)),
                seen: opening.seen,
                telling,
            })
        };
        let read = |telling| {
            let asked = asked(telling);
            self.read(Some(&reference.mailbox), move |connection| {
                let asked = asked.clone();
                Box::pin(async move { asked.answer(connection).await })
            })
        };
        match read(Telling::All).await {
            Err(error) if passes_a_limit(&error) && beside.is_none() => read(Telling::Brief).await,
            outcome => outcome,
        }
    }

    /// As [`Account::read`]. What the server tells of a message may pass a limit of the connection, however little of it is
    /// shown: then in brief once more, and what the message is made of is found in its octets.
    pub(super) async fn read_told<T: Send + 'static>(
        &self,
        mailbox: &MailboxName,
        work: impl for<'c> Fn(&'c mut Connection, Telling) -> Reading<'c, T>,
    ) -> Result<T> {
        let all = self.read(Some(mailbox), |connection| work(connection, Telling::All));
        match all.await {
            Err(error) if passes_a_limit(&error) => {
                self.read(Some(mailbox), |connection| work(connection, Telling::Brief))
                    .await
            }
            outcome => outcome,
        }
    }

    /// None: no HTML part. `charset`: see [`Opening`]. `viewing`: who sees the pictures from the web; None: nobody does.
    pub async fn body(
        &self,
        reference: &MessageRef,
        charset: Option<&'static str>,
        viewing: Option<Viewing>,
    ) -> Result<Option<Body>> {
        let rendering = self.rendering(reference).await?;
        let limits = self.config().limits.mime.clone();
        let known = self.kept().get(self.id(), reference, Instant::now());
        let wanted = Arc::new((reference.clone(), limits, known));
        let fetched = self.read_told(&reference.mailbox, move |connection, telling| {
            let wanted = wanted.clone();
            Box::pin(async move {
                let (reference, limits, known) = &*wanted;
                let message = match known {
                    Some(known) => known.described(there(connection, reference).await?),
                    None => message(connection, reference, telling, false).await?,
                };
                let html = known.as_ref().and_then(|known| known.content.html.clone());
                let envelope = &message.envelope;
                let fetched = Fetched::frame(connection, envelope, limits, html).await?;
                Ok((fetched, is_forward(&envelope.subject)))
            })
        });
        let (fetched, forwarded) = fetched.await?;
        let content = Content {
            forwarded,
            ..fetched.into_content(&rendering).await.read_in(charset)
        };
        let pictures = viewing.map(|viewing| PictureAddresses::new(self, reference, viewing));
        Ok(view::body(&rendering, content, pictures).await)
    }

    /// One part as a stream.
    pub async fn part(
        &self,
        reference: &MessageRef,
        section: &Section,
        request: PartRequest,
    ) -> Result<PartStream> {
        let (part, content) = self.find_part(reference, section).await?;
        match content {
            Some(content) => Ok(served::whole(&part, content, request)),
            None => served::part(self, reference, &part, request).await,
        }
    }

    /// The raw message as the server has it.
    pub async fn source(
        &self,
        reference: &MessageRef,
        range: Option<ByteRange>,
    ) -> Result<PartStream> {
        let wanted = reference.clone();
        let envelope = self.read_told(&reference.mailbox, move |connection, telling| {
            let reference = wanted.clone();
            Box::pin(async move {
                Ok(message(connection, &reference, telling, false)
                    .await?
                    .envelope)
            })
        });
        served::source(self, reference, &envelope.await?, range).await
    }

    /// A connection with the message's mailbox selected, in the same UIDVALIDITY.
    pub(super) async fn lease_on(&self, reference: &MessageRef) -> Result<Lease> {
        let mut lease = self.lease(Some(&reference.mailbox)).await?;
        select(&mut lease, reference).await?;
        Ok(lease)
    }
}

/// How much the server tells of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    All,
    /// Neither envelope nor structure: their length is up to whoever wrote the message.
    Brief,
}

/// Whether the message is there, its mailbox selected: one flight.
async fn there(connection: &mut Connection, reference: &MessageRef) -> Result<Described> {
    let flight = connection.flight().select(&reference.mailbox)?;
    let flight = flight.brief(reference.uid, false)?;
    told(flight.send().await?, reference)
}

/// The message described, with its header or without, its mailbox selected: one flight.
pub(super) async fn message(
    connection: &mut Connection,
    reference: &MessageRef,
    telling: Telling,
    header: bool,
) -> Result<Described> {
    let flight = connection.flight().select(&reference.mailbox)?;
    let flight = match telling {
        Telling::All => flight.message(reference.uid, header)?,
        Telling::Brief => flight.brief(reference.uid, header)?,
    };
    told(flight.send().await?, reference)
}

/// As [`message`], with the structure and the size alone.
async fn structure(
    connection: &mut Connection,
    reference: &MessageRef,
    telling: Telling,
) -> Result<Described> {
    let flight = connection.flight().select(&reference.mailbox)?;
    let flight = match telling {
        Telling::All => flight.structure(reference.uid)?,
        Telling::Brief => flight.brief(reference.uid, false)?,
    };
    told(flight.send().await?, reference)
}

fn told(landed: Landed, reference: &MessageRef) -> Result<Described> {
    is_same(landed.selected()?, reference)?;
    landed.message(reference.uid)?.ok_or(Error::NoSuchMessage)
}

/// Selects the message's mailbox, in the same UIDVALIDITY.
async fn select(connection: &mut Connection, reference: &MessageRef) -> Result<()> {
    is_same(connection.select(&reference.mailbox).await?, reference)
}

fn is_same(selected: Selected, reference: &MessageRef) -> Result<()> {
    if selected.uid_validity == reference.uid_validity {
        Ok(())
    } else {
        Err(Error::MailboxChanged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_back_what_it_shows() {
        let reference = MessageRef::parse(MailboxName::inbox(), "1718000000.42").unwrap();
        assert_eq!(
            (reference.uid_validity.get(), reference.uid.get()),
            (1_718_000_000, 42)
        );
        assert_eq!(reference.to_string(), "1718000000.42");
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for segment in [
            "",
            "1",
            "1.",
            ".1",
            "0.1",
            "1.0",
            "1.2.3",
            "+1.2",
            "1.-2",
            "1.2 ",
            "4294967296.1",
            "a.b",
            "01.2",
        ] {
            assert!(
                MessageRef::parse(MailboxName::inbox(), segment).is_none(),
                "{segment}"
            );
        }
    }
}
