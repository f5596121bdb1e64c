//! What this process is doing for drafts just now. Other processes meet it in the database only.
use super::super::outbox::Progress;
use super::{super::Account, DraftId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};
use tokio::sync::{OwnedMutexGuard, watch};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TrackedFuture},
};

type Key = (String, DraftId);

/// Locks, pauses and sends of all accounts of the process, by account and draft. Entries go away by themselves.
#[derive(Default)]
pub struct Writing {
    locks: Mutex<HashMap<Key, Weak<tokio::sync::Mutex<()>>>>,
    pauses: Mutex<HashMap<Key, CancellationToken>>,
    sends: Mutex<HashMap<Key, watch::Receiver<Progress>>>,
    resumed: Mutex<HashMap<String, i64>>,
    deliveries: TaskTracker,
}

fn key(account: &Account, id: &DraftId) -> Key {
    (account.id().to_owned(), id.clone())
}

/// A panic cannot leave these maps half changed: every change is one call of the map's own.
fn open<T>(map: &Mutex<T>) -> MutexGuard<'_, T> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Writing {
    /// One at a time for what replaces the stored copy of a draft.
    pub(in super::super) async fn alone(
        &self,
        account: &Account,
        id: &DraftId,
    ) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = open(&self.locks);
            locks.retain(|_, lock| lock.strong_count() > 0);
            let known = locks.get(&key(account, id)).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let lock = Arc::new(tokio::sync::Mutex::new(()));
                locks.insert(key(account, id), Arc::downgrade(&lock));
                lock
            })
        };
        lock.lock_owned().await
    }

    /// Begins a pause; one that was under way ends.
    pub(super) fn new_pause(&self, account: &Account, id: &DraftId) -> CancellationToken {
        let token = CancellationToken::new();
        let before = open(&self.pauses).insert(key(account, id), token.clone());
        if let Some(before) = before {
            before.cancel();
        }
        token
    }

    pub(in super::super) fn forget_pause(&self, account: &Account, id: &DraftId) {
        if let Some(pause) = open(&self.pauses).remove(&key(account, id)) {
            pause.cancel();
        }
    }

    /// The send of this message that runs in this process.
    pub(in super::super) fn send_under_way(
        &self,
        account: &Account,
        id: &DraftId,
    ) -> Option<watch::Receiver<Progress>> {
        open(&self.sends).get(&key(account, id)).cloned()
    }

    pub(in super::super) fn send_begins(
        &self,
        account: &Account,
        id: &DraftId,
        progress: watch::Receiver<Progress>,
    ) {
        open(&self.sends).insert(key(account, id), progress);
    }

    pub(in super::super) fn send_ended(&self, account: &Account, id: &DraftId) {
        open(&self.sends).remove(&key(account, id));
    }

    /// The task of a send, as one that `finished` waits for.
    pub(in super::super) fn counted<F: Future>(&self, delivery: F) -> TrackedFuture<F> {
        self.deliveries.track_future(delivery)
    }

    /// At shutdown, before the connections are closed: waits for the step that each send has in hand.
    pub(in super::super) async fn finished(&self) {
        self.deliveries.close();
        self.deliveries.wait().await;
    }

    /// Whether it is time to look for what another process left behind: at first use, then at most twice a minute.
    pub(in super::super) fn may_resume(&self, account: &Account, now: i64) -> bool {
        let mut resumed = open(&self.resumed);
        resumed.retain(|_, at| (now - *at).abs() < 30);
        if resumed.contains_key(account.id()) {
            return false;
        }
        resumed.insert(account.id().to_owned(), now);
        true
    }
}
