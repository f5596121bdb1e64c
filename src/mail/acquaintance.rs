//! Whether a message is the first from its address (SECURITY.md R-SPOOF-1).
//!
//! The database says since when an address is known. Where it does not, the mailboxes are searched for the earliest message
//! by a task that goes on whoever waits for it: a page waits a moment, and otherwise says it when it is read again.
mod earliest;
mod searches;

use super::mailboxes::Mailboxes;
use super::{Account, Address, MailboxName};
use crate::store;
use earliest::{Place, places};
pub(super) use searches::Searches;
use searches::{Joined, Progress};
use std::error::Error;
use tokio::{sync::watch, time::timeout};

/// What is to be said of a message's sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Acquaintance {
    /// The address wrote before, or that cannot be found out: nothing.
    #[default]
    Nothing,
    First,
    /// It is being searched for.
    Searching,
}

impl Acquaintance {
    /// Of a message that was received then, from an address that is known since then, unix seconds. Of those that came in
    /// the same second none was before the other.
    fn of(received: i64, since: i64) -> Self {
        if received <= since {
            Self::First
        } else {
            Self::Nothing
        }
    }
}

/// A message that may be the first from its address.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    /// Unix seconds.
    received: i64,
    /// Where an earlier one may be. Nowhere: it makes nobody known itself, and nothing is searched for its sake.
    places: Vec<Place>,
}

impl Arrival {
    /// None: one wrote it oneself, or the server does not say when it came.
    pub(super) fn of(mailboxes: &Mailboxes, mailbox: &MailboxName, received: i64) -> Option<Self> {
        let places = places(mailboxes, mailbox)?;
        (received > 0).then_some(Self { received, places })
    }
}

impl Account {
    /// What is to be said of the sender of a message with these authors. Waits for a search no longer than
    /// `config.limits.first_message_wait`.
    pub(super) async fn acquaintance(&self, arrival: &Arrival, from: &[Address]) -> Acquaintance {
        let [from] = from else {
            return Acquaintance::Nothing;
        };
        if from.same(self.email()) || from.domain().is_none() {
            return Acquaintance::Nothing;
        }
        match self.remembered_acquaintance(arrival, &from.addr).await {
            Ok(Some(known)) => known,
            Ok(None) if arrival.places.is_empty() => Acquaintance::Nothing,
            Ok(None) => self.found_acquaintance(arrival, &from.addr).await,
            Err(error) => {
                let error = &error as &dyn Error;
                tracing::warn!(
                    account = self.hash(),
                    error,
                    "since when a sender is known cannot be read"
                );
                Acquaintance::Nothing
            }
        }
    }

    /// None: nobody has looked.
    async fn remembered_acquaintance(
        &self,
        arrival: &Arrival,
        address: &str,
    ) -> store::Result<Option<Acquaintance>> {
        let (owner, received) = (self.owner(), arrival.received);
        let since = self.store().known_since(&owner, address).await?;
        // It lay where nobody searched.
        if since.is_some_and(|since| received < since) && !arrival.places.is_empty() {
            self.store()
                .set_known_since(&owner, address, received)
                .await?;
        }
        Ok(since.map(|since| Acquaintance::of(received, since)))
    }

    async fn found_acquaintance(&self, arrival: &Arrival, address: &str) -> Acquaintance {
        let mut progress = match self.searches().join(address, arrival.received) {
            Joined::Begun(told, progress) => {
                self.begin_search(arrival.clone(), address.to_owned(), told);
                progress
            }
            Joined::UnderWay(progress) => progress,
            Joined::Full => return Acquaintance::Nothing,
        };
        let said = |progress: &Progress| progress.said_of(arrival.received);
        let decided = progress.wait_for(|progress| said(progress).is_some());
        match timeout(self.config().limits.first_message_wait, decided).await {
            Ok(Ok(progress)) => said(&progress).unwrap_or_default(),
            // It was ended by the shutdown.
            Ok(Err(_)) => Acquaintance::Nothing,
            Err(_) => Acquaintance::Searching,
        }
    }

    fn begin_search(&self, arrival: Arrival, address: String, told: watch::Sender<Progress>) {
        let (account, stopping) = (self.clone(), self.tasks().stopping());
        drop(self.tasks().spawn(async move {
            let search = account.search(&arrival, &address, &told);
            match stopping.run_until_cancelled(search).await {
                Some(Ok(since)) => drop(told.send_replace(Progress::Found { since })),
                Some(Err(error)) => {
                    let error = &error as &dyn Error;
                    tracing::warn!(
                        account = account.hash(),
                        error,
                        "a sender's first message is not found"
                    );
                    told.send_replace(Progress::failed());
                }
                None => {}
            }
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_stays_the_first_and_no_later_one_is() {
        assert_eq!(Acquaintance::of(70, 70), Acquaintance::First);
        assert_eq!(Acquaintance::of(69, 70), Acquaintance::First);
        assert_eq!(Acquaintance::of(71, 70), Acquaintance::Nothing);
        assert_eq!(Acquaintance::of(71, 0), Acquaintance::Nothing);
    }
}
