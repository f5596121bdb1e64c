//! The list, a message, and what is done to messages.

use super::support::{
    app::App,
    cutting_proxy::{CuttingProxy, Direction, Fault},
    mail_server::{MailServer, TestUser},
    page::{Browser, Page},
};
use reqwest::Method;
use std::time::Duration;

/// The path of the only, or first, message with this subject.
async fn path_of(browser: &Browser, list: &str, subject: &str) -> String {
    let url = browser.get(list).await.link(subject);
    url.path().to_owned()
}

fn segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

async fn act(browser: &Browser, path: &str, action: &str) -> Page {
    let (mailbox, message) = path.rsplit_once('/').unwrap();
    browser
        .post(
            &format!("{mailbox}/actions"),
            &[("action", action), ("message", message)],
        )
        .await
}

const NEWSLETTER: &[u8] = b"From: News <news@example.net>\r\nTo: you@example.org\r\nSubject: Newsletter\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n\
--inner\r\nContent-Type: text/plain\r\n\r\nplain words\r\n--inner\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
<table onclick=\"xss()\" width=600><tr><td>designed words<script>xss()</script><img src=\"https://tracker.example/x.png\"></table>\r\n--inner--\r\n\
--outer\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=\"evil.html\"\r\n\r\n<script>xss()</script>\r\n\
--outer\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Disposition: attachment; filename=\"note.txt\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9\r\n--outer--\r\n";

#[tokio::test]
async fn opening_a_message_marks_it_as_read_but_fetching_it_does_not() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver_text("Ion <ion@example.org>", "Roof repair", "The roof is done.");
    let browser = app.sign_in(&user).await;
    let path = path_of(&browser, "/mailbox/INBOX", "Roof repair").await;
    let fetched = browser
        .bare(Method::GET, &path)
        .header("sec-fetch-site", "same-origin")
        .header("sec-fetch-dest", "empty");
    assert_eq!(browser.send(fetched).await.status, 200);
    let prefetched = browser
        .bare(Method::GET, &path)
        .header("sec-fetch-site", "same-origin")
        .header("sec-fetch-dest", "document")
        .header("sec-purpose", "prefetch");
    assert_eq!(browser.send(prefetched).await.status, 200);
    assert_eq!(unseen(&user), 1);

    let page = browser.get(&path).await;
    assert!(
        page.region("main").unwrap().contains("The roof is done."),
        "{}",
        page.text()
    );
    assert_eq!(unseen(&user), 0);
    let list = act(&browser, &path, "unread").await;
    assert!(list.text().contains("Marked as new"), "{}", list.text());
    assert_eq!(unseen(&user), 1);
}

/// New messages as another program counts them just now.
fn unseen(user: &TestUser<'_>) -> usize {
    let mut imap = user.imap();
    imap.select("INBOX");
    imap.search("UNSEEN").len()
}

#[tokio::test]
async fn designed_mail_stands_in_a_sandbox_of_its_own() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver(NEWSLETTER);
    let browser = app.sign_in(&user).await;
    let path = path_of(&browser, "/mailbox/INBOX", "Newsletter").await;
    let page = browser.get(&path).await;
    assert!(
        page.source()
            .contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"")
    );
    assert!(!page.source().contains("designed words"));

    let body = browser.get(&format!("{path}/body")).await;
    assert_eq!(body.status, 200);
    assert!(body.source().contains("designed words"));
    for word in ["xss", "onclick", "tracker.example", "<script"] {
        assert!(!body.source().contains(word), "{word}");
    }
    let expected = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
    assert_eq!(body.header("content-security-policy"), Some(expected));
    assert_eq!(body.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(body.header("x-frame-options"), None);
    assert_eq!(body.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(body.header("cache-control"), Some("no-store"));
    let text = browser.get(&format!("{path}?text=1")).await;
    assert!(text.region("main").unwrap().contains("plain words"));
}

#[tokio::test]
async fn a_message_without_html_has_no_body_document() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver_text("ion@example.org", "Plain", "text");
    let browser = app.sign_in(&user).await;
    let path = path_of(&browser, "/mailbox/INBOX", "Plain").await;
    assert_eq!(browser.get(&format!("{path}/body")).await.status, 404);
}

#[tokio::test]
async fn a_part_is_saved_or_shown_as_harmless_text() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver(NEWSLETTER);
    let browser = app.sign_in(&user).await;
    let path = path_of(&browser, "/mailbox/INBOX", "Newsletter").await;
    let html = browser.get(&format!("{path}/part/2")).await;
    assert_eq!(html.status, 200);
    assert!(
        html.header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    assert_ne!(html.header("content-type"), Some("text/html"));
    assert_eq!(
        html.header("content-security-policy"),
        Some("sandbox; default-src 'none'")
    );
    assert_eq!(
        html.header("cross-origin-resource-policy"),
        Some("same-origin")
    );
    let note = browser.get(&format!("{path}/part/3")).await;
    assert_eq!(
        note.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert!(
        note.header("content-disposition")
            .unwrap()
            .starts_with("inline")
    );
    assert_eq!(note.source().trim_end(), "café");
    let saved = browser.get(&format!("{path}/part/3?download")).await;
    assert!(
        saved
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    for nowhere in ["part/9", "part/0", "part/x", "part/1.1.1.1"] {
        assert_eq!(
            browser.get(&format!("{path}/{nowhere}")).await.status,
            404,
            "{nowhere}"
        );
    }
}

/// 40 MB in one file.
fn vast() -> String {
    let lines = format!("{}\r\n", "QUJD".repeat(19)).repeat(40_000_000 / 78);
    format!(
        "From: a@example.org\r\nSubject: Vast\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\n\r\nfirst words\r\n--b\r\nContent-Type: application/zip; name=vast.zip\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{lines}--b--\r\n"
    )
}

/// So many parts that a server's word for them is longer than any answer may be.
fn intricate() -> String {
    let part = format!(
        "--b\r\nContent-Type: text/plain; name=\"{}\"\r\n\r\nfirst words\r\n",
        "x".repeat(900)
    );
    format!(
        "From: a@example.org\r\nSubject: Intricate\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{}--b--\r\n",
        part.repeat(9_000)
    )
}

#[tokio::test]
async fn a_message_of_any_size_and_shape_opens_and_stands_among_the_starred() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let mut imap = user.imap();
    for message in [vast(), intricate()] {
        imap.append("INBOX", "\\Flagged", message.as_bytes());
    }
    let browser = app.sign_in(&user).await;
    for (subject, octets) in [("Vast", vast().len()), ("Intricate", intricate().len())] {
        let path = path_of(&browser, "/mailbox/INBOX", subject).await;
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let main = page.region("main").unwrap();
        assert!(
            main.contains(subject) && main.contains("first words"),
            "{main}"
        );
        let saved = browser.get(&format!("{path}/source?download")).await;
        assert_eq!(saved.source().len(), octets, "{subject}");
        let place = path.trim_start_matches("/mailbox/");
        let answer = browser.get(&format!("/compose?reply={place}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.field("Subject"), format!("Re: {subject}"));
        assert!(answer.field("Text").contains("> first words"), "{subject}");
    }
    let starred = browser.get("/starred").await;
    assert_eq!((starred.status, starred.rows().len()), (200, 2));
    assert!(starred.has_link("Vast") && starred.has_link("Intricate"));
}

#[tokio::test]
async fn the_source_is_shown_and_saved_as_it_came() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver(NEWSLETTER);
    let browser = app.sign_in(&user).await;
    let path = path_of(&browser, "/mailbox/INBOX", "Newsletter").await;
    let page = browser.get(&format!("{path}/source")).await;
    assert!(page.text().contains("multipart/mixed; boundary=outer"));
    let saved = browser.get(&format!("{path}/source?download")).await;
    assert!(
        saved.source().ends_with("caf=E9\r\n--outer--\r\n"),
        "{}",
        saved.source()
    );
    assert!(
        saved
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    assert_eq!(browser.get(&format!("{path}/print")).await.status, 200);
}

#[tokio::test]
async fn what_is_gone_is_said_to_be_gone() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver_text("ion@example.org", "Roof", "text");
    let browser = app.sign_in(&user).await;
    let path = path_of(&browser, "/mailbox/INBOX", "Roof").await;
    let (validity, uid) = segment(&path).split_once('.').unwrap();
    let (validity, uid): (u32, u32) = (validity.parse().unwrap(), uid.parse().unwrap());
    for (path, status) in [
        (format!("/mailbox/INBOX/{validity}.{}", uid + 1), 404),
        (format!("/mailbox/INBOX/{}.{uid}", validity + 1), 410),
        (format!("/mailbox/INBOX/{}.{uid}/body", validity + 1), 410),
        (format!("/mailbox/INBOX/{validity}.0"), 404),
        (format!("/mailbox/INBOX/{validity}.-1"), 404),
        ("/mailbox/INBOX/nonsense".to_owned(), 404),
        ("/mailbox/No%20such%20one".to_owned(), 404),
        ("/mailbox/a%0d%0ab".to_owned(), 404),
        ("/mailbox/%00".to_owned(), 404),
        ("/mailbox/%ff%fe".to_owned(), 404),
        ("/nowhere".to_owned(), 404),
        ("/contacts".to_owned(), 404),
        ("/events?in=INBOX".to_owned(), 404),
        ("/metrics".to_owned(), 404),
    ] {
        let page = browser.get(&path).await;
        assert_eq!(page.status, status, "{path}: {}", page.text());
        // The log has its id, the page does not: nobody has anything to mend.
        let id = page.header("x-request-id").unwrap();
        assert!(!page.text().contains(id), "{path}");
        assert_eq!(
            page.headings().len(),
            page.headings()
                .iter()
                .filter(|heading| !heading.is_empty())
                .count()
        );
    }
    let gone = act(
        &browser,
        &format!("/mailbox/INBOX/{}.{uid}", validity + 1),
        "delete",
    )
    .await;
    assert_eq!(gone.status, 410);
    assert_eq!(user.messages("INBOX").len(), 1);
}

#[tokio::test]
async fn deleting_moves_to_trash_and_in_trash_deletes_for_ever() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let id = user.deliver_text("ion@example.org", "Roof", "text");
    user.deliver_text("ion@example.org", "Stays", "text");
    let browser = app.sign_in(&user).await;
    let path = path_of(&browser, "/mailbox/INBOX", "Roof").await;
    let page = act(&browser, &path, "delete").await;
    assert_eq!((page.status, page.path()), (200, "/mailbox/INBOX"));
    assert!(page.text().contains("Moved to"), "{}", page.text());
    assert_eq!(user.copies(&id).len(), 1);
    assert_ne!(user.copies(&id), ["INBOX"]);
    let trash = page.follow("Trash").await;
    let path = trash.link("Roof").path().to_owned();
    let page = act(&browser, &path, "delete").await;
    assert!(page.text().contains("Deleted for ever"), "{}", page.text());
    assert!(user.copies(&id).is_empty());
    assert_eq!(user.messages("INBOX").len(), 1);
}

#[tokio::test]
async fn a_notice_calls_a_folder_as_the_sidebar_does() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver_text("ion@example.org", "Roof", "text");
    let browser = app.sign_in(&user).await.speaking("ru");
    let path = path_of(&browser, "/mailbox/INBOX", "Roof").await;
    let page = act(&browser, &path, "delete").await;
    assert!(page.text().contains("«Корзина»"), "{}", page.text());
}

#[tokio::test]
async fn after_archiving_an_open_message_the_next_older_one_opens() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver_text("ion@example.org", "Older one", "older text");
    user.deliver_text("ion@example.org", "Newer one", "newer text");
    let browser = app.sign_in(&user).await;
    let page = browser
        .get("/mailbox/INBOX")
        .await
        .follow("Newer one")
        .await;
    let next = page.form("Archive").submit().await;
    assert!(
        next.text().contains("was created for it"),
        "{}",
        next.text()
    );
    assert!(
        next.region("main").unwrap().contains("older text"),
        "{}",
        next.text()
    );
    let list = next.form("Archive").submit().await;
    assert_eq!((list.status, list.path()), (200, "/mailbox/INBOX"));
}

#[tokio::test]
async fn starred_messages_of_all_folders_stand_on_one_page() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver_text("ion@example.org", "Roof", "text");
    let browser = app.sign_in(&user).await;
    let path = path_of(&browser, "/mailbox/INBOX", "Roof").await;
    act(&browser, &path, "star").await;
    let starred = browser.get("/starred").await;
    assert!(starred.has_link("Roof"), "{:?}", starred.links());
    act(&browser, &path, "unstar").await;
    assert!(!browser.get("/starred").await.has_link("Roof"));
}

#[tokio::test]
async fn nothing_selected_changes_nothing_and_says_so() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver_text("ion@example.org", "Roof", "text");
    let browser = app.sign_in(&user).await;
    let page = browser
        .post("/mailbox/INBOX/actions", &[("action", "delete")])
        .await;
    assert!(
        page.text().contains("Nothing was selected"),
        "{}",
        page.text()
    );
    let again = browser.get("/mailbox/INBOX").await;
    assert!(
        !again.text().contains("Nothing was selected"),
        "a notice is said once"
    );
    for fields in [
        vec![("action", "explode"), ("message", "1.1")],
        vec![("message", "1.1")],
    ] {
        assert_eq!(
            browser.post("/mailbox/INBOX/actions", &fields).await.status,
            400
        );
    }
    assert_eq!(user.messages("INBOX").len(), 1);
}

#[tokio::test]
async fn a_mail_server_in_trouble_is_never_an_empty_list() {
    let proxy = CuttingProxy::to(MailServer::shared().imaps);
    let app = App::start_behind(&proxy, |config| {
        config.limits.imap.connect = Duration::from_millis(500);
        config.limits.imap.greeting = Duration::from_millis(500);
        config.limits.imap.command = Duration::from_millis(500);
        config.limits.imap.lease_wait = Duration::from_millis(500);
    })
    .await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    proxy.set(Fault::Refuse);
    let page = browser.get("/mailbox/INBOX").await;
    assert_eq!(page.status, 502, "{}", page.text());
    assert!(page.has_link("Try again"), "{:?}", page.links());
    // Writing and settings go on.
    assert_eq!(browser.get("/compose").await.status, 200);
    assert_eq!(browser.get("/settings").await.status, 200);
    proxy.set(Fault::Stall(Direction::ToClient, 0));
    let page = browser.get("/mailbox/INBOX").await;
    assert_eq!(page.status, 504, "{}", page.text());
    proxy.set(None);
    assert_eq!(browser.get("/mailbox/INBOX").await.status, 200);
}

#[tokio::test]
async fn thirty_megabytes_and_garbage_are_only_messages() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let mut large = b"From: a@example.org\r\nSubject: Film of the roof\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsmall words\r\n--b\r\nContent-Type: application/octet-stream; name=film.bin\r\nContent-Disposition: attachment; filename=film.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n".to_vec();
    for _ in 0..400_000 {
        large.extend_from_slice(
            b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n",
        );
    }
    large.extend_from_slice(b"--b--\r\n");
    let garbage: Vec<u8> = (0..20_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .filter(|byte| *byte != 0)
        .collect();
    let mut imap = user.imap();
    imap.append("INBOX", "", &large);
    imap.append("INBOX", "", &garbage);
    let browser = app.sign_in(&user).await;
    let list = browser.get("/mailbox/INBOX").await;
    let page = list.follow("Film of the roof").await;
    assert!(page.region("main").unwrap().contains("small words"));
    let path = page.path().to_owned();
    let film = browser.get(&format!("{path}/part/2?download")).await;
    assert_eq!(film.status, 200, "{path}: {}", film.text());
    assert_eq!(film.body.len(), 400_000 * 57);
    assert_eq!(browser.get(&format!("{path}/source")).await.status, 200);
    let uid: u32 = segment(&path).split_once('.').unwrap().1.parse().unwrap();
    let garbage = path.replace(&format!(".{uid}"), &format!(".{}", uid + 1));
    for suffix in ["", "/source", "/print"] {
        assert_eq!(
            browser.get(&format!("{garbage}{suffix}")).await.status,
            200,
            "{suffix}"
        );
    }
}

#[tokio::test]
async fn somebody_elses_message_is_as_unknown_as_none() {
    let app = App::start().await;
    let (ana, ion) = (MailServer::shared().user(), MailServer::shared().user());
    ana.deliver(NEWSLETTER);
    let path = path_of(&app.sign_in(&ana).await, "/mailbox/INBOX", "Newsletter").await;
    let browser = app.sign_in(&ion).await;
    for suffix in ["", "/part/2", "/body", "/source"] {
        let page = browser.get(&format!("{path}{suffix}")).await;
        assert!(
            matches!(page.status, 404 | 410),
            "{suffix}: {}",
            page.status
        );
        assert!(!page.text().contains("Newsletter"));
    }
}

#[tokio::test]
async fn a_head_request_answers_without_a_body() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    for path in [
        "/mailbox/INBOX",
        "/login",
        "/healthz",
        "/readyz",
        "/nowhere",
    ] {
        let answer = browser.send(browser.bare(Method::HEAD, path)).await;
        let status = match path {
            "/nowhere" => 404,
            "/login" => 303,
            _ => 200,
        };
        assert_eq!((answer.status, answer.body.len()), (status, 0), "{path}");
    }
}
