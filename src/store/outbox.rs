use super::{Owner, Result, Store};
use sqlx::{Row, any::AnyRow};
use zeroize::Zeroizing;

/// One message taken to be sent, as it is stored.
#[derive(Clone, Debug)]
pub struct OutboxRow {
    pub id: String,
    pub state: String,
    pub content: Zeroizing<Vec<u8>>,
    /// Until when (unix seconds) a task holds it; past: no task does.
    pub claimed_until: i64,
    pub created: i64,
    pub updated: i64,
}

/// A task's hold on a row. It runs out by itself, so that a dead process holds nothing for long.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Random, one per task.
    pub token: String,
    /// Unix seconds.
    pub until: i64,
}

fn place(id: &str) -> String {
    format!("outbox/{id}")
}

fn read(owner: &Owner, row: &AnyRow) -> Result<OutboxRow> {
    let id: String = row.try_get("id")?;
    Ok(OutboxRow {
        state: row.try_get("state")?,
        content: owner.open(&place(&id), row.try_get("content")?)?,
        claimed_until: row.try_get("claimed_until")?,
        created: row.try_get("created")?,
        updated: row.try_get("updated")?,
        id,
    })
}

impl Store {
    pub async fn outbox_row(&self, owner: &Owner, id: &str) -> Result<Option<OutboxRow>> {
        let row = sqlx::query(
            "SELECT id, state, content, claimed_until, created, updated FROM outbox WHERE account = $1 AND id = $2",
        )
        .bind(owner.hash())
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| read(owner, &row)).transpose()
    }

    /// All rows, the one changed last first.
    pub async fn outbox_rows(&self, owner: &Owner) -> Result<Vec<OutboxRow>> {
        let rows = sqlx::query(
            "SELECT id, state, content, claimed_until, created, updated FROM outbox WHERE account = $1 \
             ORDER BY updated DESC, id",
        )
        .bind(owner.hash())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| read(owner, row)).collect()
    }

    /// Rows made since, whatever became of them.
    pub async fn sends_since(&self, owner: &Owner, since: i64) -> Result<i64> {
        let row =
            sqlx::query("SELECT COUNT(*) AS sends FROM outbox WHERE account = $1 AND created > $2")
                .bind(owner.hash())
                .bind(since)
                .fetch_one(&self.pool)
                .await?;
        Ok(row.try_get("sends")?)
    }

    /// `false`: the id is there already. The insert is what makes sending idempotent.
    pub async fn insert_outbox(
        &self,
        owner: &Owner,
        id: &str,
        state: &str,
        content: &[u8],
        claim: &Claim,
        now: i64,
    ) -> Result<bool> {
        let done = sqlx::query(
            "INSERT INTO outbox (account, id, state, claim, claimed_until, content, created, updated) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (account, id) DO NOTHING",
        )
        .bind(owner.hash())
        .bind(id)
        .bind(state)
        .bind(&claim.token)
        .bind(claim.until)
        .bind(owner.seal(&place(id), content))
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes a row that no task holds, if it still is in `state`.
    pub async fn claim_outbox(
        &self,
        owner: &Owner,
        id: &str,
        state: &str,
        claim: &Claim,
        now: i64,
    ) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE outbox SET claim = $4, claimed_until = $5 \
             WHERE account = $1 AND id = $2 AND state = $3 AND claimed_until < $6",
        )
        .bind(owner.hash())
        .bind(id)
        .bind(state)
        .bind(&claim.token)
        .bind(claim.until)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives a row back. What the claim's token is used for later does nothing any more.
    pub async fn release_outbox(&self, owner: &Owner, id: &str, claim: &Claim) -> Result<()> {
        sqlx::query(
            "UPDATE outbox SET claim = '', claimed_until = 0 WHERE account = $1 AND id = $2 AND claim = $3",
        )
        .bind(owner.hash())
        .bind(id)
        .bind(&claim.token)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Moves the end of a claim; `false`: the claim is lost.
    pub async fn renew_outbox(&self, owner: &Owner, id: &str, claim: &Claim) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE outbox SET claimed_until = $4 WHERE account = $1 AND id = $2 AND claim = $3",
        )
        .bind(owner.hash())
        .bind(id)
        .bind(&claim.token)
        .bind(claim.until)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Records the next state; `false`: the claim is lost and nothing was written.
    pub async fn advance_outbox(
        &self,
        owner: &Owner,
        id: &str,
        state: &str,
        content: &[u8],
        claim: &Claim,
        now: i64,
    ) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE outbox SET state = $4, content = $5, updated = $6 \
             WHERE account = $1 AND id = $2 AND claim = $3",
        )
        .bind(owner.hash())
        .bind(id)
        .bind(&claim.token)
        .bind(state)
        .bind(owner.seal(&place(id), content))
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets a row that `claim` holds.
    pub async fn delete_outbox(&self, owner: &Owner, id: &str, claim: &Claim) -> Result<bool> {
        let done = sqlx::query("DELETE FROM outbox WHERE account = $1 AND id = $2 AND claim = $3")
            .bind(owner.hash())
            .bind(id)
            .bind(&claim.token)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets what came to an end before `before` (unix seconds): in Sent, failed, or unknown. What is still to be
    /// done stays.
    pub async fn sweep_outbox(&self, before: i64) -> Result<u64> {
        let done = sqlx::query(
            "DELETE FROM outbox WHERE updated < $1 AND claimed_until < $1 AND state IN ('done', 'failed', 'unknown')",
        )
        .bind(before)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::on_both_engines;

    fn claim(token: &str, until: i64) -> Claim {
        Claim {
            token: token.to_owned(),
            until,
        }
    }

    #[tokio::test]
    async fn one_insert_wins_and_only_the_holder_writes() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            let (first, second) = (claim("first", 20), claim("second", 30));
            assert!(
                store
                    .insert_outbox(&owner, "a", "queued", b"1", &first, 1)
                    .await
                    .unwrap()
            );
            assert!(
                !store
                    .insert_outbox(&owner, "a", "queued", b"2", &second, 1)
                    .await
                    .unwrap()
            );
            assert!(
                !store
                    .advance_outbox(&owner, "a", "sending", b"2", &second, 2)
                    .await
                    .unwrap()
            );
            assert!(
                store
                    .advance_outbox(&owner, "a", "sending", b"3", &first, 2)
                    .await
                    .unwrap()
            );
            let row = store.outbox_row(&owner, "a").await.unwrap().unwrap();
            assert_eq!(
                (row.state.as_str(), row.content.as_slice()),
                ("sending", &b"3"[..])
            );
            assert_eq!((row.created, row.updated, row.claimed_until), (1, 2, 20));
            assert_eq!(store.sends_since(&owner, 0).await.unwrap(), 1);
            assert_eq!(store.sends_since(&owner, 1).await.unwrap(), 0);
            assert!(
                store
                    .outbox_rows(&store.owner("mihai@host"))
                    .await
                    .unwrap()
                    .is_empty()
            );
        })
        .await;
    }

    #[tokio::test]
    async fn a_row_is_taken_over_when_its_claim_has_run_out_and_by_one_only() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            let (first, second, third) =
                (claim("first", 20), claim("second", 40), claim("third", 40));
            store
                .insert_outbox(&owner, "a", "queued", b"1", &first, 1)
                .await
                .unwrap();
            assert!(
                !store
                    .claim_outbox(&owner, "a", "queued", &second, 20)
                    .await
                    .unwrap()
            );
            assert!(
                !store
                    .claim_outbox(&owner, "a", "accepted", &second, 21)
                    .await
                    .unwrap()
            );
            assert!(
                store
                    .claim_outbox(&owner, "a", "queued", &second, 21)
                    .await
                    .unwrap()
            );
            assert!(
                !store
                    .claim_outbox(&owner, "a", "queued", &third, 21)
                    .await
                    .unwrap()
            );
            assert!(!store.renew_outbox(&owner, "a", &first).await.unwrap());
            assert!(
                store
                    .renew_outbox(&owner, "a", &claim("second", 50))
                    .await
                    .unwrap()
            );
            assert!(
                !store
                    .claim_outbox(&owner, "a", "queued", &third, 50)
                    .await
                    .unwrap()
            );
            store.release_outbox(&owner, "a", &second).await.unwrap();
            assert!(!store.renew_outbox(&owner, "a", &second).await.unwrap());
            assert!(
                store
                    .claim_outbox(&owner, "a", "queued", &third, 21)
                    .await
                    .unwrap()
            );
            assert!(!store.delete_outbox(&owner, "a", &second).await.unwrap());
            assert!(store.delete_outbox(&owner, "a", &third).await.unwrap());
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_still_to_be_done_is_never_swept() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            for state in ["queued", "sending", "accepted", "failed", "unknown", "done"] {
                store
                    .insert_outbox(&owner, state, state, b"1", &claim("x", 0), 1)
                    .await
                    .unwrap();
            }
            assert_eq!(store.sweep_outbox(1).await.unwrap(), 0);
            assert_eq!(store.sweep_outbox(2).await.unwrap(), 3);
            let mut left: Vec<String> = store
                .outbox_rows(&owner)
                .await
                .unwrap()
                .into_iter()
                .map(|row| row.state)
                .collect();
            left.sort();
            assert_eq!(left, ["accepted", "queued", "sending"]);
        })
        .await;
    }
}
