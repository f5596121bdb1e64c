//! Who a message is from: what is vouched for, what is warned of, and how one leaves a list.

use super::support::{
    app::App,
    mail_server::{MailServer, TestUser},
    page::{Browser, Page},
    web_server::{WebServer, answer},
};
use std::{io::Write, sync::Arc, time::Duration};

const OURS: &str = "mx.ok.example";
const BORDER: &str = "Received: from out.bank.example (out.bank.example [203.0.113.9]) by mx.ok.example; Mon, 2 Nov 2026 10:00:00 +0000\r\n";

async fn start() -> App {
    App::start_with(MailServer::shared(), |config| {
        config.authserv_id = OURS.to_owned();
    })
    .await
}

/// A message with these lines above its text.
fn deliver(user: &TestUser<'_>, subject: &str, header: &str) {
    let raw = format!(
        "{header}To: <{}>\r\nSubject: {subject}\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n\
         Message-ID: <{}@bank.example>\r\n\r\nwords\r\n",
        user.email,
        subject.replace(' ', "-")
    );
    user.deliver(raw.as_bytes());
}

async fn open(browser: &Browser, subject: &str) -> Page {
    let list = browser.get("/mailbox/INBOX").await;
    let page = list.follow(subject).await;
    assert_eq!(page.status, 200);
    page
}

fn count(page: &Page, piece: &str) -> usize {
    page.source().matches(piece).count()
}

const SHIELD: &str = "aria-label=\"Verified: this comes from bank.example\"";

#[tokio::test]
async fn a_sender_that_our_server_verified_carries_a_shield() {
    let app = start().await;
    let user = MailServer::shared().user();
    let results = "Authentication-Results: MX.ok.example; spf=pass smtp.mailfrom=x@bank.example;\r\n\
        \tdkim=pass header.d=bank.example; dmarc=pass header.from=bank.example\r\n";
    let header = format!(
        "{results}{BORDER}From: Bank <info@bank.example>\r\nSender: <desk@bank.example>\r\n"
    );
    deliver(&user, "Verified", &header);
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Verified").await;
    assert_eq!(count(&page, SHIELD), 1);
    let text = page.region("main").unwrap();
    for line in [
        "Signed by bank.example",
        "Sent by desk",
        "Sent through test.example.test",
        "Message ID Verified@bank.example",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("Not verified."), "{text}");
}

#[tokio::test]
async fn a_message_that_fails_is_marked_and_says_why() {
    let app = start().await;
    let user = MailServer::shared().user();
    let header = "Authentication-Results: mx.ok.example; spf=softfail smtp.mailfrom=x@evil.example;\r\n\
        \tdkim=none; dmarc=fail (p=NONE) header.from=bank.example\r\nFrom: Bank <info@bank.example>\r\n";
    deliver(&user, "Failed", header);
    let browser = app.sign_in(&user).await;
    let text = open(&browser, "Failed").await.region("main").unwrap();
    for line in [
        "Not verified. This message claims to come from bank.example, but that could not be proved. Be careful with links and files.",
        "Why?",
        "SPF: evil.example does not know this server.",
        "DKIM: there is no signature of bank.example that could be checked.",
        "DMARC: bank.example does not stand by this message.",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let french = browser.speaking("fr");
    let text = open(&french, "Failed").await.region("main").unwrap();
    assert!(
        text.contains("Non vérifié. Ce message prétend venir de bank.example"),
        "{text}"
    );
}

#[tokio::test]
async fn results_that_came_with_the_message_count_for_nothing() {
    let app = start().await;
    let user = MailServer::shared().user();
    let pass = "Authentication-Results: mx.ok.example; dmarc=pass header.from=bank.example\r\n";
    let from = "From: Bank <info@bank.example>\r\n";
    deliver(
        &user,
        "Below a foreign hop",
        &format!("{BORDER}{pass}{from}"),
    );
    deliver(&user, "Below the author", &format!("{from}{pass}"));
    let other = pass.replace(OURS, "mx.evil.example");
    deliver(&user, "Of another server", &format!("{other}{from}"));
    let browser = app.sign_in(&user).await;
    for subject in [
        "Below a foreign hop",
        "Below the author",
        "Of another server",
    ] {
        let page = open(&browser, subject).await;
        assert_eq!(count(&page, "class=\"shield\""), 0, "{subject}");
        assert_eq!(count(&page, "class=\"ban warn\""), 0, "{subject}");
    }
}

#[tokio::test]
async fn all_warnings_stand_in_one_banner() {
    let app = start().await;
    let user = MailServer::shared().user();
    let header = "Authentication-Results: mx.ok.example; dmarc=fail header.from=examp1e.test\r\n\
        From: It <it@examp1e.test>, <b@b.example>\r\nReply-To: <thief@evil.example>\r\n";
    deliver(&user, "All at once", header);
    deliver(
        &user,
        "Answers elsewhere",
        "From: <a@b.example>\r\nReply-To: <c@d.example>\r\n",
    );
    deliver(
        &user,
        "Answers at home",
        "From: <a@news.b.example>\r\nReply-To: <c@B.example>\r\n",
    );
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "All at once").await;
    assert_eq!(count(&page, "class=\"ban warn\""), 1);
    assert_eq!(count(&page, "class=\"ban "), 1);
    let text = page.region("main").unwrap();
    let places: Vec<_> = [
        "Not verified. This message claims to come from examp1e.test",
        "Several senders are named: it@examp1e.test, b@b.example",
        "Not your address. examp1e.test only looks like example.test.",
        "Answers go to a different address: thief@evil.example",
        "Why?",
    ]
    .map(|line| text.find(line).unwrap_or_else(|| panic!("{line}: {text}")))
    .into();
    assert!(places.is_sorted(), "{text}");

    let page = open(&browser, "Answers elsewhere").await;
    assert_eq!(count(&page, "class=\"ban info\""), 1);
    assert!(!page.text().contains("Why?"));
    assert!(page.text().contains("Answers go to"));
    let page = open(&browser, "Answers at home").await;
    assert!(!page.text().contains("Answers go to"));
}

#[tokio::test]
async fn a_newsletter_says_how_to_leave_it() {
    let app = start().await;
    let user = MailServer::shared().user();
    deliver(
        &user,
        "By mail",
        "From: <a@news.example>\r\nList-Id: The Slow Kitchen <k.news.example>\r\n\
         List-Unsubscribe: <mailto:leave@news.example?subject=Off>, <https://news.example/off>\r\n",
    );
    deliver(
        &user,
        "By a page",
        "From: <a@news.example>\r\nList-Post: <mailto:all@news.example>\r\n\
         List-Unsubscribe: <https://b\u{fc}cher.example/off?a=1&b=%22>\r\n\
         List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
    );
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "By mail").await;
    assert!(
        page.text().contains("Newsletter The Slow Kitchen"),
        "{}",
        page.text()
    );
    let writing = page.follow("Unsubscribe by mail").await;
    assert_eq!(writing.field("To"), "leave@news.example");
    assert_eq!(writing.field("Subject"), "Off");

    let page = open(&browser, "By a page").await;
    assert!(page.text().contains("Mailing list"), "{}", page.text());
    let url = page.link("Unsubscribe at xn--bcher-kva.example");
    assert_eq!(url.as_str(), "https://xn--bcher-kva.example/off?a=1&b=%22");
    let link = page.source();
    let link = link
        .split("<a ")
        .find(|tag| tag.contains("xn--bcher-kva"))
        .unwrap();
    assert!(
        link.contains("target=\"_blank\" rel=\"noopener noreferrer nofollow\""),
        "{link}"
    );
    assert!(!page.has_button("Unsubscribe"), "{:?}", page.buttons());
}

#[tokio::test]
async fn junk_offers_no_way_to_answer_its_sender() {
    let app = start().await;
    let user = MailServer::shared().user();
    let raw = b"From: <a@spam.example>\r\nSubject: Win\r\nList-Unsubscribe: <https://spam.example/off>\r\n\r\nwords\r\n";
    user.append("Junk", "", raw);
    let browser = app.sign_in(&user).await;
    let page = browser.get("/mailbox/Junk").await.follow("Win").await;
    assert!(page.text().contains("words"));
    assert!(!page.text().contains("Unsubscribe at"), "{}", page.text());
    let urls = page.addresses();
    assert!(
        urls.iter()
            .all(|url| url.host_str() != Some("spam.example")),
        "{urls:?}"
    );
}

#[tokio::test]
async fn hostile_fields_are_only_ever_text() {
    let app = start().await;
    let user = MailServer::shared().user();
    let names = [
        "authentication-results",
        "list-id",
        "list-post",
        "list-unsubscribe",
    ];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpora/handmade/eml");
    for name in names {
        user.deliver(&std::fs::read(format!("{folder}/xss-hdr-{name}.eml")).unwrap());
    }
    let browser = app.sign_in(&user).await;
    for name in names {
        let page = open(&browser, &format!("xss-hdr-{name}")).await;
        let source = page.source();
        assert!(
            !source.contains("<script>xss") && !source.contains("<img src=x"),
            "{name}"
        );
        let schemes = page
            .addresses()
            .into_iter()
            .map(|url| url.scheme().to_owned());
        for scheme in schemes {
            assert!(
                ["http", "https"].contains(&scheme.as_str()),
                "{name}: {scheme}"
            );
        }
    }
}

/// A web server with TLS for loopback that answers with this status, and the certificates that trust it and our mail servers.
fn sender_of_lists(status: &'static str) -> (WebServer, tempfile::NamedTempFile) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    let server = WebServer::start_tls(Arc::new(config), move |_, peer| {
        peer.write_all(&answer(status, "Location: /elsewhere\r\n", b"bye"))
    });
    let own = std::fs::read_to_string(MailServer::shared().ca_file()).unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(format!("{own}\n{}", made.cert.pem()).as_bytes())
        .unwrap();
    (server, file)
}

async fn start_with_lists(
    server: &WebServer,
    trusted: &tempfile::NamedTempFile,
    delay: u64,
) -> App {
    let (address, file) = (server.address, trusted.path().to_owned());
    App::start_with(MailServer::shared(), |config| {
        config.authserv_id = OURS.to_owned();
        config.ca_file = Some(file);
        config.limits.remote.admitted = vec![address];
        config.limits.unsubscribe_delay = Duration::from_millis(delay);
    })
    .await
}

fn newsletter(server: &WebServer, results: &str) -> String {
    format!(
        "{results}{BORDER}DKIM-Signature: v=1; d=kitchen.example; h=From:List-Unsubscribe:List-Unsubscribe-Post; b=x\r\n\
         From: Kitchen <soup@kitchen.example>\r\nList-Id: The Slow Kitchen <list.kitchen.example>\r\n\
         List-Unsubscribe: <mailto:off@kitchen.example>, <https://127.0.0.1:{}/off?who=1>\r\n\
         List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        server.address.port()
    )
}

const KITCHEN: &str =
    "Authentication-Results: mx.ok.example; dkim=pass header.d=kitchen.example\r\n";

/// Reads the letter again until it says so.
async fn until_said(page: &Page, browser: &Browser, said: &str) -> Page {
    let path = page.path().to_owned();
    for _ in 0..200 {
        let page = browser.get(&path).await;
        if page.region("main").unwrap().contains(said) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never said: {said}");
}

#[tokio::test]
async fn one_press_leaves_a_list_with_one_request_to_its_sender() {
    let (server, trusted) = sender_of_lists("200 OK");
    let app = start_with_lists(&server, &trusted, 2_000).await;
    let user = MailServer::shared().user();
    deliver(&user, "Soups", &newsletter(&server, KITCHEN));
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Soups").await;
    assert!(!page.has_link("Unsubscribe by mail"));
    let left = page.form("Unsubscribe").submit().await;
    assert!(left.text().contains("Unsubscribed from"), "{}", left.text());
    assert!(left.has_button("Undo"));
    assert!(
        server.requests().is_empty(),
        "sent before the time was over"
    );
    // A second press is the same wish.
    let again = browser
        .post(&format!("{}/unsubscribe", page.path()), &[])
        .await;
    assert_eq!(again.status, 200);
    while browser.get(page.path()).await.has_button("Undo") {}
    let done = until_said(&page, &browser, "Unsubscribed from").await;
    assert!(!done.has_button("Unsubscribe"));
    for _ in 0..200 {
        if !server.requests().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let [request] = &server.requests()[..] else {
        panic!("{:?}", server.requests());
    };
    assert!(
        request.starts_with("POST /off?who=1 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.ends_with("\r\n\r\nList-Unsubscribe=One-Click"),
        "{request}"
    );
    let lower = request.to_lowercase();
    assert!(lower.contains("content-type: application/x-www-form-urlencoded\r\n"));
    for field in ["cookie:", "referer:", "origin:", "accept-language:"] {
        assert!(!lower.contains(field), "{request}");
    }
}

#[tokio::test]
async fn leaving_a_list_can_be_taken_back_while_it_waits() {
    let (server, trusted) = sender_of_lists("200 OK");
    let app = start_with_lists(&server, &trusted, 60_000).await;
    let user = MailServer::shared().user();
    deliver(&user, "Soups", &newsletter(&server, KITCHEN));
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Soups").await;
    let left = page.form("Unsubscribe").submit().await;
    let back = left.form("Undo").submit().await;
    assert!(
        back.text().contains("You stay subscribed."),
        "{}",
        back.text()
    );
    assert!(back.has_button("Unsubscribe"));
    let late = browser
        .post(
            &format!("{}/unsubscribe/undo", page.path()),
            &[("next", page.path())],
        )
        .await;
    assert!(late.text().contains("Too late"), "{}", late.text());
    app.stop().unwrap();
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_request_that_waits_is_sent_when_the_server_stops() {
    let (server, trusted) = sender_of_lists("200 OK");
    let app = start_with_lists(&server, &trusted, 60_000).await;
    let user = MailServer::shared().user();
    deliver(&user, "Soups", &newsletter(&server, KITCHEN));
    let browser = app.sign_in(&user).await;
    open(&browser, "Soups")
        .await
        .form("Unsubscribe")
        .submit()
        .await;
    app.stop().unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_sender_who_refuses_or_sends_elsewhere_is_left_another_way() {
    for status in ["404 Not Found", "302 Found"] {
        let (server, trusted) = sender_of_lists(status);
        let app = start_with_lists(&server, &trusted, 0).await;
        let user = MailServer::shared().user();
        deliver(&user, "Soups", &newsletter(&server, KITCHEN));
        let browser = app.sign_in(&user).await;
        let page = open(&browser, "Soups").await;
        page.form("Unsubscribe").submit().await;
        let said = until_said(&page, &browser, "The sender did not take it.").await;
        assert!(said.has_link("Unsubscribe by mail"), "{}", said.text());
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn one_press_is_not_offered_in_junk_nor_without_proof() {
    let (server, trusted) = sender_of_lists("200 OK");
    let app = start_with_lists(&server, &trusted, 0).await;
    let user = MailServer::shared().user();
    deliver(&user, "Unproved", &newsletter(&server, ""));
    let raw = format!(
        "{}Subject: Junk soups\r\n\r\nwords\r\n",
        newsletter(&server, KITCHEN)
    );
    user.append("Junk", "", raw.as_bytes());
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Unproved").await;
    assert!(page.has_link("Unsubscribe by mail") && !page.has_button("Unsubscribe"));
    let junk = browser
        .get("/mailbox/Junk")
        .await
        .follow("Junk soups")
        .await;
    for page in [&page, &junk] {
        assert!(!page.has_button("Unsubscribe"));
        let refused = browser
            .post(&format!("{}/unsubscribe", page.path()), &[])
            .await;
        assert!(refused.status >= 400, "{}", refused.status);
        let got = browser.get(&format!("{}/unsubscribe", page.path())).await;
        assert_eq!(got.status, 405);
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_source_wraps_without_script_and_is_saved_as_a_message() {
    let app = start().await;
    let user = MailServer::shared().user();
    deliver(&user, "Roof repair", "From: <a@b.example>\r\n");
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Roof repair").await;
    let source = page.follow("Show source").await;
    assert!(source.text().contains("Wrap long lines"));
    assert!(source.has_button("Copy"));
    assert!(
        source
            .text()
            .contains("Message-ID Roof-repair@bank.example")
            || source.text().contains("<Roof-repair@bank.example>")
    );
    let saved = source.follow("Save as a file").await;
    assert_eq!(saved.header("content-type"), Some("message/rfc822"));
    let disposition = saved.header("content-disposition").unwrap();
    assert!(
        disposition.starts_with("attachment; filename=\"Roof repair.eml\""),
        "{disposition}"
    );
    assert!(saved.source().ends_with("\r\n\r\nwords\r\n"));
}

#[tokio::test]
async fn an_attached_message_vouches_for_nobody() {
    let app = start().await;
    let user = MailServer::shared().user();
    let raw = format!(
        "From: <o@x.example>\r\nTo: <{}>\r\nSubject: Outer\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee inside.\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\n\
         Authentication-Results: {OURS}; dmarc=pass header.from=bank.example\r\n{BORDER}\
         From: Bank <info@bank.example>\r\nSubject: Inner\r\n\r\nwords\r\n--b--\r\n",
        user.email
    );
    user.deliver(raw.as_bytes());
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Outer").await;
    let inner = browser.get(&format!("{}/message/2", page.path())).await;
    assert_eq!(inner.status, 200);
    assert!(inner.text().contains("info@bank.example"));
    assert_eq!(count(&inner, "class=\"shield\""), 0);
}
