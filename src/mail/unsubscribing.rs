//! Leaving a mailing list by one request to its sender (RFC 8058), which a person can take back for some seconds.
//!
//! What is known of it stays in memory, for an hour. At shutdown a request that still waits is sent at once: the person was
//! told that it would be.
use super::{Account, MessageRef, Result};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How long the outcome is told at the message.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// How far it is with leaving a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// It can be taken back.
    Waiting,
    Asked,
    Left,
    /// The sender's server did not take the request.
    Failed,
}

/// The lists that are being left. The account's id is part of the key.
#[derive(Clone, Default)]
pub(super) struct Leavings(Arc<Mutex<HashMap<Key, Entry>>>);

type Key = (String, MessageRef);

struct Entry {
    leaving: Leaving,
    since: Instant,
    undo: CancellationToken,
}

impl Leavings {
    fn entries(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|_, entry| entry.since.elapsed() < REMEMBERED);
        entries
    }

    fn get(&self, key: &Key) -> Option<Leaving> {
        self.entries().get(key).map(|entry| entry.leaving)
    }

    /// None: it is under way already.
    fn begin(&self, key: &Key) -> Option<CancellationToken> {
        let mut entries = self.entries();
        let known = entries.get(key).map(|entry| entry.leaving);
        if known.is_some_and(|leaving| leaving != Leaving::Failed) {
            return None;
        }
        let undo = CancellationToken::new();
        let entry = Entry {
            leaving: Leaving::Waiting,
            since: Instant::now(),
            undo: undo.clone(),
        };
        entries.insert(key.clone(), entry);
        Some(undo)
    }

    fn advance(&self, key: &Key, leaving: Leaving) {
        if let Some(entry) = self.entries().get_mut(key) {
            entry.leaving = leaving;
        }
    }

    /// False: too late.
    fn take_back(&self, key: &Key) -> bool {
        let mut entries = self.entries();
        let waits = entries
            .get(key)
            .is_some_and(|entry| entry.leaving == Leaving::Waiting);
        if waits && let Some(entry) = entries.remove(key) {
            entry.undo.cancel();
        }
        waits
    }

    /// The wait is over: from here on nothing is taken back. False: it was.
    fn ask(&self, key: &Key, undo: &CancellationToken) -> bool {
        let mut entries = self.entries();
        if undo.is_cancelled() {
            return false;
        }
        if let Some(entry) = entries.get_mut(key) {
            entry.leaving = Leaving::Asked;
        }
        true
    }
}

impl Account {
    /// How far it is with leaving the list of this message. None: nobody wants to, or it is long ago.
    pub fn leaving(&self, reference: &MessageRef) -> Option<Leaving> {
        self.leavings().get(&self.key(reference))
    }

    /// Asks the sender, after `config.limits.unsubscribe_delay`, to send no more of this list. False: the message offers no
    /// such way, or nothing proves that its sender does.
    pub async fn unsubscribe(&self, reference: &MessageRef) -> Result<bool> {
        let list = self.open(reference).await?.trust.list;
        let Some(url) = list.and_then(|list| list.one_click) else {
            return Ok(false);
        };
        let (key, leavings) = (self.key(reference), self.leavings().clone());
        let Some(undo) = leavings.begin(&key) else {
            return Ok(true);
        };
        let (remote, hash) = (self.remote().clone(), self.hash().to_owned());
        let (stopping, delay) = (
            self.tasks().stopping(),
            self.config().limits.unsubscribe_delay,
        );
        drop(self.tasks().spawn(async move {
            tokio::select! {
                () = undo.cancelled() => return,
                () = sleep(delay) => {}
                () = stopping.cancelled() => {}
            }
            if !leavings.ask(&key, &undo) {
                return;
            }
            let form = [("List-Unsubscribe", "One-Click")];
            let leaving = match remote.post_form(url.as_str(), &form).await {
                Ok(()) => Leaving::Left,
                Err(error) => {
                    tracing::info!(account = hash, %error, "a one-click request was not taken");
                    Leaving::Failed
                }
            };
            leavings.advance(&key, leaving);
        }));
        Ok(true)
    }

    /// Takes it back. False: too late, or there was nothing.
    pub fn stay_subscribed(&self, reference: &MessageRef) -> bool {
        self.leavings().take_back(&self.key(reference))
    }

    fn key(&self, reference: &MessageRef) -> Key {
        (self.id().to_owned(), reference.clone())
    }
}
