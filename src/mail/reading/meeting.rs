use super::{MessageRef, Opened, opened::Shell};
use crate::mail::acquaintance::{Acquaintance, Arrival};
use crate::mail::{Account, Address};
use futures_util::future::join;

/// Whether a message is the first of its sender, found out while it is rendered.
pub(super) struct Meeting {
    arrival: Arrival,
    /// From, as the mail server told it.
    told: Vec<Address>,
}

impl Meeting {
    /// None: nobody is met in this mailbox.
    pub(super) fn of(shell: &Shell, reference: &MessageRef) -> Option<Self> {
        let received = shell.envelope.received;
        Some(Self {
            arrival: Arrival::of(&shell.mailboxes, &reference.mailbox, received)?,
            told: shell.envelope.from.clone(),
        })
    }

    /// What `rendering` gives, and what is to be said of the sender.
    pub(super) async fn during<T>(
        &self,
        account: &Account,
        rendering: impl Future<Output = T>,
    ) -> (T, Acquaintance) {
        join(rendering, account.acquaintance(&self.arrival, &self.told)).await
    }

    /// Notes what was found out.
    pub(super) async fn end(self, account: &Account, found: Acquaintance, opened: &mut Opened) {
        // The page shows whom we read in the header, whoever the server read there.
        let shown = &opened.header.from;
        let found = match (self.told.as_slice(), shown.as_slice()) {
            ([told], [shown]) if told.same(&shown.addr) => found,
            _ => account.acquaintance(&self.arrival, shown).await,
        };
        opened.trust.note(found);
    }
}
