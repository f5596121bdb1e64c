//! Messages being written. The database has every save at once; the Drafts mailbox gets a copy after a pause, on an
//! explicit save and before sending, so that other programs see it. The row is the truth while it exists.

mod content;
mod files;
mod filing;
mod identity;
mod ongoing;
mod saving;

pub(super) use content::{Carried, Content, Meta, Place, content_of, copy_of};
pub use identity::DraftId;
pub use ongoing::Writing;

use super::{Account, Error, MessageRef, Result, SendState};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftState {
    /// Nothing stored yet.
    New,
    Editing,
    /// In the outbox: its text does not change any more.
    Submitted(SendState),
    Discarded,
}

/// A message being written; recipients as typed.
#[derive(Clone, Debug)]
pub struct Draft {
    pub id: DraftId,
    pub from: String,
    pub to: String,
    pub cc: String,
    pub bcc: String,
    pub subject: String,
    /// Lines end in LF.
    pub body: String,
    pub reply: Option<MessageRef>,
    pub forward: Option<MessageRef>,
    pub uploads: Vec<Upload>,
    pub state: DraftState,
    /// Unix seconds of the last save.
    pub saved: Option<i64>,
    /// Counts the changes; 0 for a New one. A form gives it back as `DraftChange::base`.
    pub version: i64,
    /// Set by a save that met another device's text: that text went on under this id, into Drafts.
    pub kept: Option<DraftId>,
}

/// One file of a draft: uploaded, or carried along from a forwarded message or an opened draft.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Number in the URL, stable.
    pub number: u32,
    pub filename: String,
    pub mime_type: String,
    /// Octets; estimated for a carried part.
    pub size: u64,
    pub carried: bool,
}

/// Absent = unchanged.
#[derive(Clone, Debug, Default)]
pub struct DraftChange {
    pub from: Option<String>,
    pub to: Option<String>,
    pub cc: Option<String>,
    pub bcc: Option<String>,
    pub subject: Option<String>,
    pub body: Option<String>,
    /// `Draft::version` of the page the text was typed in. With it a save from a second device is noticed; without it
    /// the last save wins.
    pub base: Option<i64>,
}

#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// `limit` in octets.
    #[error("over the limit")]
    TooLarge { filename: String, limit: u64 },
    #[error("too many files")]
    TooMany { limit: usize },
    #[error(transparent)]
    Mail(#[from] Error),
}

impl From<crate::store::Error> for UploadError {
    fn from(error: crate::store::Error) -> Self {
        Self::Mail(error.into())
    }
}

impl Account {
    /// Moves the copy in Drafts to Trash (made first where there is text and none yet), then forgets text and files. The
    /// id stays known for 30 days, so that a late save revives nothing.
    ///
    /// # Errors
    /// When the mail server cannot take the copy nothing is forgotten. A message in the outbox: NoSuchDraft.
    pub async fn discard(&self, id: &DraftId, now: i64) -> Result<()> {
        let account = self.clone();
        let id = id.clone();
        self.complete(async move { account.discard_now(&id, now).await })
            .await
    }

    async fn discard_now(&self, id: &DraftId, now: i64) -> Result<()> {
        self.writing().forget_pause(self, id);
        self.file_draft(id, now).await?;
        let _alone = self.writing().alone(self, id).await;
        let owner = self.owner();
        if self
            .store()
            .outbox_row(&owner, id.as_str())
            .await?
            .is_some()
        {
            return Err(Error::NoSuchDraft);
        }
        if let Some(row) = self.store().draft(&owner, id.as_str()).await?
            && let Some(copy) = content::copy_of(&row)?
        {
            self.move_to_trash(&copy).await?;
        }
        Ok(self.store().discard_draft(&owner, id.as_str(), now).await?)
    }
}
