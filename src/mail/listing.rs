//! One page of a mailbox: the window of rows and where it stands.

mod portions;
mod query;
mod remembered;
mod rows;
mod starred;
mod window;

use super::mailboxes::Mailboxes;
use super::{Account, Envelope, Folder, MailboxName, Result, Role, Sort, Uid, UidValidity};
use crate::imap::{Connection, Flight, Landed, Selected};
pub(super) use portions::passes_a_limit;
pub(super) use remembered::Remembered;
use remembered::Stretch;
pub(super) use rows::Rows;
pub(super) use rows::Told as RowsTold;
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
    /// Two round trips, one where the mailbox is selected already; a search comes before the FETCH where the query needs
    /// one. A page that passes a limit of the connection is fetched in portions.
    pub async fn listing(&self, mailbox: &MailboxName, query: &ListQuery) -> Result<Listing> {
        let asked = Arc::new(Asked::new(self, mailbox, query));
        match self.page_of(&asked, Told::All).await {
            Err(error) if passes_a_limit(&error) => {
                tracing::info!(%error, "the rows of a page are fetched in portions");
                let mut listing = self.page_of(&asked, Told::Numbers).await?;
                let uids: Vec<Uid> = listing.envelopes.iter().map(|row| row.uid).collect();
                listing.envelopes = self
                    .described_in_portions(mailbox, listing.uid_validity, &uids)
                    .await?;
                Ok(listing)
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

/// One page of a mailbox, asked for.
pub(super) struct Asked {
    mailbox: MailboxName,
    query: ListQuery,
    email: String,
    remembered: Arc<Remembered>,
}

/// What a flight asks about the rows of a page.
pub(super) struct Question {
    stretch: Stretch,
    /// The rest is remembered.
    flags_alone: bool,
}

impl Question {
    pub(super) fn ask<'c>(&self, flight: Flight<'c>) -> Result<Flight<'c>> {
        let Stretch { first, last, .. } = self.stretch;
        Ok(if self.flags_alone {
            flight.flags(first, last)?
        } else {
            flight.window(first, last)?
        })
    }

    /// None when the numbers shifted meanwhile.
    pub(super) fn answer(&self, landed: &Landed) -> Result<Option<RowsTold>> {
        let Stretch { first, last, .. } = self.stretch;
        Ok(if self.flags_alone {
            landed.flags(first, last)?.map(RowsTold::Flags)
        } else {
            landed.window(first, last)?.map(RowsTold::Envelopes)
        })
    }
}

impl Asked {
    pub(super) fn new(account: &Account, mailbox: &MailboxName, query: &ListQuery) -> Self {
        Self {
            mailbox: mailbox.clone(),
            query: query.clone(),
            email: account.email().to_owned(),
            remembered: account.remembered().clone(),
        }
    }

    async fn answer(&self, connection: &mut Connection, told: Told) -> Result<Listing> {
        match told {
            Told::All => self.described(connection).await,
            Told::Numbers => self.numbered(connection).await,
        }
    }

    async fn numbered(&self, connection: &mut Connection) -> Result<Listing> {
        let flight = connection.flight().select(&self.mailbox)?;
        let landed = flight.list()?.send().await?;
        let (keys, sort) = (self.query.keys(&self.email), self.query.server_sort());
        let selected = landed.selected()?;
        let rows = Rows::numbered(connection, selected, &keys, sort, self.query.page).await?;
        let mailboxes = Mailboxes::new(connection.listed(&landed).await?);
        Ok(self.listing(rows, &mailboxes))
    }

    async fn described(&self, connection: &mut Connection) -> Result<Listing> {
        let before = connection.known(&self.mailbox);
        let question = before.and_then(|before| self.question(before));
        let mut flight = connection.flight().select(&self.mailbox)?;
        if let Some(question) = &question {
            flight = question.ask(flight)?;
        }
        let landed = flight.list()?.send().await?;
        let selected = landed.selected()?;
        let told = match question {
            Some(question) if self.stretch(selected).as_ref() == Some(&question.stretch) => {
                question.answer(&landed)?
            }
            _ => None,
        };
        let rows = self.rows(connection, selected, told).await?;
        let mailboxes = Mailboxes::new(connection.listed(&landed).await?);
        Ok(self.listing(rows, &mailboxes))
    }

    /// The page by sequence numbers, where they tell it; None also of an empty mailbox.
    fn stretch(&self, selected: Selected) -> Option<Stretch> {
        let order = self.query.newest_or_oldest_first()?;
        let (first, last) = rows::range(selected.exists, self.query.page, order)?;
        Some(Stretch {
            mailbox: self.mailbox.clone(),
            uid_validity: selected.uid_validity,
            first,
            last,
        })
    }

    /// None where only a search tells which rows there are, and of an empty mailbox.
    pub(super) fn question(&self, selected: Selected) -> Option<Question> {
        let stretch = self.stretch(selected)?;
        Some(Question {
            flags_alone: self.remembered.holds(&stretch),
            stretch,
        })
    }

    /// `told`: what a flight told of the rows already.
    pub(super) async fn rows(
        &self,
        connection: &mut Connection,
        selected: Selected,
        told: Option<RowsTold>,
    ) -> Result<Rows> {
        let page = self.query.page;
        let Some(order) = self.query.newest_or_oldest_first() else {
            let keys = self.query.keys(&self.email);
            let sort = self.query.server_sort();
            return Ok(Rows::found(connection, selected, &keys, sort, page).await?);
        };
        let envelopes = match self.stretch(selected) {
            Some(stretch) => rows::of_stretch(connection, &stretch, &self.remembered, told).await?,
            None => Vec::new(),
        };
        Ok(Rows::in_arrival_order(selected, page, order, envelopes))
    }

    pub(super) fn listing(&self, rows: Rows, mailboxes: &Mailboxes) -> Listing {
        let counts = mailboxes
            .get(&self.mailbox)
            .and_then(|mailbox| mailbox.counts)
            .unwrap_or_default();
        Listing {
            role: mailboxes.role_of(&self.mailbox),
            mailbox: self.mailbox.clone(),
            uid_validity: rows.uid_validity,
            envelopes: rows.envelopes,
            page: rows.window.page,
            pages: rows.window.pages,
            total: rows.total,
            unseen: counts.unseen,
            folders: mailboxes.folders(),
        }
    }
}
