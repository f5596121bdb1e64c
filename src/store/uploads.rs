mod content;

use super::{Owner, Result, Store};
use content::Place;
use sqlx::Row;
use zeroize::Zeroizing;

/// Files of one draft that may be stored in the same moment.
const RACES: usize = 50;

/// One file of a draft without its content.
#[derive(Clone, Debug)]
pub struct UploadRow {
    /// From 1; never given twice in a draft.
    pub number: i64,
    /// Octets of the decoded content.
    pub size: i64,
    pub meta: Zeroizing<Vec<u8>>,
}

/// A file to store. `content` is empty for a part that is carried along.
#[derive(Clone, Copy, Debug)]
pub struct NewUpload<'a> {
    pub size: i64,
    /// Not counted against the limit.
    pub carried: bool,
    pub meta: &'a [u8],
    pub content: &'a [u8],
}

fn meta_place(draft: &str) -> String {
    format!("uploads/{draft}/meta")
}

impl Store {
    /// In the order of their numbers.
    pub async fn uploads(&self, owner: &Owner, draft: &str) -> Result<Vec<UploadRow>> {
        let rows = sqlx::query(
            "SELECT number, size, meta FROM uploads WHERE account = $1 AND draft = $2 AND removed = 0 ORDER BY number",
        )
        .bind(owner.hash())
        .bind(draft)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(UploadRow {
                    number: row.try_get("number")?,
                    size: row.try_get("size")?,
                    meta: owner.open(&meta_place(draft), row.try_get("meta")?)?,
                })
            })
            .collect()
    }

    /// None when it was removed.
    pub async fn upload_content(
        &self,
        owner: &Owner,
        draft: &str,
        number: i64,
    ) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let row = sqlx::query(
            "SELECT size, carried FROM uploads WHERE account = $1 AND draft = $2 AND number = $3 AND removed = 0",
        )
        .bind(owner.hash())
        .bind(draft)
        .bind(number)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        if row.try_get::<i64, _>("carried")? != 0 {
            return Ok(Some(Zeroizing::default()));
        }
        let size = usize::try_from(row.try_get::<i64, _>("size")?).unwrap_or_default();
        let place = Place {
            owner,
            draft,
            number,
        };
        place.load(size, self).await.map(Some)
    }

    /// The number it got; None when the draft has `most` files already, or is in the outbox. Two at once may want the same number: the
    /// database lets one through, the other tries the next.
    pub async fn insert_upload(
        &self,
        owner: &Owner,
        draft: &str,
        upload: NewUpload<'_>,
        most: usize,
    ) -> Result<Option<i64>> {
        let meta = owner.seal(&meta_place(draft), upload.meta);
        let mut tries_left = RACES;
        loop {
            let mut transaction = self.pool.begin().await?;
            let inserted = sqlx::query(
                "INSERT INTO uploads (account, draft, number, removed, carried, size, meta) \
                 SELECT $1, $2, COALESCE(MAX(number), 0) + 1, 0, $6, $3, $4 FROM uploads \
                 WHERE account = $1 AND draft = $2 HAVING ($6 = 1 OR COUNT(CASE WHEN removed = 0 AND carried = 0 THEN 1 END) < $5) \
                 AND NOT EXISTS (SELECT 1 FROM outbox WHERE account = $1 AND id = $2) \
                 RETURNING number",
            )
            .bind(owner.hash())
            .bind(draft)
            .bind(upload.size)
            .bind(meta.as_slice())
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .bind(i64::from(upload.carried))
            .fetch_optional(&mut *transaction)
            .await;
            let number = match inserted {
                Ok(Some(row)) => row.try_get("number")?,
                Ok(None) => return Ok(None),
                Err(sqlx::Error::Database(error))
                    if error.is_unique_violation() && tries_left > 0 =>
                {
                    tries_left -= 1;
                    transaction.rollback().await?;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let place = Place {
                owner,
                draft,
                number,
            };
            place.store(upload.content, &mut transaction).await?;
            transaction.commit().await?;
            return Ok(Some(number));
        }
    }

    /// Points a carried part to another place.
    pub async fn set_upload_meta(
        &self,
        owner: &Owner,
        draft: &str,
        number: i64,
        meta: &[u8],
    ) -> Result<()> {
        sqlx::query(
            "UPDATE uploads SET meta = $4 WHERE account = $1 AND draft = $2 AND number = $3",
        )
        .bind(owner.hash())
        .bind(draft)
        .bind(number)
        .bind(owner.seal(&meta_place(draft), meta))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// `false`: there was no such file, or its draft is in the outbox.
    pub async fn remove_upload(&self, owner: &Owner, draft: &str, number: i64) -> Result<bool> {
        let empty: &[u8] = &[];
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query(
            "UPDATE uploads SET removed = 1, size = 0, meta = $4 \
             WHERE account = $1 AND draft = $2 AND number = $3 AND removed = 0 \
             AND NOT EXISTS (SELECT 1 FROM outbox WHERE account = $1 AND id = $2)",
        )
        .bind(owner.hash())
        .bind(draft)
        .bind(number)
        .bind(empty)
        .execute(&mut *transaction)
        .await?;
        let place = Place {
            owner,
            draft,
            number,
        };
        place.remove(&mut transaction).await?;
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::on_both_engines;

    fn file(content: &[u8]) -> NewUpload<'_> {
        NewUpload {
            size: i64::try_from(content.len()).unwrap(),
            carried: false,
            meta: b"meta",
            content,
        }
    }

    #[tokio::test]
    async fn a_number_is_never_given_twice_and_the_limit_counts_what_is_there() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            assert_eq!(
                store
                    .insert_upload(&owner, "d", file(b"one"), 2)
                    .await
                    .unwrap(),
                Some(1)
            );
            assert_eq!(
                store
                    .insert_upload(&owner, "d", file(b""), 2)
                    .await
                    .unwrap(),
                Some(2)
            );
            assert_eq!(
                store
                    .insert_upload(&owner, "d", file(b"no"), 2)
                    .await
                    .unwrap(),
                None
            );
            let carried = NewUpload {
                carried: true,
                ..file(b"")
            };
            assert_eq!(
                store.insert_upload(&owner, "d", carried, 2).await.unwrap(),
                Some(3)
            );
            assert!(store.remove_upload(&owner, "d", 2).await.unwrap());
            assert!(!store.remove_upload(&owner, "d", 2).await.unwrap());
            assert_eq!(
                store
                    .insert_upload(&owner, "d", file(b"new"), 2)
                    .await
                    .unwrap(),
                Some(4)
            );
            let numbers: Vec<i64> = store
                .uploads(&owner, "d")
                .await
                .unwrap()
                .iter()
                .map(|row| row.number)
                .collect();
            assert_eq!(numbers, [1, 3, 4]);
            let content = store.upload_content(&owner, "d", 1).await.unwrap().unwrap();
            assert_eq!(content.as_slice(), b"one");
            assert!(
                store
                    .upload_content(&owner, "d", 2)
                    .await
                    .unwrap()
                    .is_none()
            );
            assert!(
                store
                    .upload_content(&store.owner("mihai@host"), "d", 1)
                    .await
                    .unwrap()
                    .is_none()
            );
        })
        .await;
    }

    #[tokio::test]
    async fn files_stored_at_once_get_numbers_of_their_own_and_keep_to_the_limit() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            let uploads = (0..8).map(|_| store.insert_upload(&owner, "d", file(b"x"), 8));
            let stored = futures_util::future::join_all(uploads).await;
            let numbers: std::collections::BTreeSet<i64> =
                stored.into_iter().map(|n| n.unwrap().unwrap()).collect();
            assert_eq!(numbers.len(), 8);
            assert_eq!(
                store
                    .insert_upload(&owner, "d", file(b"x"), 8)
                    .await
                    .unwrap(),
                None
            );
        })
        .await;
    }

    #[tokio::test]
    async fn a_file_of_many_pieces_comes_back_whole_and_a_missing_piece_is_noticed() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            for size in [content::PIECE, 3 * content::PIECE + 1] {
                let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(size).collect();
                let number = store.insert_upload(&owner, "d", file(&bytes), 9).await;
                let number = number.unwrap().unwrap();
                let read = store.upload_content(&owner, "d", number).await.unwrap();
                assert!(read.unwrap().as_slice() == bytes);
            }
            sqlx::query("DELETE FROM upload_pieces WHERE number = 2 AND piece = 3")
                .execute(&store.pool)
                .await
                .unwrap();
            assert!(matches!(
                store.upload_content(&owner, "d", 2).await,
                Err(crate::store::Error::Unsealed)
            ));
            assert!(store.remove_upload(&owner, "d", 1).await.unwrap());
            let left: i64 =
                sqlx::query_scalar("SELECT COUNT(*) FROM upload_pieces WHERE number = 1")
                    .fetch_one(&store.pool)
                    .await
                    .unwrap();
            assert_eq!(left, 0);
        })
        .await;
    }

    #[tokio::test]
    async fn the_files_go_with_their_draft() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            for id in ["a", "b"] {
                store
                    .insert_draft(&owner, id, b"text", b"", 1)
                    .await
                    .unwrap();
                store
                    .insert_upload(&owner, id, file(b"x"), 2)
                    .await
                    .unwrap();
            }
            store.delete_draft(&owner, "a").await.unwrap();
            store.discard_draft(&owner, "b", 1).await.unwrap();
            for id in ["a", "b"] {
                assert!(store.uploads(&owner, id).await.unwrap().is_empty());
            }
            let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM upload_pieces")
                .fetch_one(&store.pool)
                .await
                .unwrap();
            assert_eq!(left, 0);
        })
        .await;
    }
}
