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
    use crate::store::testing::on_both_engines;

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
}
