//! Characters: what a message is written in, and who hides behind them.

use super::support::{app::App, mail_server::MailServer};

fn message(from: &str, subject: &[u8], text: &[u8]) -> Vec<u8> {
    let head = format!(
        "From: {from}\r\nTo: you@example.org\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\nSubject: "
    );
    [head.as_bytes(), subject, b"\r\n\r\n", text, b"\r\n"].concat()
}

#[tokio::test]
async fn a_message_that_names_the_wrong_charset_is_read_in_the_one_that_a_person_chooses() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let koi8 = b"\xf0\xd2\xc9\xd7\xc5\xd4";
    let html = b"\r\n--b\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<p>\xf0\xd2\xc9</p>\r\n--b--\r\n";
    let head = b"From: a@b.example\r\nSubject: Designed\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    user.deliver(&message(
        "Ana <ana@b.example>",
        b"Letter \xf0\xd2\xc9",
        koi8,
    ));
    user.deliver(&[&head[..], html].concat());
    let browser = app.sign_in(&user).await;
    let path = browser
        .get("/mailbox/INBOX")
        .await
        .link("Letter")
        .path()
        .to_owned();

    let page = browser.get(&path).await;
    assert!(page.text().contains("ðÒÉ×ÅÔ"), "{}", page.text());
    let page = browser.get(&format!("{path}?charset=koi8-r&text=1")).await;
    let shown = page.region("main").unwrap();
    assert!(
        shown.contains("Привет") && shown.contains("Letter При"),
        "{shown}"
    );
    assert!(
        shown.contains("Shown in the character set koi8-r."),
        "{shown}"
    );
    assert!(
        page.follow("As the message says")
            .await
            .text()
            .contains("ðÒÉ×ÅÔ")
    );
    let print = browser.get(&format!("{path}/print?charset=koi8-r")).await;
    assert!(print.text().contains("Привет"), "{}", print.text());
    let page = browser.get(&format!("{path}?charset=x-unknown")).await;
    assert!(page.text().contains("ðÒÉ×ÅÔ") && page.status == 200);

    let path = browser
        .get("/mailbox/INBOX")
        .await
        .link("Designed")
        .path()
        .to_owned();
    let page = browser
        .get(&format!("{path}?view=html&charset=koi8-r"))
        .await;
    let frame = page
        .addresses()
        .into_iter()
        .find(|url| url.path().ends_with("/body"));
    let frame = frame.expect("a frame");
    assert_eq!(frame.query(), Some("charset=koi8-r"));
    let body = browser.get(&format!("{path}/body?charset=koi8-r")).await;
    assert!(body.source().contains("При"), "{}", body.source());
}

#[tokio::test]
async fn a_doubtful_sender_is_warned_of_and_the_real_address_stands_there() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver(&message(
        "\"support@bank.example\" <eve@evil.example>",
        b"Claim",
        b"x",
    ));
    user.deliver(&message("Bank <x@xn--pypal-4ve.com>", b"Imitation", b"x"));
    user.deliver(&message("a@b.example, c@evil.example", b"Both", b"x"));
    user.deliver(&message(
        "Ana <ana@xn--bcher-kva.example>",
        "Honest \u{202e}fdp.exe".as_bytes(),
        b"x",
    ));
    let browser = app.sign_in(&user).await;
    let list = browser.get("/mailbox/INBOX").await;
    assert!(!list.source().contains('\u{202e}'));
    assert!(list.text().contains("Honest fdp.exe"), "{}", list.text());
    assert!(
        !list.text().contains("support@bank.example"),
        "{}",
        list.text()
    );
    for (subject, warning) in [
        (
            "Claim",
            "The name shows another address. The real one is: eve@evil.example",
        ),
        (
            "Imitation",
            "This address looks like another one. It really is: x@xn--pypal-4ve.com",
        ),
        (
            "Both",
            "Several senders are named: a@b.example, c@evil.example",
        ),
    ] {
        let shown = list.follow(subject).await.region("main").unwrap();
        assert!(shown.contains(warning), "{subject}: {shown}");
    }
    let page = list.follow("Honest").await;
    let shown = page.region("main").unwrap();
    assert!(
        shown.contains("ana@bücher.example (xn--bcher-kva.example)"),
        "{shown}"
    );
    for word in ["The name", "This address", "Several senders"] {
        assert!(!shown.contains(word), "{shown}");
    }
    assert!(shown.contains("Honest [U+202E]fdp.exe"), "{shown}");
    assert!(!page.source().contains('\u{202e}'));
}
