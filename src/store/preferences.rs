use super::{Owner, Result, Store};
use sqlx::Row;
use zeroize::Zeroizing;

const PLACE: &str = "preferences";

impl Store {
    pub async fn preferences(&self, owner: &Owner) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let row = sqlx::query("SELECT content FROM preferences WHERE account = $1")
            .bind(owner.hash())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| owner.open(PLACE, row.try_get("content")?))
            .transpose()
    }

    /// The same, and how many messages of the outbox are in another state than `done`: what every page asks, in one
    /// statement, since each one more is two turns of the database's thread.
    pub async fn preferences_and_outbox(
        &self,
        owner: &Owner,
        done: &str,
    ) -> Result<(Option<Zeroizing<Vec<u8>>>, i64)> {
        let row = sqlx::query(
            "SELECT (SELECT content FROM preferences WHERE account = $1) AS content, \
             (SELECT COUNT(*) FROM outbox WHERE account = $1 AND state <> $2) AS waiting",
        )
        .bind(owner.hash())
        .bind(done)
        .fetch_one(&self.pool)
        .await?;
        let content: Option<&[u8]> = row.try_get("content")?;
        let content = content.map(|content| owner.open(PLACE, content));
        Ok((content.transpose()?, row.try_get("waiting")?))
    }

    pub async fn set_preferences(&self, owner: &Owner, content: &[u8]) -> Result<()> {
        sqlx::query(
            "INSERT INTO preferences (account, content) VALUES ($1, $2) \
             ON CONFLICT (account) DO UPDATE SET content = $2",
        )
        .bind(owner.hash())
        .bind(owner.seal(PLACE, content))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::store::{Claim, testing::on_both_engines};

    #[tokio::test]
    async fn the_last_choice_counts_for_its_account_alone() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            assert!(store.preferences(&owner).await.unwrap().is_none());
            store.set_preferences(&owner, b"one").await.unwrap();
            store.set_preferences(&owner, b"two").await.unwrap();
            assert_eq!(
                store.preferences(&owner).await.unwrap().unwrap().as_slice(),
                b"two"
            );
            assert!(
                store
                    .preferences(&store.owner("mihai@host"))
                    .await
                    .unwrap()
                    .is_none()
            );
        })
        .await;
    }

    #[tokio::test]
    async fn one_question_tells_the_choices_and_how_many_sends_are_not_done() {
        on_both_engines(async |engine| {
            let (store, owner) = (&engine.store, engine.store.owner("ana@host"));
            let (choices, waiting) = store.preferences_and_outbox(&owner, "done").await.unwrap();
            assert!(choices.is_none());
            assert_eq!(waiting, 0);

            store.set_preferences(&owner, b"one").await.unwrap();
            let claim = Claim {
                token: "token".to_owned(),
                until: 100,
            };
            let others = store.owner("mihai@host");
            for (owner, id, state) in [
                (&owner, "a", "queued"),
                (&owner, "b", "failed"),
                (&owner, "c", "done"),
                (&others, "d", "queued"),
            ] {
                assert!(
                    store
                        .insert_outbox(owner, id, state, b"content", &claim, 1)
                        .await
                        .unwrap()
                );
            }
            let (choices, waiting) = store.preferences_and_outbox(&owner, "done").await.unwrap();
            assert_eq!(choices.unwrap().as_slice(), b"one");
            assert_eq!(waiting, 2);
        })
        .await;
    }
}
