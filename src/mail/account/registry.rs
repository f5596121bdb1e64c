use super::{Account, Credentials, Shared, account_id, login};
use crate::imap;
use secrecy::ExposeSecret;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often idle accounts, and letters that nobody reads any more, are looked for.
const SWEEP: Duration = Duration::from_secs(30);

pub(super) struct Registry {
    shared: Arc<Shared>,
    live: Mutex<Live>,
}

#[derive(Default)]
struct Live {
    /// By account id. More than one entry only where several passwords are good (application
    /// passwords): a session never borrows a connection that another password opened.
    accounts: HashMap<String, Vec<Account>>,
    /// Superseded by a sign-in with another password; closed as soon as nobody uses them.
    retired: Vec<Account>,
}

impl Registry {
    pub(super) fn start(shared: Arc<Shared>) -> Arc<Self> {
        let registry = Arc::new(Self {
            shared: shared.clone(),
            live: Mutex::default(),
        });
        let sweeper = sweep(Arc::downgrade(&registry), shared.tasks.stopping());
        drop(shared.tasks.spawn(sweeper));
        registry
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(super) fn account(&self, credentials: &Credentials) -> Account {
        let id = account_id(&credentials.email, &self.shared.config.imap.host);
        let mut live = self.live();
        let accounts = live.accounts.entry(id).or_default();
        let account = match accounts
            .iter()
            .find(|account| account.has_password_of(credentials))
        {
            Some(account) => account.clone(),
            None => {
                let account = Account::new(&self.shared, credentials);
                accounts.push(account.clone());
                account
            }
        };
        drop(live);
        account.touch();
        account
    }

    /// The account of a password that was proved just now on `connection`.
    pub(super) fn proved(
        &self,
        credentials: &Credentials,
        connection: imap::Connection,
    ) -> Account {
        let account = self.account(credentials);
        let login = login(&self.shared.config, credentials);
        account.pool().set_client(login.client);
        account.pool().add(connection);
        self.retire_superseded(&account);
        account
    }

    /// Connections that another password opened do not outlive its change. If it is still good, its
    /// sessions open a new pool.
    fn retire_superseded(&self, account: &Account) {
        let mut live = self.live();
        if let Some(accounts) = live.accounts.get_mut(account.id()) {
            let superseded: Vec<Account> = accounts
                .extract_if(.., |other| {
                    !other.is(account) && other.email() == account.email()
                })
                .collect();
            live.retired.extend(superseded);
        }
    }

    pub(super) async fn close(&self) {
        self.shared.writing.finished().await;
        let accounts: Vec<Account> = {
            let mut live = self.live();
            let mut accounts = std::mem::take(&mut live.retired);
            accounts.extend(live.accounts.drain().flat_map(|(_, accounts)| accounts));
            accounts
        };
        futures_util::future::join_all(accounts.iter().map(|account| account.pool().close())).await;
    }

    async fn close_idle(&self) {
        let idle = self.take_idle(self.shared.config.limits.imap.idle_close);
        futures_util::future::join_all(idle.iter().map(|account| account.pool().close())).await;
    }

    fn take_idle(&self, limit: Duration) -> Vec<Account> {
        let mut live = self.live();
        let mut idle: Vec<Account> = live
            .retired
            .extract_if(.., |account| account.is_unused())
            .collect();
        live.accounts.retain(|_, accounts| {
            idle.extend(accounts.extract_if(.., |account| {
                account.is_unused() && account.idle_for() >= limit
            }));
            !accounts.is_empty()
        });
        idle
    }

    /// A panic cannot leave the map half changed: every change is one call of the map's own.
    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn sweep(registry: Weak<Registry>, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(SWEEP))
        .await
        .is_some()
    {
        let Some(registry) = registry.upgrade() else {
            return;
        };
        registry.shared.kept.sweep(Instant::now());
        registry.close_idle().await;
    }
}

impl Account {
    fn has_password_of(&self, credentials: &Credentials) -> bool {
        self.0.credentials.email == credentials.email.trim()
            && self.0.credentials.password.expose_secret() == credentials.password.expose_secret()
    }

    fn is(&self, other: &Account) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Only the registry holds it. True under the registry's lock stays true: clones come from there.
    fn is_unused(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    fn touch(&self) {
        *self.0.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn idle_for(&self) -> Duration {
        self.0
            .used
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Security, Server};
    use crate::mail::Accounts;
    use crate::{seal::ServerKey, store::Store, tasks::Tasks};

    async fn accounts() -> Accounts {
        let server = || Server {
            host: "127.0.0.1".into(),
            port: 1,
            security: Security::None,
        };
        let store = Store::open(&Store::in_memory_url(), ServerKey::random())
            .await
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let config = Config::new(server(), server());
        Accounts::new(Arc::new(config), store, Tasks::default(), Arc::new(tls))
    }

    fn credentials(email: &str, password: &str) -> Credentials {
        Credentials {
            email: email.into(),
            password: password.to_owned().into(),
            client: None,
        }
    }

    #[tokio::test]
    async fn the_sessions_of_one_person_share_one_account() {
        let accounts = accounts().await;
        let phone = accounts.account(&credentials("ana@example.org", "one"));
        let laptop = accounts.account(&credentials(" ana@example.org", "one"));
        assert!(phone.is(&laptop));
    }

    #[tokio::test]
    async fn a_session_never_borrows_what_another_password_opened() {
        let accounts = accounts().await;
        let one = accounts.account(&credentials("ana@example.org", "one"));
        let other = accounts.account(&credentials("ana@example.org", "two"));
        assert!(!one.is(&other));
        assert_eq!(one.id(), other.id());
        assert!(one.is(&accounts.account(&credentials("ana@example.org", "one"))));
    }

    #[tokio::test]
    async fn a_new_password_retires_the_pool_of_the_old_one() {
        let accounts = accounts().await;
        let old = accounts.account(&credentials("ana@example.org", "old"));
        let new = accounts.account(&credentials("ana@example.org", "new"));
        accounts.0.retire_superseded(&new);
        assert!(!old.is(&accounts.account(&credentials("ana@example.org", "old"))));
        assert!(accounts.0.take_idle(Duration::MAX).is_empty());
        drop(old);
        assert_eq!(accounts.0.take_idle(Duration::MAX).len(), 1);
    }

    #[tokio::test]
    async fn an_account_is_closed_when_nobody_has_used_it_for_a_while() {
        let accounts = accounts().await;
        let used = accounts.account(&credentials("ana@example.org", "one"));
        assert!(accounts.0.take_idle(Duration::ZERO).is_empty());
        drop(used);
        assert!(accounts.0.take_idle(Duration::from_secs(3600)).is_empty());
        assert_eq!(accounts.0.take_idle(Duration::ZERO).len(), 1);
        assert!(accounts.0.take_idle(Duration::ZERO).is_empty());
    }
}
