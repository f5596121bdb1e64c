//! Browser sessions: the tower-sessions store, and the list of an account's sessions.
//!
//! The database holds SHA-256 of a session's id as key, and its data sealed under a key that the id
//! completes (`seal`), so that neither a dump nor a dump with the server key opens one.

use super::{Result, Store};
use crate::seal::SealingKey;
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use std::{fmt, sync::Arc, time::Duration};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};
use zeroize::Zeroizing;

/// Tells the unix time in seconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Names in a session's data which the store itself reads, whoever writes them.
pub mod session_data {
    /// Text: whose session it is, the same text that `Store::account_hash` is asked with. Absent
    /// before sign-in.
    pub const ACCOUNT: &str = "account";
    /// Text: "Firefox on Linux", for the list of devices.
    pub const DEVICE: &str = "device";
    /// true: the person asked to be kept signed in.
    pub const REMEMBERED: &str = "remembered";
}

/// How long a session lives without being written, and how long at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLifetimes {
    /// Since the last write (default 12 hours).
    pub idle: Duration,
    /// The same where `session_data::REMEMBERED` is true (default 14 days).
    pub remembered: Duration,
    /// Since sign-in, whatever is written (default 90 days).
    pub absolute: Duration,
}

impl From<&crate::config::Limits> for SessionLifetimes {
    fn from(limits: &crate::config::Limits) -> Self {
        Self {
            idle: limits.session_idle,
            remembered: limits.session_remembered,
            absolute: limits.session_absolute,
        }
    }
}

/// The tower-sessions store.
///
/// The end of a session is decided here, by this store's clock: `SessionLifetimes` since the last
/// `save`; the record's own expiry date is not believed. `Expiry` therefore only shapes the cookie:
/// `OnSessionEnd` for a session cookie, `OnInactivity(remembered)` for one that outlives the browser.
/// A session rolls on when something is written: change a value of its data (the time it was last seen
/// does) at most every few minutes, and the middleware saves it; reading alone does not prolong it.
///
/// `save` changes an existing row only: a request that is still under way when its session is revoked
/// must not bring it back. `cycle_id` deletes the old row, and the next save creates a new one.
#[derive(Clone)]
pub struct SealedSessions {
    store: Store,
    clock: Clock,
    lifetimes: SessionLifetimes,
}

/// One session of an account, as the list of devices shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Opaque, for the revoking URL; says nothing of the session id.
    pub id: String,
    pub label: String,
    /// Unix seconds of the sign-in.
    pub created_at: i64,
    /// Unix seconds of the last write.
    pub seen_at: i64,
}

impl SessionInfo {
    /// The public id of the session that has this id.
    pub fn public_id(id: &Id) -> String {
        let hash = Sha256::new()
            .chain_update(b"posta v1 session public id")
            .chain_update(id.0.to_le_bytes())
            .finalize();
        hash.iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

impl Store {
    /// The session store for the web layer.
    pub fn sessions(&self, clock: Clock, lifetimes: SessionLifetimes) -> SealedSessions {
        SealedSessions {
            store: self.clone(),
            clock,
            lifetimes,
        }
    }

    /// The live sessions of an account, last seen first. `now`: unix seconds.
    pub async fn sessions_of(&self, account: &str, now: i64) -> Result<Vec<SessionInfo>> {
        let key = self.account_key(account);
        let rows: Vec<(String, Option<Vec<u8>>, i64, i64)> = sqlx::query_as(
            "SELECT public_id, label, created_at, seen_at FROM sessions \
             WHERE account = $1 AND expires_at > $2 ORDER BY seen_at DESC, public_id",
        )
        .bind(self.account_hash(account))
        .bind(now)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, label, created_at, seen_at)| SessionInfo {
                label: open_label(&key, &id, label.as_deref()),
                id,
                created_at,
                seen_at,
            })
            .collect())
    }

    /// Whether an account's session of this public id has not ended. `account`: its name in the tables,
    /// `Store::account_hash`. `now`: unix seconds.
    pub async fn session_lives(&self, account: &str, public_id: &str, now: i64) -> Result<bool> {
        let found = sqlx::query(
            "SELECT seen_at FROM sessions WHERE account = $1 AND public_id = $2 AND expires_at > $3",
        )
        .bind(account)
        .bind(public_id)
        .bind(now)
        .fetch_optional(&self.pool)
        .await?;
        Ok(found.is_some())
    }

    /// Ends one session of an account by its public id; false when the account has none of that id.
    pub async fn revoke_session(&self, account: &str, public_id: &str) -> Result<bool> {
        let deleted = sqlx::query("DELETE FROM sessions WHERE account = $1 AND public_id = $2")
            .bind(self.account_hash(account))
            .bind(public_id)
            .execute(&self.pool)
            .await?;
        Ok(deleted.rows_affected() > 0)
    }

    /// Ends all sessions of an account, for example when the mail server no longer takes its password.
    /// Answers how many there were.
    pub async fn revoke_sessions(&self, account: &str) -> Result<u64> {
        let deleted = sqlx::query("DELETE FROM sessions WHERE account = $1")
            .bind(self.account_hash(account))
            .execute(&self.pool)
            .await?;
        Ok(deleted.rows_affected())
    }

    /// Removes the rows of sessions that have ended. Answers how many there were.
    pub async fn sweep_sessions(&self, now: i64) -> Result<u64> {
        let deleted = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(deleted.rows_affected())
    }
}

/// What a record looks like as a row, beside its times.
struct Row {
    public_id: String,
    account: Option<String>,
    label: Option<Vec<u8>>,
    data: Vec<u8>,
}

impl SealedSessions {
    fn now(&self) -> i64 {
        (self.clock)()
    }

    fn row(&self, record: &Record) -> session_store::Result<Row> {
        let text = |name| record.data.get(name).and_then(|value| value.as_str());
        let public_id = SessionInfo::public_id(&record.id);
        let account = text(session_data::ACCOUNT);
        let label = account
            .zip(text(session_data::DEVICE))
            .map(|(account, label)| {
                self.store
                    .account_key(account)
                    .seal(label.as_bytes(), public_id.as_bytes())
            });
        let account = account.map(|account| self.store.account_hash(account));
        // Large enough for any session of ours, so that growing leaves no copy of the password behind.
        let mut plain = Zeroizing::new(Vec::with_capacity(16 << 10));
        serde_json::to_writer(&mut *plain, &record.data)
            .map_err(|error| session_store::Error::Encode(error.to_string()))?;
        let data = self
            .sealing_key(&record.id)
            .seal(&plain, aad(account.as_deref()));
        Ok(Row {
            public_id,
            account,
            label,
            data,
        })
    }

    fn sealing_key(&self, id: &Id) -> SealingKey {
        self.store.key.derive("session", &id.0.to_le_bytes())
    }

    fn lifetime(&self, record: &Record) -> Duration {
        let remembered = record.data.get(session_data::REMEMBERED);
        if remembered
            .and_then(|value| value.as_bool())
            .unwrap_or(false)
        {
            self.lifetimes.remembered
        } else {
            self.lifetimes.idle
        }
    }
}

#[async_trait]
impl SessionStore for SealedSessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        loop {
            let row = self.row(record)?;
            let now = self.now();
            let lifetime = self.lifetime(record).min(self.lifetimes.absolute);
            let created = sqlx::query(
                "INSERT INTO sessions (id_hash, public_id, account, label, data, created_at, seen_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $6, $7) ON CONFLICT DO NOTHING",
            )
            .bind(id_hash(&record.id))
            .bind(row.public_id)
            .bind(row.account)
            .bind(row.label)
            .bind(row.data)
            .bind(now)
            .bind(after(now, lifetime))
            .execute(&self.store.pool)
            .await
            .map_err(backend)?;
            if created.rows_affected() == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let row = self.row(record)?;
        let now = self.now();
        sqlx::query(
            "UPDATE sessions SET account = $2, label = $3, data = $4, seen_at = $5, \
             expires_at = CASE WHEN created_at + $7 < $6 THEN created_at + $7 ELSE $6 END \
             WHERE id_hash = $1 AND expires_at > $5",
        )
        .bind(id_hash(&record.id))
        .bind(row.account)
        .bind(row.label)
        .bind(row.data)
        .bind(now)
        .bind(after(now, self.lifetime(record)))
        .bind(after(0, self.lifetimes.absolute))
        .execute(&self.store.pool)
        .await
        .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let row: Option<(Vec<u8>, Option<String>, i64)> = sqlx::query_as(
            "SELECT data, account, expires_at FROM sessions WHERE id_hash = $1 AND expires_at > $2",
        )
        .bind(id_hash(id))
        .bind(self.now())
        .fetch_optional(&self.store.pool)
        .await
        .map_err(backend)?;
        let Some((data, account, expires_at)) = row else {
            return Ok(None);
        };
        let Some(plain) = self.sealing_key(id).open(&data, aad(account.as_deref())) else {
            tracing::warn!(
                "a session does not open under the server key in force; its person signs in anew"
            );
            return Ok(None);
        };
        let data = serde_json::from_slice(&plain)
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(expires_at)
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        sqlx::query("DELETE FROM sessions WHERE id_hash = $1")
            .bind(id_hash(id))
            .execute(&self.store.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }
}

impl fmt::Debug for SealedSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedSessions")
            .field("lifetimes", &self.lifetimes)
            .finish_non_exhaustive()
    }
}

fn id_hash(id: &Id) -> Vec<u8> {
    Sha256::digest(id.0.to_le_bytes()).to_vec()
}

/// The account (which names the host too) that the data is bound to; empty before sign-in.
fn aad(account: Option<&str>) -> &[u8] {
    account.unwrap_or_default().as_bytes()
}

/// A label sealed under another server key is not worth an error page.
fn open_label(key: &SealingKey, public_id: &str, sealed: Option<&[u8]>) -> String {
    sealed
        .and_then(|sealed| key.open(sealed, public_id.as_bytes()))
        .map(|label| String::from_utf8_lossy(&label).into_owned())
        .unwrap_or_default()
}

fn after(start: i64, lifetime: Duration) -> i64 {
    start.saturating_add(i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX))
}

fn backend(error: sqlx::Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

#[cfg(test)]
mod tests;
