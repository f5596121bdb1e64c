//! Every script of `corpora/handmade/imap-hostile.json` against the IMAP layer: nothing hangs, panics, allocates what a
//! server only announces, or lies.

mod flights;
mod player;
mod stage;

use futures_util::{StreamExt, stream};
use player::Script;
use posta::{
    imap::{
        Counts, Error, Flag, Found, MailboxName, Placed, Role, SearchKey, Selected, Sort, Uid,
        UidSet, UidValidity,
    },
    mime::Node,
};
use stage::{Stage, scripts};
use std::time::{Duration, Instant};

/// Longest time any script may take: the deadline of a command or two, and the machine's own.
const LONGEST: Duration = Duration::from_secs(20);
/// Memory for all scripts together, eight at a time.
const MOST_MEMORY: u64 = 96 << 20;

fn uid(n: u32) -> Uid {
    Uid::new(n).unwrap()
}

/// Worker threads with the smallest stacks that anybody would give them.
fn small_stacks() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(2 << 20)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn every_hostile_server_is_survived() {
    let all = scripts();
    assert_eq!(all.len(), 74);
    let runtime = small_stacks();
    let playing = stream::iter(all)
        .map(|script| runtime.spawn(survive(script)))
        .buffer_unordered(8);
    runtime.block_on(playing.for_each(async |played| played.unwrap()));
    println!("peak memory: {} KiB", peak_memory());
}

async fn survive(script: Script) {
    let stage = Stage::new(script);
    let started = Instant::now();
    let name = stage.script.name.clone();
    let played = tokio::time::timeout(LONGEST, play(&stage)).await;
    assert!(
        played.is_ok(),
        "{name} hangs; wanted: {}",
        stage.script.oracle
    );
    tokio::time::timeout(LONGEST, stage.tasks.shutdown())
        .await
        .unwrap_or_else(|_| panic!("{name} leaves a task behind"));
    println!("{name}: {:?}", started.elapsed());
}

/// Highest resident memory of this process so far, KiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn hostile_servers_cost_little_memory() {
    let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
    let run = alone
        .args([
            "--exact",
            "imap_hostile::every_hostile_server_is_survived",
            "--nocapture",
        ])
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&run.stdout);
    let peak = printed
        .lines()
        .find_map(|line| line.strip_prefix("peak memory: "))
        .unwrap_or_else(|| panic!("{printed}"));
    let peak: u64 = peak.trim_end_matches(" KiB").parse().unwrap();
    assert!(run.status.success());
    assert!(peak * 1024 < MOST_MEMORY, "{peak} KiB");
}

async fn play(stage: &Stage) {
    let family = stage.script.name.split('-').next().unwrap();
    match family {
        "greeting" | "paren" | "starttls" | "login" | "authenticate" => refuse_sign_in(stage).await,
        "literal" => refuse_literal(stage).await,
        "bodystructure" | "envelope" | "internaldate" | "flags" => read_rows(stage).await,
        "select" | "untagged" => read_selection(stage).await,
        "fetch" => read_message(stage).await,
        "search" | "esearch" => read_result(stage).await,
        "append" | "appenduid" | "copyuid" => file(stage).await,
        "list" | "delim" | "noselect" => read_mailboxes(stage).await,
        "idle" | "logout" => wait_for_nothing(stage).await,
        _ => panic!("{} has no oracle here", stage.script.name),
    }
}

async fn refuse_sign_in(stage: &Stage) {
    let outcome = stage.try_open().await;
    let name = stage.script.name.as_str();
    if name == "login-stale-tag" {
        assert!(outcome.is_ok(), "{:?}", outcome.err());
        return;
    }
    let error = outcome.err().unwrap();
    let expected = match name {
        "greeting-bye" => {
            matches!(&error, Error::Refused { code: None, text } if text == "go away")
        }
        "greeting-none" => matches!(error, Error::Timeout),
        "greeting-4GB-line" => matches!(error, Error::Limit("length of a line")),
        "paren-flood-greeting" => matches!(error, Error::Limit(_)),
        "login-alert-html" => {
            matches!(error, Error::AuthenticationFailed) && error.to_string() == "sign-in refused"
        }
        "starttls-no" => matches!(error, Error::Refused { .. }),
        _ => matches!(error, Error::Protocol(_)),
    };
    assert!(expected, "{name}: {error:?}");
    assert_eq!(
        stage.password_was_sent(),
        name == "login-alert-html",
        "{name}"
    );
    assert_eq!(stage.player.connections(), 1, "{name}");
}

async fn refuse_literal(stage: &Stage) {
    let mut connection = stage.open_inbox().await;
    let outcome = connection.fetch_partial(uid(1), None, 0, 1_000).await;
    let expected = match stage.script.name.as_str() {
        "literal-zero-loop" => matches!(&outcome, Ok(Some(content)) if content.is_empty()),
        "literal-plus" | "literal-negative" => matches!(outcome, Err(Error::Protocol(_))),
        // It swallows the tagged line.
        "literal-literal8" => matches!(outcome, Err(Error::Timeout)),
        _ => matches!(outcome, Err(Error::Limit("size of a literal"))),
    };
    assert!(expected, "{}: {outcome:?}", stage.script.name);
    if outcome.is_err() {
        assert!(
            matches!(connection.noop().await, Err(Error::Closed(_))),
            "{}",
            stage.script.name
        );
    }
}

async fn read_rows(stage: &Stage) {
    let mut connection = stage.open_inbox().await;
    let outcome = connection.fetch_window(1, 3).await;
    let name = stage.script.name.as_str();
    if matches!(name, "bodystructure-nest-600" | "bodystructure-nest-20000") {
        // One such message must not cost the list it stands in.
        let rows = outcome.unwrap();
        assert_eq!(rows.len(), 1, "{name}");
        assert!(rows[0].structure.is_none(), "{name}");
        return;
    }
    let rows = outcome.unwrap();
    if name == "flags-weird" {
        // Flags alone are what servers send unasked: no row, but no trouble either.
        assert!(rows.is_empty());
        return;
    }
    assert_eq!(rows.len(), 1, "{name}");
    let row = &rows[0];
    match name {
        "envelope-8bit-quoted" => assert_eq!(row.subject, "café"),
        "envelope-nil" => assert_eq!(
            (row.subject.as_str(), row.from.len(), row.received),
            ("", 0, 0)
        ),
        "internaldate-bad" => assert_eq!(row.received, 0),
        _ => assert!(
            row.structure
                .as_ref()
                .is_none_or(|structure| matches!(structure.root, Node::Multi { .. }))
        ),
    }
    connection.noop().await.unwrap();
}

async fn read_selection(stage: &Stage) {
    let mut connection = stage.open().await;
    let outcome = connection.select(&MailboxName::inbox()).await;
    let plain = Selected {
        exists: 3,
        uid_validity: UidValidity::new(1).unwrap(),
        uid_next: None,
        read_only: false,
    };
    let expected = match stage.script.name.as_str() {
        "untagged-flood" => {
            assert!(
                matches!(outcome, Err(Error::Limit(_) | Error::Timeout)),
                "{outcome:?}"
            );
            return;
        }
        "select-uid-zero" => {
            assert!(matches!(outcome, Err(Error::Protocol(_))), "{outcome:?}");
            return;
        }
        "select-uidvalidity-change" => Selected {
            uid_validity: UidValidity::new(999).unwrap(),
            ..plain
        },
        "select-exists-4G" => Selected {
            exists: u32::MAX,
            ..plain
        },
        "select-exists-shrink" => Selected { exists: 1, ..plain },
        "select-expunge-during-fetch" => Selected { exists: 2, ..plain },
        "select-readonly" => Selected {
            read_only: true,
            ..plain
        },
        _ => plain,
    };
    assert_eq!(outcome.unwrap(), expected, "{}", stage.script.name);
}

async fn read_message(stage: &Stage) {
    match stage.script.name.as_str() {
        "fetch-bye-middle" => return read_once_more(stage).await,
        "fetch-slow" => return free_the_place(stage).await,
        _ => {}
    }
    let mut connection = stage.open_inbox().await;
    match stage.script.name.as_str() {
        "fetch-unasked-flags" => {
            let rows = connection.fetch_window(1, 3).await.unwrap();
            let told: Vec<_> = rows
                .iter()
                .map(|row| (row.uid.get(), row.size, row.flags.seen))
                .collect();
            assert_eq!(told, [(1, 7, true)]);
        }
        "fetch-no" => assert!(
            matches!(connection.fetch_window(1, 3).await, Err(Error::Refused { code: Some(code), .. }) if code == "SERVERBUG")
        ),
        "fetch-dies-between" => assert!(matches!(
            connection.fetch_window(1, 3).await,
            Err(Error::Closed(_))
        )),
        _ => assert_eq!(
            connection
                .fetch_partial(uid(1), None, 0, 1_000)
                .await
                .unwrap(),
            None
        ),
    }
}

/// The one retry there is: an idempotent read, on a second connection.
async fn read_once_more(stage: &Stage) {
    let pool = stage.pool();
    let reading = pool.read(None, |connection| {
        Box::pin(async move {
            connection.select(&MailboxName::inbox()).await?;
            connection.fetch_partial(uid(1), None, 0, 1_000).await
        })
    });
    assert!(matches!(reading.await, Err(Error::Closed(_))));
    assert_eq!(stage.player.connections(), 2);
    assert_eq!(stage.player.heard_of("FETCH"), 2);
}

async fn free_the_place(stage: &Stage) {
    let pool = stage.pool();
    let mut slow = pool.lease(None).await.unwrap();
    slow.select(&MailboxName::inbox()).await.unwrap();
    assert!(matches!(
        slow.fetch_partial(uid(1), None, 0, 1_000).await,
        Err(Error::Timeout)
    ));
    drop(slow);
    let mut next = pool.lease(None).await.unwrap();
    next.noop().await.unwrap();
    assert_eq!((pool.open(), stage.player.connections()), (1, 2));
}

async fn read_result(stage: &Stage) {
    let mut connection = stage.open_inbox().await;
    let outcome: Result<Found, Error> = connection
        .search(&[SearchKey::All], Sort::default(), 0, 50)
        .await;
    let expected = match stage.script.name.as_str() {
        "search-giant" => matches!(outcome, Err(Error::Limit("length of a line"))),
        _ => matches!(outcome, Err(Error::Protocol(_))),
    };
    assert!(expected, "{}: {outcome:?}", stage.script.name);
}

async fn file(stage: &Stage) {
    let sent = MailboxName::parse("Sent").unwrap();
    let message = b"Subject: x\r\n\r\ntext\r\n";
    let name = stage.script.name.as_str();
    if name == "copyuid-range" {
        let mut connection = stage.open_inbox().await;
        assert_eq!(
            connection.copy(&UidSet::from(uid(1)), &sent).await.unwrap(),
            []
        );
        return;
    }
    let mut connection = stage.open().await;
    let outcome = connection.append(&sent, &[Flag::Seen], message).await;
    let attempts = stage.player.heard_of("APPEND");
    match name {
        "append-refused" => assert!(
            matches!(outcome, Err(Error::OverQuota)) && attempts == 1,
            "{outcome:?}"
        ),
        "append-lost-reply" => assert!(
            matches!(outcome, Err(Error::Closed(_))) && attempts == 1,
            "{outcome:?}"
        ),
        "appenduid-range" => assert_eq!(outcome.unwrap(), None),
        "append-trycreate" => {
            let place = Placed {
                uid_validity: UidValidity::new(1).unwrap(),
                uid: uid(5),
            };
            assert_eq!(outcome.unwrap(), Some(place));
            assert_eq!((attempts, stage.player.heard_of("CREATE")), (2, 1));
        }
        _ => {
            assert!(
                matches!(outcome, Err(Error::Refused { code: Some(code), .. }) if code == "TOOBIG")
            );
            connection.noop().await.unwrap();
        }
    }
}

async fn read_mailboxes(stage: &Stage) {
    let mut connection = stage.open().await;
    let mailboxes = connection.list().await.unwrap();
    let shown: Vec<&str> = mailboxes
        .iter()
        .map(|mailbox| mailbox.name.as_str())
        .collect();
    let expected: &[&str] = match stage.script.name.as_str() {
        "list-dotdot" => &["../../etc"],
        "list-slash-lead" => &["/etc/passwd"],
        "list-html" => &["<img src=x onerror=xss()>"],
        "list-crlf-literal" => &["\u{fffd}A\\x0D\\x0AB LOGOUT\\x0D"],
        "list-mutf7-bad" => &["\u{fffd}&AAA"],
        "list-mutf7-nul" => &["\u{fffd}&AAA-"],
        "list-mutf7-ctrl" => &["\u{fffd}&AA0ACg-"],
        "list-mutf7-overlong" => &["\u{fffd}&AGEAYg-"],
        "list-quote" => &["a\"b\\c"],
        "list-percent" => &["a%*b"],
        "list-nul-delim" => &["x"],
        "list-inbox-case" | "noselect-inbox" => &["INBOX"],
        "list-bidi" => &["\u{fffd}&IC4-gnp"],
        "list-100k" => &["f"],
        "delim-nil" => &["a/b", "c\\\\d"],
        _ => &[],
    };
    assert_eq!(shown, expected, "{}", stage.script.name);
    for mailbox in &mailboxes {
        if mailbox.selectable {
            assert_eq!(
                MailboxName::parse(mailbox.name.as_str()).as_ref(),
                Ok(&mailbox.name)
            );
        } else {
            assert!(
                matches!(
                    connection.select(&mailbox.name).await,
                    Err(Error::Unsendable)
                ) || mailbox.role == Some(Role::Inbox)
            );
        }
        assert!(
            mailbox
                .counts
                .is_none_or(|counts| counts == Counts::default())
        );
        assert!(
            mailbox
                .delimiter
                .is_none_or(|delimiter| delimiter.is_ascii_punctuation())
        );
    }
}

async fn wait_for_nothing(stage: &Stage) {
    let mut connection = stage.open().await;
    if stage.script.name == "logout-hang" {
        let started = Instant::now();
        connection.logout().await;
        assert!((2..5).contains(&started.elapsed().as_secs()));
    } else {
        connection.select(&MailboxName::inbox()).await.unwrap();
        assert!(matches!(
            connection.noop().await,
            Err(Error::Timeout | Error::Limit(_))
        ));
    }
}
