//! Writing, keeping and sending.

use super::support::{
    app::App,
    cutting_proxy::{CuttingProxy, Fault},
    mail_server::MailServer,
};

#[tokio::test]
async fn a_new_letter_is_stored_only_when_something_is_sent_to_us() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    let page = browser
        .get("/compose?to=ion@example.org&subject=Hi&body=one%0D%0Atwo")
        .await;
    assert!(page.path().starts_with("/compose/"));
    assert_eq!(page.redirects.len(), 1);
    assert_eq!(
        (page.field("To"), page.field("Subject")),
        ("ion@example.org".into(), "Hi".into())
    );
    assert!(page.field("Text").starts_with("one\ntwo"));
    assert!(browser.get(page.path()).await.field("To").is_empty());
    assert!(user.messages("Drafts").is_empty());
}

#[tokio::test]
async fn a_letter_travels_to_another_person_and_stands_in_sent_once() {
    let app = App::start().await;
    let (ana, ion) = (MailServer::shared().user(), MailServer::shared().user());
    let browser = app.sign_in(&ana).await;
    let page = browser.get("/compose").await;
    let form = page
        .form("Send")
        .fill("To", &format!("Ion <{}>", ion.email))
        .fill("Subject", "Ştiri de acasă")
        .fill("Text", "Bună!\nțigle");
    let after = form
        .file("Attach files", "plan é.txt", "the plan")
        .submit()
        .await;
    assert_eq!(after.status, 200, "{}", after.text());
    assert!(after.text().contains("Sent."), "{}", after.text());
    let arrived = ion.await_messages("INBOX", 1);
    assert_eq!(arrived.len(), 1);
    let sent = ana.messages("Sent");
    assert_eq!(sent.len(), 1);
    assert!(ana.messages("Drafts").is_empty());
    let theirs = app.sign_in(&ion).await;
    let page = theirs
        .get("/mailbox/INBOX")
        .await
        .follow("Ştiri de acasă")
        .await;
    assert!(page.region("main").unwrap().contains("țigle"));
    assert!(page.has_link("plan é.txt"), "{:?}", page.links());
    // The address of the letter leads to what was sent.
    let again = browser.get(page_of(&page, &browser).await.as_str()).await;
    assert_eq!(again.status, 200);
}

/// The sent copy's address, by the list.
async fn page_of(
    _: &super::support::page::Page,
    browser: &super::support::page::Browser,
) -> String {
    browser
        .get("/mailbox/INBOX")
        .await
        .follow("Sent")
        .await
        .link("Ştiri de acasă")
        .path()
        .to_owned()
}

#[tokio::test]
async fn a_double_click_sends_one_message() {
    let app = App::start().await;
    let (ana, ion) = (MailServer::shared().user(), MailServer::shared().user());
    let browser = app.sign_in(&ana).await;
    let page = browser.get("/compose").await;
    let press = || {
        page.form("Send")
            .fill("To", &ion.email)
            .fill("Subject", "Once")
            .fill("Text", "text")
            .submit()
    };
    let (first, second) = tokio::join!(press(), press());
    let third = press().await;
    assert_eq!((first.status, second.status, third.status), (200, 200, 200));
    ion.await_messages("INBOX", 1);
    assert_eq!(ana.messages("Sent").len(), 1);
    assert_eq!(ion.messages("INBOX").len(), 1);
    let after = browser.get(page.path()).await;
    assert!(
        after.region("main").unwrap().contains("Once"),
        "{}",
        after.text()
    );
}

#[tokio::test]
async fn a_reply_quotes_and_goes_to_the_sender() {
    let app = App::start().await;
    let (ana, ion) = (MailServer::shared().user(), MailServer::shared().user());
    let id = ana.deliver_text(&format!("Ion <{}>", ion.email), "Roof", "When do you come?");
    let browser = app.sign_in(&ana).await;
    let page = browser
        .get("/mailbox/INBOX")
        .await
        .follow("Roof")
        .await
        .follow("Reply to Ion")
        .await;
    assert_eq!(page.field("Subject"), "Re: Roof");
    assert!(page.field("To").contains(&ion.email));
    assert!(
        page.field("Text").contains("> When do you come?")
            && page.field("Text").contains("Ion wrote:"),
        "{}",
        page.field("Text")
    );
    let text = format!("Tomorrow.\n{}", page.field("Text"));
    let after = page.form("Send").fill("Text", &text).submit().await;
    assert_eq!(after.status, 200, "{}", after.text());
    let arrived = String::from_utf8(ion.await_messages("INBOX", 1).remove(0)).unwrap();
    assert!(arrived.contains(&format!("In-Reply-To: {id}")), "{arrived}");
    assert!(
        browser
            .get("/mailbox/INBOX")
            .await
            .text()
            .contains("Answered")
    );
}

#[tokio::test]
async fn forwarding_carries_the_files_along() {
    let app = App::start().await;
    let (ana, ion) = (MailServer::shared().user(), MailServer::shared().user());
    let mut message = b"From: x@example.net\r\nSubject: Plans\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee there\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\n".to_vec();
    // More than one upload may hold: it is not uploaded.
    message.extend(
        "0123456789abcdef0123456789abcdef0123456789abcdef\r\n"
            .repeat(60_000)
            .bytes(),
    );
    message.extend_from_slice(b"\r\n--b--\r\n");
    ana.deliver(&message);
    let browser = app.sign_in(&ana).await;
    let page = browser
        .get("/mailbox/INBOX")
        .await
        .follow("Plans")
        .await
        .follow("Forward")
        .await;
    assert!(
        page.region("main").unwrap().contains("plan.pdf"),
        "{}",
        page.text()
    );
    assert_eq!(page.field("Subject"), "Fwd: Plans");
    let after = page.form("Send").fill("To", &ion.email).submit().await;
    assert_eq!(after.status, 200, "{}", after.text());
    let arrived = ion.await_messages("INBOX", 1).remove(0);
    assert!(arrived.len() > 2_900_000);
}

#[tokio::test]
async fn a_draft_is_kept_and_opens_again() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    let page = browser.get("/compose").await;
    let saved = page
        .form("Save draft")
        .fill("Subject", "Half a thought")
        .fill("Text", "to be")
        .file("Attach files", "a.txt", "one")
        .submit()
        .await;
    assert_eq!(
        (saved.status, saved.path()),
        (200, page.path()),
        "{}",
        saved.text()
    );
    assert!(saved.region("main").unwrap().contains("a.txt"));
    assert_eq!(user.messages("Drafts").len(), 1);
    let message = browser
        .get("/mailbox/INBOX")
        .await
        .follow("Drafts")
        .await
        .follow("Half a thought")
        .await;
    let opened = message.follow("Continue").await;
    assert_eq!(
        (opened.field("Subject"), opened.field("Text").trim_end()),
        ("Half a thought".into(), "to be")
    );
    let again = opened
        .form("Save draft")
        .fill("Text", "to be or not")
        .submit()
        .await;
    assert_eq!(again.status, 200);
    assert_eq!(user.messages("Drafts").len(), 1);
    let less = again.form("Remove a.txt").submit().await;
    assert!(
        !less.region("main").unwrap().contains("a.txt"),
        "{}",
        less.text()
    );
}

#[tokio::test]
async fn a_discarded_draft_lies_in_trash() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    let page = browser.get("/compose").await;
    let page = page
        .form("Save draft")
        .fill("Subject", "Rubbish")
        .fill("Text", "x")
        .submit()
        .await;
    let after = page
        .form("Discard")
        .fill("Text", "last words")
        .submit()
        .await;
    assert_eq!(after.status, 200, "{}", after.text());
    assert!(after.text().contains("Trash"));
    assert!(user.messages("Drafts").is_empty());
    let trash = user.messages("Trash");
    assert_eq!(trash.len(), 1);
    assert!(String::from_utf8_lossy(&trash[0]).contains("last words"));
    assert_eq!(browser.get(page.path()).await.status, 404);
    // Words typed in another tab stand in the page.
    let late = page
        .form("Save draft")
        .fill("Text", "typed too late")
        .submit()
        .await;
    assert_eq!(
        (late.status, late.field("Text").as_str()),
        (409, "typed too late")
    );
}

#[tokio::test]
async fn what_cannot_be_sent_comes_back_with_every_word() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    for (to, said) in [
        ("", "no recipient"),
        ("ion@, b@example.org", "does not look like an address"),
    ] {
        let page = browser.get("/compose").await;
        let page = page
            .form("Send")
            .fill("To", to)
            .fill("Subject", "Hi")
            .fill("Text", "my words")
            .submit()
            .await;
        assert_eq!(page.status, 422);
        assert!(
            page.region("alert").unwrap().contains(said),
            "{}",
            page.text()
        );
        assert_eq!(
            (page.field("To").as_str(), page.field("Text").as_str()),
            (to, "my words")
        );
    }
    assert!(user.messages("Sent").is_empty());
}

#[tokio::test]
async fn a_refused_recipient_is_named_and_nothing_is_sent() {
    let app = App::start().await;
    let (ana, ion) = (MailServer::shared().user(), MailServer::shared().user());
    let browser = app.sign_in(&ana).await;
    let page = browser.get("/compose").await;
    let nobody = format!("nobody-here@{}", ion.email.split_once('@').unwrap().1);
    let page = page
        .form("Send")
        .fill("To", &format!("{}, {nobody}", ion.email))
        .fill("Subject", "Roof")
        .fill("Text", "words")
        .submit()
        .await;
    assert_eq!(
        (page.status, page.path()),
        (200, "/outbox"),
        "{}",
        page.text()
    );
    assert!(
        page.text().contains(&nobody) && page.text().contains("Not sent."),
        "{}",
        page.text()
    );
    assert!(ion.messages("INBOX").is_empty() && ana.messages("Sent").is_empty());
    let page = page.form("Change it").submit().await;
    assert_eq!(page.field("Text"), "words");
    let page = page.form("Send").fill("To", &ion.email).submit().await;
    assert!(page.text().contains("Sent."), "{}", page.text());
    assert_eq!(ion.await_messages("INBOX", 1).len(), 1);
}

#[tokio::test]
async fn control_characters_in_a_field_never_become_header_lines() {
    let app = App::start().await;
    let (ana, ion) = (MailServer::shared().user(), MailServer::shared().user());
    let browser = app.sign_in(&ana).await;
    for (field, status, sent) in [
        ("subject", 200, 1),
        ("to", 422, 1),
        ("cc", 422, 1),
        ("from", 200, 2),
    ] {
        let page = browser.get("/compose").await;
        let send = format!("{}/send", page.path());
        let smuggled = match field {
            "to" => format!("{}\r\nBcc: eve@evil.example\r\n\0", ion.email),
            "cc" => format!("{}\r\nX-Evil: 1", ion.email),
            "from" => format!("Ana\r\nX-Evil: 1 <{}>", ana.email),
            _ => "Hi\r\nBcc: eve@evil.example\r\n\r\nbody\0".to_owned(),
        };
        let mut fields = vec![
            ("to", ion.email.as_str()),
            ("subject", "Hi"),
            ("body", "a\0b\r\n.\r\nc"),
        ];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, &smuggled));
        let after = browser.post(&send, &fields).await;
        assert_eq!(after.status, status, "{field}: {}", after.text());
        assert_eq!(ana.messages("Sent").len(), sent, "{field}");
    }
    for message in ana
        .messages("Sent")
        .into_iter()
        .chain(ion.messages("INBOX"))
    {
        let text = String::from_utf8_lossy(&message).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        for line in head.lines() {
            assert!(
                !line.to_lowercase().starts_with("bcc:") && !line.starts_with("X-Evil"),
                "{head}"
            );
        }
        assert!(
            body.contains("ab") && body.lines().any(|line| line == ".") && body.contains('c'),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_long_draft_of_another_program_opens_whole() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let text = format!("{}THE END", "words and more words\r\n".repeat(100_000));
    let draft = format!("Subject: Long\r\n\r\n{text}\r\n");
    user.append("Drafts", "\\Draft", draft.as_bytes());
    let browser = app.sign_in(&user).await;
    let message = browser.get("/mailbox/Drafts").await.follow("Long").await;
    let page = message.follow("Continue").await;
    let opened = page.field("Text");
    assert!(
        opened.trim_end().ends_with("THE END"),
        "{} octets",
        opened.len()
    );
}

#[tokio::test]
async fn a_text_over_the_limit_stays_in_the_page() {
    let app = App::start_with(MailServer::shared(), |config| {
        config.limits.draft_text = 1_000
    })
    .await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    let page = browser.get("/compose").await;
    let long = "word ".repeat(300);
    let page = page
        .form("Save draft")
        .fill("Subject", "Long")
        .fill("Text", &long)
        .submit()
        .await;
    assert_eq!(page.status, 413);
    assert_eq!(page.field("Text"), long);
    assert!(
        page.region("alert").unwrap().contains("longer than"),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn a_mail_server_that_is_down_keeps_the_draft_here() {
    let proxy = CuttingProxy::to(MailServer::shared().imaps);
    let app = App::start_behind(&proxy, |_| ()).await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    proxy.set(Fault::Refuse);
    let page = browser.get("/compose").await;
    let page = page
        .form("Save draft")
        .fill("Subject", "Kept")
        .fill("Text", "words")
        .submit()
        .await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("Saved here"), "{}", page.text());
    assert_eq!(page.field("Text"), "words");
    let app = app.restart().await;
    assert_eq!(browser.get(page.path()).await.field("Text"), "words");
    drop(app);
}

#[tokio::test]
async fn a_stranger_link_fills_in_recipients_and_text_and_nothing_else() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    let page = browser.get("/compose?mailto=mailto:a@b.example%3Fattach=/etc/passwd%26bcc=x@y.example%26subject=Hi").await;
    assert_eq!(
        (
            page.field("To").as_str(),
            page.field("Bcc").as_str(),
            page.field("Subject").as_str()
        ),
        ("a@b.example", "x@y.example", "Hi")
    );
    assert!(!page.region("main").unwrap().contains("passwd"));
    page.form("Save draft").fill("Text", "words").submit().await;
    let drafts = user.messages("Drafts");
    let [draft] = drafts.as_slice() else {
        panic!("one draft, not {}", drafts.len());
    };
    let draft = String::from_utf8_lossy(draft);
    assert!(draft.contains("a@b.example") && draft.contains("x@y.example"));
    assert!(
        !draft.contains("passwd") && !draft.contains("attachment"),
        "{draft}"
    );
}

#[tokio::test]
async fn an_id_of_nobodys_making_is_no_letter() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    for id in [
        "x",
        "aaaaaaaaaaaaaaaaaaaaaaaaa",
        "AAAAAAAAAAAAAAAAAAAAAAAAAA",
        "..%2f..%2fetc",
    ] {
        assert_eq!(
            browser.get(&format!("/compose/{id}")).await.status,
            404,
            "{id}"
        );
        assert_eq!(
            browser
                .post(&format!("/outbox/{id}/retry"), &[])
                .await
                .status,
            404,
            "{id}"
        );
    }
    assert_eq!(browser.get("/outbox").await.status, 200);
}
