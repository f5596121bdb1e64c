//! The database: what a mail server has no place for. One SQL text for SQLite and PostgreSQL through
//! `sqlx::AnyPool`: `$N` placeholders, BIGINT, TEXT and BLOB/BYTEA only, unix seconds, flags as 0/1.
//!
//! Secrets and a person's words are sealed before they get here (see `seal`); accounts and addresses
//! appear as keyed hashes only.

mod attempts;
mod drafts;
mod known_senders;
mod markers;
mod outbox;
mod owner;
mod preferences;
mod senders;
mod sessions;
#[cfg(test)]
pub(crate) mod testing;
mod uploads;

pub use attempts::{Attempt, Permit};
pub use drafts::DraftRow;
pub use markers::{InProgress, Mark};
pub use outbox::{Claim, OutboxRow};
pub use owner::Owner;
pub use senders::{Choice, Sender};
pub use sessions::{Clock, SealedSessions, SessionInfo, SessionLifetimes, session_data};
pub use uploads::{NewUpload, UploadRow};

use crate::seal::{SealingKey, ServerKey};
use sqlx::{
    AnyPool, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::Migrator,
};
use std::{
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a request waits for a free database connection, and SQLite for another writer.
const PATIENCE: Duration = Duration::from_secs(5);
const SQLITE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
    PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA cache_size = -1024;";

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("database")]
    Database(#[from] sqlx::Error),
    #[error("migration")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("the database file cannot be created")]
    File(#[source] io::Error),
    #[error("a database address begins with sqlite: or postgres://")]
    UnknownEngine,
    #[error("a stored value does not open")]
    Unsealed,
    #[error("a stored value does not read")]
    Decode(#[from] serde_json::Error),
    #[error("too many tries at the same moment")]
    Contention,
}
pub type Result<T> = std::result::Result<T, Error>;

/// Cheap handle. Keys per account come from `account_key`.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    key: ServerKey,
    in_progress: Option<Arc<InProgress>>,
}

impl Store {
    /// Opens `sqlite:PATH`, an in-memory database (`Store::in_memory_url`) or `postgres://…` and runs the
    /// migrations. A SQLite file is created with mode 0600 when there is none.
    pub async fn open(url: &str, key: ServerKey) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let (pool, migrations) = if url.starts_with("sqlite:") {
            (open_sqlite(url).await?, &SQLITE_MIGRATIONS)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            (open_postgres(url).await?, &POSTGRES_MIGRATIONS)
        } else {
            return Err(Error::UnknownEngine);
        };
        migrations.run(&pool).await?;
        Ok(Self {
            pool,
            key,
            in_progress: None,
        })
    }

    /// Address of a new database that lives in this process's memory as long as its `Store`.
    pub fn in_memory_url() -> String {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        format!("sqlite:file:posta-{number}?mode=memory&cache=shared")
    }

    /// Address of the SQLite database in this file.
    pub fn sqlite_url(file: &Path) -> String {
        let path = percent_encoding::percent_encode(
            file.as_os_str().as_encoded_bytes(),
            percent_encoding::NON_ALPHANUMERIC,
        )
        .to_string()
        .replace("%2F", "/");
        format!("sqlite:{path}")
    }

    /// Whether the database takes writes just now.
    pub async fn writable(&self) -> bool {
        match sqlx::query("UPDATE sessions SET seen_at = seen_at WHERE public_id = ''")
            .execute(&self.pool)
            .await
        {
            Ok(_) => true,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the database takes no writes"
                );
                false
            }
        }
    }

    /// Waits for connections in use, then closes all.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Name of an account in every table: a keyed hash, equal on every node that has the same server key.
    pub fn account_hash(&self, account: &str) -> String {
        self.key.pseudonym("account name", account.as_bytes())
    }

    /// Seals what the server hands to a browser and takes back itself.
    pub fn server_key(&self, purpose: &'static str) -> SealingKey {
        self.key.derive(purpose, b"")
    }

    /// A keyed hash of 32 hexadecimal digits: what only this server can have made of `context`.
    pub fn proof(&self, purpose: &'static str, context: &[u8]) -> String {
        self.key.pseudonym(purpose, context)
    }

    /// Seals what every session of an account may read: drafts, device labels, preferences.
    pub fn account_key(&self, account: &str) -> SealingKey {
        self.key.derive("account", account.as_bytes())
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

async fn open_sqlite(url: &str) -> Result<AnyPool> {
    let in_memory = url.contains("mode=memory") || url.contains(":memory:");
    if !in_memory {
        create_file(url).map_err(Error::File)?;
    }
    // An in-memory database ends with its last connection: there is one, and it is kept.
    let lifetimes = (!in_memory).then_some(Duration::from_secs(600));
    let options = AnyPoolOptions::new()
        .min_connections(1)
        .max_connections(if in_memory { 1 } else { 4 })
        .acquire_timeout(PATIENCE)
        .idle_timeout(lifetimes)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute(SQLITE_SETTINGS).await.map(|_| ()) })
        });
    Ok(options
        .connect_with(AnyConnectOptions::from_str(url)?)
        .await?)
}

async fn open_postgres(url: &str) -> Result<AnyPool> {
    let options = AnyPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(PATIENCE);
    Ok(options
        .connect_with(AnyConnectOptions::from_str(url)?)
        .await?)
}

/// SQLite gives its journal files the mode of the database file, so that mode is set before it opens it.
fn create_file(url: &str) -> io::Result<()> {
    let path = url
        .trim_start_matches("sqlite://")
        .trim_start_matches("sqlite:");
    let path = path.split('?').next().unwrap_or_default();
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(Path::new(&*path))
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[tokio::test]
    async fn a_new_database_file_and_its_journal_are_for_the_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a name with spaces, % and ?.db");
        let store = Store::open(&Store::sqlite_url(&file), ServerKey::random())
            .await
            .unwrap();
        assert!(store.writable().await);
        let mut files = 0;
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(
                entry.metadata().unwrap().permissions().mode() & 0o777,
                0o600,
                "{entry:?}"
            );
            files += 1;
        }
        assert!(files >= 2, "database and write-ahead log");
        store.close().await;
    }

    #[tokio::test]
    async fn each_database_in_memory_is_its_own() {
        let one = Store::open(&Store::in_memory_url(), ServerKey::random())
            .await
            .unwrap();
        let two = Store::open(&Store::in_memory_url(), ServerKey::random())
            .await
            .unwrap();
        sqlx::query("CREATE TABLE only_here (n BIGINT)")
            .execute(&one.pool)
            .await
            .unwrap();
        assert!(
            sqlx::query("SELECT n FROM only_here")
                .fetch_all(&one.pool)
                .await
                .is_ok()
        );
        assert!(
            sqlx::query("SELECT n FROM only_here")
                .fetch_all(&two.pool)
                .await
                .is_err()
        );
    }

    #[tokio::test]
    async fn a_database_opened_again_is_migrated_once_and_writable_on_both_engines() {
        testing::on_both_engines(async |engine| {
            assert!(engine.store.writable().await);
            let again = Store::open(&engine.url, ServerKey::random()).await.unwrap();
            assert!(again.writable().await);
            again.close().await;
            assert!(!again.writable().await);
        })
        .await;
    }

    #[tokio::test]
    async fn another_database_engine_is_refused() {
        let refused = Store::open("mysql://localhost/posta", ServerKey::random()).await;
        assert!(matches!(refused, Err(Error::UnknownEngine)));
    }
}
