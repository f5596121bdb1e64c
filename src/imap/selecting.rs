//! SELECT (RFC 9051 §6.3.2).

use super::{
    Connection, Envelope, Error, MailboxName, Result, Selected, Uid,
    dialogue::{Keep, Reply},
    response::Outcome,
    syntax::Arg,
};

impl Connection {
    /// SELECT; when `name` is selected already, one NOOP instead so that EXISTS is fresh.
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`] also where the server refuses without saying why, for RFC 3501 knows no other reason, and
    /// where it says that no mailbox can have this name (CANNOT of RFC 5530).
    pub async fn select(&mut self, name: &MailboxName) -> Result<Selected> {
        if let Some((_, selected)) = self
            .selected
            .as_ref()
            .filter(|(current, _)| current == name)
        {
            let before = *selected;
            self.noop().await?;
            return Ok(self
                .selected
                .as_ref()
                .map_or(before, |(_, selected)| *selected));
        }
        let command = self.build("SELECT", &[Arg::Mailbox(name)])?;
        self.selected = None;
        let reply = self.read(vec![command], Keep::NOTHING).await?;
        let selected = selected(&reply)?;
        self.selected = Some((name.clone(), selected));
        Ok(selected)
    }

    /// Selects `name` and fetches the window that `window` makes of the number of messages (first and last sequence
    /// number; None: nothing to fetch). One round trip where `name` is selected already and its messages stayed the same.
    pub async fn select_window(
        &mut self,
        name: &MailboxName,
        window: impl Fn(u32) -> Option<(u32, u32)>,
    ) -> Result<(Selected, Vec<Envelope>)> {
        let known = self
            .selected
            .as_ref()
            .filter(|(current, _)| current == name)
            .map(|(_, selected)| *selected);
        if let Some((known, (first, last))) =
            known.and_then(|known| Some((known, window(known.exists)?)))
        {
            let (selected, envelopes) = self.refresh_window(known, first, last).await?;
            let unchanged = selected.uid_validity == known.uid_validity
                && window(selected.exists) == Some((first, last));
            if let Some(envelopes) = envelopes.filter(|_| unchanged) {
                return Ok((selected, envelopes));
            }
        }
        let selected = match &self.selected {
            Some((current, selected))
                if current == name && known.is_some_and(|known| window(known.exists).is_some()) =>
            {
                *selected
            }
            _ => self.select(name).await?,
        };
        let envelopes = match window(selected.exists) {
            Some((first, last)) => self.fetch_window(first, last).await?,
            None => Vec::new(),
        };
        Ok((selected, envelopes))
    }

    /// NOOP and FETCH in one flight; no envelopes when the numbers shifted meanwhile.
    async fn refresh_window(
        &mut self,
        known: Selected,
        first: u32,
        last: u32,
    ) -> Result<(Selected, Option<Vec<Envelope>>)> {
        let noop = self.build("NOOP", &[])?;
        let fetch = self.fetch_window_command(first, last)?;
        let reply = self
            .read(
                vec![noop, fetch],
                super::fetch::keep_fetch(last.saturating_sub(first) as usize + 1),
            )
            .await?;
        let selected = self
            .selected
            .as_ref()
            .map_or(known, |(_, selected)| *selected);
        if reply.view.expunged || reply.check().is_err() {
            return Ok((selected, None));
        }
        Ok((selected, Some(super::fetch::window_of(&reply, first, last))))
    }
}

fn selected(reply: &Reply) -> Result<Selected> {
    let status = reply
        .last_status()
        .ok_or(Error::Protocol("no tagged response"))?;
    if status.outcome == Outcome::No && matches!(status.code(), None | Some("CANNOT")) {
        return Err(Error::NoSuchMailbox);
    }
    status.check()?;
    let view = &reply.view;
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
