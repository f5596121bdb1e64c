//! The pane of rows.

use super::Row;
use crate::{
    i18n::DayGroup,
    mail::{Envelope, Filter, ListQuery, Listing, MailboxName, MessageRef, Role, Sort, SortKey},
    web::layout::{Layout, query_string, sort_name},
};

/// Where the rows of a list come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Mailbox {
        name: MailboxName,
        role: Option<Role>,
    },
    Starred,
    Search {
        name: MailboxName,
        role: Option<Role>,
    },
}

/// The pane of rows; stands alone on a mailbox page and beside a letter.
#[derive(Clone, Debug)]
pub struct ListPane {
    pub source: Source,
    pub query: ListQuery,
    pub rows: Vec<Row>,
    /// Counts from 1.
    pub page: u32,
    pub pages: u32,
    pub total: u32,
    pub unseen: u32,
    /// The message that stands beside the list.
    pub open: Option<MessageRef>,
}

/// Rows under one heading.
pub struct Group<'a> {
    /// Empty where the order is not by date.
    pub title: String,
    pub rows: Vec<&'a Row>,
}

impl ListPane {
    pub fn mailbox(listing: Listing, query: ListQuery, open: Option<MessageRef>) -> Self {
        let source = Source::Mailbox {
            name: listing.mailbox.clone(),
            role: listing.role,
        };
        Self::from_listing(listing, source, query, open)
    }

    /// The listing of `ListQuery::q` as a page of search results.
    pub fn search(listing: Listing, query: ListQuery, open: Option<MessageRef>) -> Self {
        let source = Source::Search {
            name: listing.mailbox.clone(),
            role: listing.role,
        };
        Self::from_listing(listing, source, query, open)
    }

    pub fn starred(rows: Vec<(MessageRef, Envelope)>, page: u32, pages: u32, total: u32) -> Self {
        let rows = rows
            .into_iter()
            .map(|(reference, envelope)| Row {
                reference,
                envelope,
            })
            .collect();
        let query = ListQuery {
            page,
            ..ListQuery::default()
        };
        Self {
            source: Source::Starred,
            query,
            rows,
            page,
            pages,
            total,
            unseen: 0,
            open: None,
        }
    }

    fn from_listing(
        listing: Listing,
        source: Source,
        query: ListQuery,
        open: Option<MessageRef>,
    ) -> Self {
        let Listing {
            mailbox,
            uid_validity,
            envelopes,
            page,
            pages,
            total,
            unseen,
            ..
        } = listing;
        let rows = envelopes
            .into_iter()
            .map(|envelope| Row {
                reference: MessageRef {
                    mailbox: mailbox.clone(),
                    uid_validity,
                    uid: envelope.uid,
                },
                envelope,
            })
            .collect();
        let query = ListQuery { page, ..query };
        Self {
            source,
            query,
            rows,
            page,
            pages,
            total,
            unseen,
            open,
        }
    }

    /// The one mailbox all rows stand in.
    pub fn name(&self) -> Option<&MailboxName> {
        match &self.source {
            Source::Mailbox { name, .. } | Source::Search { name, .. } => Some(name),
            Source::Starred => None,
        }
    }

    pub fn role(&self) -> Option<Role> {
        match self.source {
            Source::Mailbox { role, .. } | Source::Search { role, .. } => role,
            Source::Starred => None,
        }
    }

    pub fn is_search(&self) -> bool {
        matches!(self.source, Source::Search { .. })
    }

    pub fn is_starred(&self) -> bool {
        self.source == Source::Starred
    }

    pub fn is_inbox(&self) -> bool {
        !self.is_search() && self.role() == Some(Role::Inbox)
    }

    pub fn is_junk(&self) -> bool {
        self.role() == Some(Role::Junk)
    }

    pub fn is_trash(&self) -> bool {
        self.role() == Some(Role::Trash)
    }

    pub fn is_archive(&self) -> bool {
        self.role() == Some(Role::Archive)
    }

    /// Whether rows show the recipients in place of the sender.
    pub fn shows_recipients(&self) -> bool {
        matches!(self.role(), Some(Role::Sent | Role::Drafts))
    }

    pub fn title(&self, layout: &Layout) -> String {
        match &self.source {
            Source::Mailbox { name, role } => layout.mailbox_title(name, *role),
            Source::Starred => layout.t("starred"),
            Source::Search { .. } => layout.t_n("search-results", self.total),
        }
    }

    /// The name of the folder, also for a search in it.
    pub fn folder_title(&self, layout: &Layout) -> String {
        self.name()
            .map(|name| layout.mailbox_title(name, self.role()))
            .unwrap_or_default()
    }

    /// What stands small beside the title; empty for nothing.
    pub fn subtitle(&self, layout: &Layout) -> String {
        match &self.source {
            Source::Search { .. } => layout.t_x("search-in", self.folder_title(layout)),
            Source::Mailbox {
                role: Some(Role::Drafts | Role::Sent | Role::Trash),
                ..
            }
            | Source::Starred => {
                if self.total > 0 {
                    layout.t_n("count-messages", self.total)
                } else {
                    String::new()
                }
            }
            Source::Mailbox { .. } if self.unseen > 0 => layout.t_n("count-new", self.unseen),
            Source::Mailbox { .. } => String::new(),
        }
    }

    fn by_date(&self) -> bool {
        matches!(self.query.sort.key, SortKey::Arrival | SortKey::Date)
    }

    /// Rows in order, grouped by day where the order is by date.
    pub fn groups<'a>(&'a self, layout: &Layout) -> Vec<Group<'a>> {
        let mut groups: Vec<(Option<DayGroup>, Group<'a>)> = Vec::new();
        for row in &self.rows {
            let day = self
                .by_date()
                .then(|| layout.locale.day_group(row.envelope.received, layout.now));
            match groups.last_mut() {
                Some((last, group)) if *last == day => group.rows.push(row),
                _ => {
                    let title = day
                        .map(|day| layout.locale.day_group_title(day, layout.now))
                        .unwrap_or_default();
                    groups.push((
                        day,
                        Group {
                            title,
                            rows: vec![row],
                        },
                    ));
                }
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    pub fn row_url(&self, layout: &Layout, row: &Row) -> String {
        match self.source {
            Source::Starred => layout.message_url(&row.reference, ""),
            _ => layout.message_in_list_url(&row.reference, &self.query),
        }
    }

    pub fn is_open(&self, row: &Row) -> bool {
        self.open.as_ref() == Some(&row.reference)
    }

    /// Address of this list with another query.
    fn at(&self, layout: &Layout, query: &ListQuery) -> String {
        match &self.source {
            Source::Mailbox { name, .. } => layout.list_url(name, query),
            Source::Starred => layout.url(&format!("/starred{}", query_string(query))),
            Source::Search { name, .. } => {
                let rest = query_string(query);
                let inside = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("in", name.as_str())
                    .finish();
                layout.url(&format!(
                    "/search{rest}{}{inside}",
                    if rest.is_empty() { '?' } else { '&' }
                ))
            }
        }
    }

    pub fn url(&self, layout: &Layout) -> String {
        self.at(layout, &self.query)
    }

    pub fn newer_url(&self, layout: &Layout) -> Option<String> {
        (self.page > 1).then(|| {
            self.at(
                layout,
                &ListQuery {
                    page: self.page - 1,
                    ..self.query.clone()
                },
            )
        })
    }

    pub fn older_url(&self, layout: &Layout) -> Option<String> {
        (self.page < self.pages).then(|| {
            self.at(
                layout,
                &ListQuery {
                    page: self.page + 1,
                    ..self.query.clone()
                },
            )
        })
    }

    /// Chips: address, text key, chosen.
    pub fn filters(&self, layout: &Layout) -> Vec<(String, &'static str, bool)> {
        [
            (Filter::All, "filter-all"),
            (Filter::New, "filter-new"),
            (Filter::Starred, "filter-starred"),
            (Filter::Files, "filter-files"),
            (Filter::ToMe, "filter-to-me"),
        ]
        .into_iter()
        .map(|(filter, key)| {
            let url = self.at(
                layout,
                &ListQuery {
                    page: 1,
                    filter,
                    ..self.query.clone()
                },
            );
            (url, key, self.query.filter == filter)
        })
        .collect()
    }

    /// Orders: address, text key, chosen.
    pub fn sorts(&self, layout: &Layout) -> Vec<(String, &'static str, bool)> {
        let order = |key, reverse| Sort { key, reverse };
        [
            (Sort::default(), "sort-newest"),
            (order(SortKey::Date, true), "sort-oldest"),
            (order(SortKey::From, false), "sort-from"),
            (order(SortKey::Subject, false), "sort-subject"),
            (order(SortKey::Size, true), "sort-largest"),
            (order(SortKey::Size, false), "sort-smallest"),
        ]
        .into_iter()
        .map(|(sort, key)| {
            let url = self.at(
                layout,
                &ListQuery {
                    page: 1,
                    sort,
                    ..self.query.clone()
                },
            );
            (url, key, sort_name(self.query.sort) == sort_name(sort))
        })
        .collect()
    }

    pub fn is_filtered(&self) -> bool {
        self.query.filter != Filter::All || !self.query.q.is_empty()
    }

    /// Actions that many rows can take at once: value of `action`, text key, icon.
    pub fn bulk_actions(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let mut actions = Vec::with_capacity(8);
        if !self.is_archive() {
            actions.push(("archive", "action-archive", "archive"));
        }
        actions.push(if self.is_trash() {
            ("delete", "action-delete-forever", "trash-2")
        } else {
            ("delete", "action-delete", "trash-2")
        });
        actions.push(if self.is_junk() {
            ("notjunk", "action-not-junk", "shield-check")
        } else {
            ("junk", "action-junk", "shield-alert")
        });
        actions.push(("read", "action-read", "mail-open"));
        actions.push(("unread", "action-unread", "mail"));
        actions.push(("star", "action-star", "star"));
        actions.push(("unstar", "action-unstar", "star-off"));
        actions
    }

    /// Key of the sentence for an empty list.
    pub fn empty_key(&self) -> &'static str {
        if self.is_search() {
            return "empty-search";
        }
        if self.is_filtered() {
            return "empty-filter";
        }
        match self.role() {
            Some(Role::Inbox) => "empty-inbox",
            Some(Role::Drafts) => "empty-drafts",
            Some(Role::Sent) => "empty-sent",
            Some(Role::Junk) => "empty-junk",
            Some(Role::Trash) => "empty-trash",
            _ if self.is_starred() => "empty-starred",
            _ => "empty-folder",
        }
    }
}
