//! The first message from an address says that it is the first, and no later one does (SECURITY.md R-SPOOF-1).

use super::support::{
    app::App,
    cutting_proxy::{CuttingProxy, Fault},
    mail_server::{MailServer, TestUser},
    page::{Browser, Page},
};
use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

const SAID: &str = "First message from this address.";
const ANA: &str = "Ana <ana@x.example>";

/// Files a message that arrived on this day of November 2026, and is named after it.
fn file(user: &TestUser<'_>, mailbox: &str, day: u8, from: &str) {
    let header = format!("From: {from}\r\nTo: <{}>\r\n", user.email);
    file_with(user, mailbox, day, &header);
}

fn file_with(user: &TestUser<'_>, mailbox: &str, day: u8, header: &str) {
    let raw = format!("{header}Subject: November {day}\r\n\r\nwords\r\n");
    let received = format!("{day:02}-Nov-2026 10:00:00 +0000");
    user.append_received(mailbox, &received, raw.as_bytes());
}

async fn open(browser: &Browser, mailbox: &str, day: u8) -> Page {
    let list = browser.get(&format!("/mailbox/{mailbox}")).await;
    let page = list.follow(&format!("November {day}")).await;
    assert_eq!(page.status, 200);
    page
}

fn says_it(page: &Page) -> bool {
    let text = page.region("main").unwrap();
    let said = text.matches(SAID).count();
    assert!(said <= 1, "{text}");
    said == 1
}

fn is_searching(page: &Page) -> bool {
    page.source().contains("data-poll")
}

/// Reads the letter again until the search for its sender has ended.
async fn found(browser: &Browser, page: &Page) -> Page {
    for _ in 0..1_000 {
        let again = browser.get(page.path()).await;
        if !is_searching(&again) {
            return again;
        }
    }
    panic!("the search does not end");
}

/// Answers only when a search has ended, however busy the machine is.
async fn start() -> App {
    start_on(MailServer::shared()).await
}

async fn start_on(server: &MailServer) -> App {
    App::start_with(server, |config| {
        config.limits.first_message_wait = Duration::from_secs(30);
    })
    .await
}

async fn start_impatient() -> App {
    App::start_with(MailServer::shared(), |config| {
        config.limits.first_message_wait = Duration::ZERO;
    })
    .await
}

#[tokio::test]
async fn the_first_message_says_so_each_time_it_is_opened_and_the_second_never() {
    let app = start().await;
    let user = MailServer::shared().user();
    file(&user, "INBOX", 1, ANA);
    let browser = app.sign_in(&user).await;
    let first = open(&browser, "INBOX", 1).await;
    assert!(says_it(&first) && !is_searching(&first));
    assert!(first.source().contains("class=\"ban info\""));
    file(&user, "INBOX", 2, "Somebody else <ANA@x.example>");
    assert!(!says_it(&open(&browser, "INBOX", 2).await));
    assert!(says_it(&open(&browser, "INBOX", 1).await));

    let message = first.path().rsplit('/').next().unwrap();
    let archive = [
        ("action", "archive"),
        ("message", message),
        ("next", "/mailbox/INBOX"),
    ];
    let list = browser.post("/mailbox/INBOX/actions", &archive).await;
    assert_eq!(list.status, 200);
    assert!(says_it(&open(&browser, "Archive", 1).await));
    assert!(!says_it(&open(&browser, "INBOX", 2).await));

    let app = app.restart().await;
    let browser = app.sign_in(&user).await;
    assert!(says_it(&open(&browser, "Archive", 1).await));
    assert!(!says_it(&open(&browser, "INBOX", 2).await));
}

#[tokio::test]
async fn it_is_the_same_whichever_is_opened_first() {
    let app = start().await;
    let user = MailServer::shared().user();
    for day in [1, 2, 3] {
        file(&user, "INBOX", day, ANA);
    }
    let browser = app.sign_in(&user).await;
    for (day, is_first) in [(3, false), (2, false), (1, true)] {
        assert_eq!(says_it(&open(&browser, "INBOX", day).await), is_first);
    }
}

#[tokio::test]
async fn a_message_of_a_list_says_it_too_and_one_of_several_authors_does_not() {
    let app = start().await;
    let user = MailServer::shared().user();
    let list = "From: <ana@x.example>\r\nList-Id: Soups <soups.x.example>\r\nList-Post: <mailto:all@x.example>\r\n";
    file_with(&user, "INBOX", 1, list);
    file(&user, "INBOX", 2, "<b@x.example>, <c@x.example>");
    let browser = app.sign_in(&user).await;
    assert!(says_it(&open(&browser, "INBOX", 1).await));
    assert!(!says_it(&open(&browser, "INBOX", 2).await));
}

#[tokio::test]
async fn an_address_in_a_longer_one_or_in_a_name_makes_nobody_known() {
    let app = start().await;
    let user = MailServer::shared().user();
    file(&user, "INBOX", 1, "Joana <joana@x.example>");
    file(&user, "INBOX", 2, "\"ana@x.example\" <thief@y.example>");
    let longer = "From: <b@x.example>\r\nTo: <joana@x.example>\r\n";
    file_with(&user, "Sent", 2, longer);
    file(&user, "INBOX", 3, ANA);
    let browser = app.sign_in(&user).await;
    assert!(says_it(&open(&browser, "INBOX", 3).await));
}

#[tokio::test]
async fn an_earlier_message_is_found_among_many_from_longer_addresses() {
    let app = start().await;
    let user = MailServer::shared().user();
    for _ in 0..60 {
        file(&user, "INBOX", 1, "Joana <joana@x.example>");
    }
    file(&user, "INBOX", 2, ANA);
    file(&user, "INBOX", 3, ANA);
    let browser = app.sign_in(&user).await;
    assert!(!says_it(&open(&browser, "INBOX", 3).await));
    assert!(says_it(&open(&browser, "INBOX", 2).await));
}

#[tokio::test]
async fn whom_one_has_written_to_is_no_stranger() {
    let app = start().await;
    let user = MailServer::shared().user();
    let sent = |to: &str| format!("From: <{}>\r\n{to}\r\n", user.email);
    file_with(&user, "Sent", 5, &sent("To: <ANA@x.example>"));
    let copied = sent("To: <b@x.example>\r\nCc: C <c@x.example>");
    file_with(&user, "Sent", 6, &copied);
    file(&user, "INBOX", 1, ANA);
    file(&user, "INBOX", 2, "C <c@x.example>");
    let browser = app.sign_in(&user).await;
    assert!(!says_it(&open(&browser, "INBOX", 1).await));
    assert!(!says_it(&open(&browser, "INBOX", 2).await));
}

#[tokio::test]
async fn who_is_known_from_the_archive_alone_is_known_in_whatever_order_it_was_filled() {
    let app = start().await;
    let user = MailServer::shared().user();
    user.imap().command("CREATE Archive");
    for day in [8, 4, 2] {
        file(&user, "Archive", day, ANA);
    }
    file(&user, "INBOX", 9, ANA);
    let browser = app.sign_in(&user).await;
    assert!(!says_it(&open(&browser, "INBOX", 9).await));
    for (day, is_first) in [(8, false), (4, false), (2, true)] {
        assert_eq!(says_it(&open(&browser, "Archive", day).await), is_first);
    }
}

#[tokio::test]
async fn junk_and_trash_make_nobody_known() {
    let app = start().await;
    let user = MailServer::shared().user();
    for mailbox in ["Junk", "Trash"] {
        file(&user, mailbox, 1, ANA);
    }
    file(&user, "INBOX", 2, ANA);
    let browser = app.sign_in(&user).await;
    assert!(!says_it(&open(&browser, "Junk", 1).await));
    assert!(says_it(&open(&browser, "INBOX", 2).await));
    open(&browser, "Trash", 1).await;
    assert!(says_it(&open(&browser, "INBOX", 2).await));
}

#[tokio::test]
async fn an_earlier_message_that_lay_elsewhere_is_the_first_from_then_on() {
    let app = start().await;
    let user = MailServer::shared().user();
    user.imap().command("CREATE Roof");
    file(&user, "Roof", 1, ANA);
    file(&user, "INBOX", 2, ANA);
    let browser = app.sign_in(&user).await;
    assert!(says_it(&open(&browser, "INBOX", 2).await));
    assert!(says_it(&open(&browser, "Roof", 1).await));
    assert!(!says_it(&open(&browser, "INBOX", 2).await));
}

#[tokio::test]
async fn what_one_wrote_oneself_says_nothing() {
    let app = start().await;
    let user = MailServer::shared().user();
    file(&user, "INBOX", 1, &user.email.to_uppercase());
    file(&user, "Sent", 2, "Me elsewhere <me@y.example>");
    file(&user, "Drafts", 3, "Me elsewhere <me@y.example>");
    let browser = app.sign_in(&user).await;
    for (mailbox, day) in [("INBOX", 1), ("Sent", 2), ("Drafts", 3)] {
        assert!(!says_it(&open(&browser, mailbox, day).await), "{mailbox}");
    }
}

#[tokio::test]
async fn a_page_that_does_not_wait_says_it_the_next_time() {
    let app = start_impatient().await;
    let user = MailServer::shared().user();
    for day in [1, 2] {
        file(&user, "INBOX", day, ANA);
    }
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "INBOX", 1).await;
    assert!(page.text().contains("words"));
    assert!(is_searching(&page) && !says_it(&page));
    assert!(says_it(&found(&browser, &page).await));
    let second = open(&browser, "INBOX", 2).await;
    assert!(!is_searching(&second) && !says_it(&second));
}

#[tokio::test]
async fn a_search_is_given_up_when_the_server_stops_and_made_by_the_next() {
    let proxy = CuttingProxy::to(MailServer::shared().imaps);
    let app = App::start_behind(&proxy, |config| {
        config.limits.first_message_wait = Duration::ZERO;
    })
    .await;
    let user = MailServer::shared().user();
    file(&user, "INBOX", 1, ANA);
    let browser = app.sign_in(&user).await;
    // The search takes several round trips.
    proxy.set(Fault::Delay(Duration::from_millis(100)));
    assert!(is_searching(&open(&browser, "INBOX", 1).await));
    let app = app.restart().await;
    proxy.set(None);
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "INBOX", 1).await;
    assert!(is_searching(&page), "the one before had no time for it");
    assert!(says_it(&found(&browser, &page).await));
}

#[tokio::test]
async fn a_search_that_fails_says_nothing_and_is_not_made_again_at_once() {
    let app = start_impatient().await;
    let user = MailServer::shared().user();
    user.imap().command("CREATE Archive");
    file(&user, "INBOX", 1, ANA);
    let browser = app.sign_in(&user).await;
    let archive = user.maildir().join(".Archive");
    let mode = |mode| fs::set_permissions(&archive, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o000);
    let page = open(&browser, "INBOX", 1).await;
    assert!(is_searching(&page));
    let failed = found(&browser, &page).await;
    assert_eq!(failed.status, 200);
    assert!(!says_it(&failed));
    let again = browser.get(page.path()).await;
    assert!(!is_searching(&again) && !says_it(&again));
    mode(0o700);
}

#[tokio::test]
async fn a_server_that_only_knows_the_old_search_is_asked_in_its_way() {
    let server = MailServer::private();
    server.configure_dovecot("imap_capability = IMAP4rev1 LITERAL+ UIDPLUS SPECIAL-USE");
    let app = start_on(&server).await;
    let user = server.user();
    let offered = user.imap().command("CAPABILITY").remove(0).text;
    assert!(!offered.contains("ESEARCH"), "{offered}");
    file(&user, "INBOX", 1, "Joana <joana@x.example>");
    for day in [4, 3, 5] {
        file(&user, "INBOX", day, ANA);
    }
    file(&user, "INBOX", 6, "B <b@x.example>");
    file_with(&user, "Sent", 7, "To: <b@x.example>\r\n");
    let browser = app.sign_in(&user).await;
    for (day, is_first) in [(5, false), (4, false), (3, true), (6, false)] {
        assert_eq!(
            says_it(&open(&browser, "INBOX", day).await),
            is_first,
            "{day}"
        );
    }
}

#[tokio::test]
async fn it_is_said_in_four_languages() {
    let app = start().await;
    let user = MailServer::shared().user();
    file(&user, "INBOX", 1, ANA);
    let browser = app.sign_in(&user).await;
    for (language, said) in [
        ("en", SAID),
        ("fr", "Premier message de cette adresse."),
        ("ro", "Primul mesaj de la această adresă."),
        ("ru", "Первое письмо с этого адреса."),
    ] {
        let page = open(&browser.clone().speaking(language), "INBOX", 1).await;
        let text = page.region("main").unwrap();
        assert!(text.contains(said), "{language}: {text}");
    }
}

#[tokio::test]
async fn a_more_serious_warning_keeps_its_place() {
    let app = App::start_with(MailServer::shared(), |config| {
        config.limits.first_message_wait = Duration::from_secs(30);
        config.authserv_id = "mx.ok.example".to_owned();
    })
    .await;
    let user = MailServer::shared().user();
    let header = "Authentication-Results: mx.ok.example; dmarc=fail header.from=x.example\r\n\
        From: Ana <ana@x.example>\r\nReply-To: <thief@evil.example>\r\n";
    file_with(&user, "INBOX", 1, header);
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "INBOX", 1).await;
    let source = page.source();
    assert_eq!(source.matches("class=\"ban ").count(), 1);
    assert!(source.contains("class=\"ban warn\""));
    let text = page.region("main").unwrap();
    let lines = [
        "Not verified.",
        "Answers go to a different address:",
        SAID,
        "Why?",
    ];
    let places = lines.map(|line| text.find(line).unwrap_or_else(|| panic!("{line}: {text}")));
    assert!(places.is_sorted(), "{text}");
}

#[tokio::test]
async fn an_attached_message_says_nothing() {
    let app = start().await;
    let user = MailServer::shared().user();
    let header =
        "From: Ana <ana@x.example>\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n";
    let raw = format!(
        "{header}Subject: November 1\r\n\r\nFrom: <b@x.example>\r\nSubject: Inner\r\n\r\nwords\r\n"
    );
    user.deliver(raw.as_bytes());
    let browser = app.sign_in(&user).await;
    let outer = open(&browser, "INBOX", 1).await;
    assert!(says_it(&outer));
    let inner = browser.get(&format!("{}/message/1", outer.path())).await;
    assert_eq!(inner.status, 200);
    assert!(inner.text().contains("b@x.example") && !says_it(&inner));
}
