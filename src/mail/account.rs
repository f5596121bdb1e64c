//! The live accounts of this process and the handle that every verb hangs on.

mod registry;
mod sign_in;

use super::acquaintance::Searches;
use super::drafts::Writing;
use super::listing::Remembered;
use super::reading::{Kept, Renderer};
use super::unsubscribing::Leavings;
use super::{Error, MailboxName, Result};
use crate::{config::Config, imap, remote, store::Store, tasks::Tasks};
use registry::Registry;
use secrecy::SecretString;
use std::{fmt, future::Future, net::IpAddr, pin::Pin, sync::Arc, sync::Mutex, time::Duration};
use tokio::time::Instant;

/// What a session keeps (sealed) to open the account again.
#[derive(Clone)]
pub struct Credentials {
    pub email: String,
    pub password: SecretString,
    /// Where the person signed in from, told to the IMAP server where the configuration says so.
    pub client: Option<IpAddr>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Wrong user, wrong password, locked, unknown domain: one error for all.
    #[error("refused")]
    Refused,
    #[error("too many tries")]
    TooMany { retry_after: Duration },
    #[error(transparent)]
    Mail(#[from] Error),
}

/// The live accounts of this process: one pool per account, shared by all its sessions.
#[derive(Clone)]
pub struct Accounts(Arc<Registry>);

impl Accounts {
    /// Starts the sweeper of idle accounts on `tasks`: call inside the runtime.
    pub fn new(
        config: Arc<Config>,
        store: Store,
        tasks: Tasks,
        tls: Arc<rustls::ClientConfig>,
    ) -> Self {
        let renderer = Renderer::new(config.limits.renderings, store.in_progress());
        let endpoint = endpoint(&config, tls.clone());
        let remote = remote::Client::new(config.limits.remote.clone(), tls.clone());
        let shared = Arc::new(Shared {
            config,
            store,
            tasks,
            tls,
            endpoint,
            remote,
            renderer,
            kept: Kept::default(),
            writing: Writing::default(),
            leavings: Leavings::default(),
        });
        Self(Registry::start(shared))
    }

    /// Proves the password on a fresh connection, which then joins the account's pool; counts the
    /// attempt before (limits per client network, per account, global). Refusals and failures of the
    /// mail server answer at a multiple of `config.limits.sign_in_deadline`, so that the time says
    /// nothing. `now`: unix seconds.
    pub async fn sign_in(
        &self,
        credentials: Credentials,
        client: IpAddr,
        now: i64,
    ) -> std::result::Result<Account, SignInError> {
        sign_in::sign_in(&self.0, credentials, client, now).await
    }

    /// The live account of a signed-in session; opens no connection.
    pub fn account(&self, credentials: &Credentials) -> Account {
        self.0.account(credentials)
    }

    /// At shutdown, after the outbox step in hand: LOGOUT of every pool.
    pub async fn close(&self) {
        self.0.close().await;
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.shared().store
    }

    pub(super) fn remote(&self) -> &remote::Client {
        &self.0.shared().remote
    }

    /// /readyz: database writable.
    pub async fn ready(&self) -> bool {
        self.0.shared().store.writable().await
    }
}

fn login(config: &Config, credentials: &Credentials) -> imap::Credentials {
    imap::Credentials {
        user: credentials.email.trim().to_owned(),
        password: credentials.password.clone(),
        client: credentials.client.filter(|_| config.forward_client_ip),
    }
}

fn endpoint(config: &Config, tls: Arc<rustls::ClientConfig>) -> imap::Endpoint {
    let security = match config.imap.security {
        crate::config::Security::Tls => imap::Security::Tls,
        crate::config::Security::StartTls => imap::Security::StartTls,
        crate::config::Security::None => imap::Security::None,
    };
    imap::Endpoint {
        host: config.imap.host.clone(),
        port: config.imap.port,
        security,
        tls,
        limits: config.limits.imap.clone(),
    }
}

/// What all accounts of the process share.
struct Shared {
    config: Arc<Config>,
    store: Store,
    tasks: Tasks,
    tls: Arc<rustls::ClientConfig>,
    endpoint: imap::Endpoint,
    remote: remote::Client,
    renderer: Renderer,
    kept: Kept,
    writing: Writing,
    leavings: Leavings,
}

/// Cheap handle of one person's mail account; every verb hangs here, in a file of its own.
#[derive(Clone)]
pub struct Account(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    credentials: Credentials,
    id: String,
    hash: String,
    pool: imap::Pool,
    remembered: Arc<Remembered>,
    searches: Searches,
    used: Mutex<Instant>,
}

impl Account {
    fn new(shared: &Arc<Shared>, credentials: &Credentials) -> Self {
        let id = account_id(&credentials.email, &shared.config.imap.host);
        let login = login(&shared.config, credentials);
        Self(Arc::new(Inner {
            credentials: Credentials {
                email: login.user.clone(),
                password: login.password.clone(),
                client: login.client,
            },
            hash: log_hash(&shared.store, &id),
            pool: imap::Pool::new(shared.endpoint.clone(), login, shared.tasks.clone()),
            remembered: Arc::default(),
            searches: Searches::default(),
            used: Mutex::new(Instant::now()),
            shared: shared.clone(),
            id,
        }))
    }

    /// The address that was typed at sign-in.
    pub fn email(&self) -> &str {
        &self.0.credentials.email
    }

    /// Beginning of a keyed hash, for logs; never the address.
    pub fn hash(&self) -> &str {
        &self.0.hash
    }

    /// Lower-cased address and IMAP host: whose rows of the database and whose sessions they are.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.shared.store
    }

    pub(super) fn config(&self) -> &Config {
        &self.0.shared.config
    }

    pub(super) fn tls(&self) -> &Arc<rustls::ClientConfig> {
        &self.0.shared.tls
    }

    pub(super) fn tasks(&self) -> &Tasks {
        &self.0.shared.tasks
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.0.credentials
    }

    pub(super) fn pool(&self) -> &imap::Pool {
        &self.0.pool
    }

    pub(super) fn remembered(&self) -> &Arc<Remembered> {
        &self.0.remembered
    }

    /// The searches for the first message of a sender.
    pub(super) fn searches(&self) -> &Searches {
        &self.0.searches
    }

    /// Whether a fresh sign-in succeeds now. Where the server cannot be asked, the answer is no.
    pub(super) async fn password_is_taken(&self) -> bool {
        let login = login(self.config(), self.credentials());
        match imap::Connection::open(&self.0.shared.endpoint, &login, self.tasks()).await {
            Ok(connection) => {
                self.pool().add(connection);
                true
            }
            Err(error) => {
                tracing::info!(account = self.hash(), %error, "submission refuses the password, so does IMAP");
                false
            }
        }
    }

    /// What this process is doing for drafts and sends.
    pub(super) fn writing(&self) -> &Writing {
        &self.0.shared.writing
    }

    /// The lists that people of this process are leaving.
    pub(super) fn leavings(&self) -> &Leavings {
        &self.0.shared.leavings
    }

    pub(super) fn remote(&self) -> &remote::Client {
        &self.0.shared.remote
    }

    /// The letters that people of this process opened last.
    pub(super) fn kept(&self) -> &Kept {
        &self.0.shared.kept
    }

    pub(super) fn renderer(&self) -> &Renderer {
        &self.0.shared.renderer
    }

    /// A connection of the pool, preferring one on which `mailbox` is selected already.
    pub(super) async fn lease(&self, mailbox: Option<&MailboxName>) -> Result<imap::Lease> {
        Ok(self.pool().lease(mailbox).await?)
    }

    /// Reads over a leased connection; once more on another one if the first proves dead, so `work` must
    /// change nothing.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        mailbox: Option<&MailboxName>,
        work: impl for<'c> Fn(&'c mut imap::Connection) -> Reading<'c, T>,
    ) -> Result<T> {
        let outcome = self.pool().read(mailbox, |connection| {
            let reading = work(connection);
            Box::pin(async move { broken_apart(reading.await) })
        });
        outcome.await?
    }

    /// Runs a change of several steps to its end as a tracked task, also when the caller is dropped.
    pub(super) async fn complete<T: Send + 'static>(
        &self,
        change: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        match self.tasks().spawn(change).await {
            Ok(result) => result,
            Err(panicked) => Err(Error::Unavailable(Box::new(panicked))),
        }
    }
}

/// The work of [`Account::read`].
pub(super) type Reading<'c, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'c>>;

/// The pool decides by the connection's own errors whether to read once more.
fn broken_apart<T>(outcome: Result<T>) -> imap::Result<Result<T>> {
    match outcome {
        Err(Error::Unavailable(cause)) => match cause.downcast::<imap::Error>() {
            Ok(error) => Err(*error),
            Err(cause) => Ok(Err(Error::Unavailable(cause))),
        },
        outcome => Ok(outcome),
    }
}

fn account_id(email: &str, host: &str) -> String {
    format!("{}@{}", email.trim().to_lowercase(), host.to_lowercase())
}

fn log_hash(store: &Store, id: &str) -> String {
    store.account_hash(id).chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_one_account_however_the_address_is_typed() {
        assert_eq!(
            account_id(" Ana@Example.ORG ", "Mail.Example.org"),
            "ana@example.org@mail.example.org"
        );
    }

    #[test]
    fn credentials_never_show_in_debug() {
        let credentials = Credentials {
            email: "ana@example.org".into(),
            password: "pässwört".to_owned().into(),
            client: None,
        };
        assert!(!format!("{credentials:?}").contains("pässwört"));
    }
}
