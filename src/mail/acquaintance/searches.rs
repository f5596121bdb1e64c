use super::{Acquaintance, Arrival};
use crate::mail::{Account, Error, Result};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Semaphore, watch},
    time::{Instant, timeout},
};

/// Searches of one account that are under way, wait, or failed a short time ago.
const MOST: usize = 8;
/// A search takes no longer.
const DEADLINE: Duration = Duration::from_secs(60);
/// After a failure the same is not searched for again.
const REST: Duration = Duration::from_secs(60);

/// How far a search is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Progress {
    /// The earliest message so far arrived then, unix seconds.
    UnderWay {
        earliest: i64,
    },
    Found {
        since: i64,
    },
    /// It is not to be tried again before.
    Failed {
        until: Instant,
    },
}

impl Progress {
    pub(super) fn failed() -> Self {
        Self::Failed {
            until: Instant::now() + REST,
        }
    }

    /// What is to be said of the sender of a message that was received then; None: that is not known yet.
    pub(super) fn said_of(&self, received: i64) -> Option<Acquaintance> {
        match *self {
            // An earlier one is enough, whatever else is found.
            Self::UnderWay { earliest } => (earliest < received).then_some(Acquaintance::Nothing),
            Self::Found { since } => Some(Acquaintance::of(received, since)),
            Self::Failed { .. } => Some(Acquaintance::Nothing),
        }
    }
}

/// What came of wanting an address to be searched for.
pub(super) enum Joined {
    /// Nobody did; whoever wants it is to begin, and to tell.
    Begun(watch::Sender<Progress>, watch::Receiver<Progress>),
    UnderWay(watch::Receiver<Progress>),
    /// Too many wait.
    Full,
}

/// The searches of one account: one at a time, and none for an address that is being searched for.
pub(in crate::mail) struct Searches {
    turn: Semaphore,
    /// By lower-case address. What has ended is forgotten, unless it failed a short time ago.
    wanted: Mutex<HashMap<String, watch::Receiver<Progress>>>,
}

impl Default for Searches {
    fn default() -> Self {
        Self {
            turn: Semaphore::new(1),
            wanted: Mutex::default(),
        }
    }
}

impl Searches {
    /// `received`: when the message that asks for it arrived.
    pub(super) fn join(&self, address: &str, received: i64) -> Joined {
        let address = address.to_lowercase();
        let mut wanted = self.wanted();
        wanted.retain(|_, progress| matters(progress));
        if let Some(progress) = wanted.get(&address) {
            return Joined::UnderWay(progress.clone());
        }
        if wanted.len() >= MOST {
            return Joined::Full;
        }
        let (told, progress) = watch::channel(Progress::UnderWay { earliest: received });
        wanted.insert(address, progress.clone());
        Joined::Begun(told, progress)
    }

    /// A panic cannot leave it half changed: every change is one call of the map's own.
    fn wanted(&self) -> MutexGuard<'_, HashMap<String, watch::Receiver<Progress>>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn matters(progress: &watch::Receiver<Progress>) -> bool {
    let under_way = progress.has_changed().is_ok();
    under_way || matches!(*progress.borrow(), Progress::Failed { until } if until > Instant::now())
}

impl Account {
    /// Waits for its turn, searches and records what it found: since when the address is known.
    pub(super) async fn search(
        &self,
        arrival: &Arrival,
        address: &str,
        told: &watch::Sender<Progress>,
    ) -> Result<i64> {
        let _turn = self.searches().turn.acquire().await;
        let owner = self.owner();
        // Another one may have ended between the look into the database and this one's beginning.
        if let Some(since) = self.store().known_since(&owner, address).await? {
            return Ok(since);
        }
        let earliest = self.earliest(arrival, address, told);
        let since = timeout(DEADLINE, earliest)
            .await
            .map_err(|_| Error::TimedOut)??;
        self.store().set_known_since(&owner, address, since).await?;
        Ok(since)
    }

    /// When the earliest message from this address arrived; 0: one has written to it.
    async fn earliest(
        &self,
        arrival: &Arrival,
        address: &str,
        told: &watch::Sender<Progress>,
    ) -> Result<i64> {
        let mut earliest = arrival.received;
        for place in &arrival.places {
            let wanted = Arc::new((place.clone(), address.to_owned()));
            let found = self.read(Some(&place.mailbox), move |connection| {
                let wanted = wanted.clone();
                Box::pin(async move {
                    let (place, address) = &*wanted;
                    place.earliest(connection, address).await
                })
            });
            let found = match found.await {
                // It was removed meanwhile, or is not for this person to read.
                Err(Error::NoSuchMailbox) => None,
                found => found?,
            };
            if place.holds_own && found.is_some() {
                return Ok(0);
            }
            earliest = found.map_or(earliest, |found| found.min(earliest));
            told.send_replace(Progress::UnderWay { earliest });
        }
        Ok(earliest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(searches: &Searches, address: &str) -> watch::Sender<Progress> {
        match searches.join(address, 70) {
            Joined::Begun(told, _) => told,
            Joined::UnderWay(_) | Joined::Full => panic!("{address} is not searched for yet"),
        }
    }

    #[test]
    fn an_address_is_searched_for_once_at_a_time_however_it_is_written() {
        let searches = Searches::default();
        let told = begun(&searches, "a@b.example");
        let joined = searches.join("A@B.example", 90);
        assert!(matches!(joined, Joined::UnderWay(_)));
        drop(begun(&searches, "other@b.example"));
        told.send_replace(Progress::Found { since: 70 });
        drop(told);
        begun(&searches, "a@b.example");
    }

    #[test]
    fn what_failed_is_left_alone_for_a_while() {
        let searches = Searches::default();
        begun(&searches, "a@b.example").send_replace(Progress::failed());
        let Joined::UnderWay(progress) = searches.join("a@b.example", 70) else {
            panic!("it is to rest");
        };
        assert_eq!(progress.borrow().said_of(70), Some(Acquaintance::Nothing));
        let over = Progress::Failed {
            until: Instant::now(),
        };
        begun(&searches, "c@b.example").send_replace(over);
        begun(&searches, "c@b.example");
    }

    #[test]
    fn few_searches_wait() {
        let searches = Searches::default();
        let told: Vec<_> = (0..MOST)
            .map(|number| begun(&searches, &format!("{number}@b.example")))
            .collect();
        assert!(matches!(searches.join("a@b.example", 70), Joined::Full));
        assert!(matches!(
            searches.join("0@b.example", 70),
            Joined::UnderWay(_)
        ));
        drop(told);
        begun(&searches, "a@b.example");
    }

    #[test]
    fn an_earlier_message_is_answer_enough() {
        let progress = Progress::UnderWay { earliest: 70 };
        assert_eq!(progress.said_of(71), Some(Acquaintance::Nothing));
        assert_eq!(progress.said_of(70), None);
        let found = Progress::Found { since: 70 };
        assert_eq!(found.said_of(70), Some(Acquaintance::First));
    }
}
