//! SELECT (RFC 9051 §6.3.2).

use super::{
    Connection, Error, MailboxName, Result, Selected, Uid,
    dialogue::View,
    response::{Outcome, Status},
};

impl Connection {
    /// SELECT; when `name` is selected already, one NOOP instead so that EXISTS is fresh.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`] also where the server refuses without saying why, for RFC 3501 knows no other reason, and
    /// where it says that no mailbox can have this name (CANNOT of RFC 5530).
    pub async fn select(&mut self, name: &MailboxName) -> Result<Selected> {
        self.flight().select(name)?.send().await?.selected()
    }

    /// The mailbox as it was last told, where it is selected.
    pub fn known(&self, name: &MailboxName) -> Option<Selected> {
        let selected = self.selected.as_ref();
        selected
            .filter(|(current, _)| current == name)
            .map(|(_, selected)| *selected)
    }
}

pub(super) fn selected(status: &Status, view: &View) -> Result<Selected> {
    let code = status.code.as_ref().map(|code| code.name.as_str());
    if status.outcome == Outcome::No && matches!(code, None | Some("CANNOT")) {
        return Err(Error::NoSuchMailbox);
    }
    status.check()?;
    let uid_validity = view
        .uid_validity
        .ok_or(Error::Protocol("SELECT without a UIDVALIDITY"))?;
    Ok(Selected {
        exists: view.exists,
        uid_validity,
        uid_next: view.uid_next.and_then(Uid::new),
        read_only: view.read_only,
    })
}
