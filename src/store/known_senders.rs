//! Since when a person knows an address, so that the first message from it can be told (SECURITY.md R-SPOOF-1).
use super::{Owner, Result, Store};
use sqlx::Row;

impl Store {
    /// When the earliest known message from this address arrived, unix seconds; 0: known for ever. None: nobody has looked.
    /// The address is taken without regard to upper and lower case.
    pub async fn known_since(&self, owner: &Owner, address: &str) -> Result<Option<i64>> {
        let row = sqlx::query("SELECT since FROM known_senders WHERE account = $1 AND sender = $2")
            .bind(owner.hash())
            .bind(self.sender_hash(owner, address))
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| row.try_get("since")).transpose()?)
    }

    /// Keeps `since`, unix seconds, unless an earlier moment is kept already.
    pub async fn set_known_since(&self, owner: &Owner, address: &str, since: i64) -> Result<()> {
        sqlx::query(
            "INSERT INTO known_senders (account, sender, since) VALUES ($1, $2, $3) \
             ON CONFLICT (account, sender) DO UPDATE SET since = $3 WHERE known_senders.since > $3",
        )
        .bind(owner.hash())
        .bind(self.sender_hash(owner, address))
        .bind(since)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::on_both_engines;

    #[tokio::test]
    async fn the_earliest_moment_is_kept_by_address_for_one_account_alone() {
        on_both_engines(async |engine| {
            let (store, ana) = (&engine.store, engine.store.owner("ana@host"));
            let mihai = store.owner("mihai@host");
            let since = async |address| store.known_since(&ana, address).await.unwrap();
            assert_eq!(since("a@b.example").await, None);
            for (moment, kept) in [(70, 70), (90, 70), (50, 50), (0, 0), (1, 0)] {
                store
                    .set_known_since(&ana, "A@b.example", moment)
                    .await
                    .unwrap();
                assert_eq!(since(" a@B.example").await, Some(kept), "{}", engine.name);
            }
            assert_eq!(since("aa@b.example").await, None);
            let other = store.known_since(&mihai, "a@b.example").await.unwrap();
            assert_eq!(other, None);
        })
        .await;
    }

    #[tokio::test]
    async fn a_dump_names_nobody_who_is_known() {
        on_both_engines(async |engine| {
            let store = &engine.store;
            for account in ["ana@host", "mihai@host"] {
                let owner = store.owner(account);
                store
                    .set_known_since(&owner, "news@example.net", 7)
                    .await
                    .unwrap();
            }
            let rows = sqlx::query("SELECT account, sender FROM known_senders")
                .fetch_all(&store.pool)
                .await
                .unwrap();
            let hashes: Vec<String> = rows.iter().map(|row| row.get("sender")).collect();
            assert_eq!(hashes.len(), 2);
            assert_ne!(hashes[0], hashes[1]);
            for row in &rows {
                let names = ["account", "sender"].map(|column| row.get::<String, _>(column));
                let digits = |name: &String| name.bytes().all(|c| c.is_ascii_hexdigit());
                assert!(names.iter().all(digits), "{names:?}");
            }
        })
        .await;
    }
}
