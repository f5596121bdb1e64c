//! Messages taken from a person and not yet filed in Sent: the send protocol of SECURITY.md §8. The mail server is the
//! durable store, the outbox row the state. Nothing that may have been accepted is ever submitted again by itself.

mod check;
mod delivery;
mod record;
mod recording;
mod resuming;
mod sent;

pub use check::Invalid;
pub use record::Failure;

use super::{Account, Address, DraftId, Error, MessageRef, Refusal, Result};
use crate::store::{self, Claim, OutboxRow, Store};
use delivery::Stage;
use record::Record;
use std::time::Duration;
use tokio::time::Instant;

/// How long an ended send and a filed draft are remembered, seconds.
const KEPT: i64 = 30 * 24 * 3600;
/// Between looks at a row that another process works on.
const POLL: Duration = Duration::from_millis(250);

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SendState {
    /// Taken, bytes not yet in Drafts.
    Queued,
    /// SMTP may be under way.
    Sending,
    /// 250; not yet filed in Sent.
    Accepted,
    /// Definite: nothing was sent.
    Failed,
    /// The reply to the final dot was lost.
    Unknown,
    /// In Sent.
    Done,
}

impl SendState {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Done => "done",
        }
    }

    /// A word that no version of this program wrote tells nothing: Unknown is never resent by itself.
    pub(super) fn from_name(name: &str) -> Self {
        match name {
            "queued" => Self::Queued,
            "sending" => Self::Sending,
            "accepted" => Self::Accepted,
            "failed" => Self::Failed,
            "done" => Self::Done,
            _ => Self::Unknown,
        }
    }
}

#[derive(Clone, Debug)]
pub struct OutboxEntry {
    pub id: DraftId,
    pub state: SendState,
    pub subject: String,
    pub recipients: Vec<Address>,
    pub refused: Vec<Refusal>,
    /// Why it failed or is unknown, for a sentence in the person's language.
    pub failure: Option<Failure>,
    /// The server's words, cleaned.
    pub reason: Option<String>,
    /// Unix seconds.
    pub updated: i64,
    /// Where the sent copy is.
    pub filed: Option<MessageRef>,
}

#[derive(Debug)]
pub enum Sent {
    State(OutboxEntry),
    Invalid(Vec<Invalid>),
}

/// What a running send tells those who wait for it.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The outcome is known; a sent message was filed or its first filing failed.
    settled: bool,
    failure: Option<Failure>,
}

impl Account {
    /// Takes the draft and sends it in a tracked task; waits up to `config.limits.send_wait` for the outcome.
    /// Idempotent by draft id: a second call joins the first, in this process or another. `now`: unix seconds.
    ///
    /// # Errors
    /// NoSuchDraft when it was never saved or is discarded. OverQuota (no room for the copy in Drafts) and SignedOut
    /// (the password is not taken any more): nothing was sent and the draft is open for writing again, as after
    /// `Sent::Invalid`.
    pub async fn send(&self, id: &DraftId, now: i64) -> Result<Sent> {
        self.resume(now);
        let (account, taken) = (self.clone(), id.clone());
        let invalid = self
            .complete(async move { account.take(&taken, now).await })
            .await?;
        if !invalid.is_empty() {
            return Ok(Sent::Invalid(invalid));
        }
        let entry = self.outcome(id, now).await?;
        if let (SendState::Failed, Some(Failure::TooLarge { limit })) =
            (entry.state, &entry.failure)
        {
            self.cancel(id, now).await?;
            return Ok(Sent::Invalid(vec![Invalid::TooLarge { limit: *limit }]));
        }
        Ok(Sent::State(entry))
    }

    /// Inserts the row and starts the task, unless the row is there already.
    async fn take(&self, id: &DraftId, now: i64) -> Result<Vec<Invalid>> {
        let owner = self.owner();
        if self
            .store()
            .outbox_row(&owner, id.as_str())
            .await?
            .is_some()
        {
            return Ok(Vec::new());
        }
        let content = self.draft_content(id).await?;
        let size = self.draft_size(id, &content).await?;
        let letter = match check::letter(&content, self.email()) {
            Ok(letter) => letter,
            Err(invalid) => return Ok(invalid),
        };
        let mut invalid = check::size(size);
        let hour = self.store().sends_since(&owner, now - 3600).await?;
        if hour >= i64::from(self.config().limits.sends_per_hour) {
            invalid.push(Invalid::TooOften);
        }
        if !invalid.is_empty() {
            return Ok(invalid);
        }
        let record = Record::new(letter, &content, now);
        let claim = recording::claim(now);
        let json = record.to_json()?;
        let state = SendState::Queued.name();
        self.writing().forget_pause(self, id);
        if self
            .store()
            .insert_outbox(&owner, id.as_str(), state, &json, &claim, now)
            .await?
        {
            self.begin(id, claim, record, Stage::Build, now);
        }
        Ok(Vec::new())
    }

    /// Waits for what runs, here or in another process, and says how things stand.
    async fn outcome(&self, id: &DraftId, now: i64) -> Result<OutboxEntry> {
        let deadline = Instant::now() + self.config().limits.send_wait;
        let failure = match self.writing().send_under_way(self, id) {
            Some(mut progress) => {
                let settled = progress.wait_for(|progress| progress.settled);
                match tokio::time::timeout_at(deadline, settled).await {
                    Ok(Ok(progress)) => progress.failure.clone(),
                    // Still under way, or the task ended without a word: the row tells.
                    Ok(Err(_)) | Err(_) => None,
                }
            }
            None => {
                self.poll(id, deadline).await?;
                None
            }
        };
        let entry = match self.outbox_entry(id).await {
            Ok(entry) => entry,
            // A second waiter has opened the draft again meanwhile.
            Err(Error::NoSuchDraft) => {
                let failure = failure.as_ref().and_then(Failure::as_error);
                return Err(failure.unwrap_or(Error::NoSuchDraft));
            }
            Err(error) => return Err(error),
        };
        match entry.failure.as_ref().and_then(Failure::as_error) {
            Some(error) if entry.state == SendState::Failed => {
                self.cancel(id, now).await?;
                Err(error)
            }
            _ => Ok(entry),
        }
    }

    async fn poll(&self, id: &DraftId, deadline: Instant) -> Result<()> {
        loop {
            let row = self.store().outbox_row(&self.owner(), id.as_str()).await?;
            let under_way = row.is_some_and(|row| {
                let state = SendState::from_name(&row.state);
                matches!(state, SendState::Queued | SendState::Sending)
            });
            if !under_way || Instant::now() + POLL > deadline {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// What waits, is on its way, failed or is unknown, newest first.
    pub async fn outbox(&self) -> Result<Vec<OutboxEntry>> {
        let rows = self.store().outbox_rows(&self.owner()).await?;
        let entries: Result<Vec<OutboxEntry>> = rows.iter().map(entry).collect();
        let mut entries = entries?;
        entries.retain(|entry| entry.state != SendState::Done);
        Ok(entries)
    }

    /// Also one that is in Sent, for 30 days. NoSuchDraft when the outbox does not know it.
    pub async fn outbox_entry(&self, id: &DraftId) -> Result<OutboxEntry> {
        let row = self.store().outbox_row(&self.owner(), id.as_str()).await?;
        entry(&row.ok_or(Error::NoSuchDraft)?)
    }

    /// Failed (or Unknown, on the person's explicit word): once more, the same bytes with the same Message-ID. In any
    /// other state: how things stand.
    pub async fn retry(&self, id: &DraftId, now: i64) -> Result<OutboxEntry> {
        let (account, taken) = (self.clone(), id.clone());
        self.complete(async move { account.take_again(&taken, now).await })
            .await?;
        self.outcome(id, now).await
    }

    async fn take_again(&self, id: &DraftId, now: i64) -> Result<()> {
        if let Some((row, claim)) = self.claim_ended(id, now).await? {
            let record = Record::from_json(&row.content)?;
            self.begin(id, claim, record, Stage::Again, now);
        }
        Ok(())
    }

    /// Failed or Unknown: back to an editable draft. In any other state: NoSuchDraft.
    pub async fn cancel(&self, id: &DraftId, now: i64) -> Result<()> {
        let (account, id) = (self.clone(), id.clone());
        self.complete(async move {
            let Some((_, claim)) = account.claim_ended(&id, now).await? else {
                return Err(Error::NoSuchDraft);
            };
            let owner = account.owner();
            account
                .store()
                .delete_outbox(&owner, id.as_str(), &claim)
                .await?;
            Ok(())
        })
        .await
    }

    /// Takes hold of a row whose send has come to a bad end.
    async fn claim_ended(&self, id: &DraftId, now: i64) -> Result<Option<(OutboxRow, Claim)>> {
        let owner = self.owner();
        let row = self
            .store()
            .outbox_row(&owner, id.as_str())
            .await?
            .ok_or(Error::NoSuchDraft)?;
        if !matches!(
            SendState::from_name(&row.state),
            SendState::Failed | SendState::Unknown
        ) {
            return Ok(None);
        }
        let claim = recording::claim(now);
        let claimed = self
            .store()
            .claim_outbox(&owner, id.as_str(), &row.state, &claim, now)
            .await?;
        Ok(claimed.then_some((row, claim)))
    }
}

fn entry(row: &OutboxRow) -> Result<OutboxEntry> {
    let record = Record::from_json(&row.content)?;
    Ok(OutboxEntry {
        id: DraftId::parse(&row.id).ok_or(Error::NoSuchDraft)?,
        state: SendState::from_name(&row.state),
        subject: record.subject,
        recipients: record.recipients,
        refused: record.refused,
        failure: record.failure,
        reason: record.reason,
        updated: row.updated,
        filed: record.filed.and_then(|place| place.reference()),
    })
}

/// Forgets what ended more than 30 days ago: sends, filed or discarded drafts and their files. For the sweeper of the
/// server. `now`: unix seconds.
pub async fn sweep(store: &Store, now: i64) -> store::Result<()> {
    store.sweep_outbox(now - KEPT).await?;
    store.sweep_drafts(now - KEPT).await?;
    Ok(())
}
