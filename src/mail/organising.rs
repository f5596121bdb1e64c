//! What is done to messages: flags, moving, deleting.

use super::mailboxes::{Mailboxes, role_mailbox};
use super::{Account, Error, MailboxName, Result, Role, Uid, UidValidity};
use crate::imap::{self, Connection, Flag, SearchKey, Selected, Sort, UidSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Read,
    Unread,
    Star,
    Unstar,
    Archive,
    Junk,
    NotJunk,
    /// To the Trash; in the Trash for ever.
    Delete,
    Move(MailboxName),
}

/// What an action is for. UIDs of another UIDVALIDITY are MailboxChanged, nothing is touched.
#[derive(Clone, Debug)]
pub enum Selection {
    Messages(Vec<(UidValidity, Uid)>),
    /// Every message that is in the mailbox when the action begins.
    All,
}

/// What was done, for the notice.
#[derive(Clone, Debug)]
pub struct Done {
    /// Messages that were there; those gone already do not count.
    pub count: u32,
    pub moved_to: Option<MailboxName>,
    /// A folder that had to be created.
    pub created: Option<MailboxName>,
    /// Deleted for ever (in Trash).
    pub forever: bool,
}

impl Done {
    fn in_place(count: u32) -> Self {
        Self {
            count,
            moved_to: None,
            created: None,
            forever: false,
        }
    }
}

impl Account {
    /// Carries the action out to its end, also when the caller is dropped. `NoSuchMessage` when not one
    /// of the messages is there any more.
    pub async fn organise(
        &self,
        mailbox: &MailboxName,
        selection: &Selection,
        action: &Action,
    ) -> Result<Done> {
        let (account, mailbox) = (self.clone(), mailbox.clone());
        let (selection, action) = (selection.clone(), action.clone());
        self.complete(async move {
            let mut lease = account.lease(Some(&mailbox)).await?;
            organise(&mut lease, &mailbox, &selection, &action).await
        })
        .await
    }
}

async fn organise(
    connection: &mut Connection,
    mailbox: &MailboxName,
    selection: &Selection,
    action: &Action,
) -> Result<Done> {
    let selected = connection.select(mailbox).await?;
    let Some((uids, count)) = present(connection, &selected, selection).await? else {
        return Ok(Done::in_place(0));
    };
    match action {
        Action::Read => flag(connection, &uids, count, Flag::Seen, true).await,
        Action::Unread => flag(connection, &uids, count, Flag::Seen, false).await,
        Action::Star => flag(connection, &uids, count, Flag::Flagged, true).await,
        Action::Unstar => flag(connection, &uids, count, Flag::Flagged, false).await,
        Action::Move(to) => move_to(connection, mailbox, &uids, count, to).await,
        Action::Archive => move_to_role(connection, mailbox, &uids, count, Role::Archive).await,
        Action::Junk => {
            mark(connection, &uids, Flag::Junk, Flag::NotJunk).await?;
            move_to_role(connection, mailbox, &uids, count, Role::Junk).await
        }
        Action::NotJunk => {
            mark(connection, &uids, Flag::NotJunk, Flag::Junk).await?;
            move_to(connection, mailbox, &uids, count, &MailboxName::inbox()).await
        }
        Action::Delete => delete(connection, mailbox, &uids, count).await,
    }
}

/// The set to act on and how many messages of it exist. None: nothing was selected.
async fn present(
    connection: &mut Connection,
    selected: &Selected,
    selection: &Selection,
) -> Result<Option<(UidSet, u32)>> {
    match selection {
        Selection::All => Ok(all(selected).map(|uids| (uids, selected.exists))),
        Selection::Messages(messages) => {
            if messages
                .iter()
                .any(|(validity, _)| *validity != selected.uid_validity)
            {
                return Err(Error::MailboxChanged);
            }
            let Some(uids) = UidSet::from_uids(messages.iter().map(|(_, uid)| *uid)) else {
                return Ok(None);
            };
            let found = connection
                .search(&[SearchKey::Uids(uids.clone())], Sort::default(), 0, 1)
                .await?;
            if found.total == 0 {
                return Err(Error::NoSuchMessage);
            }
            Ok(Some((uids, found.total)))
        }
    }
}

/// Up to UIDNEXT, so that a message arriving meanwhile is not touched. None of an empty mailbox.
fn all(selected: &Selected) -> Option<UidSet> {
    if selected.exists == 0 {
        return None;
    }
    let last = selected.uid_next.map_or(u32::MAX, |next| next.get() - 1);
    Some(UidSet::range(Uid::new(1)?, Uid::new(last)?))
}

async fn flag(
    connection: &mut Connection,
    uids: &UidSet,
    count: u32,
    flag: Flag,
    on: bool,
) -> Result<Done> {
    connection.store(uids, &[flag], on).await?;
    Ok(Done::in_place(count))
}

/// Keywords teach a filter; a mailbox that does not keep them is no reason to leave the message there.
async fn mark(connection: &mut Connection, uids: &UidSet, set: Flag, clear: Flag) -> Result<()> {
    for (flag, on) in [(clear, false), (set, true)] {
        match connection.store(uids, &[flag], on).await {
            Ok(()) => {}
            Err(imap::Error::Refused { .. }) => tracing::debug!("the mailbox keeps no keywords"),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn move_to(
    connection: &mut Connection,
    from: &MailboxName,
    uids: &UidSet,
    count: u32,
    to: &MailboxName,
) -> Result<Done> {
    if from == to || (from.is_inbox() && to.is_inbox()) {
        return Ok(Done::in_place(count));
    }
    connection.move_to(uids, to).await?;
    Ok(Done {
        moved_to: Some(to.clone()),
        ..Done::in_place(count)
    })
}

async fn move_to_role(
    connection: &mut Connection,
    from: &MailboxName,
    uids: &UidSet,
    count: u32,
    role: Role,
) -> Result<Done> {
    let mailboxes = Mailboxes::new(connection.list().await?);
    if mailboxes.is_within(from, role) {
        return Ok(Done::in_place(count));
    }
    let (to, created) = role_mailbox(connection, &mailboxes, role).await?;
    let done = move_to(connection, from, uids, count, &to).await?;
    Ok(Done {
        created: created.then_some(to),
        ..done
    })
}

async fn delete(
    connection: &mut Connection,
    from: &MailboxName,
    uids: &UidSet,
    count: u32,
) -> Result<Done> {
    let mailboxes = Mailboxes::new(connection.list().await?);
    if mailboxes.is_within(from, Role::Trash) {
        connection.delete(uids).await?;
        return Ok(Done {
            forever: true,
            ..Done::in_place(count)
        });
    }
    let (to, created) = role_mailbox(connection, &mailboxes, Role::Trash).await?;
    let done = move_to(connection, from, uids, count, &to).await?;
    Ok(Done {
        created: created.then_some(to),
        ..done
    })
}
