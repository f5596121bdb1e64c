//! What a delivery writes into its row, and how it holds the row.
use super::{
    super::{DraftId, Result, SendState},
    delivery::Delivery,
};
use crate::store::Claim;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::DropGuard;

/// Seconds a claim lasts without being renewed, and between renewals. A claim that outlives its process by this much
/// delays the recovery by as much.
const CLAIM: i64 = 20;
const RENEWAL: Duration = Duration::from_secs(5);
/// Before each try to write down an outcome.
const WRITING: [u64; 4] = [0, 1, 5, 20];

pub(super) fn claim(now: i64) -> Claim {
    Claim {
        token: DraftId::random().as_str().to_owned(),
        until: now + CLAIM,
    }
}

/// Time passes in a task too.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub started: i64,
    pub since: Instant,
}

impl Clock {
    pub fn now(self) -> i64 {
        self.started + i64::try_from(self.since.elapsed().as_secs()).unwrap_or(i64::MAX / 2)
    }
}

impl Delivery {
    /// `false`: another task holds the row now.
    pub(super) async fn advance(&self, state: SendState) -> Result<bool> {
        let json = self.record.to_json()?;
        let now = self.clock.now();
        let store = self.account.store();
        Ok(store
            .advance_outbox(
                &self.owner,
                self.id.as_str(),
                state.name(),
                &json,
                &self.claim,
                now,
            )
            .await?)
    }

    /// Writes an outcome, trying again while the database fails. What cannot be written is found out at the recovery:
    /// a row left in Sending is Done when Sent has the message, else Unknown.
    pub(super) async fn write_down(&self, state: SendState) {
        for pause in WRITING {
            tokio::time::sleep(Duration::from_secs(pause)).await;
            match self.advance(state).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::error!(
                        account = self.account.hash(),
                        "another task holds the message that was sent"
                    );
                    return;
                }
                Err(error) => self.log("the outcome of a send is not stored", &error),
            }
        }
    }

    pub(super) async fn release(&self) {
        let store = self.account.store();
        let released = store.release_outbox(&self.owner, self.id.as_str(), &self.claim);
        if let Err(error) = released.await {
            self.log("a claim ends by itself", &error.into());
        }
    }

    /// Renews the claim until the guard is dropped.
    pub(super) fn heartbeat(&self) -> DropGuard {
        let ended = tokio_util::sync::CancellationToken::new();
        let (account, id, clock) = (self.account.clone(), self.id.clone(), self.clock);
        let (owner, mut claim, stop) = (self.account.owner(), self.claim.clone(), ended.clone());
        drop(self.account.tasks().spawn(async move {
            while stop
                .run_until_cancelled(tokio::time::sleep(RENEWAL))
                .await
                .is_some()
            {
                claim.until = clock.now() + CLAIM;
                if let Err(error) = account
                    .store()
                    .renew_outbox(&owner, id.as_str(), &claim)
                    .await
                {
                    tracing::warn!(
                        account = account.hash(),
                        error = &error as &dyn std::error::Error,
                        "a claim on the outbox was not renewed"
                    );
                }
            }
        }));
        ended.drop_guard()
    }
}
