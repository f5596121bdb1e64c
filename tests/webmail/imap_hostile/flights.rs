//! Several commands in one flight: each answer counts for its own command and mailbox only.

use super::{player::Script, stage::Stage, uid};
use posta::imap::{Error, Flag, MailboxName, UidSet};

const SELECTED: &str = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n$1 OK [READ-WRITE] done\r\n";

/// A server that answers to these words of a command, one after the other.
fn stage(steps: &[(&str, &str)]) -> Stage {
    let steps = steps
        .iter()
        .map(|(words, answer)| serde_json::json!([words, answer]));
    let greeting = serde_json::json!([null, "* OK [CAPABILITY IMAP4rev1 UIDPLUS] hi\r\n"]);
    let steps: Vec<_> = std::iter::once(greeting).chain(steps).collect();
    let script = serde_json::json!({ "name": "flight", "steps": steps, "oracle": "" });
    Stage::new(serde_json::from_value::<Script>(script).unwrap())
}

#[tokio::test]
async fn what_is_told_of_the_mailbox_before_is_not_taken_for_the_next() {
    let select = format!("* 3 FETCH (UID 9 BODY[1]<0> {{3}}\r\nold)\r\n{SELECTED}");
    let stage = stage(&[
        ("SELECT", SELECTED),
        ("SELECT", &select),
        ("UID FETCH", "$1 OK done\r\n"),
    ]);
    let mut connection = stage.open_inbox().await;
    let other = MailboxName::parse("Other").unwrap();
    let section = "1".parse().unwrap();
    let flight = connection.flight().select(&other).unwrap();
    let flight = flight.partial(uid(9), Some(&section), 0, 100).unwrap();
    let landed = flight.send().await.unwrap();
    assert_eq!(
        landed.partial(uid(9), Some(&section), 0, 100).unwrap(),
        None
    );
    stage.tasks.shutdown().await;
}

#[tokio::test]
async fn a_mailbox_that_does_not_open_gives_nothing_of_what_was_asked_with_it() {
    let stage = stage(&[
        ("SELECT", SELECTED),
        ("SELECT", "$1 NO gone\r\n"),
        (
            "UID FETCH",
            "* 3 FETCH (UID 9 RFC822.SIZE 5)\r\n$1 OK done\r\n",
        ),
    ]);
    let mut connection = stage.open_inbox().await;
    let other = MailboxName::parse("Other").unwrap();
    let flight = connection.flight().select(&other).unwrap();
    let outcome = flight.structure(uid(9)).unwrap().send().await;
    assert!(matches!(outcome, Err(Error::NoSuchMailbox)));
    assert_eq!(connection.known(&MailboxName::inbox()), None);
    assert_eq!(connection.known(&other), None);
    stage.tasks.shutdown().await;
}

#[tokio::test]
async fn numbers_that_shifted_are_not_believed() {
    let stage = stage(&[
        ("SELECT", SELECTED),
        (
            "FETCH 1:3",
            "* 1 FETCH (UID 4)\r\n* 2 FETCH (UID 8)\r\n* 3 FETCH (UID 9)\r\n$1 OK done\r\n",
        ),
        ("STORE", "* 1 EXPUNGE\r\n$1 OK done\r\n"),
        (
            "FETCH 2:3",
            "* 2 FETCH (UID 9 RFC822.SIZE 5)\r\n$1 OK done\r\n",
        ),
    ]);
    let mut connection = stage.open_inbox().await;
    let set = UidSet::from(uid(8));
    let flight = connection.flight().around(2).unwrap();
    let flight = flight.store(&set, &[Flag::Seen], true).unwrap();
    let landed = flight.window(2, 3).unwrap().send().await.unwrap();
    let neighbours = landed.around(uid(8), 2).unwrap().unwrap();
    assert_eq!(neighbours.older, Some(uid(4)));
    assert_eq!(neighbours.newer, Some(uid(9)));
    assert_eq!(landed.around(uid(9), 2).unwrap(), None);
    assert!(landed.stored().is_ok());
    assert!(landed.window(2, 3).unwrap().is_none());
    stage.tasks.shutdown().await;
}

#[tokio::test]
async fn a_refusal_is_of_its_own_command_alone() {
    let stage = stage(&[
        ("SELECT", SELECTED),
        ("SEARCH", "* SEARCH 9\r\n$1 OK done\r\n"),
        ("STORE", "$1 NO [NOPERM] read-only\r\n"),
    ]);
    let mut connection = stage.open_inbox().await;
    let set = UidSet::from(uid(9));
    let flight = connection.flight().count(&set).unwrap();
    let flight = flight.store(&set, &[Flag::Seen], true).unwrap();
    let landed = flight.send().await.unwrap();
    assert_eq!(landed.count().unwrap(), 1);
    assert!(matches!(landed.stored(), Err(Error::Refused { .. })));
    connection.noop().await.unwrap();
    stage.tasks.shutdown().await;
}

#[tokio::test]
async fn a_message_of_which_the_server_tells_too_late_is_found_all_the_same() {
    let stage = stage(&[
        ("SELECT", SELECTED),
        ("NOOP", "$1 OK done\r\n"),
        ("SEARCH", "* SEARCH\r\n* 4 EXISTS\r\n$1 OK done\r\n"),
        ("NOOP", "$1 OK done\r\n"),
        ("SEARCH", "* SEARCH 10\r\n$1 OK done\r\n"),
    ]);
    let mut connection = stage.open_inbox().await;
    let set = UidSet::from(uid(10));
    let flight = connection.flight().select(&MailboxName::inbox()).unwrap();
    let landed = flight.count(&set).unwrap().send().await.unwrap();
    assert_eq!(landed.count().unwrap(), 1);
    assert_eq!(landed.selected().unwrap().exists, 4);
    stage.tasks.shutdown().await;
}

#[tokio::test]
async fn flags_are_taken_of_the_messages_asked_for_and_no_other() {
    let stage = stage(&[
        ("SELECT", SELECTED),
        (
            "FETCH 2:3 (UID FLAGS)",
            "* 1 FETCH (UID 4 FLAGS (\\Seen))\r\n* 2 FETCH (FLAGS (\\Seen) UID 8)\r\n* 3 FETCH (FLAGS (\\Seen))\r\n\
             * 3 FETCH (UID 9 FLAGS ())\r\n* 3 FETCH (UID 10 FLAGS (\\Seen))\r\n* 2 FETCH (FLAGS (\\Flagged))\r\n\
             * 3 FETCH (UID 9 FLAGS x)\r\n$1 OK done\r\n",
        ),
    ]);
    let mut connection = stage.open_inbox().await;
    let landed = connection.flight().flags(2, 3).unwrap();
    let landed = landed.send().await.unwrap();
    let told = landed.flags(2, 3).unwrap().unwrap();
    assert_eq!(told.len(), 2);
    assert!(told[0].0 == uid(8) && told[0].1.flagged && !told[0].1.seen);
    assert!(told[1].0 == uid(9) && !told[1].1.seen);
    stage.tasks.shutdown().await;
}
