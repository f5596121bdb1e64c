//! Drafts that travel between devices, answers and forwards.
use super::{NOW, Writer, letter, message_id};
use crate::support::mail_server::MailServer;
use posta::mail::{
    DraftChange, DraftId, DraftState, ListQuery, MailboxName, MessageRef, QuoteStyle, Seed,
    SendState,
};
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_replaces_its_copy_and_is_written_on_under_the_same_id_from_elsewhere() {
    let ana = MailServer::shared().user();
    let writer = Writer::new(&ana).await;
    let id = writer.letter("mihai@exam", "First").await;
    writer.account.file_draft(&id, NOW).await.unwrap();
    let file = writer.account.attach(
        &id,
        "ü.txt",
        "text/plain",
        bytes::Bytes::from_static(b"content"),
        NOW,
    );
    file.await.unwrap();
    let second = DraftChange {
        to: Some(String::from("Mihai <mihai@example.test>")),
        subject: Some("Second".to_owned()),
        ..DraftChange::default()
    };
    writer.write(&id, &second).await;
    writer.account.file_draft(&id, NOW).await.unwrap();
    writer.account.file_draft(&id, NOW).await.unwrap();
    assert_eq!(ana.copies(&message_id(&id)), ["Drafts"]);
    writer.end().await;

    let elsewhere = Writer::new(&ana).await;
    let drafts = MailboxName::parse("Drafts").unwrap();
    let listing = elsewhere
        .account
        .listing(&drafts, &ListQuery::default())
        .await
        .unwrap();
    let reference = MessageRef {
        mailbox: drafts,
        uid_validity: listing.uid_validity,
        uid: listing.envelopes[0].uid,
    };
    let seed = Seed::Draft(reference);
    assert_eq!(elsewhere.account.draft_id(&seed).await.unwrap(), id);
    let style = QuoteStyle::default();
    let draft = elsewhere.account.draft(&id, &seed, &style).await.unwrap();
    assert_eq!(draft.state, DraftState::New);
    assert_eq!(
        (draft.to.as_str(), draft.subject.as_str()),
        ("Mihai <mihai@example.test>", "Second")
    );
    assert!(
        draft.body.starts_with("Hello,\n.\n..dots and Ünïcödé"),
        "{:?}",
        draft.body
    );
    assert_eq!(draft.uploads.len(), 1);
    assert!(
        draft.uploads[0].carried && draft.uploads[0].filename == "ü.txt",
        "{:?}",
        draft.uploads
    );
    for (round, subject) in ["Third", "Fourth"].into_iter().enumerate() {
        let change = DraftChange {
            subject: Some(subject.to_owned()),
            ..DraftChange::default()
        };
        let saved = elsewhere
            .account
            .save_draft(&id, &seed, &style, &change, NOW + round as i64);
        saved.await.unwrap();
        elsewhere.account.file_draft(&id, NOW).await.unwrap();
        assert_eq!(ana.copies(&message_id(&id)), ["Drafts"], "{subject}");
    }
    let copy = String::from_utf8(ana.messages("Drafts").remove(0)).unwrap();
    assert!(
        copy.contains("Subject: Fourth") && copy.contains("Y29udGVudA"),
        "the carried file is still there: {copy}"
    );
    elsewhere.account.discard(&id, NOW).await.unwrap();
    assert_eq!(ana.copies(&message_id(&id)), ["Trash"]);
    let late = letter("a@example.test", "late");
    let late = elsewhere
        .account
        .save_draft(&id, &Seed::Blank, &style, &late, NOW);
    assert_eq!(late.await.unwrap().state, DraftState::Discarded);
    elsewhere.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_of_a_second_device_goes_on_as_a_draft_of_its_own() {
    let ana = MailServer::shared().user();
    let writer = Writer::new(&ana).await;
    let id = DraftId::random();
    let typed = |body: &str, base: Option<i64>| DraftChange {
        subject: Some("Two devices".to_owned()),
        body: Some(body.to_owned()),
        base,
        ..DraftChange::default()
    };
    let first = writer.write(&id, &typed("common", None)).await;
    let phone = writer
        .write(&id, &typed("from the phone", Some(first.version)))
        .await;
    assert_eq!(phone.kept, None);
    let laptop = writer
        .write(&id, &typed("from the laptop", Some(first.version)))
        .await;
    assert_eq!(laptop.body, "from the laptop", "the last one wins");
    let kept = laptop.kept.expect("the other is kept");
    let other = writer
        .account
        .draft(&kept, &Seed::Blank, &QuoteStyle::default())
        .await
        .unwrap();
    assert_eq!(
        (other.body.as_str(), other.subject.as_str()),
        ("from the phone", "Two devices")
    );
    writer.account.file_draft(&kept, NOW).await.unwrap();
    assert_eq!(ana.copies(&message_id(&kept)), ["Drafts"]);
    writer.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_quotes_threads_and_marks_and_a_forward_carries_the_files() {
    let server = MailServer::shared();
    let (ana, mihai) = (server.user(), server.user());
    let original = format!(
        "From: Mihai <{}>\r\nTo: <{}>, Vera <vera@example.test>\r\nSubject: AW: Plan\r\nMessage-ID: <orig@example.org>\r\n\
         References: <root@example.org>\r\nDate: Thu, 5 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n\
         --b\r\nContent-Type: application/pdf; name=plan.pdf\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment\r\n\r\nUERGIQ==\r\n--b--\r\n",
        mihai.email, ana.email
    );
    ana.deliver(original.as_bytes());
    let writer = Writer::new(&ana).await;
    let listing = writer
        .account
        .listing(&MailboxName::inbox(), &ListQuery::default())
        .await
        .unwrap();
    let reference = MessageRef {
        mailbox: MailboxName::inbox(),
        uid_validity: listing.uid_validity,
        uid: listing.envelopes[0].uid,
    };
    let style = QuoteStyle {
        attribution: Box::new(|quoted| format!("{} wrote:", quoted.from[0].display_name())),
        forwarded: Box::new(|quoted| format!("Forwarded: {}", quoted.subject)),
    };
    let answer = DraftId::random();
    let draft = writer
        .account
        .draft(&answer, &Seed::ReplyAll(reference.clone()), &style)
        .await
        .unwrap();
    assert_eq!(draft.subject, "Re: Plan");
    assert_eq!(
        draft.to,
        format!("Mihai <{}>, Vera <vera@example.test>", mihai.email)
    );
    assert_eq!(draft.body, "\n\nMihai wrote:\n> See the file.\n");
    let only = DraftChange {
        to: Some(mihai.email.clone()),
        ..DraftChange::default()
    };
    let forward = DraftId::random();
    for (id, seed) in [
        (&answer, Seed::ReplyAll(reference.clone())),
        (&forward, Seed::Forward(reference.clone())),
    ] {
        writer
            .account
            .save_draft(id, &seed, &style, &only, NOW)
            .await
            .unwrap();
        assert_eq!(writer.send(id).await.state, SendState::Done);
    }
    let got = mihai.await_messages("INBOX", 2);
    let got: Vec<String> = got
        .into_iter()
        .map(|m| String::from_utf8(m).unwrap())
        .collect();
    let answered = got
        .iter()
        .find(|m| m.contains("Subject: Re: Plan"))
        .unwrap();
    assert!(
        answered.contains("In-Reply-To: <orig@example.org>"),
        "{answered}"
    );
    assert!(
        answered.contains("<root@example.org>") && answered.contains("> See the file."),
        "{answered}"
    );
    let forwarded = got
        .iter()
        .find(|m| m.contains("Subject: Fwd: AW: Plan"))
        .unwrap();
    assert!(
        forwarded.contains("plan.pdf") && forwarded.contains("UERGIQ=="),
        "{forwarded}"
    );
    assert!(
        forwarded.contains("Forwarded: AW: Plan") && forwarded.contains("See the file."),
        "{forwarded}"
    );
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let mut imap = ana.imap();
        imap.select("INBOX");
        let flags = imap.flags(reference.uid.get());
        if ["\\Answered", "$Forwarded"]
            .iter()
            .all(|flag| flags.iter().any(|known| known == flag))
        {
            break;
        }
        assert!(Instant::now() < deadline, "{flags:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    writer.end().await;
}
