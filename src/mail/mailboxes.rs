//! The mailboxes of an account: one LIST, put in order, one mailbox per role.

mod tree;

use super::{Account, Counts, Error, MailboxName, Result, Role};
use crate::imap::{self, Connection};
pub(super) use tree::Mailboxes;

/// One mailbox of the sidebar. Order: roles first (Inbox, Drafts, Sent, Archive, Junk, Trash), then
/// folders as a tree in name order.
#[derive(Clone, Debug)]
pub struct Folder {
    pub name: MailboxName,
    /// The name below its parent in the tree, readable.
    pub leaf: String,
    pub role: Option<Role>,
    pub depth: usize,
    pub selectable: bool,
    pub counts: Counts,
}

impl Account {
    /// One LIST round trip; counts included.
    pub async fn folders(&self) -> Result<Vec<Folder>> {
        let mailboxes = self.mailboxes().await?;
        Ok(mailboxes.folders())
    }

    pub(super) async fn mailboxes(&self) -> Result<Mailboxes> {
        self.read(None, |connection| {
            Box::pin(async { Ok(Mailboxes::new(connection.list().await?)) })
        })
        .await
    }

    /// Mailbox for a role: SPECIAL-USE, known names, else created with SPECIAL-USE. `true`: was created now.
    pub(crate) async fn mailbox_for(&self, role: Role) -> Result<(MailboxName, bool)> {
        let account = self.clone();
        self.complete(async move {
            let mut lease = account.lease(None).await?;
            let mailboxes = Mailboxes::new(lease.list_uncounted().await?);
            role_mailbox(&mut lease, &mailboxes, role).await
        })
        .await
    }
}

/// The mailbox for `role` among `mailboxes`, created where there is none. `true`: was created now.
pub(super) async fn role_mailbox(
    connection: &mut Connection,
    mailboxes: &Mailboxes,
    role: Role,
) -> Result<(MailboxName, bool)> {
    if let Some(mailbox) = mailboxes.for_role(role) {
        return Ok((mailbox.name.clone(), false));
    }
    let mut refusal = Error::NoSuchMailbox;
    for name in mailboxes.names_for_new(role) {
        let name = MailboxName::parse(&name).map_err(|_| Error::NoSuchMailbox)?;
        match connection.create(&name, Some(role)).await {
            Ok(()) => {
                if let Err(error) = connection.subscribe(&name).await {
                    tracing::warn!(%error, "a new mailbox could not be subscribed");
                }
                return Ok((name, true));
            }
            Err(imap::Error::Refused {
                code: Some(code), ..
            }) if code.eq_ignore_ascii_case("ALREADYEXISTS") => {
                return Ok((name, false));
            }
            Err(error @ (imap::Error::Refused { .. } | imap::Error::NoSuchMailbox)) => {
                refusal = error.into()
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(refusal)
}
