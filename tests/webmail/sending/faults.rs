//! Networks and processes that end in the middle of a send.
use super::{NOW, Route, Writer, arrived, flush, message_id};
use crate::support::{
    cutting_proxy::{CuttingProxy, Direction, Fault},
    mail_server::{MailServer, TestUser},
};
use posta::{
    mail::{DraftId, Error, Failure, QuoteStyle, Seed, SendState},
    store::Store,
};
use std::{collections::BTreeSet, time::Duration};

/// Octets of one whole submission to the client.
async fn submission_length(
    proxy: &CuttingProxy,
    writer: &Writer,
    to: &TestUser<'_>,
    direction: Direction,
) -> u64 {
    let before = proxy.octets(direction);
    let id = writer.letter(&to.email, "measured").await;
    assert_eq!(writer.send(&id).await.state, SendState::Done);
    proxy.octets(direction) - before
}

/// The replies to the final dot and to QUIT, as TLS 1.3 records, end the dialogue: this far from the end the first of
/// them is cut through.
const INSIDE_THE_LAST_REPLY: u64 = 91;

/// Has the proxy hold back the end of the next submission; the count of octets to the client at which it does.
fn hold_the_last_reply(proxy: &CuttingProxy, whole: u64) -> u64 {
    let within = whole - INSIDE_THE_LAST_REPLY;
    proxy.set(Fault::Stall(Direction::ToClient, within));
    proxy.octets(Direction::ToClient) + within
}

async fn passed(proxy: &CuttingProxy, octets: u64) {
    while proxy.octets(Direction::ToClient) < octets {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_reply_to_the_final_dot_is_unknown_and_nothing_is_sent_again_by_itself() {
    let server = MailServer::shared();
    let (ana, mihai) = (server.user(), server.user());
    let proxy = CuttingProxy::to(server.submission);
    let route = Route {
        submission: proxy.port,
        ..Route::direct()
    };
    let writer = Writer::over(&ana, &route, &Store::in_memory_url()).await;
    let whole = submission_length(&proxy, &writer, &mihai, Direction::ToClient).await;
    let id = writer.letter(&mihai.email, "Lost").await;
    proxy.set(Fault::Cut(
        Direction::ToClient,
        whole - INSIDE_THE_LAST_REPLY,
    ));
    let entry = writer.send(&id).await;
    assert_eq!(
        (entry.state, entry.failure),
        (SendState::Unknown, Some(Failure::LostReply))
    );
    proxy.set(None);
    let connections = proxy.connections();
    writer.account.resume(NOW + 100);
    assert_eq!(
        writer.send(&id).await.state,
        SendState::Unknown,
        "a second click joins"
    );
    assert_eq!(proxy.connections(), connections);
    assert_eq!(ana.copies(&message_id(&id)), ["Drafts"]);
    flush(&writer, &mihai, "after").await;
    assert_eq!(arrived(&mihai, &id), 1, "Postfix had it");

    let again = writer.account.retry(&id, NOW).await.unwrap();
    assert_eq!(again.state, SendState::Done, "on the person's word");
    flush(&writer, &mihai, "after the second").await;
    assert_eq!(
        arrived(&mihai, &id),
        2,
        "the same Message-ID lets a reader see one"
    );
    assert_eq!(ana.copies(&message_id(&id)), ["Sent"]);
    writer.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_while_sending_leaves_an_unknown_message_for_the_next_one() {
    let server = MailServer::shared();
    let (ana, mihai) = (server.user(), server.user());
    let proxy = CuttingProxy::to(server.submission);
    let route = Route {
        submission: proxy.port,
        ..Route::direct()
    };
    let dir = tempfile::tempdir().unwrap();
    let database = Store::sqlite_url(&dir.path().join("posta.db"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let (email, password) = (ana.email.clone(), ana.password.clone());
    assert!(!email.is_empty() && !password.is_empty());
    let first = Writer::over(&ana, &route, &database).await;
    let whole = submission_length(&proxy, &first, &mihai, Direction::ToClient).await;
    let id = first.letter(&mihai.email, "Killed").await;
    first.end().await;

    let held = hold_the_last_reply(&proxy, whole);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            runtime.block_on(async {
                let doomed = Writer::over(&ana, &route, &database).await;
                let sending = doomed.account.send(&id, NOW);
                tokio::select! { _ = sending => panic!("the reply is held back"), () = passed(&proxy, held) => () }
            });
        });
    });
    // As kill -9 does: no task goes on, nothing is written any more.
    runtime.shutdown_background();
    proxy.set(None);

    let second = Writer::over(&ana, &route, &database).await;
    assert_eq!(
        second.account.outbox_entry(&id).await.unwrap().state,
        SendState::Sending
    );
    second.account.resume(NOW + 100);
    assert_eq!(second.settled(&id).await, Some(SendState::Unknown));
    assert_eq!(
        second.account.outbox_entry(&id).await.unwrap().failure,
        Some(Failure::Interrupted)
    );
    flush(&second, &mihai, "after").await;
    assert!(arrived(&mihai, &id) <= 1);
    assert_eq!(ana.copies(&message_id(&id)), ["Drafts"]);
    second.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_message_is_filed_when_imap_is_back_and_never_sent_again() {
    let server = MailServer::shared();
    let (ana, mihai) = (server.user(), server.user());
    let (smtp, imap) = (
        CuttingProxy::to(server.submission),
        CuttingProxy::to(server.imaps),
    );
    let route = Route {
        imap: imap.port,
        submission: smtp.port,
    };
    let writer = Writer::over(&ana, &route, &Store::in_memory_url()).await;
    let whole = submission_length(&smtp, &writer, &mihai, Direction::ToClient).await;
    let id = writer.letter(&mihai.email, "Filed later").await;
    let held = hold_the_last_reply(&smtp, whole);
    let fault = async {
        passed(&smtp, held).await;
        imap.set(Fault::Refuse);
        smtp.set(None);
    };
    let (entry, ()) = tokio::join!(writer.send(&id), fault);
    assert_eq!(entry.state, SendState::Accepted);
    let submissions = smtp.connections();
    imap.set(None);
    assert_eq!(writer.settled(&id).await, Some(SendState::Done));
    assert_eq!(smtp.connections(), submissions);
    assert_eq!(ana.copies(&message_id(&id)), ["Sent"]);
    flush(&writer, &mihai, "after").await;
    assert_eq!(arrived(&mihai, &id), 1);
    writer.end().await;
}

/// What must hold whatever broke. `state` None: the draft is open for writing again.
async fn invariants(
    writer: &Writer,
    ana: &TestUser<'_>,
    id: &DraftId,
    state: Option<SendState>,
    what: &str,
) {
    let copies = ana.copies(&message_id(id));
    match state {
        Some(SendState::Done) => assert_eq!(copies, ["Sent"], "{what}: I3"),
        Some(SendState::Failed | SendState::Unknown) | None => {
            let draft = writer
                .account
                .draft(id, &Seed::Blank, &QuoteStyle::default())
                .await
                .unwrap();
            assert!(draft.body.starts_with("Hello"), "{what}: I1");
            let places: BTreeSet<&str> = copies.iter().map(String::as_str).collect();
            assert!(
                places.is_empty() || places == BTreeSet::from(["Drafts"]),
                "{what}: {copies:?}"
            );
        }
        other => panic!("{what}: {other:?} does not end"),
    }
}

fn canaries(user: &TestUser<'_>) -> Vec<Vec<u8>> {
    let mut all = user.messages("Drafts");
    all.extend(user.messages("Sent"));
    all.retain(|message| message.starts_with(b"X-Canary"));
    all
}

fn add_canaries(user: &TestUser<'_>) {
    for mailbox in ["Drafts", "Sent"] {
        user.append(
            mailbox,
            "\\Seen",
            b"X-Canary: 1\r\nMessage-ID: <canary@example.test>\r\n\r\nx\r\n",
        );
    }
}

/// Positions spread over a dialogue, dense at its end, where the final dot is; the last one is behind it.
fn positions(whole: u64) -> Vec<u64> {
    let mut positions: Vec<u64> = (1..=9).map(|n| whole * n / 9).collect();
    positions.extend((1..=8).map(|n| whole.saturating_sub(24 * n)));
    positions.push(whole + 1000);
    positions
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_submission_is_cut_nothing_is_lost_doubled_or_called_sent_wrongly() {
    let server = MailServer::shared();
    let (ana, mihai) = (server.user(), server.user());
    let proxy = CuttingProxy::to(server.submission);
    let route = Route {
        submission: proxy.port,
        ..Route::direct()
    };
    let writer = Writer::over(&ana, &route, &Store::in_memory_url()).await;
    let mut ended = Vec::new();
    for direction in [Direction::ToClient, Direction::ToServer] {
        let whole = submission_length(&proxy, &writer, &mihai, direction).await;
        if ended.is_empty() {
            add_canaries(&ana);
        }
        for at in positions(whole) {
            let what = format!("{direction:?} cut at {at} of {whole}");
            let id = writer.letter(&mihai.email, &what).await;
            proxy.set(Fault::Cut(direction, at));
            let entry = writer.send(&id).await;
            proxy.set(None);
            invariants(&writer, &ana, &id, Some(entry.state), &what).await;
            ended.push((id, entry.state, what));
        }
    }
    assert_eq!(canaries(&ana).len(), 2, "I5");
    flush(&writer, &mihai, "after").await;
    for (id, state, what) in &ended {
        let count = arrived(&mihai, id);
        match state {
            SendState::Done => assert_eq!(count, 1, "{what}: I2"),
            SendState::Failed => assert_eq!(count, 0, "{what}: I4"),
            _ => assert!(count <= 1, "{what}: I2"),
        }
    }
    let states: Vec<SendState> = ended.iter().map(|(_, state, _)| *state).collect();
    for state in [SendState::Done, SendState::Failed, SendState::Unknown] {
        assert!(
            states.contains(&state),
            "the sample has no {state:?}: {states:?}"
        );
    }
    writer.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_imap_is_cut_while_sending_nothing_is_lost_doubled_or_called_sent_wrongly() {
    let server = MailServer::shared();
    let (ana, mihai) = (server.user(), server.user());
    let proxy = CuttingProxy::to(server.imaps);
    let route = Route {
        imap: proxy.port,
        ..Route::direct()
    };
    let mut ended = Vec::new();
    for direction in [Direction::ToClient, Direction::ToServer] {
        let writer = Writer::over(&ana, &route, &Store::in_memory_url()).await;
        let whole = submission_length(&proxy, &writer, &mihai, direction).await;
        writer.end().await;
        if ended.is_empty() {
            add_canaries(&ana);
        }
        for at in positions(whole) {
            let what = format!("{direction:?} cut at {at} of {whole}");
            let writer = Writer::over(&ana, &route, &Store::in_memory_url()).await;
            let id = writer.letter(&mihai.email, &what).await;
            proxy.set(Fault::Cut(direction, at));
            let sent = writer.account.send(&id, NOW).await;
            proxy.set(None);
            if let Err(error) = &sent {
                assert!(!matches!(error, Error::Store(_)), "{what}: {error:?}");
            }
            writer.account.resume(NOW + 100);
            let state = writer.settled(&id).await;
            invariants(&writer, &ana, &id, state, &what).await;
            ended.push((id, state, what));
            writer.end().await;
        }
    }
    assert_eq!(canaries(&ana).len(), 2, "I5");
    let writer = Writer::new(&ana).await;
    flush(&writer, &mihai, "after").await;
    for (id, state, what) in &ended {
        let expected = usize::from(*state == Some(SendState::Done));
        assert_eq!(arrived(&mihai, id), expected, "{what}: I2, I4");
    }
    writer.end().await;
}
