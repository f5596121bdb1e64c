use super::{Owner, Result, Store};
use sqlx::Row;
use zeroize::Zeroizing;

/// A message being written, as it is stored.
#[derive(Clone, Debug)]
pub struct DraftRow {
    /// Discarded: nothing but the id is left.
    pub discarded: bool,
    /// Counts up by one at each change.
    pub version: i64,
    pub content: Zeroizing<Vec<u8>>,
    /// Where the copy in the Drafts mailbox is; empty: there is none.
    pub copy: Zeroizing<Vec<u8>>,
    /// The version that copy holds; 0: none.
    pub copy_version: i64,
    /// Unix seconds.
    pub saved: i64,
}

fn content_place(id: &str) -> String {
    format!("drafts/{id}/content")
}

fn copy_place(id: &str) -> String {
    format!("drafts/{id}/copy")
}

impl Store {
    pub async fn draft(&self, owner: &Owner, id: &str) -> Result<Option<DraftRow>> {
        let row = sqlx::query(
            "SELECT state, version, content, copy, copy_version, saved FROM drafts WHERE account = $1 AND id = $2",
        )
        .bind(owner.hash())
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            Ok(DraftRow {
                discarded: row.try_get::<i64, _>("state")? != 0,
                version: row.try_get("version")?,
                content: owner.open(&content_place(id), row.try_get("content")?)?,
                copy: owner.open(&copy_place(id), row.try_get("copy")?)?,
                copy_version: row.try_get("copy_version")?,
                saved: row.try_get("saved")?,
            })
        })
        .transpose()
    }

    /// Version 1 of a new draft; `false` when the id is taken. `copy` (may be empty) is the stored message it was
    /// opened from, which holds what version 0 would be.
    pub async fn insert_draft(
        &self,
        owner: &Owner,
        id: &str,
        content: &[u8],
        copy: &[u8],
        now: i64,
    ) -> Result<bool> {
        let done = sqlx::query(
            "INSERT INTO drafts (account, id, state, version, content, copy, copy_version, saved) \
             VALUES ($1, $2, 0, 1, $3, $4, 0, $5) ON CONFLICT (account, id) DO NOTHING",
        )
        .bind(owner.hash())
        .bind(id)
        .bind(owner.seal(&content_place(id), content))
        .bind(owner.seal(&copy_place(id), copy))
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The next version; `false` when another save was faster, or the draft is gone or in the outbox: what is being sent does not
    /// change any more.
    pub async fn update_draft(
        &self,
        owner: &Owner,
        id: &str,
        version: i64,
        content: &[u8],
        now: i64,
    ) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE drafts SET version = version + 1, content = $4, saved = $5 \
             WHERE account = $1 AND id = $2 AND version = $3 AND state = 0 AND NOT EXISTS \
             (SELECT 1 FROM outbox WHERE outbox.account = drafts.account AND outbox.id = drafts.id)",
        )
        .bind(owner.hash())
        .bind(id)
        .bind(version)
        .bind(owner.seal(&content_place(id), content))
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Counts a change outside the text (a file came or went); `false` when the draft is gone.
    pub async fn touch_draft(&self, owner: &Owner, id: &str, now: i64) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE drafts SET version = version + 1, saved = $3 WHERE account = $1 AND id = $2 AND state = 0",
        )
        .bind(owner.hash())
        .bind(id)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The Drafts mailbox holds `version` at `copy` now.
    pub async fn set_draft_copy(
        &self,
        owner: &Owner,
        id: &str,
        copy: &[u8],
        version: i64,
    ) -> Result<()> {
        sqlx::query(
            "UPDATE drafts SET copy = $3, copy_version = $4 WHERE account = $1 AND id = $2 AND state = 0",
        )
        .bind(owner.hash())
        .bind(id)
        .bind(owner.seal(&copy_place(id), copy))
        .bind(version)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Text and files are forgotten, the id stays.
    pub async fn discard_draft(&self, owner: &Owner, id: &str, now: i64) -> Result<()> {
        let empty: &[u8] = &[];
        let mut transaction = self.pool.begin().await?;
        sqlx::query(
            "INSERT INTO drafts (account, id, state, version, content, copy, copy_version, saved) \
             VALUES ($1, $2, 1, 1, $3, $3, 1, $4) ON CONFLICT (account, id) DO UPDATE \
             SET state = 1, content = $3, copy = $3, copy_version = drafts.version, saved = $4",
        )
        .bind(owner.hash())
        .bind(id)
        .bind(empty)
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        delete_uploads(owner, id, &mut transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Row and files.
    pub async fn delete_draft(&self, owner: &Owner, id: &str) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM drafts WHERE account = $1 AND id = $2")
            .bind(owner.hash())
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        delete_uploads(owner, id, &mut transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Ids of the drafts whose last version is not in the Drafts mailbox and was saved before `before` (unix seconds).
    pub async fn unfiled_drafts(&self, owner: &Owner, before: i64) -> Result<Vec<String>> {
        let rows = sqlx::query(
            "SELECT id FROM drafts WHERE account = $1 AND state = 0 AND version > copy_version AND saved < $2 ORDER BY id",
        )
        .bind(owner.hash())
        .bind(before)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
    }

    /// Forgets drafts untouched since `before` (unix seconds) whose last version the Drafts mailbox holds, and discarded
    /// ones. Text that is nowhere else is never swept.
    pub async fn sweep_drafts(&self, before: i64) -> Result<u64> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query(
            "DELETE FROM drafts WHERE saved < $1 AND (state = 1 OR version <= copy_version) AND NOT EXISTS \
             (SELECT 1 FROM outbox WHERE outbox.account = drafts.account AND outbox.id = drafts.id)",
        )
        .bind(before)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM uploads WHERE NOT EXISTS \
             (SELECT 1 FROM drafts WHERE drafts.account = uploads.account AND drafts.id = uploads.draft)",
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}

async fn delete_uploads(
    owner: &Owner,
    id: &str,
    transaction: &mut sqlx::Transaction<'_, sqlx::Any>,
) -> Result<()> {
    sqlx::query("DELETE FROM uploads WHERE account = $1 AND draft = $2")
        .bind(owner.hash())
        .bind(id)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::on_both_engines;

    #[tokio::test]
    async fn of_two_saves_of_one_version_one_is_told_to_look_again() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            assert!(
                store
                    .insert_draft(&owner, "a", b"one", b"", 1)
                    .await
                    .unwrap()
            );
            assert!(
                !store
                    .insert_draft(&owner, "a", b"other", b"", 1)
                    .await
                    .unwrap()
            );
            assert!(store.update_draft(&owner, "a", 1, b"two", 2).await.unwrap());
            assert!(
                !store
                    .update_draft(&owner, "a", 1, b"three", 2)
                    .await
                    .unwrap()
            );
            let row = store.draft(&owner, "a").await.unwrap().unwrap();
            assert_eq!(
                (row.version, row.content.as_slice(), row.saved),
                (2, &b"two"[..], 2)
            );
            assert!(row.copy.is_empty() && !row.discarded);
        })
        .await;
    }

    #[tokio::test]
    async fn what_was_given_to_be_sent_does_not_change_any_more() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            let file = crate::store::NewUpload {
                size: 1,
                carried: false,
                meta: b"meta",
                content: b"x",
            };
            for id in ["sent", "other"] {
                store
                    .insert_draft(&owner, id, b"one", b"", 1)
                    .await
                    .unwrap();
                assert_eq!(
                    store.insert_upload(&owner, id, file, 9).await.unwrap(),
                    Some(1)
                );
            }
            let claim = crate::store::Claim {
                token: "task".to_owned(),
                until: 100,
            };
            store
                .insert_outbox(&owner, "sent", "queued", b"record", &claim, 2)
                .await
                .unwrap();
            for (id, changes) in [("sent", false), ("other", true)] {
                assert_eq!(
                    store.update_draft(&owner, id, 1, b"two", 3).await.unwrap(),
                    changes
                );
                assert_eq!(
                    store
                        .insert_upload(&owner, id, file, 9)
                        .await
                        .unwrap()
                        .is_some(),
                    changes
                );
                assert_eq!(store.remove_upload(&owner, id, 1).await.unwrap(), changes);
            }
            store.delete_outbox(&owner, "sent", &claim).await.unwrap();
            assert!(
                store
                    .update_draft(&owner, "sent", 1, b"two", 3)
                    .await
                    .unwrap()
            );
        })
        .await;
    }

    #[tokio::test]
    async fn a_draft_belongs_to_one_account_and_is_not_readable_in_the_database() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            store
                .insert_draft(&owner, "a", b"canary text", b"canary copy", 1)
                .await
                .unwrap();
            assert!(
                store
                    .draft(&store.owner("mihai@host"), "a")
                    .await
                    .unwrap()
                    .is_none()
            );
            let row = sqlx::query("SELECT account, content, copy FROM drafts")
                .fetch_one(&store.pool)
                .await
                .unwrap();
            let content: Vec<u8> = row.try_get("content").unwrap();
            let copy: Vec<u8> = row.try_get("copy").unwrap();
            for sealed in [content, copy] {
                assert!(!sealed.windows(6).any(|window| window == b"canary"));
            }
            assert!(!row.try_get::<String, _>("account").unwrap().contains("ana"));
        })
        .await;
    }

    #[tokio::test]
    async fn a_discarded_draft_keeps_its_id_only() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            store
                .insert_draft(&owner, "a", b"text", b"copy", 1)
                .await
                .unwrap();
            store.discard_draft(&owner, "a", 2).await.unwrap();
            store.discard_draft(&owner, "never saved", 2).await.unwrap();
            for id in ["a", "never saved"] {
                let row = store.draft(&owner, id).await.unwrap().unwrap();
                assert!(row.discarded && row.content.is_empty() && row.copy.is_empty());
                assert!(
                    !store
                        .update_draft(&owner, id, row.version, b"late", 3)
                        .await
                        .unwrap()
                );
                assert!(!store.touch_draft(&owner, id, 3).await.unwrap());
            }
        })
        .await;
    }

    #[tokio::test]
    async fn text_that_is_nowhere_else_is_never_swept() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            for id in ["filed", "unfiled", "discarded"] {
                store
                    .insert_draft(&owner, id, b"text", b"", 1)
                    .await
                    .unwrap();
            }
            store
                .set_draft_copy(&owner, "filed", b"place", 1)
                .await
                .unwrap();
            store.discard_draft(&owner, "discarded", 1).await.unwrap();
            assert_eq!(store.unfiled_drafts(&owner, 5).await.unwrap(), ["unfiled"]);
            assert!(store.unfiled_drafts(&owner, 1).await.unwrap().is_empty());
            assert_eq!(store.sweep_drafts(1).await.unwrap(), 0);
            assert_eq!(store.sweep_drafts(2).await.unwrap(), 2);
            assert!(store.draft(&owner, "unfiled").await.unwrap().is_some());
            store.delete_draft(&owner, "unfiled").await.unwrap();
            assert!(store.draft(&owner, "unfiled").await.unwrap().is_none());
        })
        .await;
    }
}
