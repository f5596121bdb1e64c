//! What was given to be sent and is not yet filed.

use super::{
    compose,
    error::Error,
    extract::Writing,
    layout::{Current, Layout, View},
    page::Page,
    visitor::SignedIn,
};
use crate::mail::{Address, DraftId, Failure, OutboxEntry, SendState};
use askama::Template;
use axum::response::Redirect;

/// `GET /outbox`; entries carry the anchor `#m-{id}`.
#[derive(Template)]
#[template(path = "compose/outbox.html")]
pub struct OutboxPage {
    pub layout: Layout,
    /// Newest first.
    pub entries: Vec<OutboxEntry>,
}

impl OutboxPage {
    /// Something is on its way: the page reads itself again.
    pub fn in_flight(&self) -> bool {
        self.entries.iter().any(|entry| {
            matches!(
                entry.state,
                SendState::Queued | SendState::Sending | SendState::Accepted
            )
        })
    }

    pub fn state_key(&self, entry: &OutboxEntry) -> &'static str {
        match entry.state {
            SendState::Queued => "outbox-queued",
            SendState::Sending => "outbox-sending",
            SendState::Accepted => "outbox-accepted",
            SendState::Failed => "outbox-failed",
            SendState::Unknown => "outbox-unknown",
            SendState::Done => "outbox-done",
        }
    }

    /// The sentence that says what is kept and what to do.
    pub fn hint_key(&self, entry: &OutboxEntry) -> &'static str {
        match entry.state {
            SendState::Queued | SendState::Sending => "outbox-sending-hint",
            SendState::Accepted => "outbox-accepted-hint",
            SendState::Failed => "outbox-failed-hint",
            SendState::Unknown => "outbox-unknown-hint",
            SendState::Done => "outbox-done-hint",
        }
    }

    /// Why it failed or is unknown.
    pub fn failure_text(&self, entry: &OutboxEntry) -> Option<String> {
        let layout = &self.layout;
        let key = match entry.failure.as_ref()? {
            Failure::TooLarge { limit } => {
                return Some(layout.t_x("failure-too-large", layout.size(*limit)));
            }
            Failure::Refused => "failure-refused",
            Failure::SignedOut => "failure-signed-out",
            Failure::SubmissionDenied => "failure-submission-denied",
            Failure::OverQuota => "failure-over-quota",
            Failure::NotInternational => "failure-not-international",
            Failure::Unreachable => "failure-unreachable",
            Failure::TimedOut => "failure-timed-out",
            Failure::Insecure => "failure-insecure",
            Failure::MissingFile => "failure-missing-file",
            Failure::Internal => "failure-internal",
            Failure::Interrupted => "failure-interrupted",
            Failure::LostReply => "failure-lost-reply",
        };
        Some(layout.t(key))
    }

    /// The server's words, where no recipient's refusal says the same.
    pub fn reason<'a>(&self, entry: &'a OutboxEntry) -> Option<&'a str> {
        let said = |reason: &&str| entry.refused.iter().any(|one| one.text == *reason);
        entry.reason.as_deref().filter(|reason| !said(reason))
    }

    pub fn icon(&self, entry: &OutboxEntry) -> &'static str {
        match entry.state {
            SendState::Queued => "clock",
            SendState::Sending => "send",
            SendState::Accepted | SendState::Done => "check",
            SendState::Failed => "circle-alert",
            SendState::Unknown => "circle-help",
        }
    }

    pub fn tone(&self, entry: &OutboxEntry) -> &'static str {
        match entry.state {
            SendState::Failed => "bad",
            SendState::Unknown => "warn",
            _ => "plain",
        }
    }

    pub fn can_act(&self, entry: &OutboxEntry) -> bool {
        matches!(entry.state, SendState::Failed | SendState::Unknown)
    }

    pub fn is_unknown(&self, entry: &OutboxEntry) -> bool {
        entry.state == SendState::Unknown
    }

    pub fn subject(&self, entry: &OutboxEntry) -> String {
        self.layout.subject(&entry.subject)
    }

    pub fn recipients(&self, entry: &OutboxEntry) -> String {
        entry
            .recipients
            .iter()
            .map(Address::display_name)
            .collect::<Vec<_>>()
            .join(", ")
    }

    pub fn action(&self, id: &DraftId, verb: &str) -> String {
        self.layout.url(&format!("/outbox/{}/{verb}", id.as_str()))
    }
}

/// `GET /outbox`
pub async fn show(signed_in: SignedIn) -> Result<Page<OutboxPage>, Error> {
    let entries = signed_in.account.outbox().await?;
    let folders = signed_in.folders_or_none().await?;
    Ok(Page::new(OutboxPage {
        layout: signed_in
            .layout(View::Page, Current::Outbox, folders)
            .await?,
        entries,
    }))
}

/// `POST /outbox/{id}/retry`
pub async fn retry(signed_in: SignedIn, Writing(id): Writing) -> Result<Redirect, Error> {
    let entry = signed_in.account.retry(&id, signed_in.now()).await?;
    compose::after_sending(&signed_in, &entry, None).await
}

/// `POST /outbox/{id}/cancel`
pub async fn cancel(signed_in: SignedIn, Writing(id): Writing) -> Result<Redirect, Error> {
    signed_in.account.cancel(&id, signed_in.now()).await?;
    Ok(Redirect::to(
        &signed_in
            .visitor
            .site
            .url(&format!("/compose/{}", id.as_str())),
    ))
}
