//! Addresses of things.

use super::{Current, Icon, Layout};
use crate::mail::{Filter, ListQuery, MailboxName, MessageRef, Sort, SortKey};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;

/// Everything but the unreserved characters of RFC 3986 §2.3, so that a mailbox name is one path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Layout {
    pub fn url(&self, path: &str) -> String {
        self.site.url(path)
    }

    pub fn asset(&self, name: &str) -> String {
        self.site.asset(name)
    }

    pub fn icon<'a>(&'a self, name: &'a str) -> Icon<'a> {
        Icon {
            assets: &self.site.assets,
            name,
        }
    }

    /// The mailbox that the search field looks through.
    pub fn search_in(&self) -> Option<&MailboxName> {
        match &self.sidebar.as_ref()?.current {
            Current::Mailbox(name) => Some(name),
            _ => None,
        }
    }

    pub fn mailbox_url(&self, mailbox: &MailboxName) -> String {
        let name = Cow::from(utf8_percent_encode(mailbox.as_str(), SEGMENT));
        [&self.site.base, "/mailbox/", &name].concat()
    }

    /// A page of a mailbox with its order, filter and words.
    pub fn list_url(&self, mailbox: &MailboxName, query: &ListQuery) -> String {
        self.mailbox_url(mailbox) + &query_string(query)
    }

    pub fn actions_url(&self, mailbox: &MailboxName) -> String {
        self.mailbox_url(mailbox) + "/actions"
    }

    /// One message, or with `suffix` something below it (`/body`, `/part/2`).
    pub fn message_url(&self, reference: &MessageRef, suffix: &str) -> String {
        let mailbox = self.mailbox_url(&reference.mailbox);
        [&mailbox, "/", &segment(reference), suffix].concat()
    }

    /// One message with the list that stands beside it.
    pub fn message_in_list_url(&self, reference: &MessageRef, query: &ListQuery) -> String {
        self.message_url(reference, &query_string(query))
    }

    /// A page that writes about a message: `reply`, `replyall`, `forward` or `draft`.
    pub fn compose_url(&self, how: &str, reference: &MessageRef) -> String {
        let value = format!(
            "{}/{}",
            utf8_percent_encode(reference.mailbox.as_str(), SEGMENT),
            segment(reference)
        );
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair(how, &value)
            .finish();
        self.site.url(&format!("/compose?{query}"))
    }
}

/// The last segment of a message's URL: `uidvalidity.uid`.
pub fn segment(reference: &MessageRef) -> String {
    let (validity, uid) = (reference.uid_validity.get(), reference.uid.get());
    [&validity.to_string(), ".", &uid.to_string()].concat()
}

/// `?page=…&sort=…&filter=…&q=…` with what differs from the default; empty when nothing does.
pub fn query_string(query: &ListQuery) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    let mut any = false;
    let mut add = |name: &str, value: &str| {
        pairs.append_pair(name, value);
        any = true;
    };
    if query.page > 1 {
        add("page", &query.page.to_string());
    }
    if query.sort != Sort::default() {
        add("sort", &sort_name(query.sort));
    }
    if query.filter != Filter::All {
        add("filter", filter_name(query.filter));
    }
    if !query.q.is_empty() {
        add("q", &query.q);
    }
    if any {
        format!("?{}", pairs.finish())
    } else {
        String::new()
    }
}

/// Value of `sort=`; `-` in front reverses.
pub fn sort_name(sort: Sort) -> String {
    let key = match sort.key {
        SortKey::Arrival | SortKey::Date => "date",
        SortKey::From => "from",
        SortKey::Subject => "subject",
        SortKey::Size => "size",
    };
    format!("{}{key}", if sort.reverse { "-" } else { "" })
}

/// Value of `filter=`; empty for all.
fn filter_name(filter: Filter) -> &'static str {
    match filter {
        Filter::All => "",
        Filter::New => "new",
        Filter::Starred => "starred",
        Filter::Files => "files",
        Filter::ToMe => "tome",
    }
}
