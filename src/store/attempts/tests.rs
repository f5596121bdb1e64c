use super::*;
use crate::store::testing::{Engine, on_both_engines};

const NOW: i64 = 1_790_000_000;

fn limits() -> Limits {
    Limits {
        attempts_per_client: 10,
        attempts_per_account: 3,
        attempts_global: 1000,
        ..Limits::default()
    }
}

fn client(text: &str) -> IpAddr {
    text.parse().unwrap()
}

async fn permit(
    engine: &Engine,
    from: &str,
    account: &str,
    now: i64,
    limits: &Limits,
) -> Option<Permit> {
    match engine
        .store
        .attempt(client(from), account, now, limits)
        .await
        .unwrap()
    {
        Attempt::Permit(permit) => Some(permit),
        Attempt::Wait(_) => None,
    }
}

#[test]
fn the_wait_doubles_up_to_fifteen_minutes_and_never_ends_for_good() {
    let wait_after = |tries| match exponential(
        Some(Count {
            tries,
            last_at: NOW,
        }),
        3,
        NOW,
    ) {
        Verdict::Wait(wait) => wait.as_secs(),
        Verdict::Count(_) => 0,
    };
    assert_eq!([0, 1, 2].map(wait_after), [0, 0, 0]);
    assert_eq!([3, 4, 5, 6, 12].map(wait_after), [1, 2, 4, 8, 512]);
    assert_eq!([13, 14, 66, 67, 100, i64::MAX].map(wait_after), [900; 6]);
}

#[test]
fn quiet_time_is_forgiven_one_try_per_quarter_of_an_hour() {
    let later = |quiet| {
        exponential(
            Some(Count {
                tries: 20,
                last_at: NOW,
            }),
            3,
            NOW + quiet,
        )
    };
    assert_eq!(later(899), Verdict::Wait(Duration::from_secs(1)));
    assert_eq!(
        later(900),
        Verdict::Count(Count {
            tries: 20,
            last_at: NOW + 900
        })
    );
    assert_eq!(
        later(21 * 900),
        Verdict::Count(Count {
            tries: 1,
            last_at: NOW + 21 * 900
        })
    );
}

#[test]
fn a_clock_set_back_locks_nobody_out() {
    let verdict = exponential(
        Some(Count {
            tries: 50,
            last_at: NOW,
        }),
        3,
        NOW - 1_000_000,
    );
    assert_eq!(verdict, Verdict::Wait(Duration::from_secs(900)));
    let verdict = per_minute(
        Some(Count {
            tries: 50,
            last_at: NOW,
        }),
        3,
        NOW - 1_000_000,
    );
    assert!(matches!(verdict, Verdict::Count(_)));
}

#[test]
fn a_client_is_an_ipv4_address_or_an_ipv6_network_of_64_bits() {
    assert_eq!(network(client("192.0.2.7")), client("192.0.2.7"));
    assert_eq!(network(client("::ffff:192.0.2.7")), client("192.0.2.7"));
    assert_eq!(
        network(client("2001:db8:1:2:3:4:5:6")),
        client("2001:db8:1:2::")
    );
}

#[tokio::test]
async fn an_account_waits_after_its_free_tries_wherever_they_come_from() {
    on_both_engines(async |engine| {
        for last in 1..=3 {
            let from = format!("192.0.2.{last}");
            assert!(
                permit(&engine, &from, "ana", NOW, &limits())
                    .await
                    .is_some()
            );
        }
        assert!(
            permit(&engine, "192.0.2.9", "ana", NOW, &limits())
                .await
                .is_none()
        );
        assert!(
            permit(&engine, "192.0.2.9", "bob", NOW, &limits())
                .await
                .is_some()
        );
        assert!(
            permit(&engine, "192.0.2.9", "ana", NOW + 1, &limits())
                .await
                .is_some()
        );
        assert!(
            permit(&engine, "192.0.2.9", "ana", NOW + 2, &limits())
                .await
                .is_none()
        );
        assert!(
            permit(&engine, "192.0.2.9", "ana", NOW + 3, &limits())
                .await
                .is_some()
        );
    })
    .await;
}

#[tokio::test]
async fn a_client_that_tries_many_accounts_waits_too() {
    on_both_engines(async |engine| {
        for n in 0..10 {
            let from = format!("2001:db8::{n:x}");
            assert!(
                permit(&engine, &from, &format!("user{n}"), NOW, &limits())
                    .await
                    .is_some()
            );
        }
        assert!(
            permit(&engine, "2001:db8::ffff", "user99", NOW, &limits())
                .await
                .is_none()
        );
        assert!(
            permit(&engine, "2001:db8:0:1::1", "user99", NOW, &limits())
                .await
                .is_some()
        );
    })
    .await;
}

#[tokio::test]
async fn all_tries_together_are_bounded_per_minute() {
    on_both_engines(async |engine| {
        let limits = Limits {
            attempts_global: 5,
            ..limits()
        };
        for n in 0..5 {
            assert!(
                permit(
                    &engine,
                    &format!("192.0.2.{n}"),
                    &format!("user{n}"),
                    NOW + n,
                    &limits
                )
                .await
                .is_some()
            );
        }
        match engine
            .store
            .attempt(client("192.0.2.99"), "user99", NOW + 10, &limits)
            .await
            .unwrap()
        {
            Attempt::Wait(wait) => assert_eq!(wait.as_secs(), 50),
            Attempt::Permit(_) => panic!("a sixth try in the minute"),
        }
        assert!(
            permit(&engine, "192.0.2.99", "user99", NOW + 60, &limits)
                .await
                .is_some()
        );
    })
    .await;
}

#[tokio::test]
async fn counts_survive_a_restart() {
    on_both_engines(async |engine| {
        for _ in 0..3 {
            permit(&engine, "192.0.2.1", "ana", NOW, &limits())
                .await
                .unwrap();
        }
        let again = Store::open(&engine.url, crate::seal::ServerKey::new([7; 32]))
            .await
            .unwrap();
        let attempt = again
            .attempt(client("192.0.2.1"), "ana", NOW, &limits())
            .await
            .unwrap();
        assert!(matches!(attempt, Attempt::Wait(_)));
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn simultaneous_tries_are_each_counted() {
    on_both_engines(async |engine| {
        let limits = limits();
        let tries = (0..20).map(|_| {
            engine
                .store
                .attempt(client("192.0.2.1"), "ana", NOW, &limits)
        });
        let permitted = futures_util::future::join_all(tries)
            .await
            .into_iter()
            .filter(|attempt| matches!(attempt, Ok(Attempt::Permit(_))))
            .count();
        assert_eq!(permitted, 3, "{}", engine.name);
    })
    .await;
}

#[tokio::test]
async fn a_success_ends_the_account_s_count_but_not_that_of_a_client_who_guesses_others() {
    on_both_engines(async |engine| {
        for n in 0..9 {
            permit(&engine, "192.0.2.1", &format!("user{n}"), NOW, &limits())
                .await
                .unwrap();
        }
        let own = permit(&engine, "192.0.2.1", "mallory", NOW, &limits())
            .await
            .unwrap();
        engine.store.attempt_succeeded(&own, NOW).await.unwrap();
        assert!(
            permit(&engine, "192.0.2.1", "user20", NOW, &limits())
                .await
                .is_some()
        );
        assert!(
            permit(&engine, "192.0.2.1", "user21", NOW, &limits())
                .await
                .is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn guessing_from_elsewhere_does_not_keep_a_person_out_of_where_she_usually_is() {
    on_both_engines(async |engine| {
        let home = permit(&engine, "198.51.100.7", "ana", NOW, &limits())
            .await
            .unwrap();
        engine.store.attempt_succeeded(&home, NOW).await.unwrap();
        let mut stopped = false;
        for n in 0..8 {
            stopped |= permit(
                &engine,
                &format!("192.0.2.{n}"),
                "ana",
                NOW + 100,
                &limits(),
            )
            .await
            .is_none();
        }
        assert!(stopped);
        for _ in 0..3 {
            assert!(
                permit(&engine, "198.51.100.7", "ana", NOW + 100, &limits())
                    .await
                    .is_some()
            );
        }
        assert!(
            permit(&engine, "198.51.100.7", "ana", NOW + 100, &limits())
                .await
                .is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_that_is_down_costs_nobody_a_try() {
    on_both_engines(async |engine| {
        for _ in 0..20 {
            let tried = permit(&engine, "192.0.2.1", "ana", NOW, &limits())
                .await
                .unwrap();
            engine.store.attempt_withdrawn(&tried).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn what_makes_nobody_wait_is_swept_and_a_familiar_network_stays_ninety_days() {
    on_both_engines(async |engine| {
        let home = permit(&engine, "198.51.100.7", "ana", NOW, &limits())
            .await
            .unwrap();
        engine.store.attempt_succeeded(&home, NOW).await.unwrap();
        for _ in 0..3 {
            permit(&engine, "192.0.2.1", "bob", NOW, &limits())
                .await
                .unwrap();
        }
        engine.store.sweep_attempts(NOW).await.unwrap();
        assert!(
            permit(&engine, "192.0.2.1", "bob", NOW, &limits())
                .await
                .is_none(),
            "still counted"
        );
        engine
            .store
            .sweep_attempts(NOW + 4 * FORGET_ONE_AFTER)
            .await
            .unwrap();
        let rows = async || -> i64 {
            sqlx::query_scalar("SELECT COUNT(*) FROM attempts")
                .fetch_one(&engine.store.pool)
                .await
                .unwrap()
        };
        assert_eq!(rows().await, 1);
        engine.store.sweep_attempts(NOW + FAMILIAR).await.unwrap();
        assert_eq!(rows().await, 0);
    })
    .await;
}
