//! The copy of a draft in the Drafts mailbox.
use super::{
    super::{Account, Address, Error, MessageRef, Result, Role, SendState, Sort, Uid},
    Content, DraftId, content, identity,
};
use crate::{
    imap::{self, Connection, Flag, SearchKey, UidSet},
    mime::Outgoing,
    store::DraftRow,
};

/// Copies of one message that a single clean-up removes; more would be a fault of ours, not of a person.
const COPIES: u32 = 100;

impl Account {
    /// Writes the stored draft to the Drafts mailbox now, when it is not there yet: APPEND, then the old copy is removed
    /// by UID. A failure keeps the stored one and the old copy. A blank draft, and one that is in the outbox, discarded
    /// or unknown, has nothing to file. `now`: unix seconds.
    pub async fn file_draft(&self, id: &DraftId, now: i64) -> Result<()> {
        let account = self.clone();
        let id = id.clone();
        self.complete(async move { account.file_draft_now(&id, now).await })
            .await
    }

    async fn file_draft_now(&self, id: &DraftId, now: i64) -> Result<()> {
        let _alone = self.writing().alone(self, id).await;
        let owner = self.owner();
        if self
            .store()
            .outbox_row(&owner, id.as_str())
            .await?
            .is_some()
        {
            return Ok(());
        }
        let Some(row) = self.store().draft(&owner, id.as_str()).await? else {
            return Ok(());
        };
        if row.discarded || row.version <= row.copy_version {
            return Ok(());
        }
        let content = content::content_of(&row)?;
        if content.is_blank() && self.uploads(id).await?.is_empty() {
            return Ok(());
        }
        self.writing().forget_pause(self, id);
        let message = self.written(id, &content, now).await?;
        let older = content::copy_of(&row)?;
        let copy = self.place_in_drafts(id, &row, &message).await?;
        self.remove_other_copies(id, Some(&copy), older.as_ref())
            .await
    }

    /// The draft as bytes. Recipients that cannot be right yet are left out; the row has them as typed.
    pub(in super::super) async fn written(
        &self,
        id: &DraftId,
        content: &Content,
        now: i64,
    ) -> Result<Vec<u8>> {
        let preferences = self.preferences().await?;
        let outgoing = Outgoing {
            message_id: id.message_id(self.email()),
            date: now,
            utc_offset: preferences.utc_offset(now),
            from: preferences.sender(self.email()),
            to: readable(&content.to),
            cc: readable(&content.cc),
            bcc: readable(&content.bcc),
            subject: content.subject.clone(),
            text: content.body.clone(),
            in_reply_to: content.in_reply_to.clone(),
            references: content.references.clone(),
            attachments: self.attachments(id).await?,
        };
        let build = move || outgoing.to_bytes();
        let built = tokio::task::spawn_blocking(build).await;
        let built = built.map_err(|panicked| Error::Unavailable(Box::new(panicked)))?;
        built.map_err(|error| Error::Unavailable(Box::new(error)))
    }

    /// APPENDs a version of the draft and records where it is. Older copies stay for the caller to remove.
    pub(in super::super) async fn place_in_drafts(
        &self,
        id: &DraftId,
        row: &DraftRow,
        message: &[u8],
    ) -> Result<MessageRef> {
        let (drafts, _) = self.mailbox_for(Role::Drafts).await?;
        let older = content::copy_of(row)?;
        let flags = [Flag::Draft, Flag::Seen];
        let copy = self.place(id, &drafts, &flags, message).await?;
        let owner = self.owner();
        if let Some(older) = &older {
            self.repoint(id, older, &copy, message).await?;
        }
        let place = content::to_json(&super::Place::from(&copy))?;
        self.store()
            .set_draft_copy(&owner, id.as_str(), &place, row.version)
            .await?;
        Ok(copy)
    }

    /// APPEND, and where the message is. When the answer was lost, a message with this id and exactly this size that
    /// is there now is the one.
    pub(in super::super) async fn place(
        &self,
        id: &DraftId,
        mailbox: &imap::MailboxName,
        flags: &[Flag],
        message: &[u8],
    ) -> Result<MessageRef> {
        // APPEND needs no mailbox selected, so no connection has to give up the one that it has.
        let mut lease = self.lease(None).await?;
        let appended = lease.append(mailbox, flags, message).await;
        drop(lease);
        match appended {
            Ok(Some(placed)) => Ok(MessageRef {
                mailbox: mailbox.clone(),
                uid_validity: placed.uid_validity,
                uid: placed.uid,
            }),
            Ok(None) => self
                .newest_copy(id, mailbox, message.len() as u64)
                .await?
                .ok_or(Error::NoSuchMessage),
            Err(error) if is_definite(&error) => Err(error.into()),
            Err(error) => {
                let found = self.newest_copy(id, mailbox, message.len() as u64).await?;
                found.ok_or_else(|| error.into())
            }
        }
    }

    async fn newest_copy(
        &self,
        id: &DraftId,
        mailbox: &imap::MailboxName,
        size: u64,
    ) -> Result<Option<MessageRef>> {
        let mut lease = self.lease(Some(mailbox)).await?;
        let uid_validity = lease.select(mailbox).await?.uid_validity;
        let uids = self.with_message_id(&mut lease, id).await?;
        let Some(newest) = uids.into_iter().max() else {
            return Ok(None);
        };
        let envelopes = lease.fetch_envelopes(&[newest]).await?;
        let is_it = envelopes
            .first()
            .is_some_and(|envelope| envelope.size == size);
        Ok(is_it.then(|| MessageRef {
            mailbox: mailbox.clone(),
            uid_validity,
            uid: newest,
        }))
    }

    /// UIDs in the selected mailbox of the messages with this draft's Message-ID, and no other: the server searches for
    /// a part of the field, the envelopes tell exactly.
    pub(in super::super) async fn with_message_id(
        &self,
        lease: &mut Connection,
        id: &DraftId,
    ) -> Result<Vec<Uid>> {
        let message_id = id.message_id(self.email());
        let keys = [SearchKey::MessageId(format!("<{message_id}>"))];
        let found = lease.search(&keys, Sort::default(), 0, COPIES).await?;
        if found.uids.is_empty() {
            return Ok(Vec::new());
        }
        let envelopes = lease.fetch_envelopes(&found.uids).await?;
        Ok(envelopes
            .into_iter()
            .filter(|envelope| {
                envelope.message_id.as_deref().map(identity::bare) == Some(message_id.as_str())
            })
            .map(|envelope| envelope.uid)
            .collect())
    }

    /// Removes, by UID, the copies of this message in Drafts but for `keep`, and `older` where that one was opened from.
    pub(in super::super) async fn remove_other_copies(
        &self,
        id: &DraftId,
        keep: Option<&MessageRef>,
        older: Option<&MessageRef>,
    ) -> Result<()> {
        let (drafts, _) = self.mailbox_for(Role::Drafts).await?;
        let mut lease = self.lease(Some(&drafts)).await?;
        let uid_validity = lease.select(&drafts).await?.uid_validity;
        let mut uids = self.with_message_id(&mut lease, id).await?;
        match older {
            Some(older) if older.mailbox == drafts && older.uid_validity == uid_validity => {
                uids.push(older.uid);
            }
            _ => {}
        }
        uids.retain(|uid| keep.is_none_or(|keep| keep.mailbox != drafts || keep.uid != *uid));
        uids.sort_unstable();
        uids.dedup();
        if let Some(set) = UidSet::from_uids(uids) {
            lease.delete(&set).await?;
        }
        if let Some(older) = older.filter(|older| older.mailbox != drafts)
            && lease.select(&older.mailbox).await?.uid_validity == older.uid_validity
        {
            lease.delete(&UidSet::from(older.uid)).await?;
        }
        Ok(())
    }

    /// A copy that is gone already is no error.
    pub(super) async fn move_to_trash(&self, copy: &MessageRef) -> Result<()> {
        let (trash, _) = self.mailbox_for(Role::Trash).await?;
        let mut lease = self.lease(Some(&copy.mailbox)).await?;
        if lease.select(&copy.mailbox).await?.uid_validity == copy.uid_validity {
            lease.move_to(&UidSet::from(copy.uid), &trash).await?;
        }
        Ok(())
    }

    pub(super) async fn outbox_state(&self, id: &DraftId) -> Result<Option<SendState>> {
        let row = self.store().outbox_row(&self.owner(), id.as_str()).await?;
        Ok(row.map(|row| SendState::from_name(&row.state)))
    }
}

/// The server has told, or was never asked.
fn is_definite(error: &imap::Error) -> bool {
    !matches!(
        error,
        imap::Error::Timeout
            | imap::Error::Closed(_)
            | imap::Error::Protocol(_)
            | imap::Error::Limit(_)
    )
}

/// The pieces of a typed list that are addresses.
fn readable(typed: &str) -> Vec<Address> {
    match Address::parse_list(typed) {
        Ok(addresses) => addresses,
        Err(_) => typed
            .split([',', ';', '\n'])
            .filter_map(|piece| Address::parse_list(piece).ok())
            .flatten()
            .collect(),
    }
}
