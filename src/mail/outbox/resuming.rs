//! What a process that ended left behind.
use super::{
    super::{Account, DraftId, Result},
    SendState,
    delivery::Stage,
    record::Record,
    recording,
};
use std::time::Duration;

/// Drafts younger than this are still being written, seconds.
const SETTLED: i64 = 60;

impl Account {
    /// Takes up sends whose task is gone and files drafts that only the database has, in a tracked task: Queued goes on
    /// (nothing was submitted), Sending is Done when Sent has the message and Unknown else, Accepted is filed. To be
    /// called at sign-in and with every look at the outbox; does something at most twice a minute. `now`: unix seconds.
    pub fn resume(&self, now: i64) {
        if !self.writing().may_resume(self, now) {
            return;
        }
        let account = self.clone();
        drop(self.tasks().spawn(async move {
            if let Err(error) = account.resume_now(now).await {
                tracing::warn!(
                    account = account.hash(),
                    error = &error as &dyn std::error::Error,
                    "the outbox was not looked through"
                );
            }
        }));
    }

    async fn resume_now(&self, now: i64) -> Result<()> {
        let held_until = self.take_up(now).await?;
        for id in self
            .store()
            .unfiled_drafts(&self.owner(), now - SETTLED)
            .await?
        {
            if let Some(id) = DraftId::parse(&id) {
                self.file_quietly(&id, now).await;
            }
        }
        // A claim whose task is dead ends by itself; a living task renews it and needs nobody.
        if let Some(until) = held_until {
            let wait = u64::try_from(until - now).unwrap_or_default() + 1;
            let pause = tokio::time::sleep(Duration::from_secs(wait));
            if self
                .tasks()
                .stopping()
                .run_until_cancelled(pause)
                .await
                .is_some()
            {
                self.take_up(until + 1).await?;
            }
        }
        Ok(())
    }

    /// Starts a task for every open row that none holds. Until when others hold some.
    async fn take_up(&self, now: i64) -> Result<Option<i64>> {
        let owner = self.owner();
        let mut held_until = None;
        for row in self.store().outbox_rows(&owner).await? {
            let stage = match SendState::from_name(&row.state) {
                SendState::Queued => Stage::Build,
                SendState::Sending => Stage::Interrupted,
                SendState::Accepted => Stage::File,
                SendState::Failed | SendState::Unknown | SendState::Done => continue,
            };
            let Some(id) = DraftId::parse(&row.id) else {
                continue;
            };
            if self.writing().send_under_way(self, &id).is_some() {
                continue;
            }
            if row.claimed_until >= now {
                held_until = held_until.max(Some(row.claimed_until));
                continue;
            }
            let claim = recording::claim(now);
            if self
                .store()
                .claim_outbox(&owner, id.as_str(), &row.state, &claim, now)
                .await?
            {
                let record = Record::from_json(&row.content)?;
                self.begin(&id, claim, record, stage, now);
            }
        }
        Ok(held_until)
    }
}
