//! Which messages ended a process while it rendered them (SECURITY.md R-LIM-4).
//!
//! What is being rendered just now stands in a file of the node, in one place for each thread, written before and after:
//! two writes to the page cache, about ten microseconds, which outlive the process though not the machine, and no
//! more is needed. A row written and deleted in the database would take the place of other writers, and with PostgreSQL
//! wait for two commits, for each message opened. Only what a dead process left in the file becomes rows, when the next
//! one starts: in a database of several nodes all of them know it from then on.
use super::{Owner, Result, Store};
use sqlx::Row;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
    sync::Arc,
};

const FILE: &str = "rendering";
/// Processes that may have a directory at a time, as when one starts before the other has ended.
const PROCESSES: usize = 8;
/// Digits of one keyed hash.
const HASH: usize = 32;
/// Account, message, line feed.
const PLACE: usize = 2 * HASH + 1;
/// Places that are read of a file: more than any node has threads.
const MOST: usize = 4096;
/// A message is tried again without being asked for after so long: the program has changed since, most likely.
const FORGOTTEN_AFTER: i64 = 90 * 86_400;

/// One message of one account, in keyed hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    account: String,
    message: String,
}

impl Mark {
    /// The same for all messages of an account.
    pub fn account(&self) -> &str {
        &self.account
    }

    fn read(place: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(place).ok()?.trim_end();
        let whole = text.len() == 2 * HASH && text.bytes().all(|c| c.is_ascii_hexdigit());
        let (account, message) = whole.then(|| text.split_at(HASH))?;
        Some(Self {
            account: account.to_owned(),
            message: message.to_owned(),
        })
    }
}

/// The file of what this process is rendering. It is this process's as long as it lives.
#[derive(Debug)]
pub struct InProgress(File);

impl InProgress {
    /// Takes the file in `directory` over, and what a process that died left in it.
    ///
    /// # Errors
    /// The first file that no living process has, then the others of which that is true; and what dead processes left
    /// in them. Fails where none can be written.
    fn take_over(directory: &Path) -> io::Result<(Self, Vec<Self>, Vec<Mark>)> {
        let mut own = None;
        let mut others = Vec::new();
        let mut left = Vec::new();
        for number in 0..PROCESSES {
            let path = match number {
                0 => directory.join(FILE),
                number => directory.join(format!("{FILE}.{number}")),
            };
            if own.is_some() && !path.exists() {
                continue;
            }
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(path)?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(error),
                Ok(()) => {}
            }
            let mut noted = Vec::new();
            (&mut file)
                .take((MOST * PLACE) as u64)
                .read_to_end(&mut noted)?;
            left.extend(noted.chunks(PLACE).filter_map(Mark::read));
            match own {
                None => own = Some(Self(file)),
                Some(_) => others.push(Self(file)),
            }
        }
        let own = own.ok_or(io::ErrorKind::ResourceBusy)?;
        Ok((own, others, left))
    }

    /// Nothing is being rendered.
    fn clear(&self) -> io::Result<()> {
        self.0.set_len(0)
    }

    /// The thread of this number begins with the message.
    pub fn begin(&self, thread: usize, mark: &Mark) {
        let place = format!("{}{}\n", mark.account, mark.message);
        self.write(thread, place.as_bytes());
    }

    /// The thread of this number is done.
    pub fn end(&self, thread: usize) {
        let mut place = [b' '; PLACE];
        place[PLACE - 1] = b'\n';
        self.write(thread, &place);
    }

    fn write(&self, thread: usize, place: &[u8]) {
        if let Err(error) = self.0.write_all_at(place, (thread * PLACE) as u64) {
            tracing::warn!(%error, "what is being rendered is not noted");
        }
    }
}

impl Store {
    /// From now on notes in `directory` what is being rendered, after marking what a dead process was rendering there.
    /// Without a directory to write in there is no note, and no mark comes of it. `now`: unix seconds.
    pub async fn note_renderings(&mut self, directory: &Path, now: i64) -> Result<()> {
        let (own, others, left) = match InProgress::take_over(directory) {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "a message that ends the process will not be known again: {FILE} is not to be had");
                return Ok(());
            }
        };
        for mark in &left {
            tracing::error!(account = %mark.account, "the process ended while it rendered a message");
            self.set_mark(mark, now).await?;
        }
        for file in others.iter().chain([&own]) {
            if let Err(error) = file.clear() {
                tracing::warn!(%error, "what a dead process left is not cleared");
            }
        }
        self.in_progress = Some(Arc::new(own));
        Ok(())
    }

    /// Where to note what is being rendered.
    pub fn in_progress(&self) -> Option<Arc<InProgress>> {
        self.in_progress.clone()
    }

    /// `message`: what is the message's own among those of the account.
    pub fn mark(&self, owner: &Owner, message: &str) -> Mark {
        let context = format!("{}/{message}", owner.hash());
        Mark {
            account: owner.hash().to_owned(),
            message: self.key.pseudonym("rendered message", context.as_bytes()),
        }
    }

    /// Whether a process ended while it rendered this message.
    pub async fn is_marked(&self, mark: &Mark) -> Result<bool> {
        let row =
            sqlx::query("SELECT COUNT(*) AS n FROM markers WHERE account = $1 AND message = $2")
                .bind(&mark.account)
                .bind(&mark.message)
                .fetch_one(&self.pool)
                .await?;
        Ok(row.try_get::<i64, _>("n")? > 0)
    }

    async fn set_mark(&self, mark: &Mark, now: i64) -> Result<()> {
        sqlx::query(
            "INSERT INTO markers (account, message, marked_at) VALUES ($1, $2, $3) \
             ON CONFLICT (account, message) DO UPDATE SET marked_at = $3",
        )
        .bind(&mark.account)
        .bind(&mark.message)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The message may be rendered again.
    pub async fn remove_mark(&self, mark: &Mark) -> Result<()> {
        sqlx::query("DELETE FROM markers WHERE account = $1 AND message = $2")
            .bind(&mark.account)
            .bind(&mark.message)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Removes marks that are 90 days old. Answers how many there were.
    pub async fn sweep_marks(&self, now: i64) -> Result<u64> {
        let deleted = sqlx::query("DELETE FROM markers WHERE marked_at <= $1")
            .bind(now - FORGOTTEN_AFTER)
            .execute(&self.pool)
            .await?;
        Ok(deleted.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::on_both_engines;

    const NOW: i64 = 1_800_000_000;

    #[tokio::test]
    async fn what_a_dead_process_was_rendering_is_marked_and_nothing_else() {
        on_both_engines(async |mut engine| {
            let dir = tempfile::tempdir().unwrap();
            let ana = engine.store.owner("ana@host");
            let mihai = engine.store.owner("mihai@host");
            let (bad, done) = (
                engine.store.mark(&ana, "7.1"),
                engine.store.mark(&ana, "7.2"),
            );
            let (dying, _, left) = InProgress::take_over(dir.path()).unwrap();
            assert_eq!(left, []);
            dying.begin(0, &done);
            dying.begin(3, &bad);
            dying.end(0);
            drop(dying);

            engine.store.note_renderings(dir.path(), NOW).await.unwrap();
            let store = &engine.store;
            assert!(store.is_marked(&bad).await.unwrap(), "{}", engine.name);
            assert!(!store.is_marked(&done).await.unwrap());
            assert!(!store.is_marked(&store.mark(&mihai, "7.1")).await.unwrap());
            store.remove_mark(&bad).await.unwrap();
            assert!(!store.is_marked(&bad).await.unwrap());

            drop(engine.store.in_progress.take());
            let (_, _, left) = InProgress::take_over(dir.path()).unwrap();
            assert_eq!(left, [], "told once");
        })
        .await;
    }

    #[tokio::test]
    async fn a_mark_is_forgotten_after_ninety_days() {
        on_both_engines(async |engine| {
            let store = &engine.store;
            let mark = store.mark(&store.owner("ana@host"), "7.1");
            store.set_mark(&mark, NOW).await.unwrap();
            store.set_mark(&mark, NOW + 10).await.unwrap();
            assert_eq!(store.sweep_marks(NOW + FORGOTTEN_AFTER).await.unwrap(), 0);
            assert_eq!(
                store.sweep_marks(NOW + 10 + FORGOTTEN_AFTER).await.unwrap(),
                1
            );
            assert!(!store.is_marked(&mark).await.unwrap());
        })
        .await;
    }

    #[tokio::test]
    async fn the_note_of_a_living_process_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(&Store::in_memory_url(), crate::seal::ServerKey::random())
            .await
            .unwrap();
        let mark = store.mark(&store.owner("ana@host"), "7.1");
        let (living, ..) = InProgress::take_over(dir.path()).unwrap();
        living.begin(0, &mark);
        store.note_renderings(dir.path(), NOW).await.unwrap();
        assert!(!store.is_marked(&mark).await.unwrap());
        // The one that came second notes too, and is survived by its own note.
        let second = store.mark(&store.owner("ana@host"), "7.2");
        store.in_progress().unwrap().begin(0, &second);
        drop(store.in_progress.take());
        drop(living);
        store.note_renderings(dir.path(), NOW).await.unwrap();
        assert!(store.is_marked(&mark).await.unwrap());
        assert!(store.is_marked(&second).await.unwrap());
    }

    #[test]
    fn what_is_no_mark_is_skipped() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), b"\xff\x00half a pl").unwrap();
        let (_, _, left) = InProgress::take_over(dir.path()).unwrap();
        assert_eq!(left, []);
    }
}
