//! One page of a mailbox: the window of rows and where it stands.

mod portions;
mod query;
mod rows;
mod starred;
mod window;

use super::mailboxes::Mailboxes;
use super::{Account, Envelope, Folder, MailboxName, Result, Role, Sort, UidValidity};
use crate::imap::Connection;
use rows::Rows;
use std::sync::Arc;
use window::window;

/// Rows of one page.
const PAGE_SIZE: u32 = 50;

/// Which messages a page shows; `Files`: with attachments; `ToMe`: addressed to the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
    All,
    New,
    Starred,
    Files,
    ToMe,
}

/// Without `reverse`: newest, largest first; senders and subjects from A to Z.
pub type ListingSort = Sort;

/// The query of a mailbox page. `page` counts from 1; past the end shows the last.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    pub page: u32,
    pub sort: Sort,
    pub filter: Filter,
    /// Words that must all occur; `"several words"` in quotes as they stand.
    pub q: String,
}

/// 50 rows and where they stand.
#[derive(Clone, Debug)]
pub struct Listing {
    pub mailbox: MailboxName,
    pub role: Option<Role>,
    pub uid_validity: UidValidity,
    pub envelopes: Vec<Envelope>,
    /// From 1; of an empty mailbox page 1 of 1.
    pub page: u32,
    pub pages: u32,
    /// Messages that the query finds, of all pages.
    pub total: u32,
    /// Unseen messages of the mailbox, whatever the query.
    pub unseen: u32,
    /// The sidebar, read in the same lease.
    pub folders: Vec<Folder>,
}

impl Account {
    /// SELECT, FETCH and LIST on one connection, two round trips where the mailbox is selected already; a
    /// search comes before the FETCH where the query needs one. A page that passes a limit of the connection is
    /// fetched in portions.
    pub async fn listing(&self, mailbox: &MailboxName, query: &ListQuery) -> Result<Listing> {
        let asked = Arc::new(Asked {
            mailbox: mailbox.clone(),
            query: query.clone(),
            email: self.email().to_owned(),
        });
        match self.page_of(&asked, Told::All).await {
            Err(error) if portions::passes_a_limit(&error) => {
                tracing::info!(%error, "the rows of a page are fetched in portions");
                let numbered = self.page_of(&asked, Told::Numbers).await?;
                self.described_in_portions(numbered).await
            }
            outcome => outcome,
        }
    }

    async fn page_of(&self, asked: &Arc<Asked>, told: Told) -> Result<Listing> {
        self.read(Some(&asked.mailbox), |connection| {
            let asked = asked.clone();
            Box::pin(async move { asked.answer(connection, told).await })
        })
        .await
    }
}

/// What is asked about the messages of a page.
#[derive(Clone, Copy)]
enum Told {
    All,
    /// Their UIDs: a short answer whatever the messages are like.
    Numbers,
}

struct Asked {
    mailbox: MailboxName,
    query: ListQuery,
    email: String,
}

impl Asked {
    async fn answer(&self, connection: &mut Connection, told: Told) -> Result<Listing> {
        let (name, page) = (&self.mailbox, self.query.page);
        let (keys, sort) = (self.query.keys(&self.email), self.query.server_sort());
        let rows = match (told, self.query.newest_or_oldest_first()) {
            (Told::Numbers, _) => Rows::numbered(connection, name, &keys, sort, page).await?,
            (Told::All, Some(order)) => {
                Rows::in_arrival_order(connection, name, page, order).await?
            }
            (Told::All, None) => Rows::found(connection, name, &keys, sort, page).await?,
        };
        let mailboxes = Mailboxes::new(connection.list().await?);
        let counts = mailboxes
            .get(&self.mailbox)
            .and_then(|mailbox| mailbox.counts)
            .unwrap_or_default();
        Ok(Listing {
            role: mailboxes.role_of(&self.mailbox),
            mailbox: self.mailbox.clone(),
            uid_validity: rows.uid_validity,
            envelopes: rows.envelopes,
            page: rows.window.page,
            pages: rows.window.pages,
            total: rows.total,
            unseen: counts.unseen,
            folders: mailboxes.folders(),
        })
    }
}
