//! Messages that are more than text: each is shown as what it is.

use super::support::{app::App, mail_server::MailServer, page::Browser};

/// Delivers one message and gives the path of its page.
async fn opened(app: &App, message: &[u8], subject: &str) -> (Browser, String) {
    let user = MailServer::shared().user();
    user.deliver(message);
    let browser = app.sign_in(&user).await;
    let list = browser.get("/mailbox/INBOX").await;
    let path = list.link(subject).path().to_owned();
    (browser, path)
}

fn corpus(name: &str) -> Vec<u8> {
    std::fs::read(format!("tests/corpora/{name}")).unwrap()
}

const HEAD: &str = "From: Mail <mail@example.net>\r\nTo: you@example.org\r\nMIME-Version: 1.0\r\n";

#[tokio::test]
async fn a_bounce_says_who_did_not_get_the_message_and_why() {
    let app = App::start().await;
    let message = format!(
        "{HEAD}Subject: Bounce\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n\
         Final-Recipient: rfc822; full@example.net\r\nAction: failed\r\nStatus: 5.2.2\r\n\
         Diagnostic-Code: smtp; 552 <b>over</b> quota\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\
         Subject: What I wrote\r\nFrom: you@example.org\r\n\r\nmy words\r\n--b--\r\n"
    );
    let (browser, path) = opened(&app, message.as_bytes(), "Bounce").await;
    let page = browser.get(&path).await;
    let text = page.region("main").unwrap();
    assert!(
        text.contains("Not delivered to full@example.net: the mailbox is full. (5.2.2)"),
        "{text}"
    );
    assert!(text.contains("552 <b>over</b> quota"), "{text}");
    assert!(!page.source().contains("<b>over"));

    let inner = page.follow("What I wrote.eml").await;
    let text = inner.region("main").unwrap();
    assert!(
        text.contains("my words") && text.contains("Attached to: Bounce"),
        "{text}"
    );
    let back = inner.follow("Bounce").await;
    assert_eq!(back.path(), path);
}

#[tokio::test]
async fn a_message_inside_a_message_is_a_page_with_its_own_frame_and_files() {
    let app = App::start().await;
    let message = format!(
        "{HEAD}Subject: Outer\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nouter words\r\n\
         --o\r\nContent-Type: message/rfc822\r\n\r\nFrom: Inner <inner@example.com>\r\nSubject: Inner\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/html\r\n\r\n<p>inner <script>xss()</script>words</p>\r\n\
         --i\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=note.txt\r\n\r\na note\r\n\
         --i\r\nContent-Type: message/rfc822\r\n\r\nSubject: Innermost\r\n\r\nlast words\r\n--i--\r\n--o--\r\n"
    );
    let (browser, path) = opened(&app, message.as_bytes(), "Outer").await;
    let inner = browser.get(&path).await.follow("Inner.eml").await;
    assert_eq!(inner.path(), format!("{path}/message/2"));
    assert!(inner.region("main").unwrap().contains("inner@example.com"));
    assert!(!inner.has_button("Archive"));
    let body = browser.get(&format!("{path}/message/2/body")).await;
    assert!(
        body.source().contains("inner words") && !body.source().contains("xss"),
        "{}",
        body.source()
    );
    assert!(
        body.header("content-security-policy")
            .unwrap()
            .starts_with("sandbox")
    );
    assert_eq!(
        browser
            .get(&format!("{path}/part/2.2"))
            .await
            .source()
            .trim_end(),
        "a note"
    );

    let innermost = inner.follow("Innermost.eml").await;
    let text = innermost.region("main").unwrap();
    assert!(
        text.contains("last words") && text.contains("Attached to: Inner"),
        "{text}"
    );
    assert_eq!(innermost.follow("Inner").await.path(), inner.path());
    for nowhere in ["1", "2.1", "9", "2.3.1", "0", "x"] {
        let page = browser.get(&format!("{path}/message/{nowhere}")).await;
        assert_eq!(page.status, 404, "{nowhere}");
    }
}

#[tokio::test]
async fn a_message_inside_is_read_in_the_character_set_that_is_chosen() {
    let app = App::start().await;
    let mut message = format!(
        "{HEAD}Subject: Outer\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nouter words\r\n\
         --o\r\nContent-Type: message/rfc822\r\n\r\nSubject: Inner\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>"
    )
    .into_bytes();
    message.extend_from_slice(b"\xf0\xd2\xc9</p>\r\n--o--\r\n");
    let (browser, path) = opened(&app, &message, "Outer").await;
    let inner = format!("{path}/message/2");
    let page = browser.get(&format!("{inner}?text=1&charset=koi8-r")).await;
    let text = page.region("main").unwrap();
    assert!(text.contains("При"), "{text}");
    let form = format!("action=\"{inner}\"");
    assert!(page.source().contains(&form), "{}", page.source());
    let body = browser.get(&format!("{inner}/body?charset=koi8-r")).await;
    assert!(body.source().contains("При"), "{}", body.source());
}

#[tokio::test]
async fn an_encoded_message_inside_opens_though_the_server_does_not_tell_it() {
    let app = App::start().await;
    // "Subject: Hidden\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=h\r\n\r\n--h\r\n\r\nhidden words\r\n--h--\r\n"
    let message = format!(
        "{HEAD}Subject: Encoded\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nouter words\r\n\
         --o\r\nContent-Type: message/rfc822; name=hidden.eml\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         U3ViamVjdDogSGlkZGVuDQpNSU1FLVZlcnNpb246IDEuMA0KQ29udGVudC1UeXBlOiBtdWx0aXBhcnQvbWl4ZWQ7IGJvdW5kYXJ5PWgNCg0KLS1oDQoNCmhpZGRlbiB3b3Jkcw0KLS1oLS0NCg==\r\n--o--\r\n"
    );
    let (browser, path) = opened(&app, message.as_bytes(), "Encoded").await;
    let page = browser.get(&path).await.follow("hidden.eml").await;
    let text = page.region("main").unwrap();
    assert!(text.contains("hidden words"), "{text}");
}

#[tokio::test]
async fn files_of_outlook_are_listed_below_theirs_and_saved() {
    let app = App::start().await;
    let (browser, path) = opened(&app, &tnef(&corpus("tnef/attachments.tnef")), "Rich").await;
    let page = browser.get(&path).await;
    let name = page
        .links()
        .into_iter()
        .find(|link| link.contains("zappa"))
        .unwrap_or_else(|| panic!("{:?}", page.links()));
    let picture = page.link(&name);
    let saved = browser
        .get(&format!("{}?{}", picture.path(), picture.query().unwrap()))
        .await;
    assert_eq!(saved.header("content-type"), Some("image/jpeg"));
    assert_eq!(
        saved.header("content-security-policy"),
        Some("sandbox; default-src 'none'")
    );
    for nowhere in ["member=0", "member=99", "member=x"] {
        let page = browser.get(&format!("{path}/part/2?{nowhere}")).await;
        assert_eq!(page.status, 404, "{nowhere}");
    }
}

#[tokio::test]
async fn files_of_outlook_are_listed_also_where_theirs_is_long() {
    let app = App::start().await;
    let mut content = corpus("tnef/attachments.tnef");
    content.resize(content.len() + (2 << 20), 0);
    let (browser, path) = opened(&app, &tnef(&content), "Rich").await;
    let links = browser.get(&path).await.links();
    assert!(links.iter().any(|link| link.contains("zappa")), "{links:?}");
}

fn tnef(content: &[u8]) -> Vec<u8> {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(content);
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "{HEAD}Subject: Rich\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nwords\r\n\
         --b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        lines.join("\r\n")
    )
    .into_bytes()
}

#[tokio::test]
async fn a_file_in_the_middle_of_a_text_is_cut_out_and_saved() {
    let app = App::start().await;
    let message = format!(
        "{HEAD}Subject: Antique\r\nContent-Type: text/plain\r\n\r\nbefore\r\n\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\n\r\nafter\r\n"
    );
    let (browser, path) = opened(&app, message.as_bytes(), "Antique").await;
    let page = browser.get(&path).await;
    let text = page.region("main").unwrap();
    assert!(
        text.contains("before") && text.contains("after") && !text.contains("0V%T"),
        "{text}"
    );
    let file = page.link("cat.txt");
    let saved = browser
        .get(&format!(
            "{}?{}&download",
            file.path(),
            file.query().unwrap()
        ))
        .await;
    assert_eq!(saved.source(), "Cat");
}

#[tokio::test]
async fn what_is_protected_is_said_and_never_joined() {
    let app = App::start().await;
    let (browser, path) = opened(&app, &corpus("handmade/eml/efail-pgp.eml"), "efail-pgp").await;
    let text = browser.get(&path).await.region("main").unwrap();
    assert!(
        text.contains("A part of this message is encrypted"),
        "{text}"
    );
    let body = browser.get(&format!("{path}/body")).await;
    assert!(!body.source().contains("hQEMA"), "{}", body.source());

    let signed = format!(
        "{HEAD}Subject: Signed\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nsigned words\r\n\
         --b\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\nx\r\n--b--\r\n"
    );
    let (browser, path) = opened(&app, signed.as_bytes(), "Signed").await;
    let text = browser.get(&path).await.region("main").unwrap();
    assert!(
        text.contains("signed words") && text.contains("The signature was not checked"),
        "{text}"
    );

    let armoured = format!(
        "{HEAD}Subject: Armoured\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n"
    );
    let (browser, path) = opened(&app, armoured.as_bytes(), "Armoured").await;
    let page = browser.get(&path).await;
    let text = page.region("main").unwrap();
    assert!(
        text.contains("This message is encrypted") && !text.contains("hQEMA"),
        "{text}"
    );
    assert!(page.has_link("message.asc"), "{:?}", page.links());
}

#[tokio::test]
async fn a_piece_of_a_message_says_which_piece_it_is() {
    let app = App::start().await;
    let (browser, path) = opened(&app, &corpus("handmade/eml/partial-1.eml"), "partial-1").await;
    let text = browser.get(&path).await.region("main").unwrap();
    assert!(
        text.contains("This is part 1 of 999,999,999 of a larger message."),
        "{text}"
    );
}

#[tokio::test]
async fn an_invitation_is_a_card_that_says_when_and_where() {
    let app = App::start().await;
    let message = format!(
        "{HEAD}Subject: Moved\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nPlease come.\r\n\
         --b\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n\
         UID:1\r\nSEQUENCE:1\r\nSUMMARY:Check-up <i>now</i>\r\nLOCATION:Lindenstraße 14\r\nDTSTART:20271124T133000Z\r\nDTEND:20271124T140000Z\r\n\
         ORGANIZER;CN=Dr. Weber:mailto:weber@praxis.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n"
    );
    let (browser, path) = opened(&app, message.as_bytes(), "Moved").await;
    let page = browser.get(&path).await;
    let text = page.region("main").unwrap();
    for words in [
        "Changed invitation",
        "Check-up <i>now</i>",
        "24 November 2027",
        "Lindenstraße 14",
        "Dr. Weber",
        "This is an event of weber@praxis.example, who is not the sender.",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!page.source().contains("<i>now"));
    // Nobody told the visitor's zone: the card says in which the server counts.
    assert!(
        text.contains(" (UTC") && !text.contains("your time"),
        "{text}"
    );
    browser.set_cookie("tz=Asia%2FTokyo; Path=/");
    let page = browser.get(&path).await;
    let text = page.region("main").unwrap();
    assert!(text.contains("22:30 to 23:00, your time"), "{text}");
    let saved = page.follow("Save .ics").await;
    assert!(
        saved
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
}

#[tokio::test]
async fn a_hostile_calendar_or_card_is_text() {
    let app = App::start().await;
    for name in [
        "ics-organizer",
        "ics-summary",
        "ics-location",
        "ics-nest",
        "ics-rrule",
        "vcard-fn",
        "vcard-long",
        "tnef-xss",
    ] {
        let (browser, path) =
            opened(&app, &corpus(&format!("handmade/eml/{name}.eml")), name).await;
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{name}");
        for harm in ["<script>xss", "<img src=x", "onerror=xss()>"] {
            assert!(!page.source().contains(harm), "{name}: {harm}");
        }
    }
}

#[tokio::test]
async fn people_sent_as_a_file_are_shown() {
    let app = App::start().await;
    let message = format!(
        "{HEAD}Subject: Card\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHere.\r\n--b\r\nContent-Type: text/x-vcard; name=ana.vcf\r\n\
         Content-Disposition: attachment; filename=ana.vcf\r\n\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana Dobre\r\nEMAIL:ana@dobre.example\r\nTEL:+40 21 555\r\nEND:VCARD\r\n--b--\r\n"
    );
    let (browser, path) = opened(&app, message.as_bytes(), "Card").await;
    let text = browser.get(&path).await.region("main").unwrap();
    for words in ["Ana Dobre", "ana@dobre.example", "+40 21 555"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}
