//! The connections of one account: few, borrowed one by one, closed when idle.

use super::{Connection, Credentials, Endpoint, Error, MailboxName, Result, actor::Held};
use crate::tasks::Tasks;
use std::{
    future::Future,
    net::IpAddr,
    ops::{Deref, DerefMut},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

/// A connection idle for longer is asked with NOOP before it is lent.
const TRUSTED_IDLE: Duration = Duration::from_secs(30);
/// How long that NOOP may take.
const PROOF: Duration = Duration::from_secs(5);

/// The bounded set of connections of one account (default 4). Cheap to clone.
///
/// A permit stands for each lease, and stays with a connection that was given up until its socket is closed, so the
/// server never sees more than the budget.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    endpoint: Endpoint,
    credentials: Credentials,
    tasks: Tasks,
    permits: Arc<Semaphore>,
    open: Arc<AtomicUsize>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The most recently used last.
    idle: Vec<Idle>,
    closed: bool,
    client: Option<IpAddr>,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

/// One open socket of the pool.
pub(super) struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The work of [`Pool::read`].
pub type Reading<'c, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'c>>;

impl Pool {
    pub fn new(endpoint: Endpoint, credentials: Credentials, tasks: Tasks) -> Self {
        let permits = Arc::new(Semaphore::new(
            endpoint.limits.connections_per_account.max(1),
        ));
        let open = Arc::new(AtomicUsize::new(0));
        let state = State {
            client: credentials.client,
            ..State::default()
        };
        Self(Arc::new(Inner {
            endpoint,
            credentials,
            tasks,
            permits,
            open,
            state: Mutex::new(state),
        }))
    }

    /// The address that connections are opened for from now on, where the server is told.
    pub fn set_client(&self, client: Option<IpAddr>) {
        self.0.state().client = client;
    }

    /// A healthy connection, preferring one on which `mailbox` is selected already. Waits up to `lease_wait`, then Busy.
    pub async fn lease(&self, mailbox: Option<&MailboxName>) -> Result<Lease> {
        let inner = &self.0;
        let waiting = timeout(
            inner.endpoint.limits.lease_wait,
            inner.permits.clone().acquire_owned(),
        );
        let permit = waiting
            .await
            .map_err(|_| Error::Busy)?
            .map_err(|_| Error::PoolClosed)?;
        while let Some(Idle {
            mut connection,
            since,
        }) = inner.take_idle(mailbox)?
        {
            connection.set_leased(true);
            let mut alive = connection.catch_up().await;
            if alive.is_ok() && since.elapsed() > TRUSTED_IDLE {
                alive = connection.prove_alive(PROOF).await;
            }
            match alive {
                Ok(()) => return Ok(self.lend(connection, permit)),
                Err(error) => tracing::debug!(%error, "idle IMAP connection was dead"),
            }
        }
        let credentials = Credentials {
            client: inner.state().client,
            ..inner.credentials.clone()
        };
        let connection = Connection::open(&inner.endpoint, &credentials, &inner.tasks).await?;
        connection.set_leased(true);
        inner.adopt(&connection);
        Ok(self.lend(connection, permit))
    }

    fn lend(&self, connection: Connection, permit: OwnedSemaphorePermit) -> Lease {
        Lease {
            connection: Some(connection),
            permit: Some(permit),
            pool: self.0.clone(),
        }
    }

    /// Reads over a lease. Once more on another connection if the first proves dead, so `work` must change nothing; this
    /// is the only retry there is.
    pub async fn read<T>(
        &self,
        mailbox: Option<&MailboxName>,
        work: impl for<'c> Fn(&'c mut Connection) -> Reading<'c, T>,
    ) -> Result<T> {
        let mut lease = self.lease(mailbox).await?;
        match work(&mut lease).await {
            Err(Error::Closed(error)) => {
                tracing::debug!(%error, "IMAP connection broke, reading once more");
                drop(lease);
                work(&mut *self.lease(mailbox).await?).await
            }
            outcome => outcome,
        }
    }

    /// Gives a fresh connection (the one that proved the password) to the pool; closed again where the budget is used up.
    pub fn add(&self, connection: Connection) {
        let inner = &self.0;
        let mut state = inner.state();
        let open = inner.open.load(Ordering::Acquire);
        if !state.closed
            && open < inner.endpoint.limits.connections_per_account.max(1)
            && connection.is_sound()
        {
            inner.adopt(&connection);
            state.idle.push(Idle {
                connection,
                since: Instant::now(),
            });
        }
    }

    /// LOGOUT of all, no new leases. Borrowed connections are closed when they come back.
    pub async fn close(&self) {
        self.0.permits.close();
        let idle = {
            let mut state = self.0.state();
            state.closed = true;
            std::mem::take(&mut state.idle)
        };
        futures_util::future::join_all(idle.into_iter().map(|idle| idle.connection.logout())).await;
    }

    /// Open connections, for tests and metrics.
    pub fn open(&self) -> usize {
        self.0.open.load(Ordering::Acquire)
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn adopt(&self, connection: &Connection) {
        self.open.fetch_add(1, Ordering::AcqRel);
        connection.hold(Held::Counted(Counted(self.open.clone())));
    }

    /// The best idle connection for `mailbox`; None when a new one should be opened.
    fn take_idle(&self, mailbox: Option<&MailboxName>) -> Result<Option<Idle>> {
        let mut state = self.state();
        if state.closed {
            return Err(Error::PoolClosed);
        }
        state.idle.retain(|idle| idle.connection.is_sound());
        let may_open =
            self.open.load(Ordering::Acquire) < self.endpoint.limits.connections_per_account.max(1);
        let place = choose(
            &state.idle,
            mailbox,
            may_open && self.open.load(Ordering::Acquire) < 2,
        );
        Ok(place.map(|place| state.idle.remove(place)))
    }
}

/// One with the mailbox selected; else one with nothing selected; else, while there is only one, a new one; else the
/// least recently used, that of INBOX last: its SELECT is the dear one.
fn choose(idle: &[Idle], mailbox: Option<&MailboxName>, rather_new: bool) -> Option<usize> {
    let Some(mailbox) = mailbox else {
        return idle.len().checked_sub(1);
    };
    let selected = |idle: &Idle| idle.connection.has_selected(mailbox);
    let unselected = |idle: &Idle| idle.connection.selected.is_none();
    let elsewhere = |idle: &Idle| !idle.connection.has_selected(&MailboxName::inbox());
    idle.iter()
        .rposition(selected)
        .or_else(|| idle.iter().rposition(unselected))
        .or_else(|| {
            if rather_new {
                return None;
            }
            idle.iter()
                .position(elsewhere)
                .or(if idle.is_empty() { None } else { Some(0) })
        })
}

/// One borrowed connection; returned on drop unless a command was left half done or the connection broke.
pub struct Lease {
    /// None only while being dropped.
    connection: Option<Connection>,
    permit: Option<OwnedSemaphorePermit>,
    pool: Arc<Inner>,
}

impl Deref for Lease {
    type Target = Connection;

    #[expect(clippy::expect_used, reason = "the connection is taken by drop alone")]
    fn deref(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("a lease has its connection")
    }
}

impl DerefMut for Lease {
    #[expect(clippy::expect_used, reason = "the connection is taken by drop alone")]
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection
            .as_mut()
            .expect("a lease has its connection")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let (Some(connection), Some(permit)) = (self.connection.take(), self.permit.take()) else {
            return;
        };
        connection.set_leased(false);
        let mut state = self.pool.state();
        let stopping = self.pool.tasks.stopping().is_cancelled();
        if connection.is_sound() && !state.closed && !stopping {
            state.idle.push(Idle {
                connection,
                since: Instant::now(),
            });
        } else {
            connection.hold(Held::Permit(permit));
        }
    }
}
