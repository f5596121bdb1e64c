//! What a person chose for one sender, by the sender's address.
use super::{Owner, Result, Store};
use sqlx::Row;

/// The choices for one sender; the default is that there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// Pictures from the web are shown without asking.
    pub pictures: bool,
    /// How the sender's letters are shown; None: as each letter suggests.
    pub view: Option<String>,
}

/// What is chosen for one sender from now on.
#[derive(Clone, Copy, Debug)]
pub enum Choice<'c> {
    /// See [`Sender::pictures`].
    Pictures,
    /// See [`Sender::view`].
    View(&'c str),
}

impl Store {
    /// The choices for this address, which is taken without regard to upper and lower case.
    pub async fn sender(&self, owner: &Owner, address: &str) -> Result<Sender> {
        let row =
            sqlx::query("SELECT pictures, view FROM senders WHERE account = $1 AND sender = $2")
                .bind(owner.hash())
                .bind(self.sender_hash(owner, address))
                .fetch_optional(&self.pool)
                .await?;
        row.map_or_else(|| Ok(Sender::default()), |row| choices(&row))
    }

    /// Keeps one choice for this address, and touches no other: two may be made at once.
    pub async fn choose(&self, owner: &Owner, address: &str, choice: Choice<'_>) -> Result<()> {
        let hash = self.sender_hash(owner, address);
        let sealed = owner.seal(&place(&hash), normal(address).as_bytes());
        let query = match choice {
            Choice::Pictures => sqlx::query(
                "INSERT INTO senders (account, sender, address, pictures) VALUES ($1, $2, $3, 1) \
                 ON CONFLICT (account, sender) DO UPDATE SET pictures = 1",
            ),
            Choice::View(_) => sqlx::query(
                "INSERT INTO senders (account, sender, address, pictures, view) \
                 VALUES ($1, $2, $3, 0, $4) ON CONFLICT (account, sender) DO UPDATE SET view = $4",
            ),
        };
        let query = query.bind(owner.hash()).bind(hash).bind(sealed);
        let query = match choice {
            Choice::Pictures => query,
            Choice::View(view) => query.bind(view.to_owned()),
        };
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// Removes every choice for this address.
    pub async fn forget_sender(&self, owner: &Owner, address: &str) -> Result<()> {
        sqlx::query("DELETE FROM senders WHERE account = $1 AND sender = $2")
            .bind(owner.hash())
            .bind(self.sender_hash(owner, address))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Every address with a choice, in their order.
    pub async fn senders(&self, owner: &Owner) -> Result<Vec<(String, Sender)>> {
        let rows =
            sqlx::query("SELECT sender, address, pictures, view FROM senders WHERE account = $1")
                .bind(owner.hash())
                .fetch_all(&self.pool)
                .await?;
        let mut senders = rows
            .iter()
            .map(|row| {
                let hash: String = row.try_get("sender")?;
                let address = owner.open(&place(&hash), row.try_get("address")?)?;
                Ok((
                    String::from_utf8_lossy(&address).into_owned(),
                    choices(row)?,
                ))
            })
            .collect::<Result<Vec<_>>>()?;
        senders.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(senders)
    }

    /// The account is part of the hash, so that two people with one sender do not show it.
    pub(super) fn sender_hash(&self, owner: &Owner, address: &str) -> String {
        let context = format!("{}/{}", owner.hash(), normal(address));
        self.key.pseudonym("sender", context.as_bytes())
    }
}

fn normal(address: &str) -> String {
    address.trim().to_lowercase()
}

fn place(hash: &str) -> String {
    format!("senders/{hash}")
}

fn choices(row: &sqlx::any::AnyRow) -> Result<Sender> {
    let pictures: i64 = row.try_get("pictures")?;
    Ok(Sender {
        pictures: pictures != 0,
        view: row.try_get("view")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::on_both_engines;

    #[tokio::test]
    async fn choices_are_kept_by_address_for_one_account_alone() {
        on_both_engines(async |engine| {
            let (store, ana) = (&engine.store, engine.store.owner("ana@host"));
            let mihai = store.owner("mihai@host");
            for (address, choice) in [
                ("News@Example.net", Choice::Pictures),
                ("b@example.net", Choice::View("text")),
                ("b@example.net", Choice::Pictures),
                ("b@example.net", Choice::View("letter")),
            ] {
                store.choose(&ana, address, choice).await.unwrap();
            }
            let pictures = Sender {
                pictures: true,
                view: None,
            };
            let letter = Sender {
                pictures: true,
                view: Some("letter".to_owned()),
            };
            assert_eq!(
                store.sender(&ana, " news@example.NET").await.unwrap(),
                pictures
            );
            assert_eq!(
                store.senders(&ana).await.unwrap(),
                [
                    ("b@example.net".to_owned(), letter),
                    ("news@example.net".to_owned(), pictures)
                ]
            );
            assert_eq!(
                store.sender(&mihai, "news@example.net").await.unwrap(),
                Sender::default()
            );
            assert!(store.senders(&mihai).await.unwrap().is_empty());
            store.forget_sender(&ana, "NEWS@example.net").await.unwrap();
            assert_eq!(
                store.senders(&ana).await.unwrap().len(),
                1,
                "{}",
                engine.name
            );
        })
        .await;
    }

    #[tokio::test]
    async fn two_choices_made_at_once_are_both_kept() {
        on_both_engines(async |engine| {
            let (store, ana) = (&engine.store, engine.store.owner("ana@host"));
            for round in 0..20 {
                let address = format!("news{round}@example.net");
                let choose = |choice| store.choose(&ana, &address, choice);
                let (pictures, view) =
                    tokio::join!(choose(Choice::Pictures), choose(Choice::View("letter")));
                pictures.unwrap();
                view.unwrap();
                let both = Sender {
                    pictures: true,
                    view: Some("letter".to_owned()),
                };
                let kept = store.sender(&ana, &address).await.unwrap();
                assert_eq!(kept, both, "{}", engine.name);
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_dump_names_no_sender_and_joins_no_two_accounts() {
        on_both_engines(async |engine| {
            let store = &engine.store;
            for account in ["ana@host", "mihai@host"] {
                let owner = store.owner(account);
                store
                    .choose(&owner, "news@example.net", Choice::Pictures)
                    .await
                    .unwrap();
            }
            let rows = sqlx::query("SELECT sender, address FROM senders")
                .fetch_all(&store.pool)
                .await
                .unwrap();
            let hashes: Vec<String> = rows.iter().map(|row| row.get("sender")).collect();
            assert_eq!(hashes.len(), 2);
            assert_ne!(hashes[0], hashes[1]);
            for row in &rows {
                let sealed: Vec<u8> = row.get("address");
                assert!(!sealed.windows(4).any(|window| window == b"news"));
                assert!(!row.get::<String, _>("sender").contains("news"));
            }
        })
        .await;
    }
}
