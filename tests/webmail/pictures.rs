//! Pictures from the web: hidden until asked for, then fetched by us, for one session and for minutes.

use super::support::{
    app::App,
    mail_server::{MailServer, TestUser},
    page::{Browser, Page},
    web_server::{WebServer, answer, drip, path, redirect},
};
use posta::{
    config::{Config, Security},
    mail::{Accounts, Sender},
    server,
    store::Choice,
    tasks::Tasks,
};
use reqwest::Method;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// The header of a PNG, as far as anybody here reads it.
fn png(width: u32, height: u32) -> Vec<u8> {
    let start = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice();
    [
        start,
        &width.to_be_bytes(),
        &height.to_be_bytes(),
        b"\x08\x06",
    ]
    .concat()
}

fn picture_server() -> WebServer {
    WebServer::start(|_, peer| {
        let told = "Content-Type: text/html\r\nSet-Cookie: seen=1\r\nContent-Security-Policy: none\r\nETag: \"x\"\r\n\
                    Cache-Control: public\r\nX-Upstream: words\r\n";
        peer.write_all(&answer("200 OK", told, &png(20, 10)))
    })
}

async fn app(servers: &[&WebServer], change: impl FnOnce(&mut Config)) -> App {
    let admitted = servers.iter().map(|server| server.address).collect();
    App::start_with(MailServer::shared(), |config| {
        config.limits.remote.admitted = admitted;
        change(config);
    })
    .await
}

fn deliver(user: &TestUser<'_>, subject: &str, html: &str) {
    let message = format!(
        "From: News <news@example.net>\r\nTo: you@example.org\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/html; charset=utf-8\r\n\r\n<table width=600><tr><td>{html}</table>\r\n"
    );
    user.deliver(message.as_bytes());
}

async fn open(browser: &Browser, subject: &str) -> Page {
    browser.get("/mailbox/INBOX").await.follow(subject).await
}

/// Whether the page offers to show its pictures.
fn offers(page: &Page) -> bool {
    page.links().iter().any(|name| name == "Show")
}

/// The document in the frame of a message's page.
async fn frame(browser: &Browser, page: &Page) -> Page {
    let addresses = page.addresses();
    let body = addresses.iter().find(|url| url.path().ends_with("/body"));
    let body = body.unwrap();
    let query = body.query().map(|query| format!("?{query}"));
    let frame = browser
        .get(&format!("{}{}", body.path(), query.unwrap_or_default()))
        .await;
    assert_eq!(frame.status, 200);
    frame
}

/// Paths of the pictures that a framed document shows, in order.
fn pictures(app: &App, frame: &Page) -> Vec<String> {
    let source = frame.source();
    let prefix = format!("src=\"{}img/", app.url);
    let tokens = source.split(&prefix).skip(1);
    tokens
        .map(|rest| format!("/img/{}", rest.split('"').next().unwrap()))
        .collect()
}

/// As a frame without cookies asks for it.
async fn fetch(app: &App, picture: &str) -> Page {
    let stranger = app.browser();
    let request = stranger
        .bare(Method::GET, picture)
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "no-cors")
        .header("sec-fetch-dest", "image");
    stranger.send(request).await
}

#[tokio::test]
async fn pictures_are_hidden_until_asked_for_and_then_come_through_us() {
    let web = picture_server();
    let app = app(&[&web], |_| ()).await;
    let user = MailServer::shared().user();
    deliver(
        &user,
        "Soups",
        &format!(
            "<p>Six soups<img src=\"{}\" alt=\"A pot\">",
            web.url("/pot.png?to=you")
        ),
    );
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Soups").await;
    assert!(page.text().contains("Pictures from the web are hidden"));
    let hidden = frame(&browser, &page).await;
    assert!(pictures(&app, &hidden).is_empty());
    assert!(!hidden.source().contains(&web.address.to_string()));
    assert!(
        hidden
            .header("content-security-policy")
            .unwrap()
            .contains("img-src data:; ")
    );
    assert!(web.requests().is_empty());

    let page = page.follow("Show").await;
    assert!(!page.text().contains("Pictures from the web are hidden"));
    let shown = frame(&browser, &page).await;
    let policy = format!("img-src data: {}img/; ", app.url);
    assert!(
        shown
            .header("content-security-policy")
            .unwrap()
            .contains(&policy)
    );
    assert!(!shown.source().contains(&web.address.to_string()));
    let tokens = pictures(&app, &shown);
    assert_eq!(tokens.len(), 1);
    assert!(
        web.requests().is_empty(),
        "only the browser's asking fetches"
    );

    let picture = fetch(&app, &tokens[0]).await;
    assert_eq!((picture.status, picture.body.clone()), (200, png(20, 10)));
    for (name, value) in [
        ("content-type", "image/png"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(picture.header(name), Some(value), "{name}");
    }
    for name in ["set-cookie", "etag", "x-upstream"] {
        assert_eq!(picture.header(name), None, "{name}");
    }
    assert_eq!(path(&web.requests()[0]), "/pot.png?to=you");
    assert!(!open(&browser, "Soups").await.text().contains("left out"));
    assert!(offers(&open(&browser, "Soups").await), "once is once");
}

#[tokio::test]
async fn a_token_is_good_for_minutes_in_a_session_that_lives() {
    let web = picture_server();
    let app = app(&[&web], |_| ()).await;
    let user = MailServer::shared().user();
    deliver(&user, "Soups", &format!("<img src={}>", web.url("/")));
    let browser = app.sign_in(&user).await;
    let other = app.sign_in(&user).await;
    let page = open(&browser, "Soups").await.follow("Show").await;
    let token = pictures(&app, &frame(&browser, &page).await).remove(0);
    let page = open(&other, "Soups").await.follow("Show").await;
    let of_other = pictures(&app, &frame(&other, &page).await).remove(0);
    assert_eq!(fetch(&app, &token).await.status, 200);

    let mut changed = token.clone();
    let last = changed.pop().unwrap();
    changed.push(if last == 'A' { 'B' } else { 'A' });
    changed.replace_range(10..11, if &changed[10..11] == "x" { "y" } else { "x" });
    for bad in [
        changed.as_str(),
        "/img/x",
        "/img/%00",
        &token[..token.len() / 2],
    ] {
        let answer = fetch(&app, bad).await;
        assert_eq!((answer.status, answer.body.len()), (403, 0), "{bad}");
    }

    // The same server at a later time: its clock is an argument.
    let mut config = Config::new(
        super::support::app::loopback(1, Security::None),
        super::support::app::loopback(1, Security::None),
    );
    config.data_dir = app.data_dir().to_owned();
    let store = server::open_store(&config).await.unwrap();
    let tls = server::client_config(&config).unwrap();
    let accounts = Accounts::new(Arc::new(config), store.clone(), Tasks::default(), tls);
    let bare = token.strip_prefix("/img/").unwrap();
    let now = server::now();
    assert!(accounts.picture_ticket(bare, now).await.unwrap().is_some());
    assert!(
        accounts
            .picture_ticket(bare, now + 590)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        accounts
            .picture_ticket(bare, now + 601)
            .await
            .unwrap()
            .is_none()
    );

    browser.post("/logout", &[]).await;
    assert_eq!(fetch(&app, &token).await.status, 403);
    assert_eq!(fetch(&app, &of_other).await.status, 200);
    assert_eq!(web.requests().len(), 2);
}

#[tokio::test]
async fn no_link_in_a_letter_shows_pictures() {
    let web = picture_server();
    let app = app(&[&web], |_| ()).await;
    let user = MailServer::shared().user();
    for subject in ["Soups", "Bread"] {
        deliver(&user, subject, &format!("<img src={}>", web.url("/")));
    }
    let (browser, other) = (app.sign_in(&user).await, app.sign_in(&user).await);
    let shown = open(&browser, "Soups").await.link("Show");
    let key = shown
        .query_pairs()
        .find(|(name, _)| name == "pictures")
        .unwrap()
        .1
        .into_owned();
    let bread = open(&browser, "Bread").await;
    let bread = bread.path().split('?').next().unwrap().to_owned();
    for (browser, path) in [
        (&browser, format!("{}?pictures=1", shown.path())),
        (&browser, format!("{bread}?pictures={key}")),
        (&other, format!("{}?pictures={key}", shown.path())),
    ] {
        assert!(offers(&browser.get(&path).await), "{path}");
        let body = path.replace('?', "/body?");
        let body = browser.get(&body).await;
        assert_eq!(body.status, 200);
        assert!(pictures(&app, &body).is_empty(), "{path}");
        assert!(
            body.header("content-security-policy")
                .unwrap()
                .contains("img-src data:; ")
        );
    }
    // Even the right address, followed from elsewhere, leads to the letter without its pictures.
    let from_elsewhere = browser
        .bare(
            Method::GET,
            &format!("{}?pictures={key}&page=2", shown.path()),
        )
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document");
    let passed_on = browser.send(from_elsewhere).await.source();
    assert!(
        passed_on.contains("page=2") && !passed_on.contains(&key),
        "{passed_on}"
    );
    assert!(web.requests().is_empty());
}

#[tokio::test]
async fn junk_has_no_button_and_no_address_that_shows_pictures() {
    let web = picture_server();
    let app = app(&[&web], |_| ()).await;
    let user = MailServer::shared().user();
    deliver(&user, "Prize", &format!("<img src={}>", web.url("/")));
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Prize").await;
    let key = page.link("Show").query().unwrap().to_owned();
    let message = page.path().rsplit('/').next().unwrap().to_owned();
    browser
        .post(
            "/mailbox/INBOX/actions",
            &[("action", "junk"), ("message", &message)],
        )
        .await;
    let page = browser.get("/mailbox/Junk").await.follow("Prize").await;
    assert!(page.text().contains("Pictures from the web are hidden"));
    assert!(!offers(&page) && !page.has_button("Always for this sender"));
    let path = page.path().to_owned();
    assert!(pictures(&app, &browser.get(&format!("{path}/body?{key}")).await).is_empty());
    assert_eq!(
        browser.post(&format!("{path}/pictures"), &[]).await.status,
        400
    );
    assert!(web.requests().is_empty());
}

#[tokio::test]
async fn trackers_are_counted_and_never_asked_for() {
    let web = picture_server();
    let app = app(&[&web], |_| ()).await;
    let user = MailServer::shared().user();
    let html = format!(
        "<img src={0} alt=Pot><img src={1} width=1 height=1><img src={1} style=\"display:none\">",
        web.url("/pot"),
        web.url("/tracker")
    );
    deliver(&user, "Soups", &html);
    deliver(
        &user,
        "Only watched",
        &format!("<p>Hello<img src={} width=0>", web.url("/tracker")),
    );
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Soups").await;
    assert!(!page.text().contains("left out"));
    let page = page.follow("Show").await;
    assert!(
        page.text().contains("2 tracking pictures were left out."),
        "{}",
        page.text()
    );
    let tokens = pictures(&app, &frame(&browser, &page).await);
    assert_eq!(tokens.len(), 1);
    assert_eq!(fetch(&app, &tokens[0]).await.status, 200);
    let page = open(&browser, "Only watched").await;
    assert!(
        page.text().contains("1 tracking picture was left out."),
        "{}",
        page.text()
    );
    assert!(!offers(&page));
    assert_eq!(
        web.requests()
            .iter()
            .map(|request| path(request))
            .collect::<Vec<_>>(),
        ["/pot"]
    );
}

#[tokio::test]
async fn hostile_servers_give_no_picture_and_have_no_word() {
    let inner = WebServer::start(|_, peer| peer.write_all(&answer("200 OK", "", &png(1, 1))));
    let to_inner = inner.url("/");
    let html = b"<html><script>alert('words')</script>".as_slice();
    let web = WebServer::start(move |request, peer| {
        let png_type = "Content-Type: image/png\r\n";
        let answered = match path(request) {
            "/redirect-to-127" => redirect(&to_inner),
            "/chain" => redirect("/chain"),
            "/slow" => {
                peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")?;
                return drip(peer);
            }
            "/big" => answer(
                "200 OK",
                png_type,
                &[png(9, 9), vec![0; 128 << 10]].concat(),
            ),
            "/gz" => answer(
                "200 OK",
                "Content-Type: image/png\r\nContent-Encoding: gzip\r\n",
                b"\x1f\x8b",
            ),
            "/html" => answer("200 OK", "Content-Type: text/html\r\n", html),
            "/svg" => answer(
                "200 OK",
                "Content-Type: image/svg+xml\r\n",
                b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            ),
            "/polyglot" => answer("200 OK", png_type, html),
            "/svg-as-png" => answer("200 OK", png_type, b"<svg onload='alert(1)'/>"),
            "/huge-dim" => answer("200 OK", png_type, &png(65_535, 65_535)),
            "/half" => answer("200 OK", png_type, b"\x89PNG\r\n\x1a\n"),
            "/empty" => answer("200 OK", png_type, b""),
            "/refused" => answer("403 words", "", html),
            _ => answer("200 OK", "Set-Cookie: seen=1\r\n", &png(2, 2)),
        };
        peer.write_all(&answered)
    });
    let hosts = [
        "redirect-to-127",
        "chain",
        "slow",
        "big",
        "gz",
        "html",
        "svg",
        "polyglot",
        "svg-as-png",
        "huge-dim",
        "half",
        "empty",
        "refused",
        "setcookie",
    ];
    let app = app(&[&web], |config| {
        config.limits.remote.total = Duration::from_millis(700);
        config.limits.remote.body = 64 << 10;
    })
    .await;
    let user = MailServer::shared().user();
    let letter: String = hosts
        .iter()
        .map(|host| format!("<img src={}>", web.url(&format!("/{host}"))))
        .collect();
    deliver(&user, "Hostile", &letter);
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Hostile").await.follow("Show").await;
    let tokens = pictures(&app, &frame(&browser, &page).await);
    assert_eq!(tokens.len(), hosts.len());
    let expected: HashMap<&str, u16> = HashMap::from([("slow", 504), ("setcookie", 200)]);
    for (host, token) in hosts.iter().zip(&tokens) {
        let picture = fetch(&app, token).await;
        let expected = expected.get(host).copied().unwrap_or(502);
        assert_eq!(picture.status, expected, "{host}");
        assert_eq!(picture.body.is_empty(), expected != 200, "{host}");
        assert_eq!(picture.header("set-cookie"), None, "{host}");
    }
    assert!(inner.requests().is_empty());
}

#[tokio::test]
async fn a_letter_has_its_share_of_pictures_and_a_session_its_share_of_fetches() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, highest) = (now.clone(), most.clone());
    let web = WebServer::start(move |_, peer| {
        let at_once = counted.fetch_add(1, Ordering::SeqCst) + 1;
        highest.fetch_max(at_once, Ordering::SeqCst);
        // Long enough for every other that may to come in.
        thread::sleep(Duration::from_millis(60));
        counted.fetch_sub(1, Ordering::SeqCst);
        peer.write_all(&answer("200 OK", "", &png(1, 1)))
    });
    let app = app(&[&web], |config| {
        config.limits.pictures_per_message = 6;
        config.limits.pictures_per_session = 2;
    })
    .await;
    let user = MailServer::shared().user();
    let letter: String = (0..9)
        .map(|n| format!("<img src={0}><img src={0}>", web.url(&format!("/{n}"))))
        .collect();
    deliver(&user, "Many", &letter);
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Many").await.follow("Show").await;
    let tokens = pictures(&app, &frame(&browser, &page).await);
    assert_eq!(tokens.len(), 12, "each of six, twice");
    let distinct: std::collections::BTreeSet<_> = tokens.iter().collect();
    assert_eq!(distinct.len(), 6);
    let fetched =
        futures_util::future::join_all(distinct.iter().map(|token| fetch(&app, token))).await;
    assert!(fetched.iter().all(|picture| picture.status == 200));
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_sender_nobody_vouches_for_is_never_shown_always() {
    let web = picture_server();
    let app = app(&[&web], |_| ()).await;
    let user = MailServer::shared().user();
    deliver(&user, "Soups", &format!("<img src={}>", web.url("/")));
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "Soups").await;
    assert!(!page.has_button("Always for this sender"));
    let path = page.path().to_owned();
    assert_eq!(
        browser.post(&format!("{path}/pictures"), &[]).await.status,
        400
    );
    let settings = browser.get("/settings").await;
    assert!(
        settings
            .text()
            .contains("Pictures from the web are shown only when you ask.")
    );

    // Chosen once, for a sender whose letters were proved then: this letter proves nothing.
    let mut config = Config::new(
        super::support::app::loopback(1, Security::None),
        super::support::app::loopback(1, Security::None),
    );
    config.data_dir = app.data_dir().to_owned();
    let store = server::open_store(&config).await.unwrap();
    let owner = store.owner(&format!("{}@127.0.0.1", user.email));
    for choice in [Choice::Pictures, Choice::View("html")] {
        let chosen = store.choose(&owner, "NEWS@example.net", choice).await;
        chosen.unwrap();
    }
    let settings = browser.get("/settings").await;
    assert!(
        settings
            .text()
            .contains("What you chose for these senders. news@example.net Pictures are shown.")
    );
    let page = open(&browser, "Soups").await;
    assert!(offers(&page));
    assert!(pictures(&app, &frame(&browser, &page).await).is_empty());

    let settings = settings
        .form("Forget the choices for news@example.net")
        .submit()
        .await;
    assert_eq!((settings.status, settings.path()), (200, "/settings"));
    assert!(!settings.text().contains("news@example.net"));
    let kept = store.sender(&owner, "news@example.net").await.unwrap();
    assert_eq!(kept, Sender::default());
    assert!(web.requests().is_empty());
}

#[tokio::test]
async fn pictures_of_a_sender_that_is_proved_are_shown_always_once_chosen() {
    let web = picture_server();
    let app = app(&[&web], |config| {
        config.authserv_id = "mx.ok.example".to_owned();
    })
    .await;
    let user = MailServer::shared().user();
    let proof = "Authentication-Results: mx.ok.example; dmarc=pass header.from=example.net\r\n\
                 Received: from out.example.net ([203.0.113.9]) by mx.ok.example; Mon, 2 Nov 2026 10:00:00 +0000\r\n";
    for (subject, proof) in [("First", proof), ("Second", proof), ("Forged", "")] {
        let message = format!(
            "{proof}From: News <news@example.net>\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/html\r\n\r\n<img src={}>\r\n",
            web.url("/")
        );
        user.deliver(message.as_bytes());
    }
    let browser = app.sign_in(&user).await;
    let page = open(&browser, "First").await;
    assert!(page.has_button("Always for this sender"));
    let page = page.form("Always for this sender").submit().await;
    assert_eq!(page.status, 200);
    let second = open(&browser, "Second").await;
    assert_eq!(pictures(&app, &frame(&browser, &second).await).len(), 1);
    let forged = open(&browser, "Forged").await;
    assert!(pictures(&app, &frame(&browser, &forged).await).is_empty());
}
