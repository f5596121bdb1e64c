//! The send protocol of SECURITY.md §8 against a real Dovecot and Postfix, with a network that fails: whatever breaks,
//! no message is lost, sent twice or shown as something it is not.

mod drafting;
mod faults;

use std::{sync::Arc, time::Duration};

use posta::{
    config::{Config, Security},
    mail::{
        Account, Accounts, Credentials, Draft, DraftChange, DraftId, DraftState, Error, Failure,
        Invalid, OutboxEntry, QuoteStyle, Seed, SendState, Sent,
    },
    seal::ServerKey,
    store::Store,
    tasks::Tasks,
};
use tokio::time::Instant;

use super::support::{
    app::loopback,
    mail_server::{MailServer, TestUser},
};

const NOW: i64 = 1_795_000_000;

/// Posta's mail layer for one user, with its own database and connections.
struct Writer {
    account: Account,
    accounts: Accounts,
    tasks: Tasks,
}

struct Route {
    imap: u16,
    submission: u16,
}

impl Route {
    fn direct() -> Self {
        let server = MailServer::shared();
        Self {
            imap: server.imaps,
            submission: server.submission,
        }
    }
}

impl Writer {
    async fn new(user: &TestUser<'_>) -> Self {
        Self::over(user, &Route::direct(), &Store::in_memory_url()).await
    }

    async fn over(user: &TestUser<'_>, route: &Route, database: &str) -> Self {
        let config = Config::new(
            loopback(route.imap, Security::Tls),
            loopback(route.submission, Security::StartTls),
        );
        let store = Store::open(database, ServerKey::new([7; 32]))
            .await
            .unwrap();
        let tasks = Tasks::default();
        // Each handshake takes the same number of octets, so that a place in the dialogue can be told by counting.
        let mut tls = (*MailServer::shared().tls()).clone();
        tls.resumption = rustls::client::Resumption::disabled();
        let accounts = Accounts::new(Arc::new(config), store, tasks.clone(), Arc::new(tls));
        let account = accounts.account(&Credentials {
            email: user.email.clone(),
            password: user.password.clone().into(),
            client: None,
        });
        Self {
            account,
            accounts,
            tasks,
        }
    }

    async fn write(&self, id: &DraftId, change: &DraftChange) -> Draft {
        let style = QuoteStyle::default();
        let saved = self
            .account
            .save_draft(id, &Seed::Blank, &style, change, NOW);
        saved.await.unwrap()
    }

    async fn letter(&self, to: &str, subject: &str) -> DraftId {
        let id = DraftId::random();
        self.write(&id, &letter(to, subject)).await;
        id
    }

    async fn send(&self, id: &DraftId) -> OutboxEntry {
        match self.account.send(id, NOW).await.unwrap() {
            Sent::State(entry) => entry,
            Sent::Invalid(invalid) => panic!("{invalid:?}"),
        }
    }

    /// Until the message has come to an end or to a state that only the person changes.
    async fn settled(&self, id: &DraftId) -> Option<SendState> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let state = match self.account.outbox_entry(id).await {
                Ok(entry) => Some(entry.state),
                Err(Error::NoSuchDraft) => None,
                Err(error) => panic!("{error:?}"),
            };
            match state {
                Some(SendState::Queued | SendState::Sending | SendState::Accepted) => {}
                settled => return settled,
            }
            assert!(Instant::now() < deadline, "{state:?} for too long");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn end(self) {
        self.tasks.shutdown().await;
        self.accounts.close().await;
    }
}

fn letter(to: &str, subject: &str) -> DraftChange {
    DraftChange {
        to: Some(to.to_owned()),
        subject: Some(subject.to_owned()),
        body: Some("Hello,\n.\n..dots and Ünïcödé\n".to_owned()),
        ..DraftChange::default()
    }
}

fn message_id(id: &DraftId) -> String {
    format!("<{}@example.test>", id.as_str())
}

fn arrived(user: &TestUser<'_>, id: &DraftId) -> usize {
    let mut imap = user.imap();
    imap.select("INBOX");
    imap.search(&format!("HEADER Message-ID {}", message_id(id)))
        .len()
}

/// Waits until a message sent now, behind all others, is there.
async fn flush(from: &Writer, to: &TestUser<'_>, marker: &str) {
    let id = from.letter(&to.email, marker).await;
    assert_eq!(from.send(&id).await.state, SendState::Done);
    let deadline = Instant::now() + Duration::from_secs(20);
    while arrived(to, &id) == 0 {
        assert!(Instant::now() < deadline, "the marker does not arrive");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_stands_once_in_sent_and_arrives_once_without_its_hidden_recipient() {
    let server = MailServer::shared();
    let (ana, mihai, vera) = (server.user(), server.user(), server.user());
    let writer = Writer::new(&ana).await;
    let id = DraftId::random();
    let change = DraftChange {
        bcc: Some(vera.email.clone()),
        ..letter(&mihai.email, "Tuesday")
    };
    writer.write(&id, &change).await;
    writer.account.file_draft(&id, NOW).await.unwrap();
    assert_eq!(ana.copies(&message_id(&id)), ["Drafts"]);
    let file = writer.account.attach(
        &id,
        "../a.bin",
        "x",
        bytes::Bytes::from_static(b"\0\xff.\r\n.\r\n"),
        NOW,
    );
    assert_eq!(file.await.unwrap().filename, "a.bin");

    let entry = writer.send(&id).await;
    assert_eq!(entry.state, SendState::Done);
    let filed = entry.filed.unwrap();
    assert_eq!(filed.mailbox.as_str(), "Sent");
    assert_eq!(ana.copies(&message_id(&id)), ["Sent"]);
    let mut imap = ana.imap();
    imap.select("Sent");
    let flags = imap.flags(filed.uid.get());
    assert!(
        flags.iter().any(|flag| flag == "\\Seen") && !flags.iter().any(|flag| flag == "\\Draft"),
        "{flags:?}"
    );

    let kept = String::from_utf8(ana.messages("Sent").remove(0)).unwrap();
    assert!(kept.contains(&vera.email));
    for reader in [&mihai, &vera] {
        let got = String::from_utf8(reader.await_messages("INBOX", 1).remove(0)).unwrap();
        let (head, _) = got.split_once("\r\n\r\n").unwrap();
        let written = head
            .split("\r\n")
            .filter(|line| !line.starts_with("Delivered-To:"));
        let written: Vec<&str> = written
            .skip_while(|line| !line.starts_with("Date:"))
            .collect();
        assert!(!written.join("\n").contains(&vera.email), "{head}");
        assert!(!head.to_lowercase().contains("\r\nbcc:"), "{head}");
        assert_eq!(arrived(reader, &id), 1);
    }
    writer.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clicks_send_one_message() {
    let server = MailServer::shared();
    let (ana, mihai) = (server.user(), server.user());
    let writer = Writer::new(&ana).await;
    let id = writer.letter(&mihai.email, "Once").await;
    let clicks = tokio::join!(writer.send(&id), writer.send(&id), writer.send(&id));
    for entry in [&clicks.0, &clicks.1, &clicks.2] {
        assert_eq!(entry.state, SendState::Done);
    }
    assert_eq!(writer.send(&id).await.state, SendState::Done);
    flush(&writer, &mihai, "after").await;
    assert_eq!(arrived(&mihai, &id), 1);
    assert_eq!(ana.copies(&message_id(&id)), ["Sent"]);
    let draft = writer
        .account
        .draft(&id, &Seed::Blank, &QuoteStyle::default())
        .await
        .unwrap();
    assert_eq!(draft.state, DraftState::Submitted(SendState::Done));
    writer.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_recipient_is_named_and_nobody_gets_the_message_until_it_is_mended() {
    let server = MailServer::shared();
    let (ana, mihai) = (server.user(), server.user());
    let writer = Writer::new(&ana).await;
    let elsewhere = "nobody@elsewhere.example";
    let id = writer
        .letter(&format!("{}, {elsewhere}", mihai.email), "Mended")
        .await;
    let entry = writer.send(&id).await;
    assert_eq!(entry.state, SendState::Failed);
    assert_eq!(entry.failure, Some(Failure::Refused));
    assert_eq!(entry.refused.len(), 1, "{:?}", entry.refused);
    assert_eq!(entry.refused[0].address, elsewhere);
    flush(&writer, &mihai, "after").await;
    assert_eq!(arrived(&mihai, &id), 0);
    assert_eq!(ana.copies(&message_id(&id)), ["Drafts"]);

    writer.account.cancel(&id, NOW).await.unwrap();
    let mended = DraftChange {
        to: Some(mihai.email.clone()),
        ..DraftChange::default()
    };
    assert_eq!(writer.write(&id, &mended).await.state, DraftState::Editing);
    assert_eq!(writer.send(&id).await.state, SendState::Done);
    mihai.await_messages("INBOX", 2);
    assert_eq!(arrived(&mihai, &id), 1);
    assert_eq!(ana.copies(&message_id(&id)), ["Sent"]);
    writer.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_cannot_be_sent_says_why() {
    let ana = MailServer::shared().user();
    let writer = Writer::new(&ana).await;
    let cases = [
        ("", Invalid::NoRecipient),
        ("ana@", Invalid::BadAddresses(vec!["ana@".to_owned()])),
    ];
    for (to, expected) in cases {
        let id = writer.letter(to, "x").await;
        let sent = writer.account.send(&id, NOW).await.unwrap();
        assert!(
            matches!(&sent, Sent::Invalid(invalid) if *invalid == [expected.clone()]),
            "{sent:?}"
        );
    }
    let id = writer.letter(&ana.email, "x").await;
    let other = DraftChange {
        from: Some("Boss <boss@example.test>".to_owned()),
        ..DraftChange::default()
    };
    writer.write(&id, &other).await;
    let sent = writer.account.send(&id, NOW).await.unwrap();
    assert!(
        matches!(&sent, Sent::Invalid(invalid) if *invalid == [Invalid::NotYourAddress]),
        "{sent:?}"
    );
    let unknown = writer.account.send(&DraftId::random(), NOW).await;
    assert!(matches!(unknown, Err(Error::NoSuchDraft)));
    writer.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_for_the_copy_nothing_is_sent_and_the_draft_stays_open() {
    let server = MailServer::shared();
    let (ana, mihai) = (server.user_with_quota("20K"), server.user());
    let writer = Writer::new(&ana).await;
    let id = writer.letter(&mihai.email, "Too much").await;
    let body = "0123456789abcdef ".repeat(4000);
    let long = DraftChange {
        body: Some(body.clone()),
        ..DraftChange::default()
    };
    writer.write(&id, &long).await;
    let sent = writer.account.send(&id, NOW).await;
    assert!(matches!(sent, Err(Error::OverQuota)), "{sent:?}");
    let draft = writer
        .account
        .draft(&id, &Seed::Blank, &QuoteStyle::default())
        .await
        .unwrap();
    assert_eq!((draft.state, draft.body), (DraftState::Editing, body));
    assert_eq!(arrived(&mihai, &id), 0);
    writer.end().await;
}
