//! The task that brings one message from its row to Sent.
use super::{
    super::{
        Account, DraftId, Error, MessageRef, Result, SendState,
        drafts::{self, Place},
        reply::whole,
    },
    Failure, Progress, check,
    record::{self, Record},
    recording::Clock,
};
use crate::{
    config,
    mime::Outgoing,
    smtp::{self, Cause, Outcome, Refusal},
    store::{Claim, Owner},
};
use std::time::Duration;
use tokio::{sync::watch, time::Instant};

/// Before each try to file an accepted message. After the last one the next sign-in or look at the outbox tries again.
const FILING: [u64; 4] = [0, 2, 10, 60];

/// Where a task takes up its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing was submitted and nothing is in Drafts for sure.
    Build,
    /// The person wants it submitted once more.
    Again,
    /// A task ended while SMTP was under way.
    Interrupted,
    /// Accepted; to be filed.
    File,
}

pub(super) struct Delivery {
    pub account: Account,
    pub id: DraftId,
    pub record: Record,
    pub owner: Owner,
    pub claim: Claim,
    pub clock: Clock,
    progress: watch::Sender<Progress>,
    /// Copy that Drafts held before the one that is sent.
    older: Option<MessageRef>,
}

impl Account {
    /// Starts the task of a row that `claim` holds. The caller does nothing in between that can be cancelled.
    pub(super) fn begin(&self, id: &DraftId, claim: Claim, record: Record, stage: Stage, now: i64) {
        let (progress, watched) = watch::channel(Progress::default());
        self.writing().send_begins(self, id, watched);
        let delivery = Delivery {
            account: self.clone(),
            id: id.clone(),
            record,
            owner: self.owner(),
            claim,
            clock: Clock {
                started: now,
                since: Instant::now(),
            },
            progress,
            older: None,
        };
        let run = self.writing().counted(delivery.run(stage));
        drop(self.tasks().spawn(run));
    }

    fn submission(&self) -> smtp::Endpoint {
        let config = self.config();
        smtp::Endpoint {
            host: config.smtp.host.clone(),
            port: config.smtp.port,
            security: match config.smtp.security {
                config::Security::Tls => smtp::Security::Tls,
                config::Security::StartTls => smtp::Security::StartTls,
                config::Security::None => smtp::Security::None,
            },
            tls: self.tls().clone(),
            command: config.limits.smtp_command,
            data: config.limits.smtp_data,
        }
    }
}

/// Leaves the list of running sends also when the task panics.
struct Listed(Account, DraftId);

impl Drop for Listed {
    fn drop(&mut self) {
        self.0.writing().send_ended(&self.0, &self.1);
    }
}

impl Delivery {
    async fn run(mut self, stage: Stage) {
        let _listed = Listed(self.account.clone(), self.id.clone());
        let _heart = self.heartbeat();
        if let Err(error) = self.steps(stage).await {
            self.log("a message waits in the outbox", &error);
            self.release().await;
        }
    }

    async fn steps(&mut self, stage: Stage) -> Result<()> {
        let message = match stage {
            Stage::Build => match self.build().await {
                Ok(message) => message,
                Err(error) => return self.fail_before(&error).await,
            },
            Stage::Again => match self.again().await {
                Ok(Some(message)) => message,
                Ok(None) => return self.accepted(None).await,
                Err(error) => return self.fail_before(&error).await,
            },
            Stage::Interrupted => {
                if self.account.in_sent(&self.id).await?.is_some() {
                    return self.accepted(None).await;
                }
                self.record.failure = Some(Failure::Interrupted);
                return self.settle(SendState::Unknown).await;
            }
            Stage::File => return self.file(None).await,
        };
        // What SMTP may be doing is on record before SMTP begins; without the row nothing is submitted.
        if !self.advance(SendState::Sending).await? {
            return Ok(());
        }
        self.submit(message).await
    }

    /// The bytes, once, in Drafts.
    async fn build(&mut self) -> Result<Vec<u8>> {
        let account = self.account.clone();
        let _alone = account.writing().alone(&account, &self.id).await;
        let row = account.store().draft(&self.owner, self.id.as_str()).await?;
        let row = row.filter(|row| !row.discarded).ok_or(Error::NoSuchDraft)?;
        let content = drafts::content_of(&row)?;
        self.record.address(&content, account.email())?;
        let message = account
            .written(&self.id, &content, self.record.date)
            .await?;
        self.older = drafts::copy_of(&row)?;
        let copy = account.place_in_drafts(&self.id, &row, &message).await?;
        self.record.copy = Some(Place::from(&copy));
        Ok(message)
    }

    /// The bytes as they stand in Drafts; built anew where that copy is gone. None: the first try has arrived, a copy
    /// is in Sent.
    async fn again(&mut self) -> Result<Option<Vec<u8>>> {
        if self.account.in_sent(&self.id).await?.is_some() {
            return Ok(None);
        }
        self.record.clear();
        if let Some(copy) = self.record.copy.as_ref().and_then(Place::reference) {
            match self.stored(&copy).await {
                Ok(message) => return Ok(Some(message)),
                Err(Error::NoSuchMessage | Error::MailboxChanged | Error::NoSuchMailbox) => {}
                Err(error) => return Err(error),
            }
        }
        self.build().await.map(Some)
    }

    async fn stored(&self, copy: &MessageRef) -> Result<Vec<u8>> {
        let mut lease = self.account.lease_on(copy).await?;
        let message = whole(&mut lease, copy, None, u64::MAX).await?;
        if message.is_empty() {
            return Err(Error::NoSuchMessage);
        }
        Ok(message)
    }

    async fn submit(&mut self, message: Vec<u8>) -> Result<()> {
        let wire = Outgoing::without_bcc(&message);
        if !check::header_is_sound(&wire) {
            self.record.failure = Some(Failure::Internal);
            tracing::error!(
                account = self.account.hash(),
                "a built message has a header field too many"
            );
            return self.settle(SendState::Failed).await;
        }
        let credentials = self.account.credentials();
        let recipients: Vec<String> = self
            .record
            .recipients
            .iter()
            .map(|to| to.addr.clone())
            .collect();
        let outcome = smtp::submit(
            &self.account.submission(),
            &credentials.email,
            &credentials.password,
            &self.record.from,
            &recipients,
            &wire,
        )
        .await;
        drop(wire);
        match outcome {
            Outcome::Accepted { response } => {
                self.record.reason = Some(response);
                self.accepted(Some(message)).await
            }
            Outcome::Rejected {
                recipients, text, ..
            } => {
                self.record.refused = recipients;
                self.record.failure = Some(Failure::Refused);
                self.record.reason = Some(text);
                self.settle(SendState::Failed).await
            }
            Outcome::NotSent(cause) => {
                self.not_sent(cause).await;
                self.settle(SendState::Failed).await
            }
            Outcome::Unknown { text } => {
                self.record.failure = Some(Failure::LostReply);
                self.record.reason = Some(text);
                self.settle(SendState::Unknown).await
            }
        }
    }

    async fn not_sent(&mut self, cause: Cause) {
        if let Cause::NotInternational { addresses } = &cause {
            let refusal = |address: &String| Refusal {
                address: address.clone(),
                code: 553,
                text: "SMTPUTF8".to_owned(),
            };
            self.record.refused = addresses.iter().map(refusal).collect();
        }
        let (failure, reason) = record::of_cause(cause);
        let denied = failure == Failure::SignedOut && self.account.password_is_taken().await;
        self.record.failure = Some(if denied {
            Failure::SubmissionDenied
        } else {
            failure
        });
        self.record.reason = reason;
    }

    async fn accepted(&mut self, message: Option<Vec<u8>>) -> Result<()> {
        self.record.clear();
        self.write_down(SendState::Accepted).await;
        self.file(message).await
    }

    async fn file(&mut self, message: Option<Vec<u8>>) -> Result<()> {
        let stopping = self.account.tasks().stopping();
        for pause in FILING {
            let pause = tokio::time::sleep(Duration::from_secs(pause));
            if stopping.run_until_cancelled(pause).await.is_none() {
                break;
            }
            match self.file_in_sent(message.as_deref()).await {
                Ok(filed) => {
                    self.record.filed = Some(Place::from(&filed));
                    return self.done().await;
                }
                Err(error) => self.log("a sent message is not in Sent yet", &error),
            }
            self.tell();
        }
        self.release().await;
        Ok(())
    }

    async fn done(&mut self) -> Result<()> {
        self.write_down(SendState::Done).await;
        self.tell();
        self.mark_originals().await;
        self.clean_drafts(None).await;
        self.account
            .store()
            .delete_draft(&self.owner, self.id.as_str())
            .await?;
        self.release().await;
        Ok(())
    }

    async fn fail_before(&mut self, error: &Error) -> Result<()> {
        self.log("a message was not submitted", error);
        self.record.failure = Some(Failure::from(error));
        if let Error::Refused(text) = error {
            self.record.reason = Some(text.clone());
        }
        self.settle(SendState::Failed).await
    }

    /// Failed or Unknown: what there is to do is the person's choice now. The built copy is the draft in Drafts.
    async fn settle(&mut self, state: SendState) -> Result<()> {
        self.write_down(state).await;
        let keep = self.record.copy.as_ref().and_then(Place::reference);
        if keep.is_some() && self.older.is_some() {
            self.clean_drafts(keep.as_ref()).await;
        }
        self.release().await;
        self.tell();
        Ok(())
    }

    async fn clean_drafts(&self, keep: Option<&MessageRef>) {
        let cleaned = self
            .account
            .remove_other_copies(&self.id, keep, self.older.as_ref());
        if let Err(error) = cleaned.await {
            self.log("an older copy stays in Drafts", &error);
        }
    }

    fn tell(&self) {
        self.progress.send_replace(Progress {
            settled: true,
            failure: self.record.failure.clone(),
        });
    }

    pub(super) fn log(&self, what: &'static str, error: &Error) {
        tracing::warn!(
            account = self.account.hash(),
            error = error as &dyn std::error::Error,
            "{what}"
        );
    }
}
