//! The task that owns the socket of one connection. A caller that goes away in the middle of a command leaves no half
//! of it behind: the actor plays it to its end.

use super::{
    Error, Limits, Result,
    capabilities::Literals,
    dialogue::{Dialogue, Keep, Reply, Request, View},
    opening::Stream,
    syntax::Command,
};
use crate::tasks::Tasks;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc, oneshot},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// How long LOGOUT may take before the socket is closed without an answer.
const FAREWELL: Duration = Duration::from_secs(2);

pub(super) enum Job {
    Exchange(Request, oneshot::Sender<Result<Reply>>),
    /// Note what arrived meanwhile; tells whether the connection still stands.
    CatchUp(oneshot::Sender<Result<View>>),
    /// The sender is dropped when all is done.
    LogOut(oneshot::Sender<()>),
}

/// What outlives the handle until the socket is closed.
#[derive(Default)]
pub(super) struct Shared {
    /// Borrowed from the pool: shutdown waits for its return.
    pub leased: AtomicBool,
    held: Mutex<Vec<Held>>,
}

/// Something that is free again once the socket is closed.
pub(super) enum Held {
    Permit(#[expect(dead_code, reason = "released by being dropped")] OwnedSemaphorePermit),
    Counted(#[expect(dead_code, reason = "released by being dropped")] super::pool::Counted),
}

impl Shared {
    pub(super) fn hold(&self, held: Held) {
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(held);
    }

    fn release(&self) {
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

struct Actor {
    dialogue: Dialogue<Stream>,
    jobs: mpsc::Receiver<Job>,
    shared: Arc<Shared>,
    idle_close: Duration,
}

/// Frees the place in the pool however the actor ends.
struct Releasing(Arc<Shared>);

impl Drop for Releasing {
    fn drop(&mut self) {
        self.0.release();
    }
}

pub(super) fn start(
    dialogue: Dialogue<Stream>,
    limits: &Limits,
    tasks: &Tasks,
    shared: Arc<Shared>,
) -> mpsc::Sender<Job> {
    let (sender, jobs) = mpsc::channel(1);
    let releasing = Releasing(shared.clone());
    let actor = Actor {
        dialogue,
        jobs,
        shared,
        idle_close: limits.idle_close,
    };
    let stopping = tasks.stopping();
    tasks.spawn(async move {
        let told_when_closed = actor.run(stopping).await;
        drop(releasing);
        drop(told_when_closed);
    });
    sender
}

impl Actor {
    async fn run(mut self, stopping: CancellationToken) -> Option<oneshot::Sender<()>> {
        // Told to end while borrowed: the lease closes the connection when it comes back.
        let mut told = false;
        let done = loop {
            let job = tokio::select! {
                job = timeout(self.idle_close, self.jobs.recv()) => job,
                () = stopping.cancelled(), if !told => {
                    told = self.shared.leased.load(Ordering::Acquire);
                    if told { continue } else { break None }
                }
            };
            let Ok(Some(job)) = job else { break None };
            let stands = match job {
                Job::Exchange(request, reply) => self.exchange(request, reply).await,
                Job::CatchUp(reply) => self.catch_up(reply).await,
                Job::LogOut(done) => break Some(done),
            };
            if !stands {
                return None;
            }
        };
        self.jobs.close();
        self.log_out().await;
        done
    }

    /// False when the connection is of no use any more.
    async fn exchange(
        &mut self,
        request: Request,
        mut reply: oneshot::Sender<Result<Reply>>,
    ) -> bool {
        let outcome = tokio::select! {
            outcome = self.dialogue.exchange(&request) => outcome,
            // The connection is closed with the read under way, so nothing is left out of step.
            () = reply.closed(), if request.harmless => return false,
        };
        let stands = outcome.is_ok();
        if let Err(error) = &outcome {
            let verb = request.commands.first().map_or("", |command| command.verb);
            tracing::debug!(verb, %error, "IMAP connection given up");
        }
        // A caller that is gone has no use for the outcome.
        drop(reply.send(outcome));
        stands
    }

    async fn catch_up(&mut self, reply: oneshot::Sender<Result<View>>) -> bool {
        let outcome = self.dialogue.catch_up().await;
        let stands = outcome.is_ok();
        // A caller that is gone has no use for the outcome.
        drop(reply.send(outcome));
        stands
    }

    async fn log_out(&mut self) {
        let command = Command::new("LOGOUT", &[], Literals::Synchronising);
        let Ok(command) = command else { return };
        let request = Request {
            commands: vec![command],
            keep: Keep::NOTHING,
            within: FAREWELL,
            patient: false,
            harmless: true,
        };
        match self.dialogue.exchange(&request).await {
            // BYE is how LOGOUT is answered.
            Ok(_) | Err(Error::Closed(_)) => {}
            Err(error) => tracing::debug!(%error, "LOGOUT was not answered"),
        }
    }
}
