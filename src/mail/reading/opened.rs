use super::content::Content;
use super::viewed::{Reads, ViewWish, Viewed};
use super::{Card, MemberFile, MessageRef, Trust, odd, view, work::Rendering};
use crate::imap::{Envelope, Neighbours};
use crate::mail::mailboxes::Mailboxes;
use crate::mail::{
    Account, Block, Folder, Header, Inlaid, LetterView, Part, RemoteImages, Result, Role,
    SenderChoices,
};
use crate::mime::{Letter, Protection};
use bytes::Bytes;
use std::{borrow::Cow, sync::Arc};

/// One message as its page shows it.
#[derive(Clone, Debug)]
pub struct Opened {
    pub reference: MessageRef,
    pub envelope: Envelope,
    pub header: Header,
    pub trust: Trust,
    /// The text part where it is shown, else the text of HTML that passed a cap, what is older folded. Empty where there
    /// is only HTML: see [`Opened::plain`].
    pub text: Arc<[Block]>,
    /// There is HTML, and none that was read passed a cap: a frame can show it. Otherwise `text` is what there is.
    pub has_html: bool,
    /// What the HTML says; empty where only the text part was read.
    pub letter: Arc<[Block]>,
    pub viewed: Viewed,
    /// Content-ID and part of each picture of the letter.
    pub inlaid: Vec<(String, Part)>,
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
    /// The plain text, from the HTML where there is no other.
    pub fn plain(&self) -> Cow<'_, [Block]> {
        if self.text.is_empty() {
            Cow::Owned(crate::mime::without_looks(&self.letter))
        } else {
            Cow::Borrowed(&self.text)
        }
    }

    /// The part of a picture that the letter shows.
    pub fn part_of(&self, picture: &Inlaid) -> Option<&Part> {
        let mut inlaid = self.inlaid.iter();
        let found = inlaid.find(|(id, _)| *id == picture.content_id);
        found.map(|(_, part)| part)
    }

    /// Unix seconds: what the sender's header says, else when it arrived.
    pub fn date(&self) -> i64 {
        self.header.date.unwrap_or(self.envelope.received)
    }
}

/// What rendering makes of a message's content: the same whenever it is opened, and by whomever.
#[derive(Default)]
pub(super) struct Rendered {
    pub header: Header,
    trust: Trust,
    pub text: Arc<[Block]>,
    pub has_html: bool,
    /// It was read, and there is nothing to see in it.
    html_says_nothing: bool,
    pub letter: Arc<[Block]>,
    designed: bool,
    inlaid: Vec<(String, Part)>,
    remote: RemoteImages,
    cut: bool,
    pub attachments: Vec<Part>,
    pub members: Vec<MemberFile>,
    pub cards: Vec<Card>,
    protection: Option<Protection>,
    fragment: Option<(u32, Option<u32>)>,
}

impl Rendered {
    pub(super) async fn of(
        rendering: &Rendering<'_>,
        envelope: &Envelope,
        header: Bytes,
        content: &Arc<Content>,
        reads: Reads,
    ) -> Self {
        let (cards, mut members) = odd::read(rendering, content).await;
        let is_card = |part: &&Part| cards.iter().any(|card| card.section == part.section);
        let attachments = content.attachments.iter().filter(|part| !is_card(part));
        let attachments = attachments.cloned().collect();
        let view = view::render(rendering, envelope, header, content, reads).await;
        members.extend(view.members);
        let has_html = view.letter.is_some() || content.has_html_apart();
        let html_says_nothing = view.letter.as_ref().is_some_and(Letter::says_nothing);
        let (letter, designed, remote) = view.letter.map_or_else(Default::default, |letter| {
            (letter.blocks, letter.designed, letter.remote)
        });
        Self {
            header: view.header,
            trust: view.trust,
            text: view.text.into(),
            has_html,
            html_says_nothing,
            letter: letter.into(),
            designed,
            inlaid: content.inlaid.clone(),
            remote,
            cut: view.cut,
            attachments,
            members,
            cards,
            protection: content.protection.or(view.protection),
            fragment: content.fragment,
        }
    }

    /// Whether the text that was not read is what there is to show.
    pub(super) fn needs(&self, content: &Content) -> bool {
        match content.has_html_apart() {
            true => self.text.is_empty(),
            false => !self.has_html || self.html_says_nothing,
        }
    }

    /// How the letter is shown where nobody chose: as a letter, unless it is laid out or a newsletter. `trust`: what the
    /// page says of its sender.
    fn suits(&self, trust: &Trust) -> LetterView {
        let is_news = || trust.list.as_ref().is_some_and(|list| !list.discusses);
        if !self.text.is_empty() && self.html_says_nothing {
            LetterView::Text
        } else if self.designed || self.letter.is_empty() || is_news() {
            LetterView::Designed
        } else {
            LetterView::Letter
        }
    }

    fn viewed(&self, wish: ViewWish, sender: &SenderChoices, trust: &Trust) -> Viewed {
        match self.has_html && !self.cut {
            true => Viewed::of(wish, sender.view(), self.suits(trust)),
            false => Viewed::TEXT,
        }
    }
}

/// Everything of a message's page but its content.
pub(super) struct Shell {
    pub envelope: Envelope,
    pub neighbours: Neighbours,
    pub mailboxes: Mailboxes,
    /// What was chosen for the sender, where that was asked for.
    pub chosen: SenderChoices,
    pub wish: ViewWish,
}

impl Shell {
    /// What the page of a message of this mailbox says of its sender.
    pub(super) fn trust(&self, reference: &MessageRef, rendered: &Rendered) -> Trust {
        let role = self.mailboxes.role_of(&reference.mailbox);
        rendered.trust.clone().within(role)
    }

    /// `trust`: what the page says of the sender of what was rendered.
    pub(super) async fn open(
        self,
        account: &Account,
        reference: &MessageRef,
        rendered: &Rendered,
        trust: Trust,
    ) -> Result<Opened> {
        let at = |uid| MessageRef {
            uid,
            ..reference.clone()
        };
        let role = self.mailboxes.role_of(&reference.mailbox);
        let header = &rendered.header;
        let sender = match rendered.has_html {
            true => account.sender_of(header, &trust, self.chosen).await?,
            false => SenderChoices::default(),
        };
        Ok(Opened {
            reference: reference.clone(),
            is_draft: self.envelope.flags.draft || role == Some(Role::Drafts),
            envelope: self.envelope,
            header: header.clone(),
            viewed: rendered.viewed(self.wish, &sender, &trust),
            trust,
            text: rendered.text.clone(),
            has_html: rendered.has_html,
            letter: rendered.letter.clone(),
            inlaid: rendered.inlaid.clone(),
            remote: rendered.remote,
            sender,
            cut: rendered.cut,
            attachments: rendered.attachments.clone(),
            members: rendered.members.clone(),
            cards: rendered.cards.clone(),
            protection: rendered.protection,
            fragment: rendered.fragment,
            position: self.neighbours.position,
            total: self.neighbours.total,
            newer: self.neighbours.newer.map(at),
            older: self.neighbours.older.map(at),
            role,
            folders: self.mailboxes.folders(),
        })
    }
}
