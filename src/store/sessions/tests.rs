use super::*;
use crate::store::testing::{Engine, on_both_engines};
use std::sync::atomic::{AtomicI64, Ordering};
use tower_sessions::Session;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const START: i64 = 1_790_000_000;
const ANA: &str = "ana@example.org@mail.example.org";
const PASSWORD: &str = "canary-Tr0ub4dor&3";

struct Fixture {
    engine: Engine,
    time: Arc<AtomicI64>,
    sessions: SealedSessions,
}

impl Fixture {
    fn new(engine: Engine) -> Self {
        let time = Arc::new(AtomicI64::new(START));
        let shown = time.clone();
        let sessions = engine.store.sessions(
            Arc::new(move || shown.load(Ordering::SeqCst)),
            SessionLifetimes {
                idle: Duration::from_secs(12 * 3600),
                remembered: Duration::from_secs(14 * 86_400),
                absolute: Duration::from_secs(90 * 86_400),
            },
        );
        Self {
            engine,
            time,
            sessions,
        }
    }

    fn at(&self, seconds: i64) {
        self.time.store(START + seconds, Ordering::SeqCst);
    }

    async fn signed_in(&self, account: &str, device: &str, remembered: bool) -> Record {
        let mut record = Record {
            id: Id::default(),
            data: [
                (session_data::ACCOUNT.to_owned(), account.into()),
                (session_data::DEVICE.to_owned(), device.into()),
                (session_data::REMEMBERED.to_owned(), remembered.into()),
                ("password".to_owned(), PASSWORD.into()),
            ]
            .into(),
            expiry_date: time::OffsetDateTime::UNIX_EPOCH,
        };
        self.sessions.create(&mut record).await.unwrap();
        record
    }

    async fn alive(&self, record: &Record) -> bool {
        self.sessions.load(&record.id).await.unwrap().is_some()
    }
}

async fn each(test: impl AsyncFn(Fixture)) {
    on_both_engines(async |engine| test(Fixture::new(engine)).await).await;
}

#[tokio::test]
async fn what_is_saved_is_loaded_and_what_is_deleted_is_gone() {
    each(async |f| {
        let mut record = f.signed_in(ANA, "Firefox on Linux", false).await;
        assert_eq!(
            f.sessions.load(&record.id).await.unwrap().unwrap().data,
            record.data
        );
        record.data.insert("theme".to_owned(), "dark".into());
        f.sessions.save(&record).await.unwrap();
        assert_eq!(
            f.sessions.load(&record.id).await.unwrap().unwrap().data,
            record.data
        );
        f.sessions.delete(&record.id).await.unwrap();
        assert!(!f.alive(&record).await);
        assert!(f.sessions.load(&Id::default()).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_request_under_way_does_not_bring_a_revoked_session_back() {
    each(async |f| {
        let record = f.signed_in(ANA, "", false).await;
        assert_eq!(f.engine.store.revoke_sessions(ANA).await.unwrap(), 1);
        f.sessions.save(&record).await.unwrap();
        assert!(!f.alive(&record).await);
    })
    .await;
}

#[tokio::test]
async fn an_idle_session_ends_after_twelve_hours_and_a_remembered_one_after_fourteen_days() {
    each(async |f| {
        let idle = f.signed_in(ANA, "", false).await;
        let remembered = f.signed_in(ANA, "", true).await;
        f.at(12 * HOUR - 1);
        assert!(f.alive(&idle).await && f.alive(&remembered).await);
        f.at(12 * HOUR);
        assert!(!f.alive(&idle).await && f.alive(&remembered).await);
        f.sessions.save(&idle).await.unwrap();
        assert!(!f.alive(&idle).await, "an ended session is not prolonged");
        f.at(14 * DAY);
        assert!(!f.alive(&remembered).await);
        assert_eq!(
            f.engine
                .store
                .sweep_sessions(START + 14 * DAY)
                .await
                .unwrap(),
            2
        );
    })
    .await;
}

#[tokio::test]
async fn a_remembered_session_rolls_on_with_every_write_up_to_ninety_days() {
    each(async |f| {
        let record = f.signed_in(ANA, "", true).await;
        for day in (10..90).step_by(10) {
            f.at(day * DAY);
            f.sessions.save(&record).await.unwrap();
        }
        f.at(90 * DAY - 1);
        assert!(f.alive(&record).await);
        f.at(90 * DAY);
        assert!(!f.alive(&record).await);
    })
    .await;
}

#[tokio::test]
async fn an_id_renewed_at_sign_in_leaves_the_old_one_dead() {
    each(async |f| {
        let store = Arc::new(f.sessions.clone());
        let session = Session::new(None, store.clone(), None);
        session.insert("next", "/mailbox/INBOX").await.unwrap();
        session.save().await.unwrap();
        let before = session.id().unwrap();
        session.insert(session_data::ACCOUNT, ANA).await.unwrap();
        session.cycle_id().await.unwrap();
        session.save().await.unwrap();
        let after = session.id().unwrap();
        assert_ne!(before, after);
        assert!(f.sessions.load(&before).await.unwrap().is_none());
        assert_eq!(
            f.sessions.load(&after).await.unwrap().unwrap().data["next"],
            "/mailbox/INBOX"
        );
        assert_eq!(
            f.engine.store.sessions_of(ANA, START).await.unwrap().len(),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn the_list_of_devices_names_each_session_and_one_can_be_revoked() {
    each(async |f| {
        let laptop = f.signed_in(ANA, "Firefox on Linux", true).await;
        f.at(60);
        let phone = f.signed_in(ANA, "Safari on iPhone", false).await;
        let other = f
            .signed_in("bob@example.org", "Edge on Windows", false)
            .await;
        let store = &f.engine.store;
        let listed = store.sessions_of(ANA, START + 60).await.unwrap();
        let labels: Vec<_> = listed.iter().map(|info| info.label.as_str()).collect();
        assert_eq!(labels, ["Safari on iPhone", "Firefox on Linux"]);
        assert_eq!((listed[1].created_at, listed[1].seen_at), (START, START));
        assert_eq!(listed[0].id, SessionInfo::public_id(&phone.id));

        let bobs = SessionInfo::public_id(&other.id);
        assert!(!store.revoke_session(ANA, &bobs).await.unwrap(), "not hers");
        assert!(store.revoke_session(ANA, &listed[1].id).await.unwrap());
        assert!(!f.alive(&laptop).await && f.alive(&phone).await && f.alive(&other).await);
        assert_eq!(
            store.sessions_of(ANA, START + DAY).await.unwrap(),
            [],
            "ended ones are not listed"
        );
    })
    .await;
}

#[tokio::test]
async fn two_sessions_given_one_id_get_two() {
    each(async |f| {
        let first = f.signed_in(ANA, "", false).await;
        let mut second = first.clone();
        f.sessions.create(&mut second).await.unwrap();
        assert_ne!(first.id, second.id);
        assert!(f.alive(&first).await && f.alive(&second).await);
    })
    .await;
}

#[tokio::test]
async fn data_moved_to_another_account_or_session_does_not_open() {
    each(async |f| {
        let ana = f.signed_in(ANA, "", false).await;
        let bob = f.signed_in("bob@example.org", "", false).await;
        sqlx::query("UPDATE sessions SET account = $1 WHERE id_hash = $2")
            .bind(f.engine.store.account_hash("bob@example.org"))
            .bind(id_hash(&ana.id))
            .execute(&f.engine.store.pool)
            .await
            .unwrap();
        assert!(!f.alive(&ana).await);
        sqlx::query("UPDATE sessions SET data = (SELECT data FROM sessions WHERE id_hash = $1) WHERE id_hash = $2")
            .bind(id_hash(&ana.id))
            .bind(id_hash(&bob.id))
            .execute(&f.engine.store.pool)
            .await
            .unwrap();
        assert!(!f.alive(&bob).await);
    })
    .await;
}

#[tokio::test]
async fn neither_password_nor_address_nor_device_stands_in_the_database_file() {
    each(async |f| {
        let record = f.signed_in(ANA, "Firefox on Linux", true).await;
        f.sessions.save(&record).await.unwrap();
        let Some(file) = &f.engine.file else { return };
        let id = record.id.to_string();
        let mut read = 0;
        for entry in std::fs::read_dir(file.parent().unwrap()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            read += bytes.len();
            for canary in [PASSWORD, ANA, "ana@", "Firefox", &id] {
                assert!(
                    !bytes
                        .windows(canary.len())
                        .any(|window| window == canary.as_bytes()),
                    "{canary} in {}",
                    f.engine.name
                );
            }
            assert!(
                !bytes
                    .windows(16)
                    .any(|window| window == record.id.0.to_le_bytes())
            );
        }
        assert!(read > 4096, "the database was read");
    })
    .await;
}

#[tokio::test]
async fn a_session_lives_for_its_own_account_until_it_ends() {
    each(async |f| {
        let record = f.signed_in(ANA, "Firefox on Linux", false).await;
        let store = &f.engine.store;
        let id = SessionInfo::public_id(&record.id);
        let (ana, other) = (store.account_hash(ANA), store.account_hash("ion@host"));
        assert!(
            store
                .session_lives(&ana, &id, START + 12 * HOUR - 1)
                .await
                .unwrap()
        );
        assert!(
            !store
                .session_lives(&ana, &id, START + 12 * HOUR)
                .await
                .unwrap()
        );
        assert!(!store.session_lives(&other, &id, START).await.unwrap());
        f.sessions.delete(&record.id).await.unwrap();
        assert!(!store.session_lives(&ana, &id, START).await.unwrap());
    })
    .await;
}
