//! R-LIM-3: what one session and one account may ask of us at a time.

use super::{error::Error, security::Client};
use crate::config::Limits;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock, clock::DefaultClock};
use ipnet::IpNet;
use std::{
    collections::HashMap,
    hash::Hash,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_sessions::session::Id;

/// How long a request waits for a place before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);
/// A letter asks for all its pictures at once, and each may take its time.
const PICTURE_PATIENCE: Duration = Duration::from_secs(60);
/// Large forms of people who are not signed in that are read at the same time: each may take some 20 MB.
const STRANGERS: usize = 4;
/// How many of them one client network may hold, so that somebody who sends slowly does not hold all.
const STRANGERS_OF_ONE_NETWORK: usize = 2;
/// The rate limiter forgets who has been quiet when it knows more than this.
const REMEMBERED: usize = 1_000;

/// Limits on concurrent requests and searches; sends are counted with the outbox. Held by the process, not by the database: a restart may forgive.
pub struct Quotas {
    patience: Duration,
    places: Places<Id>,
    pictures: Places<String>,
    networks: Places<IpNet>,
    strangers: Arc<Semaphore>,
    searches: DefaultKeyedRateLimiter<String>,
}

/// Places among the strangers, one of them the network's own share.
pub type StrangersPlace = (OwnedSemaphorePermit, OwnedSemaphorePermit);

impl Quotas {
    pub fn new(limits: &Limits) -> Self {
        let searches = NonZeroU32::new(limits.searches_per_minute).unwrap_or(NonZeroU32::MIN);
        Self {
            patience: PATIENCE,
            places: Places::new(limits.requests_per_session),
            pictures: Places::new(limits.pictures_per_session),
            networks: Places::new(STRANGERS_OF_ONE_NETWORK),
            strangers: Arc::new(Semaphore::new(STRANGERS)),
            searches: RateLimiter::keyed(Quota::per_minute(searches)),
        }
    }

    /// A place for the large form of somebody who is not signed in. Waits a while for one.
    pub async fn stranger(&self, client: Client) -> Result<StrangersPlace, Error> {
        let share = wait(self.networks.of(client.network()), self.patience).await?;
        let place = wait(Arc::clone(&self.strangers), self.patience).await?;
        Ok((share, place))
    }

    /// A place among the concurrent requests of one session, held until dropped. Waits a while for one.
    pub async fn place(&self, session: Id) -> Result<OwnedSemaphorePermit, Error> {
        wait(self.places.of(session), self.patience).await
    }

    /// A place among the pictures that one session, by its public name, fetches at a time. Waits a while for one.
    pub async fn picture(&self, session: &str) -> Result<OwnedSemaphorePermit, Error> {
        wait(self.pictures.of(session.to_owned()), PICTURE_PATIENCE).await
    }

    /// Counts one search of an account.
    pub fn search(&self, account: &str) -> Result<(), Error> {
        let limiter = &self.searches;
        if limiter.len() > REMEMBERED {
            limiter.retain_recent();
        }
        let now = DefaultClock::default().now();
        limiter
            .check_key(&account.to_owned())
            .map_err(|full| Error::TooMany {
                retry_after: full.wait_time_from(now),
            })
    }
}

async fn wait(places: Arc<Semaphore>, patience: Duration) -> Result<OwnedSemaphorePermit, Error> {
    match tokio::time::timeout(patience, places.acquire_owned()).await {
        Ok(Ok(place)) => Ok(place),
        Ok(Err(_)) | Err(_) => Err(Error::TooMany {
            retry_after: patience,
        }),
    }
}

/// So many places for each who has a name; forgotten when nobody holds one.
struct Places<K> {
    each: usize,
    taken: Mutex<HashMap<K, Weak<Semaphore>>>,
}

impl<K: Eq + Hash> Places<K> {
    fn new(each: usize) -> Self {
        Self {
            each: each.max(1),
            taken: Mutex::default(),
        }
    }

    fn of(&self, name: K) -> Arc<Semaphore> {
        // A panic elsewhere cannot leave the map half changed.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(semaphore) = taken.get(&name).and_then(Weak::upgrade) {
            return semaphore;
        }
        taken.retain(|_, semaphore| semaphore.strong_count() > 0);
        let semaphore = Arc::new(Semaphore::new(self.each));
        taken.insert(name, Arc::downgrade(&semaphore));
        semaphore
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Security, Server};

    fn quotas() -> Quotas {
        let server = || Server {
            host: "127.0.0.1".into(),
            port: 1,
            security: Security::None,
        };
        let mut limits = Config::new(server(), server()).limits;
        limits.requests_per_session = 2;
        limits.searches_per_minute = 3;
        Quotas {
            patience: Duration::from_millis(20),
            ..Quotas::new(&limits)
        }
    }

    #[tokio::test]
    async fn one_request_too_many_waits_for_a_place() {
        let quotas = quotas();
        let session = Id(1);
        let _first = quotas.place(session).await.unwrap();
        let second = quotas.place(session).await.unwrap();
        assert!(matches!(
            quotas.place(session).await,
            Err(Error::TooMany { .. })
        ));
        assert!(quotas.place(Id(2)).await.is_ok());
        drop(second);
        assert!(quotas.place(session).await.is_ok());
    }

    #[tokio::test]
    async fn one_network_cannot_take_the_places_of_all_strangers() {
        let quotas = quotas();
        let client = |address: &str| Client(address.parse().unwrap());
        let slow = client("2001:db8::1");
        let _first = quotas.stranger(slow).await.unwrap();
        let second = quotas.stranger(slow).await.unwrap();
        for same in [slow, client("2001:db8::ffff:2")] {
            assert!(matches!(
                quotas.stranger(same).await,
                Err(Error::TooMany { .. })
            ));
        }
        let _third = quotas.stranger(client("192.0.2.1")).await.unwrap();
        let _fourth = quotas.stranger(client("192.0.2.2")).await.unwrap();
        let fifth = client("192.0.2.3");
        assert!(matches!(
            quotas.stranger(fifth).await,
            Err(Error::TooMany { .. })
        ));
        drop(second);
        assert!(quotas.stranger(fifth).await.is_ok());
    }

    #[test]
    fn searches_are_counted_by_account() {
        let quotas = quotas();
        for _ in 0..3 {
            quotas.search("ana").unwrap();
        }
        assert!(
            matches!(quotas.search("ana"), Err(Error::TooMany { retry_after }) if !retry_after.is_zero())
        );
        quotas.search("ion").unwrap();
    }
}
