//! The handle of one authenticated connection; its commands stand in a file for each family.

use super::{
    Capabilities, Error, MailboxName, Result, Selected,
    actor::{self, Held, Job, Shared},
    dialogue::{Keep, Reply, Request, View},
    opening,
    response::Status,
    syntax::{Arg, Command},
};
use crate::tasks::Tasks;
use secrecy::SecretString;
use std::{
    io,
    net::IpAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Implicit TLS (993).
    Tls,
    /// STARTTLS required (143).
    StartTls,
    /// Loopback only.
    None,
}

/// A mail server and how to reach it.
#[derive(Clone)]
pub struct Endpoint {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Shared by all connections: loading the roots is dear.
    pub tls: Arc<rustls::ClientConfig>,
    pub limits: Limits,
}

/// Limits of one account's connections (SECURITY.md R-IMAP-1, R-LIM-3).
#[derive(Clone, Debug)]
pub struct Limits {
    /// Lines of one response without literals, octets.
    pub line: usize,
    /// One literal, octets.
    pub literal: usize,
    /// Nested parentheses.
    pub depth: usize,
    /// Everything that answers one command, octets.
    pub response: usize,
    /// TCP, and TLS again.
    pub connect: Duration,
    pub greeting: Duration,
    /// From sending to the tagged response. A search that reports progress may take twenty times as long.
    pub command: Duration,
    pub connections_per_account: usize,
    /// How long a lease waits for a connection to come free.
    pub lease_wait: Duration,
    /// A connection without commands for so long logs out.
    pub idle_close: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 4 << 20,
            literal: 16 << 20,
            depth: 100_000,
            response: 32 << 20,
            connect: Duration::from_secs(5),
            greeting: Duration::from_secs(10),
            command: Duration::from_secs(30),
            connections_per_account: 4,
            lease_wait: Duration::from_secs(10),
            idle_close: Duration::from_secs(5 * 60),
        }
    }
}

/// User and password; never printed.
#[derive(Clone)]
pub struct Credentials {
    pub user: String,
    pub password: SecretString,
    /// Where the person sits, told to a server that speaks ID before the password is (RFC 2971, as Dovecot reads it from
    /// its `login_trusted_networks`). None: not told.
    pub client: Option<IpAddr>,
}

/// Handle of one authenticated connection; an actor task owns the socket, so a dropped caller never half-writes a command.
///
/// An error other than [`Error::Refused`], [`Error::NoSuchMailbox`], [`Error::OverQuota`] and [`Error::Unsendable`]
/// leaves the connection closed. Dropping the handle logs out in the background.
pub struct Connection {
    jobs: mpsc::Sender<Job>,
    shared: Arc<Shared>,
    capabilities: Arc<Capabilities>,
    command_deadline: Duration,
    pub(super) selected: Option<(MailboxName, Selected)>,
    /// A command is under way or was left so by a caller that went away.
    pending: bool,
    broken: bool,
}

impl Connection {
    /// Connects, STARTTLS where asked, authenticates, reads capabilities anew.
    pub async fn open(
        endpoint: &Endpoint,
        credentials: &Credentials,
        tasks: &Tasks,
    ) -> Result<Self> {
        let (dialogue, capabilities) = opening::open(endpoint, credentials).await?;
        let shared = Arc::new(Shared::default());
        let jobs = actor::start(dialogue, &endpoint.limits, tasks, shared.clone());
        Ok(Self {
            jobs,
            shared,
            capabilities: Arc::new(capabilities),
            command_deadline: endpoint.limits.command,
            selected: None,
            pending: false,
            broken: false,
        })
    }

    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// NOOP: lets the server tell what changed.
    pub async fn noop(&mut self) -> Result<()> {
        let noop = self.build("NOOP", &[])?;
        self.run(noop).await.map(drop)
    }

    /// LOGOUT; the socket is closed after 2 s at the latest.
    pub async fn logout(self) {
        let (done, ended) = oneshot::channel();
        if self.jobs.send(Job::LogOut(done)).await.is_ok() {
            // Answered by being dropped.
            drop(ended.await);
        }
    }

    pub(super) fn build(&self, verb: &'static str, args: &[Arg<'_>]) -> Result<Command> {
        Command::new(verb, args, self.capabilities.literals())
    }

    /// A command that reads: thrown away with the connection when the caller goes away.
    pub(super) async fn read(&mut self, commands: Vec<Command>, keep: Keep) -> Result<Reply> {
        let within = self.command_deadline;
        self.exchange(Request {
            commands,
            keep,
            within,
            patient: false,
            harmless: true,
        })
        .await
    }

    /// A command that may take the server long, which says now and then that it is at it.
    pub(super) async fn read_patiently(
        &mut self,
        commands: Vec<Command>,
        keep: Keep,
    ) -> Result<Reply> {
        let within = self.command_deadline;
        self.exchange(Request {
            commands,
            keep,
            within,
            patient: true,
            harmless: true,
        })
        .await
    }

    /// One command that changes something, played to its end whoever waits; NO and BAD are errors.
    pub(super) async fn run(&mut self, command: Command) -> Result<Reply> {
        let reply = self.change(command).await?;
        reply.check()?;
        Ok(reply)
    }

    /// As `run`, but NO and BAD are left to the caller.
    pub(super) async fn change(&mut self, command: Command) -> Result<Reply> {
        let within = self.command_deadline;
        self.exchange(Request {
            commands: vec![command],
            keep: Keep::NOTHING,
            within,
            patient: false,
            harmless: false,
        })
        .await
    }

    pub(super) fn command_deadline(&self) -> Duration {
        self.command_deadline
    }

    pub(super) async fn exchange(&mut self, request: Request) -> Result<Reply> {
        let (sender, receiver) = oneshot::channel();
        let reply = self.ask(Job::Exchange(request, sender), receiver).await?;
        self.note(&reply.view);
        Ok(reply)
    }

    async fn ask<T>(&mut self, job: Job, answer: oneshot::Receiver<Result<T>>) -> Result<T> {
        let gone = || Error::Closed(io::ErrorKind::ConnectionAborted.into());
        if self.broken {
            return Err(gone());
        }
        self.pending = true;
        let outcome = match self.jobs.send(job).await {
            Ok(()) => answer.await.unwrap_or_else(|_| Err(gone())),
            Err(_) => Err(gone()),
        };
        self.pending = false;
        self.broken = outcome.is_err();
        outcome
    }

    fn note(&mut self, view: &View) {
        if let Some((_, selected)) = &mut self.selected {
            selected.exists = view.exists;
            if let Some(uid_validity) = view.uid_validity {
                selected.uid_validity = uid_validity;
            }
        }
    }

    /// Whether the connection may serve another command.
    pub(super) fn is_sound(&self) -> bool {
        !self.pending && !self.broken && !self.jobs.is_closed()
    }

    pub(super) fn has_selected(&self, name: &MailboxName) -> bool {
        self.selected
            .as_ref()
            .is_some_and(|(selected, _)| selected == name)
    }

    /// Notes what arrived while nothing was asked; costs no round trip, and finds a connection that the server closed.
    pub(super) async fn catch_up(&mut self) -> Result<()> {
        let (sender, receiver) = oneshot::channel();
        let view = self.ask(Job::CatchUp(sender), receiver).await?;
        self.note(&view);
        Ok(())
    }

    /// A NOOP that must be answered soon.
    pub(super) async fn prove_alive(&mut self, within: Duration) -> Result<()> {
        timeout(within, self.noop())
            .await
            .map_err(|_| Error::Timeout)?
    }

    pub(super) fn set_leased(&self, leased: bool) {
        self.shared.leased.store(leased, Ordering::Release);
    }

    /// Keeps `held` until the socket is closed.
    pub(super) fn hold(&self, held: Held) {
        self.shared.hold(held);
    }
}

impl Reply {
    /// The first NO or BAD as an error.
    pub(super) fn check(&self) -> Result<()> {
        self.answers
            .iter()
            .try_for_each(|answer| answer.status.check())
    }

    pub(super) fn last_status(&self) -> Option<&Status> {
        self.answers.last().map(|answer| &answer.status)
    }
}
