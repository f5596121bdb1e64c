//! What every page shares: language, theme, the notice, the sidebar, and the addresses of things.

mod folders;
mod fragments;
mod urls;

pub use fragments::Fragment;
pub use urls::{query_string, segment, sort_name};

use crate::{
    i18n::{Language, Locale},
    mail::{Address, Folder, MailboxName, Role, Theme},
};
use askama::{Template, filters::HtmlSafe};
use fluent_bundle::FluentValue;
use std::{borrow::Borrow, sync::Arc};

use super::assets;

/// Where this installation stands on the web: one value for the whole process.
#[derive(Clone, Debug)]
pub struct Site {
    /// Path of the public URL without its last slash: empty, or `/mail`.
    base: Arc<str>,
    /// Host of the public URL, as people know it.
    host: Arc<str>,
    /// Path of the static files in their present version, with a slash at its end.
    assets: Arc<str>,
}

impl Site {
    pub fn new(public_url: &url::Url) -> Self {
        let base = public_url.path().trim_end_matches('/');
        Self {
            base: base.into(),
            host: public_url.host_str().unwrap_or_default().into(),
            assets: format!("{base}/assets/{}/", assets::version()).into(),
        }
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    /// An absolute path of ours (`/outbox`) with the sub-path of the public URL in front.
    pub fn url(&self, path: &str) -> String {
        [&self.base, path].concat()
    }

    /// A file below `static/` under its immutable address.
    pub fn asset(&self, name: &str) -> String {
        [&self.assets, name].concat()
    }
}

/// Which pane a narrow screen shows; the URL decides, never a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    List,
    Read,
    Write,
    /// The sidebar as a page of its own.
    Nav,
    /// One sheet beside the sidebar, no list.
    Page,
    /// No sidebar: sign-in, errors before sign-in.
    Alone,
}

impl View {
    /// Value of `data-view`.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Write => "write",
            Self::Nav => "nav",
            Self::Page => "page",
            Self::Alone => "alone",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    Done,
    Failed,
}

/// What the last action did, said once on the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub kind: NoticeKind,
    /// A whole sentence in the visitor's language.
    pub text: String,
    /// Address and words of a way on.
    pub link: Option<(String, String)>,
}

impl Notice {
    pub fn done(text: impl Into<String>) -> Self {
        Self {
            kind: NoticeKind::Done,
            text: text.into(),
            link: None,
        }
    }

    pub fn failed(text: impl Into<String>) -> Self {
        Self {
            kind: NoticeKind::Failed,
            text: text.into(),
            link: None,
        }
    }

    pub fn is_failure(&self) -> bool {
        self.kind == NoticeKind::Failed
    }
}

/// The entry of the sidebar that the page belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Current {
    Mailbox(MailboxName),
    Starred,
    Outbox,
    Search,
    Settings,
    Folders,
    #[default]
    Nothing,
}

/// Who is signed in and what folders there are.
#[derive(Clone, Debug)]
pub struct Sidebar {
    pub email: String,
    /// The person's name from the settings; may be empty.
    pub name: String,
    /// Empty while the mail server is down.
    pub folders: Vec<Folder>,
    pub current: Current,
    /// Messages that wait, failed or are unknown; the entry shows only above zero.
    pub outbox: usize,
}

impl Sidebar {
    pub fn address(&self) -> Address {
        let name = Some(self.name.trim())
            .filter(|name| !name.is_empty())
            .map(str::to_owned);
        Address {
            name,
            addr: self.email.clone(),
        }
    }

    /// Folders with a role, Inbox first.
    pub fn roles(&self) -> impl Iterator<Item = &Folder> {
        self.folders.iter().filter(|folder| has_own_place(folder))
    }

    /// The rest, as a tree in the given order.
    pub fn others(&self) -> impl Iterator<Item = &Folder> {
        self.folders.iter().filter(|folder| !has_own_place(folder))
    }

    pub fn has_others(&self) -> bool {
        self.others().next().is_some()
    }

    pub fn is_current(&self, name: &MailboxName) -> bool {
        matches!(&self.current, Current::Mailbox(current) if current == name)
    }

    pub fn at(&self, current: &str) -> bool {
        matches!(
            (current, &self.current),
            ("starred", Current::Starred)
                | ("outbox", Current::Outbox)
                | ("search", Current::Search)
                | ("settings", Current::Settings)
                | ("folders", Current::Folders)
        )
    }

    pub fn in_inbox(&self) -> bool {
        matches!(&self.current, Current::Mailbox(name) if name.is_inbox())
    }

    pub fn folder(&self, name: &MailboxName) -> Option<&Folder> {
        self.folders.iter().find(|folder| &folder.name == name)
    }
}

fn has_own_place(folder: &Folder) -> bool {
    matches!(
        folder.role,
        Some(Role::Inbox | Role::Drafts | Role::Sent | Role::Archive | Role::Junk | Role::Trash)
    )
}

/// One symbol of the sprite, as markup.
#[derive(Template)]
#[template(path = "_icon.html")]
pub struct Icon<'a> {
    assets: &'a str,
    name: &'a str,
}

// Its template escapes the strings in it.
impl HtmlSafe for Icon<'_> {}

/// First field of every page struct.
#[derive(Clone, Debug)]
pub struct Layout {
    pub site: Site,
    pub locale: Locale,
    pub theme: Theme,
    pub view: View,
    pub notice: Option<Notice>,
    /// None before sign-in.
    pub sidebar: Option<Sidebar>,
    /// Unix seconds at which the page is made.
    pub now: i64,
}

/// Texts, dates and numbers.
impl Layout {
    pub fn t(&self, key: &str) -> String {
        self.locale.t(key)
    }

    pub fn t_with<'a, V>(&self, key: &str, args: &[(&'static str, V)]) -> String
    where
        V: Clone + Into<FluentValue<'a>>,
    {
        self.locale.t_with(key, args)
    }

    /// One argument named `x`: the commonest case of a template.
    pub fn t_x(&self, key: &str, x: impl AsRef<str>) -> String {
        self.locale.t_with(key, &[("x", x.as_ref())])
    }

    pub fn t_n(&self, key: &str, n: impl Borrow<u32>) -> String {
        self.locale.t_n(key, *n.borrow())
    }

    /// A subject as pages print it, also where there is none.
    pub fn subject(&self, subject: &str) -> String {
        match subject.trim().is_empty() {
            true => self.t("no-subject"),
            false => subject.to_owned(),
        }
    }

    pub fn number(&self, n: impl Borrow<u32>) -> String {
        self.locale.number(u64::from(*n.borrow()))
    }

    pub fn size(&self, octets: impl Borrow<u64>) -> String {
        self.locale.size(*octets.borrow())
    }

    pub fn date_short(&self, at: impl Borrow<i64>) -> String {
        self.locale.date_short(*at.borrow(), self.now)
    }

    pub fn date_medium(&self, at: impl Borrow<i64>) -> String {
        self.locale.date_medium(*at.borrow(), self.now)
    }

    pub fn date_long(&self, at: impl Borrow<i64>) -> String {
        self.locale.date_long(*at.borrow())
    }

    pub fn date_zone(&self, at: impl Borrow<i64>) -> String {
        self.locale.date_zone(*at.borrow())
    }

    pub fn date_machine(&self, at: impl Borrow<i64>) -> String {
        self.locale.date_machine(*at.borrow())
    }

    pub fn time(&self, at: impl Borrow<i64>) -> String {
        self.locale.time(*at.borrow())
    }

    /// BCP 47 tag for `<html lang>`.
    pub fn lang(&self) -> &'static str {
        self.locale.language.code()
    }

    pub fn languages(&self) -> [Language; 4] {
        Language::ALL
    }

    /// Id of the pane that the URL names.
    pub fn main_id(&self) -> &'static str {
        if self.view == View::List {
            "list"
        } else {
            "sheet"
        }
    }

    /// Keys, separated by spaces, and the text key of what they do.
    pub fn keys(&self) -> [(&'static str, &'static str); 18] {
        [
            ("J K", "keys-next"),
            ("O", "keys-open"),
            ("U", "keys-back"),
            ("C", "write"),
            ("R", "reply"),
            ("A", "reply-all"),
            ("F", "forward"),
            ("E", "action-archive"),
            ("#", "action-delete"),
            ("!", "action-junk"),
            ("V", "action-move"),
            ("S", "action-toggle-star"),
            ("X", "select"),
            ("⇧I", "action-read"),
            ("⇧U", "action-unread"),
            ("/", "search"),
            ("G I", "keys-inbox"),
            ("?", "keys-title"),
        ]
    }

    /// Value of `data-theme`; empty follows the device.
    pub fn theme_name(&self) -> &'static str {
        match self.theme {
            Theme::Auto => "",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

#[cfg(test)]
#[path = "layout/tests.rs"]
mod tests;
