//! Who may ask, and what every answer carries.

use super::support::{
    app::App,
    cutting_proxy::{CuttingProxy, Direction, Fault},
    mail_server::MailServer,
};
use reqwest::{Method, RequestBuilder};
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    time::Duration,
};

const SILENCE: Duration = Duration::from_secs(3);

/// Every route of the table with the methods it takes, read from its source: a route that is added is tested.
fn routes() -> Vec<(String, Vec<&'static str>)> {
    let table = include_str!("../../src/web.rs");
    let mut routes = Vec::new();
    for route in table.split(".route(").skip(1) {
        // Up to the closing bracket; what stands inside are a path and `get(…)`, `post(…)`.
        let mut depth = 1;
        let end = route.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        let route = &route[..end.unwrap()];
        let path = route.split('"').nth(1).unwrap();
        let methods = ["get", "post", "put", "patch", "delete"];
        let taken = methods
            .into_iter()
            .filter(|method| route.contains(&format!("{method}(")));
        routes.push((path.to_owned(), taken.collect()));
    }
    assert!(routes.len() > 20, "the table is found");
    routes
}

fn filled_in(path: &str) -> String {
    let mut out = String::new();
    for segment in path.split('/').skip(1) {
        out.push('/');
        out.push_str(match segment {
            "{name}" => "INBOX",
            "{reference}" => "1.1",
            "{section}" | "{n}" => "1",
            "{id}" => "aaaaaaaaaaaaaaaaaaaaaaaaaa",
            "{version}" => "0",
            "{*path}" => "css/app.css",
            other => other,
        });
    }
    out
}

pub fn from(site: &str, request: RequestBuilder) -> RequestBuilder {
    request.header("sec-fetch-site", site)
}

#[tokio::test]
async fn every_route_that_changes_something_refuses_other_sites() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let mut changing = 0;
    for (path, methods) in routes() {
        changing += usize::from(methods.iter().any(|method| *method != "get"));
        let path = filled_in(&path);
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let bare = || browser.bare(method.clone(), &path);
            for (case, request) in [
                ("cross-site", from("cross-site", bare())),
                ("same-site", from("same-site", bare())),
                ("none", from("none", bare())),
                (
                    "foreign origin",
                    bare().header("origin", "https://evil.example"),
                ),
                ("null origin", bare().header("origin", "null")),
                ("no header", bare()),
                (
                    "disagreeing",
                    from("same-site", from("same-origin", bare())),
                ),
            ] {
                let answer = browser.send(request).await;
                assert_eq!(answer.status, 403, "{method} {path}: {case}");
            }
        }
    }
    assert!(changing >= 10);
    assert_eq!(
        browser.get("/mailbox/INBOX").await.path(),
        "/mailbox/INBOX",
        "still signed in"
    );
}

#[tokio::test]
async fn our_own_origin_is_enough_where_a_browser_tells_no_more() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let origin = app.url.origin().ascii_serialization();
    let request = browser
        .bare(Method::POST, "/settings")
        .header("origin", origin)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("name=Ana");
    assert_eq!(browser.send(request).await.status, 303);
    assert_eq!(browser.get("/settings").await.field("Your name"), "Ana");
}

#[tokio::test]
async fn a_method_that_a_page_does_not_take_is_405() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    for (path, methods) in routes() {
        if path.starts_with("/assets") {
            continue;
        }
        let path = filled_in(&path);
        let wrong = if methods.contains(&"get") {
            Method::DELETE
        } else {
            Method::GET
        };
        let answer = browser
            .send(from("same-origin", browser.bare(wrong, &path)))
            .await;
        assert_eq!(answer.status, 405, "{path}");
    }
}

#[tokio::test]
async fn every_page_carries_the_policy() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver_text("ion@example.org", "Roof", "text");
    let browser = app.sign_in(&user).await;
    let origin = app.url.origin().ascii_serialization();
    let policy = format!(
        "default-src 'none'; script-src {origin}/assets/; style-src {origin}/assets/; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let message = browser
        .get("/mailbox/INBOX")
        .await
        .link("Roof")
        .path()
        .to_owned();
    for path in [
        "/login",
        "/mailbox/INBOX",
        &message,
        "/starred",
        "/search",
        "/folders",
        "/compose",
        "/outbox",
        "/settings",
        "/settings/devices",
        "/nowhere",
    ] {
        let page = browser.get(path).await;
        for (name, value) in [
            ("content-security-policy", policy.as_str()),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("origin-agent-cluster", "?1"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(page.header(name), Some(value), "{path}: {name}");
        }
        assert!(
            page.header("permissions-policy")
                .unwrap()
                .contains("camera=()")
        );
        assert!(page.header("server-timing").is_some(), "{path}");
        for forbidden in ["<style", " style=", " onclick=", "javascript:"] {
            assert!(!page.source().contains(forbidden), "{path}: {forbidden}");
        }
        for script in page.source().split("<script").skip(1) {
            assert!(
                script.contains(" src=\"/assets/"),
                "{path}: an inline script"
            );
        }
    }
}

#[tokio::test]
async fn assets_are_compressed_and_kept() {
    let app = App::start().await;
    let page = app.browser().get("/login").await;
    let sheet = page
        .addresses()
        .into_iter()
        .find(|url| url.path().ends_with("app.css"))
        .unwrap();
    let browser = app.browser();
    let answer = browser
        .send(
            browser
                .bare(Method::GET, sheet.path())
                .header("accept-encoding", "gzip, br"),
        )
        .await;
    assert_eq!(
        (answer.status, answer.header("content-encoding")),
        (200, Some("br"))
    );
    assert_eq!(
        answer.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    let page = browser
        .send(
            browser
                .bare(Method::GET, "/login")
                .header("accept-encoding", "br"),
        )
        .await;
    assert_eq!(page.header("content-encoding"), Some("br"));
}

#[tokio::test]
async fn health_is_told_to_any_host() {
    let app = App::start().await;
    for path in ["/healthz", "/readyz"] {
        let answer = raw_get(&app, path, "10.1.2.3", "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

#[tokio::test]
async fn names_of_this_machine_count_as_one() {
    let app = App::start().await;
    let port = app.address().port();
    for host in [format!("localhost:{port}"), format!("[::1]:{port}")] {
        let answer = raw_get(&app, "/login", &host, "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer.contains(&format!("script-src http://{host}/assets/")),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_request_over_those_of_one_session_waits_for_a_place() {
    let proxy = CuttingProxy::to(MailServer::shared().imaps);
    let app = App::start_behind(&proxy, |config| {
        config.limits.requests_per_session = 2;
    })
    .await;
    let user = MailServer::shared().user();
    let (browser, elsewhere) = (app.sign_in(&user).await, app.sign_in(&user).await);
    // Two requests hold both places of the session for as long as the mail server is silent.
    proxy.set(Fault::Stall(Direction::ToClient, 0));
    let held = async { tokio::join!(browser.get("/mailbox/INBOX"), browser.get("/mailbox/INBOX")) };
    let third = async {
        let soon = Duration::from_millis(500);
        let mut answered = 0;
        // Asks nothing of the mail server, and is answered at once until the other two are there.
        while let Ok(page) = tokio::time::timeout(soon, browser.get_only("/compose")).await {
            assert_eq!(page.status, 303);
            answered += 1;
            assert!(answered < 1_000, "nothing waits");
        }
        assert_eq!(elsewhere.get_only("/compose").await.status, 303);
        proxy.set(None);
        browser.get_only("/compose").await.status
    };
    let ((first, second), third) = tokio::join!(held, third);
    assert_eq!((first.status, second.status, third), (200, 200, 303));
}

#[tokio::test]
async fn cookies_of_others_sign_nobody_out() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let session = browser.cookie().unwrap();
    let host = format!("127.0.0.1:{}", app.address().port());
    let get = |cookies: &[u8]| {
        let head =
            format!("GET /mailbox/INBOX HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: ");
        let request = [head.as_bytes(), cookies, b"\r\n\r\n"].concat();
        let answer = app.raw(&request, SILENCE);
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    let ours = session.as_bytes();
    assert_eq!(get(&[b"other=caf\xe9; ", ours].concat()), "200");
    assert_eq!(get(&[ours, b"; \xd1\x88=1; =; ;x"].concat()), "200");
    assert_eq!(get(&[ours, b"; sid=\xe9"].concat()), "401");
}

#[tokio::test]
async fn a_client_that_only_listens_any_more_gets_its_page() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let mut socket = TcpStream::connect(app.address()).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let (host, session) = (app.address(), browser.cookie().unwrap());
    let request =
        format!("GET /mailbox/INBOX HTTP/1.1\r\nHost: {host}\r\nCookie: {session}\r\n\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("All caught up"),
        "{answer}"
    );
}

pub fn raw_get(app: &App, path: &str, host: &str, headers: &str) -> String {
    app.raw(
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n")
            .as_bytes(),
        SILENCE,
    )
}
