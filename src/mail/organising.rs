//! What is done to messages: flags, moving, deleting.

use super::mailboxes::{Mailboxes, role_mailbox};
use super::{Account, Error, MailboxName, Result, Role, Uid, UidValidity};
use crate::imap::{self, Connection, Flag, Selected, UidSet};

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
    let Some(chosen) = present(connection, mailbox, selection, action).await? else {
        return Ok(Done::in_place(0));
    };
    let (uids, count) = (&chosen.uids, chosen.count);
    match action {
        Action::Read | Action::Unread | Action::Star | Action::Unstar => {
            if let (Some((flag, on)), false) = (action.flag(), chosen.flagged) {
                connection.store(uids, &[flag], on).await?;
            }
            Ok(Done::in_place(count))
        }
        Action::Move(to) => move_to(connection, mailbox, uids, count, to).await,
        Action::Archive => move_to_role(connection, mailbox, &chosen, Role::Archive).await,
        Action::Junk => {
            mark(connection, uids, Flag::Junk, Flag::NotJunk).await?;
            move_to_role(connection, mailbox, &chosen, Role::Junk).await
        }
        Action::NotJunk => {
            mark(connection, uids, Flag::NotJunk, Flag::Junk).await?;
            move_to(connection, mailbox, uids, count, &MailboxName::inbox()).await
        }
        Action::Delete => delete(connection, mailbox, &chosen).await,
    }
}

impl Action {
    /// The flag that it sets or takes away, where that is all it does.
    fn flag(&self) -> Option<(Flag, bool)> {
        match self {
            Self::Read => Some((Flag::Seen, true)),
            Self::Unread => Some((Flag::Seen, false)),
            Self::Star => Some((Flag::Flagged, true)),
            Self::Unstar => Some((Flag::Flagged, false)),
            Self::Archive | Self::Junk | Self::NotJunk | Self::Delete | Self::Move(_) => None,
        }
    }

    fn needs_mailboxes(&self) -> bool {
        matches!(self, Self::Archive | Self::Junk | Self::Delete)
    }
}

/// The messages to act on, there when the action begins.
struct Chosen {
    uids: UidSet,
    count: u32,
    /// The action's flag is set already.
    flagged: bool,
    mailboxes: Mailboxes,
}

/// One flight. The flag goes with it where the mailbox is selected already, so that its UIDVALIDITY is known beforehand.
/// None: nothing was selected.
async fn present(
    connection: &mut Connection,
    mailbox: &MailboxName,
    selection: &Selection,
    action: &Action,
) -> Result<Option<Chosen>> {
    let meant = |selected: Selected| match selection {
        Selection::All => true,
        Selection::Messages(messages) => messages
            .iter()
            .all(|(validity, _)| *validity == selected.uid_validity),
    };
    let named = match selection {
        Selection::All => None,
        Selection::Messages(messages) => UidSet::from_uids(messages.iter().map(|(_, uid)| *uid)),
    };
    let flag = action
        .flag()
        .filter(|_| connection.known(mailbox).is_some_and(meant));
    let mut flight = connection.flight().select(mailbox)?;
    if let Some(uids) = &named {
        flight = flight.count(uids)?;
        if let Some((flag, on)) = flag {
            flight = flight.store(uids, &[flag], on)?;
        }
    }
    if action.needs_mailboxes() {
        flight = flight.list_uncounted()?;
    }
    let landed = flight.send().await?;
    let selected = landed.selected()?;
    if !meant(selected) {
        return Err(Error::MailboxChanged);
    }
    let flagged = flag.is_some() && named.is_some();
    let (uids, count) = match (named, selection) {
        (Some(uids), _) => match landed.count()? {
            0 => return Err(Error::NoSuchMessage),
            count => (Some(uids), count),
        },
        (None, Selection::All) => (all(&selected), selected.exists),
        (None, Selection::Messages(_)) => (None, 0),
    };
    landed.stored()?;
    let mailboxes = match action.needs_mailboxes() {
        true => connection.listed_uncounted(&landed)?,
        false => Vec::new(),
    };
    Ok(uids.map(|uids| Chosen {
        uids,
        count,
        flagged,
        mailboxes: Mailboxes::new(mailboxes),
    }))
}

/// Up to UIDNEXT, so that a message arriving meanwhile is not touched. None of an empty mailbox.
fn all(selected: &Selected) -> Option<UidSet> {
    if selected.exists == 0 {
        return None;
    }
    let last = selected.uid_next.map_or(u32::MAX, |next| next.get() - 1);
    Some(UidSet::range(Uid::new(1)?, Uid::new(last)?))
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
    chosen: &Chosen,
    role: Role,
) -> Result<Done> {
    let mailboxes = &chosen.mailboxes;
    if mailboxes.is_within(from, role) {
        return Ok(Done::in_place(chosen.count));
    }
    let (to, created) = role_mailbox(connection, mailboxes, role).await?;
    let done = move_to(connection, from, &chosen.uids, chosen.count, &to).await?;
    Ok(Done {
        created: created.then_some(to),
        ..done
    })
}

async fn delete(connection: &mut Connection, from: &MailboxName, chosen: &Chosen) -> Result<Done> {
    if chosen.mailboxes.is_within(from, Role::Trash) {
        connection.delete(&chosen.uids).await?;
        return Ok(Done {
            forever: true,
            ..Done::in_place(chosen.count)
        });
    }
    move_to_role(connection, from, chosen, Role::Trash).await
}
