use super::{PAGE_SIZE, rows, window};
use crate::imap::{self, Connection, Found, SearchKey, Sort, SortKey, UidValidity};
use crate::mail::mailboxes::Mailboxes;
use crate::mail::{Account, Envelope, Folder, MailboxName, MessageRef, Result, Role};

/// Mailboxes that are looked into.
const MAILBOXES_MAX: usize = 200;
/// Newest flagged messages that the pages go back to.
const MESSAGES_MAX: u32 = 1000;

impl Account {
    /// Flagged messages of all mailboxes but Junk and Trash, newest first, each with its mailbox; 50 a
    /// page, the newest 1,000; then the number of pages, the number of messages, the sidebar.
    pub async fn starred(
        &self,
        page: u32,
    ) -> Result<(Vec<(MessageRef, Envelope)>, u32, u32, Vec<Folder>)> {
        let mut lease = self.lease(None).await?;
        let mailboxes = Mailboxes::new(lease.list().await?);
        let needed = page.max(1).saturating_mul(PAGE_SIZE).min(MESSAGES_MAX);
        let mut total: u32 = 0;
        let mut starred = Vec::new();
        let mut large = Vec::new();
        for name in searched(&mailboxes) {
            match newest_flagged(&mut lease, name, needed).await {
                Ok((count, messages)) => {
                    total = total.saturating_add(count);
                    starred.extend(messages);
                }
                Err(imap::Error::NoSuchMailbox | imap::Error::Refused { .. }) => {
                    tracing::debug!(
                        "a mailbox does not open and is left out of the starred messages"
                    );
                }
                // The connection is closed by now.
                Err(error @ imap::Error::Limit(_)) => {
                    tracing::info!(%error, "the rows of a mailbox are fetched in portions");
                    drop(lease);
                    lease = self.lease(None).await?;
                    large.push(name);
                }
                Err(error) => return Err(error.into()),
            }
        }
        drop(lease);
        for name in large {
            let (count, messages) = self.newest_flagged_in_portions(name, needed).await?;
            total = total.saturating_add(count);
            starred.extend(messages);
        }
        starred.sort_by_key(|(_, envelope): &(MessageRef, Envelope)| {
            std::cmp::Reverse(envelope.received)
        });
        let total = total.min(MESSAGES_MAX);
        let window = window(total, page, PAGE_SIZE);
        let rows = starred
            .into_iter()
            .skip(window.offset as usize)
            .take(window.len as usize)
            .collect();
        Ok((rows, window.pages, total, mailboxes.folders()))
    }

    async fn newest_flagged_in_portions(
        &self,
        mailbox: &MailboxName,
        len: u32,
    ) -> Result<(u32, Vec<(MessageRef, Envelope)>)> {
        let found = self.read(Some(mailbox), |connection| {
            let mailbox = mailbox.clone();
            Box::pin(async move { Ok(numbers(connection, &mailbox, len).await?) })
        });
        let (uid_validity, found) = found.await?;
        let rows = self
            .described_in_portions(mailbox, uid_validity, &found.uids)
            .await?;
        Ok((found.total, referred(mailbox, uid_validity, rows)))
    }
}

/// Virtual mailboxes (`\All`, `\Flagged`) would show everything twice.
fn searched(mailboxes: &Mailboxes) -> impl Iterator<Item = &MailboxName> {
    mailboxes
        .iter()
        .filter(|mailbox| {
            mailbox.selectable && mailbox.counts.is_none_or(|counts| counts.messages > 0)
        })
        .map(|mailbox| &mailbox.name)
        .filter(|name| {
            !matches!(mailboxes.role_of(name), Some(Role::All | Role::Flagged))
                && ![Role::Junk, Role::Trash]
                    .into_iter()
                    .any(|role| mailboxes.is_within(name, role))
        })
        .take(MAILBOXES_MAX)
}

async fn newest_flagged(
    connection: &mut Connection,
    mailbox: &MailboxName,
    len: u32,
) -> imap::Result<(u32, Vec<(MessageRef, Envelope)>)> {
    let (uid_validity, found) = numbers(connection, mailbox, len).await?;
    let rows = rows::by_uid(connection, &found.uids).await?;
    Ok((found.total, referred(mailbox, uid_validity, rows)))
}

async fn numbers(
    connection: &mut Connection,
    mailbox: &MailboxName,
    len: u32,
) -> imap::Result<(UidValidity, Found)> {
    let selected = connection.select(mailbox).await?;
    let newest_first = Sort {
        key: SortKey::Arrival,
        reverse: true,
    };
    let found = connection
        .search(&[SearchKey::Flagged], newest_first, 0, len)
        .await?;
    Ok((selected.uid_validity, found))
}

fn referred(
    mailbox: &MailboxName,
    uid_validity: UidValidity,
    rows: Vec<Envelope>,
) -> Vec<(MessageRef, Envelope)> {
    let reference = |uid| MessageRef {
        mailbox: mailbox.clone(),
        uid_validity,
        uid,
    };
    let rows = rows.into_iter();
    rows.map(|envelope| (reference(envelope.uid), envelope))
        .collect()
}
