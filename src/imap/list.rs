//! LIST, LSUB, STATUS, CREATE, SUBSCRIBE (RFC 9051 §6.3, RFC 5258, 5819, 6154).

mod lines;

use super::{
    Connection, Error, Landed, Mailbox, MailboxName, Result, Role,
    dialogue::Keep,
    response::Kind,
    syntax::{Arg, Command},
};
use lines::{assign_roles, mailboxes, status};
use std::collections::HashMap;

/// Most mailboxes listed; the rest is left out and logged.
const MOST_MAILBOXES: usize = 10_000;
/// Most mailboxes asked for their STATUS one by one, where LIST-STATUS is missing.
const MOST_STATUSES: usize = 500;
/// STATUS commands in one flight.
const FLIGHT: usize = 50;

pub(super) const LISTED: Keep = Keep {
    kinds: &[Kind::List, Kind::Lsub, Kind::Status],
    most: 2 * MOST_MAILBOXES,
};

impl Connection {
    /// All mailboxes, in the server's order: LIST with SPECIAL-USE and STATUS in one command where offered (RFC 5819,
    /// 6154), else LIST with LSUB, then STATUS in flights. Roles from SPECIAL-USE, then [`Role::guess`]; each role once.
    pub async fn list(&mut self) -> Result<Vec<Mailbox>> {
        let landed = self.flight().list()?.send().await?;
        self.listed(&landed).await
    }

    /// What a flight with [`super::Flight::list`] brought, with the counts.
    pub async fn listed(&mut self, landed: &Landed) -> Result<Vec<Mailbox>> {
        let extended = self.capabilities().list_extended;
        let mut mailboxes = mailboxes(landed.mailboxes()?, extended);
        if !self.capabilities().list_status {
            self.count(&mut mailboxes).await?;
        }
        assign_roles(&mut mailboxes);
        Ok(mailboxes)
    }

    /// As [`Connection::list`] without the counts: STATUS of a large mailbox to which messages are delivered takes
    /// the server some hundred milliseconds.
    pub async fn list_uncounted(&mut self) -> Result<Vec<Mailbox>> {
        let landed = self.flight().list_uncounted()?.send().await?;
        self.listed_uncounted(&landed)
    }

    /// What a flight with [`super::Flight::list_uncounted`] brought.
    pub fn listed_uncounted(&self, landed: &Landed) -> Result<Vec<Mailbox>> {
        let extended = self.capabilities().list_extended;
        let mut mailboxes = mailboxes(landed.mailboxes()?, extended);
        assign_roles(&mut mailboxes);
        Ok(mailboxes)
    }

    /// LIST, and LSUB where LIST does not tell the subscriptions. LSUB is gone from IMAP4rev2; its refusal leaves everything
    /// unsubscribed.
    pub(super) fn list_commands(&self, counted: bool) -> Result<Vec<Command>> {
        if !self.capabilities().list_extended {
            return ["LIST", "LSUB"]
                .into_iter()
                .map(|verb| self.build(verb, &[Arg::Word("\"\" \"*\"")]))
                .collect();
        }
        let mut options = vec![Arg::Word("SUBSCRIBED"), Arg::Word("CHILDREN")];
        if self.capabilities().special_use {
            options.push(Arg::Word("SPECIAL-USE"));
        }
        if counted && self.capabilities().list_status {
            options.push(Arg::Word("STATUS (MESSAGES UNSEEN)"));
        }
        let args = [Arg::Word("\"\" \"*\" RETURN"), Arg::List(options)];
        Ok(vec![self.build("LIST", &args)?])
    }

    /// A mailbox that refuses its STATUS stays without counts.
    async fn count(&mut self, mailboxes: &mut [Mailbox]) -> Result<()> {
        let countable = mailboxes
            .iter()
            .filter(|mailbox| mailbox.selectable)
            .take(MOST_STATUSES);
        let names: Vec<MailboxName> = countable.map(|mailbox| mailbox.name.clone()).collect();
        let mut counts = HashMap::new();
        for flight in names.chunks(FLIGHT) {
            let commands = flight.iter().map(|name| {
                self.build(
                    "STATUS",
                    &[Arg::Mailbox(name), Arg::Word("(MESSAGES UNSEEN)")],
                )
            });
            let commands = commands.collect::<Result<Vec<_>>>()?;
            let reply = self
                .read(
                    commands,
                    Keep {
                        kinds: &[Kind::Status],
                        most: 2 * FLIGHT,
                    },
                )
                .await?;
            counts.extend(reply.data.iter().filter_map(status));
        }
        for mailbox in mailboxes {
            mailbox.counts = counts.get(&mailbox.name).copied();
        }
        Ok(())
    }

    /// CREATE, with its SPECIAL-USE where the server takes it (RFC 6154 §3). A mailbox that is there already is no error.
    pub async fn create(&mut self, name: &MailboxName, role: Option<Role>) -> Result<()> {
        let attribute = role
            .filter(|_| self.capabilities().create_special_use)
            .and_then(Role::attribute);
        if let Some(attribute) = attribute {
            let usage = Arg::List(vec![
                Arg::Word("USE"),
                Arg::List(vec![Arg::Word(attribute)]),
            ]);
            match self.create_with(&[Arg::Mailbox(name), usage]).await {
                Err(Error::Refused {
                    code: Some(code), ..
                }) if code == "USEATTR" => {}
                outcome => return outcome,
            }
        }
        self.create_with(&[Arg::Mailbox(name)]).await
    }

    async fn create_with(&mut self, args: &[Arg<'_>]) -> Result<()> {
        let command = self.build("CREATE", args)?;
        match self.run(command).await {
            Err(Error::Refused {
                code: Some(code), ..
            }) if code == "ALREADYEXISTS" => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    pub async fn subscribe(&mut self, name: &MailboxName) -> Result<()> {
        let command = self.build("SUBSCRIBE", &[Arg::Mailbox(name)])?;
        self.run(command).await.map(drop)
    }
}
