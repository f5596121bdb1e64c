//! Reading one message: its page, its framed HTML, its parts, its source.

mod attached;
mod content;
mod manner;
mod measure;
mod odd;
mod page;
mod range;
mod raw;
mod save_all;
mod served;
mod slices;
mod thumbnail;
mod trust;
mod view;
mod work;

use super::account::Reading;
use super::mailboxes::Mailboxes;
use super::{
    Account, Block, Envelope, Error, Folder, Header, Inlaid, LetterView, ListQuery, Listing,
    MailboxName, Part, RemoteImages, Result, Role, SafeHtml, Section, SenderChoices, Uid,
    UidValidity, Viewing, listing, pictures::PictureAddresses, reply::is_forward,
};
use crate::imap::{Connection, Described, Landed, Lease, Neighbours, Selected};
use crate::mime::Protection;
pub use attached::Attached;
use bytes::Bytes;
use content::{Content, Fetched};
use futures_util::Stream;
use listing::passes_a_limit;
pub use odd::{Card, CardContent, MemberFile};
use page::Page;
pub use range::{ByteRange, Carried, PartRequest};
use std::{borrow::Cow, fmt, io, pin::Pin, sync::Arc};
pub use thumbnail::THUMBNAIL_MAX;
pub use trust::Trust;
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

/// One message as its page shows it.
#[derive(Clone, Debug)]
pub struct Opened {
    pub reference: MessageRef,
    pub envelope: Envelope,
    pub header: Header,
    pub trust: Trust,
    /// The text part, else the text of HTML that passed a cap, what is older folded. Empty where there is only HTML:
    /// see [`Opened::plain`].
    pub text: Vec<Block>,
    /// There is HTML that passed the caps: a frame can show it, and `letter` is what it says. Otherwise `text` is what
    /// there is.
    pub has_html: bool,
    pub letter: Vec<Block>,
    /// The HTML is laid out.
    pub designed: bool,
    /// Content-ID and part of each picture of the letter.
    pub inlaid: Vec<(String, Section)>,
    pub remote: RemoteImages,
    /// Asked for only where there is HTML.
    pub sender: SenderChoices,
    /// Over a cap, or the server could not describe the message: what is shown is not all, the raw source is offered.
    pub cut: bool,
    /// What is a card is not among them.
    pub attachments: Vec<Part>,
    /// Files inside the attachments and inside the text.
    pub members: Vec<MemberFile>,
    pub cards: Vec<Card>,
    pub protection: Option<Protection>,
    /// It is a piece of a larger message: its number, and how many there are where that is told (RFC 2046 §5.2.2).
    pub fragment: Option<(u32, Option<u32>)>,
    /// 1 = newest.
    pub position: u32,
    pub total: u32,
    pub newer: Option<MessageRef>,
    pub older: Option<MessageRef>,
    pub role: Option<Role>,
    pub folders: Vec<Folder>,
    pub is_draft: bool,
}

impl Opened {
    /// How the letter is shown where nobody chose: as a letter, unless it is laid out or a newsletter.
    pub fn suits(&self) -> LetterView {
        let is_news = || self.trust.list.as_ref().is_some_and(|list| !list.discusses);
        if !self.has_html || self.cut {
            LetterView::Text
        } else if self.designed || self.letter.is_empty() || is_news() {
            LetterView::Designed
        } else {
            LetterView::Letter
        }
    }

    /// The plain text, from the HTML where there is no other.
    pub fn plain(&self) -> Cow<'_, [Block]> {
        if self.text.is_empty() {
            Cow::Owned(crate::mime::without_looks(&self.letter))
        } else {
            Cow::Borrowed(&self.text)
        }
    }

    /// The part of a picture that the letter shows.
    pub fn part_of(&self, picture: &Inlaid) -> Option<&Section> {
        let mut inlaid = self.inlaid.iter();
        let found = inlaid.find(|(id, _)| *id == picture.content_id);
        found.map(|(_, section)| section)
    }

    /// Unix seconds: what the sender's header says, else when it arrived.
    pub fn date(&self) -> i64 {
        self.header.date.unwrap_or(self.envelope.received)
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
        let rendering = self.rendering(reference).await?;
        let (page, list) = self.page_and_list(reference, None, &opening).await?;
        let content = page.fetched.into_content(&rendering).await;
        let content = content.read_in(opening.charset);
        let shell = page.shell;
        let opened = shell.open(&rendering, reference, page.header, content);
        Ok((opened.await?, list))
    }

    /// `section`: the message that is this part, in place of the one it is in.
    async fn page_and_list(
        &self,
        reference: &MessageRef,
        section: Option<&Section>,
        opening: &Opening<'_>,
    ) -> Result<(Page, Option<Result<Listing>>)> {
        let Opening { beside, seen, .. } = *opening;
        let mut page = match self.page(reference, section, beside, seen).await {
            // The rows beside the message may be what is too large, and they can be had in portions.
            Err(error) if passes_a_limit(&error) => {
                self.page(reference, section, None, seen).await?
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
        beside: Option<&ListQuery>,
        seen: bool,
    ) -> Result<Page> {
        let asked = |telling| {
            Arc::new(page::Asked {
                reference: reference.clone(),
                section: section.cloned(),
                list: beside.map(|query| listing::Asked::new(self, &reference.mailbox, query)),
                seen,
                telling,
                limits: self.config().limits.mime.clone(),
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
    async fn read_told<T: Send + 'static>(
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
        let wanted = Arc::new((reference.clone(), limits));
        let fetched = self.read_told(&reference.mailbox, move |connection, telling| {
            let wanted = wanted.clone();
            Box::pin(async move {
                let (reference, limits) = &*wanted;
                let message = message(connection, reference, telling).await?;
                let forwarded = is_forward(&message.envelope.subject);
                let fetched = Fetched::frame(connection, &message.envelope, limits).await?;
                Ok((fetched, forwarded))
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
            Box::pin(async move { Ok(message(connection, &reference, telling).await?.envelope) })
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
enum Telling {
    All,
    /// Neither envelope nor structure: their length is up to whoever wrote the message.
    Brief,
}

/// The message described with its header, its mailbox selected: one flight.
async fn message(
    connection: &mut Connection,
    reference: &MessageRef,
    telling: Telling,
) -> Result<Described> {
    let flight = connection.flight().select(&reference.mailbox)?;
    let flight = match telling {
        Telling::All => flight.message(reference.uid)?,
        Telling::Brief => flight.brief(reference.uid, true)?,
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

/// Everything of a message's page but its content.
struct Shell {
    envelope: Envelope,
    neighbours: Neighbours,
    mailboxes: Mailboxes,
}

impl Shell {
    async fn open(
        self,
        rendering: &Rendering<'_>,
        reference: &MessageRef,
        header: Bytes,
        mut content: Content,
    ) -> Result<Opened> {
        let mut attachments = std::mem::take(&mut content.attachments);
        let fragment = content.fragment;
        let odd = std::mem::take(&mut content.odd);
        let (cards, mut members) = odd::read(rendering, odd).await;
        attachments.retain(|part| cards.iter().all(|card| card.section != part.section));
        let view = view::render(rendering, &self.envelope, header, content).await;
        members.extend(view.members);
        let at = |uid| MessageRef {
            uid,
            ..reference.clone()
        };
        let role = self.mailboxes.role_of(&reference.mailbox);
        let account = rendering.account;
        let sender = match view.letter {
            Some(_) => account.sender_of(&view.header, &view.trust).await?,
            None => SenderChoices::default(),
        };
        let has_html = view.letter.is_some();
        let (letter, designed, remote) = view.letter.map_or_else(Default::default, |letter| {
            (letter.blocks, letter.designed, letter.remote)
        });
        Ok(Opened {
            reference: reference.clone(),
            is_draft: self.envelope.flags.draft || role == Some(Role::Drafts),
            envelope: self.envelope,
            header: view.header,
            trust: view.trust.within(role),
            text: view.text,
            has_html,
            letter,
            designed,
            inlaid: view.inlaid,
            remote,
            sender,
            cut: view.cut,
            attachments,
            members,
            cards,
            protection: view.protection,
            fragment,
            position: self.neighbours.position,
            total: self.neighbours.total,
            newer: self.neighbours.newer.map(at),
            older: self.neighbours.older.map(at),
            role,
            folders: self.mailboxes.folders(),
        })
    }
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
