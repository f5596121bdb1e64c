//! From Drafts to Sent: a message that was accepted is moved there, once.
use super::{
    super::{Account, DraftId, Error, MessageRef, Result, Role, drafts::Place},
    delivery::Delivery,
};
use crate::imap::{Flag, MailboxName, UidSet};

impl Account {
    /// The copy of this message that Sent holds: filed by us, or by a server that files what it submits.
    pub(super) async fn in_sent(&self, id: &DraftId) -> Result<Option<MessageRef>> {
        let (sent, _) = self.mailbox_for(Role::Sent).await?;
        self.copy_in(&sent, id).await
    }

    async fn copy_in(&self, mailbox: &MailboxName, id: &DraftId) -> Result<Option<MessageRef>> {
        let mut lease = self.lease(Some(mailbox)).await?;
        let uid_validity = lease.select(mailbox).await?.uid_validity;
        let uids = self.with_message_id(&mut lease, id).await?;
        Ok(uids.into_iter().max().map(|uid| MessageRef {
            mailbox: mailbox.clone(),
            uid_validity,
            uid,
        }))
    }
}

impl Delivery {
    /// Can be repeated after any failure: Sent is searched first, and what it has is not added again.
    pub(super) async fn file_in_sent(&self, message: Option<&[u8]>) -> Result<MessageRef> {
        let copy = self.record.copy.as_ref().and_then(Place::reference);
        let (sent, _) = self.account.mailbox_for(Role::Sent).await?;
        if let Some(filed) = self.account.copy_in(&sent, &self.id).await? {
            self.tidy(&filed, copy.as_ref()).await?;
            return Ok(filed);
        }
        if let Some(copy) = copy
            && let Some(filed) = self.moved(&copy, &sent).await?
        {
            return Ok(filed);
        }
        // Somebody has removed the copy from Drafts meanwhile.
        self.added(message, &sent).await
    }

    /// None: the copy is not there any more.
    async fn moved(&self, copy: &MessageRef, sent: &MailboxName) -> Result<Option<MessageRef>> {
        let mut lease = self.account.lease(Some(&copy.mailbox)).await?;
        let one = UidSet::from(copy.uid);
        let flight = lease.flight().select(&copy.mailbox)?.count(&one)?;
        let landed = flight.send().await?;
        if landed.selected()?.uid_validity != copy.uid_validity || landed.count()? == 0 {
            return Ok(None);
        }
        let flight = lease.flight().store(&one, &[Flag::Draft], false)?;
        let flight = flight.store(&one, &[Flag::Seen], true)?;
        flight.send().await?.stored()?;
        let placed = lease.move_to(&one, sent).await?;
        if let Some(placed) = placed.first() {
            return Ok(Some(MessageRef {
                mailbox: sent.clone(),
                uid_validity: placed.uid_validity,
                uid: placed.uid,
            }));
        }
        drop(lease);
        self.account.copy_in(sent, &self.id).await
    }

    async fn added(&self, message: Option<&[u8]>, sent: &MailboxName) -> Result<MessageRef> {
        let built;
        let message = match message {
            Some(message) => message,
            None => {
                let draft = self.account.draft_content(&self.id).await?;
                built = self
                    .account
                    .written(&self.id, &draft, self.record.date)
                    .await?;
                &built
            }
        };
        self.account
            .place(&self.id, sent, &[Flag::Seen], message)
            .await
    }

    /// Sent has it: the copy in Drafts goes, by its UID, and the one in Sent is read and no draft.
    async fn tidy(&self, filed: &MessageRef, copy: Option<&MessageRef>) -> Result<()> {
        let mut lease = self.account.lease(Some(&filed.mailbox)).await?;
        lease.select(&filed.mailbox).await?;
        let one = UidSet::from(filed.uid);
        lease.store(&one, &[Flag::Draft], false).await?;
        lease.store(&one, &[Flag::Seen], true).await?;
        if let Some(copy) = copy
            && lease.select(&copy.mailbox).await?.uid_validity == copy.uid_validity
        {
            lease.delete(&UidSet::from(copy.uid)).await?;
        }
        Ok(())
    }

    /// \Answered on what was answered, $Forwarded on what was forwarded. A message that is gone needs no mark.
    pub(super) async fn mark_originals(&self) {
        for (original, flag) in [
            (&self.record.reply, Flag::Answered),
            (&self.record.forward, Flag::Forwarded),
        ] {
            let Some(original) = original.as_ref().and_then(Place::reference) else {
                continue;
            };
            match self.mark(&original, flag).await {
                Ok(()) | Err(Error::NoSuchMailbox) => {}
                Err(error) => self.log("the message answered is not marked", &error),
            }
        }
    }

    async fn mark(&self, original: &MessageRef, flag: Flag) -> Result<()> {
        let mut lease = self.account.lease(Some(&original.mailbox)).await?;
        if lease.select(&original.mailbox).await?.uid_validity == original.uid_validity {
            lease
                .store(&UidSet::from(original.uid), &[flag], true)
                .await?;
        }
        Ok(())
    }
}
