//! One message: in the sheet, as raw source, for the printer, and its HTML in a document of its own.

mod attached;
mod cards;
mod charset;
mod ended;
mod file;
mod pictures;
mod range;
mod sender;
mod serve;
mod trust;
mod view;

pub use attached::{AttachedTo, attached_body, show_attached};
pub use cards::CardKind;
pub use ended::try_again;
pub use file::File;
pub use pictures::{Pictures, always_show_pictures};
pub use serve::{body, part, save_all, save_all_attached, source};
use serve::{body_policy, framed};
pub use trust::{stay_subscribed, unsubscribe};
pub use view::{always_view, said_key};

use super::{
    Web,
    error::{Error, chain},
    extract::{Query, Reference},
    layout::{Current, Layout, View, query_string, segment},
    mailbox::ListPane,
    page::Page,
    visitor::SignedIn,
};
use crate::mail::{
    self, Address, Block, Body, Group, Inlaid, Leaving, LetterView, ListQuery, Listing, MessageRef,
    Opened, Part, Role, SafeHtml, Theme, Unsubscribe,
};
use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};
use charset::with_charset;
use view::{InlaidView, with_view};

/// `GET /mailbox/{name}/{uidvalidity}.{uid}`.
///
/// Its forms post to `/mailbox/{name}/actions` with `action`, `message`, for moving `to`, and `next`: the path (as the browser sees it) to go to afterwards.
#[derive(Template)]
#[template(path = "message/message.html")]
pub struct MessagePage {
    pub layout: Layout,
    /// The page of the list that the message stands on. None when it could not be read: the letter is shown alone.
    pub list: Option<ListPane>,
    pub opened: Opened,
    /// `page`, `sort`, `filter`, `q` of the URL, kept by every link.
    pub query: ListQuery,
    /// `?charset=`: what the text is read in, whatever the message says.
    pub charset: Option<&'static str>,
    pub pictures: Pictures,
    /// The page shows a message that is attached to the one of `opened.reference`.
    pub attached: Option<AttachedTo>,
    /// How far it is with leaving the list of the message.
    pub leaving: Option<Leaving>,
}

impl MessagePage {
    /// `listing`: the page of the list that was asked for with the message.
    async fn of(
        signed_in: &SignedIn,
        query: &Query,
        (mut opened, listing): (Opened, Option<mail::Result<Listing>>),
        attached: Option<AttachedTo>,
    ) -> Result<Page<Self>, Error> {
        let list_query = query.list();
        let list = list_beside(listing, &opened.reference, &list_query)?;
        let folders = std::mem::take(&mut opened.folders);
        let current = Current::Mailbox(opened.reference.mailbox.clone());
        Ok(Page::new(Self {
            layout: signed_in.layout(View::Read, current, folders).await?,
            list,
            leaving: signed_in.account.leaving(&opened.reference),
            pictures: Pictures::of(signed_in, &opened, query),
            opened,
            query: list_query,
            charset: charset::chosen(query),
            attached,
        }))
    }

    pub fn subject(&self) -> String {
        self.layout.subject(&self.opened.header.subject)
    }

    /// Address fields that say more than the line above them: text key and people.
    pub fn address_fields(&self) -> Vec<(&'static str, &[Address])> {
        let header = &self.opened.header;
        [
            ("field-from", header.from.as_slice()),
            ("field-sender", self.other_sender()),
            ("field-reply-to", header.reply_to.as_slice()),
            ("field-to", header.to.as_slice()),
            ("field-cc", header.cc.as_slice()),
            ("field-bcc", header.bcc.as_slice()),
        ]
        .into_iter()
        .filter(|(_, people)| !people.is_empty())
        .collect()
    }

    /// This page.
    pub fn url(&self) -> String {
        self.shown_url(self.opened.viewed.asked, self.charset)
    }

    fn shown_url(&self, view: Option<LetterView>, charset: Option<&str>) -> String {
        let url = match &self.attached {
            Some(attached) => {
                let query = query_string(&self.query);
                self.below(&format!("/message/{}{query}", attached.section))
            }
            None => self
                .layout
                .message_in_list_url(&self.opened.reference, &self.query),
        };
        with_charset(with_view(url, view), charset)
    }

    pub fn print_url(&self) -> String {
        let letter = Some(self.opened.viewed.shown()).filter(|view| *view == LetterView::Letter);
        with_charset(with_view(self.below("/print"), letter), self.charset)
    }

    pub fn list_url(&self) -> String {
        self.layout
            .list_url(&self.opened.reference.mailbox, &self.query)
    }

    pub fn folder_title(&self) -> String {
        self.layout
            .mailbox_title(&self.opened.reference.mailbox, self.opened.role)
    }

    fn neighbour(&self, reference: Option<&MessageRef>) -> Option<String> {
        reference.map(|reference| self.layout.message_in_list_url(reference, &self.query))
    }

    pub fn newer_url(&self) -> Option<String> {
        self.neighbour(self.opened.newer.as_ref())
    }

    pub fn older_url(&self) -> Option<String> {
        self.neighbour(self.opened.older.as_ref())
    }

    /// Where one goes when the letter leaves its folder: the next older one, else the list.
    pub fn next_url(&self) -> String {
        self.older_url().unwrap_or_else(|| self.list_url())
    }

    pub fn segment(&self) -> String {
        segment(&self.opened.reference)
    }

    pub fn below(&self, suffix: &str) -> String {
        self.layout.message_url(&self.opened.reference, suffix)
    }

    pub fn actions_url(&self) -> String {
        self.layout.actions_url(&self.opened.reference.mailbox)
    }

    pub fn write_url(&self, how: &str) -> String {
        self.layout.compose_url(how, &self.opened.reference)
    }

    pub fn is_starred(&self) -> bool {
        self.opened.envelope.flags.flagged
    }

    pub fn is_new(&self) -> bool {
        !self.opened.envelope.flags.seen && self.attached.is_none()
    }

    pub fn is_junk(&self) -> bool {
        self.opened.role == Some(Role::Junk)
    }

    pub fn is_trash(&self) -> bool {
        self.opened.role == Some(Role::Trash)
    }

    pub fn is_archive(&self) -> bool {
        self.opened.role == Some(Role::Archive)
    }
}

fn count_files(layout: &Layout, opened: &Opened) -> String {
    layout.t_n(
        "count-files",
        u32::try_from(opened.attachments.len()).unwrap_or(u32::MAX),
    )
}

/// `GET …/source`: the fields as a table, then the raw text.
#[derive(Template)]
#[template(path = "message/source.html")]
pub struct SourcePage {
    pub layout: Layout,
    pub reference: MessageRef,
    pub subject: String,
    pub fields: Vec<(String, String)>,
    /// The raw message or its beginning, bytes that are no UTF-8 replaced.
    pub text: String,
    /// Octets of the whole.
    pub size: u64,
    /// `text` is only the beginning.
    pub cut: bool,
    /// It stands in place of the message's page.
    pub ended: bool,
}

impl SourcePage {
    pub fn back_url(&self) -> String {
        match self.ended {
            true => self
                .layout
                .list_url(&self.reference.mailbox, &ListQuery::default()),
            false => self.layout.message_url(&self.reference, ""),
        }
    }

    pub fn again_url(&self) -> String {
        self.layout.message_url(&self.reference, "/again")
    }

    pub fn download_url(&self) -> String {
        self.layout.message_url(&self.reference, "/source?download")
    }
}

/// `GET …/print`: black on white, no chrome.
#[derive(Template)]
#[template(path = "message/print.html")]
pub struct PrintPage {
    pub layout: Layout,
    pub opened: Opened,
}

impl PrintPage {
    pub fn files_title(&self) -> String {
        count_files(&self.layout, &self.opened)
    }

    pub fn subject(&self) -> String {
        self.layout.subject(&self.opened.header.subject)
    }

    /// All of the letter, open.
    pub fn blocks(&self) -> Vec<Block> {
        mail::unfold(match self.opened.viewed.shown() {
            LetterView::Letter => self.opened.letter.to_vec(),
            _ => self.opened.plain().into_owned(),
        })
    }

    pub fn file(&self, part: &Part) -> File {
        File::new(
            part.filename.as_deref().unwrap_or_default(),
            &part.mime_type,
            part.content_size(),
        )
    }
}

/// `GET …/body`: the document inside the sandboxed frame; the only page with a style element, under a policy of its own.
#[derive(Template)]
#[template(path = "message/body.html")]
pub struct BodyPage {
    body: Body,
    title: String,
    theme: Theme,
}

impl BodyPage {
    /// `theme`: which the document takes, where the letter is made for it.
    pub fn new(mut body: Body, title: String, theme: Theme) -> Self {
        let dark = match theme {
            Theme::Auto => None,
            Theme::Light => Some(false),
            Theme::Dark => Some(true),
        };
        if let (Body::Html { style, .. }, Some(dark)) = (&mut body, dark) {
            *style = style.in_scheme(dark);
        }
        Self { body, title, theme }
    }

    /// Schemes of colours that the document can take; that of the theme, where the letter is made for it.
    pub fn schemes(&self) -> &'static str {
        match (&self.body, self.theme) {
            (Body::Html { dark: false, .. }, _) | (_, Theme::Light) => "light",
            (_, Theme::Dark) => "dark",
            (_, Theme::Auto) => "light dark",
        }
    }

    pub fn style(&self) -> Option<&SafeHtml> {
        match &self.body {
            Body::Html { style, .. } => Some(style),
            Body::Text(_) => None,
        }
    }

    pub fn html(&self) -> Option<&SafeHtml> {
        match &self.body {
            Body::Html { html, .. } => Some(html),
            Body::Text(_) => None,
        }
    }

    /// The text of HTML that passed a cap.
    pub fn blocks(&self) -> &[Block] {
        match &self.body {
            Body::Html { .. } => &[],
            Body::Text(blocks) => blocks,
        }
    }

    pub fn quoted(&self) -> &str {
        &self.title
    }

    /// None has an address here.
    pub fn inlaid(&self, _picture: &Inlaid) -> Option<InlaidView> {
        None
    }
}

/// `GET /mailbox/{name}/{uidvalidity}.{uid}`
pub async fn show(
    State(web): State<Web>,
    signed_in: SignedIn,
    Reference(reference): Reference,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let account = &signed_in.account;
    let charset = charset::chosen(&query);
    let list_query = query.list();
    let may_list = list_query.q.is_empty() || web.quotas.search(account.hash()).is_ok();
    let beside = may_list.then_some(&list_query);
    let opening = mail::Opening {
        beside,
        seen: is_opened_by_a_person(&headers),
        charset,
        wish: view::wish(&signed_in, &query),
        meets: true,
    };
    let page = match account.open_as(&reference, opening).await {
        Ok(opened) => MessagePage::of(&signed_in, &query, opened, None).await,
        Err(error) => Err(error.into()),
    };
    ended::or_source(page, &signed_in, reference).await
}

/// `GET …/print`
pub async fn print(
    signed_in: SignedIn,
    Reference(reference): Reference,
    query: Query,
) -> Result<Response, Error> {
    // What is designed is printed as its text.
    let letter = view::asked(&query).filter(|view| *view == LetterView::Letter);
    let view = letter.unwrap_or(LetterView::Text);
    let opening = mail::Opening {
        charset: charset::chosen(&query),
        wish: mail::ViewWish {
            asked: Some(view),
            setting: Some(view),
        },
        ..mail::Opening::default()
    };
    let opened = signed_in.account.open_as(&reference, opening).await;
    let page = opened.map_err(Error::from).map(|(opened, _)| {
        let layout = signed_in.visitor.layout_alone();
        Page::new(PrintPage { layout, opened })
    });
    ended::or_source(page, &signed_in, reference).await
}

/// The one exception of R-CSRF-1: without script nothing else could mark a message as read. A fetch of our script and a prefetch of
/// the browser do not count.
fn is_opened_by_a_person(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-dest")
        .is_some_and(|destination| destination == "document")
        && !headers.contains_key("sec-purpose")
}

/// The list that stands beside a letter. The letter is worth showing without it; only a lost session is not.
fn list_beside(
    listing: Option<mail::Result<Listing>>,
    reference: &MessageRef,
    query: &ListQuery,
) -> Result<Option<ListPane>, Error> {
    match listing {
        Some(Ok(listing)) => Ok(Some(ListPane::mailbox(
            listing,
            query.clone(),
            Some(reference.clone()),
        ))),
        Some(Err(mail::Error::SignedOut)) => Err(mail::Error::SignedOut.into()),
        Some(Err(error)) => {
            tracing::warn!(error = %chain(&error), "a letter without the list beside it");
            Ok(None)
        }
        None => Ok(None),
    }
}
