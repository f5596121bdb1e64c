//! The attacks of the field (`corpora/handmade/http-attacks.json`), played one by one.

mod documents;
mod forgeries;

use super::{
    security::{from, raw_get},
    support::{
        app::App,
        mail_server::MailServer,
        page::{Browser, Page},
    },
};
use reqwest::Method;
use std::{collections::BTreeSet, time::Duration};

const SILENCE: Duration = Duration::from_secs(3);

/// What the attacks are played against.
struct Stage {
    app: App,
    browser: Browser,
    email: String,
    password: String,
    message: String,
}

impl Stage {
    async fn set() -> Self {
        let app = App::start_with(MailServer::shared(), |config| {
            config.trusted_proxies = Vec::new()
        })
        .await;
        let user = MailServer::shared().user();
        user.deliver(b"From: a@example.org\r\nSubject: Target\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>hello</p>\r\n--b\r\nContent-Type: image/svg+xml\r\nContent-Disposition: attachment; filename=x.svg\r\n\r\n<svg onload=alert(1)>\r\n--b--\r\n");
        let browser = app.sign_in(&user).await;
        let message = browser
            .get("/mailbox/INBOX")
            .await
            .link("Target")
            .path()
            .to_owned();
        Self {
            app,
            browser,
            email: user.email.clone(),
            password: user.password.clone(),
            message,
        }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Page {
        self.ask(Method::GET, path, headers, None).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Page {
        let mut request = self.browser.bare(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        self.browser.send(request).await
    }

    /// The action that would delete the message, with these headers.
    async fn delete(&self, headers: &[(&str, &str)]) -> u16 {
        let body = format!(
            "action=delete&message={}",
            self.message.rsplit('/').next().unwrap()
        );
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        let status = self
            .ask(Method::POST, "/mailbox/INBOX/actions", &all, Some(&body))
            .await
            .status;
        assert_eq!(
            self.browser.get(&self.message).await.status,
            200,
            "the message is still there"
        );
        status
    }

    fn raw(&self, request: &str) -> String {
        self.app.raw(request.as_bytes(), SILENCE)
    }

    fn host(&self) -> String {
        self.app.address().to_string()
    }

    fn cookie(&self) -> String {
        self.browser.cookie().unwrap()
    }

    async fn lands_after_sign_in_with(&self, next: &str) -> String {
        let browser = self.app.browser();
        let page = browser.get(&format!("/login?next={next}")).await;
        assert!(!page.source().contains("evil.example"));
        let form = page
            .form("Sign in")
            .fill("Email", &self.email)
            .fill("Password", &self.password);
        let decoded = percent_encoding_free(next);
        form.set("next", &decoded).submit().await.url.to_string()
    }
}

fn percent_encoding_free(text: &str) -> String {
    url::form_urlencoded::parse(format!("x={text}").as_bytes())
        .next()
        .unwrap()
        .1
        .into_owned()
}

#[tokio::test]
async fn the_attacks_of_the_field_find_nothing() {
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../corpora/handmade/http-attacks.json")).unwrap();
    let stage = Stage::set().await;
    let mut played = BTreeSet::new();
    for row in &rows {
        let name = row["name"].as_str().unwrap();
        assert!(played.insert(name.to_owned()), "{name} twice");
        let family = [
            hosts(&stage, name).await,
            forgeries::play(&stage, name).await,
            documents::play(&stage, name).await,
            redirects(&stage, name).await,
            sessions(&stage, name).await,
            bodies(&stage, name).await,
            secrets(&stage, name).await,
        ];
        assert_eq!(
            family.iter().filter(|played| **played).count(),
            1,
            "nobody plays {name}"
        );
    }
    assert_eq!(played.len(), 48);
}

async fn hosts(stage: &Stage, name: &str) -> bool {
    match name {
        "host header spoof" => {
            let answer = raw_get(&stage.app, "/login", "evil.example", "");
            assert!(
                answer.starts_with("HTTP/1.1 421") && !answer.contains("evil.example"),
                "{answer}"
            );
            assert!(answer.contains("POSTA_PUBLIC_URL"));
        }
        "x-forwarded-host" => {
            let page = stage
                .get(
                    "/login",
                    &[
                        ("x-forwarded-host", "evil.example"),
                        ("forwarded", "host=evil.example"),
                    ],
                )
                .await;
            assert!(
                !page.source().contains("evil.example")
                    && page
                        .header("location")
                        .is_none_or(|to| !to.contains("evil"))
            );
        }
        "x-forwarded-for spoof" => {
            let app = App::start_with(MailServer::shared(), |config| {
                config.trusted_proxies = Vec::new();
                config.limits.attempts_per_client = 3;
            })
            .await;
            let browser = app.browser();
            let mut last = 0;
            for n in 0..20 {
                let request = from("same-origin", browser.bare(Method::POST, "/login"))
                    .header("x-forwarded-for", format!("198.51.100.{n}"));
                let request = request
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(format!("email=u{n}%40example.org&password=x"));
                last = browser.send(request).await.status;
            }
            assert_eq!(last, 429);
        }
        // Played in `sign_in::a_secure_public_url_binds_the_cookie_to_the_host`, which sends that header.
        "x-forwarded-proto downgrade" => {}
        "request smuggling CL.TE" => {
            let answer = stage.raw(&format!("POST / HTTP/1.1\r\nHost: {}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", stage.host()));
            assert!(!answer.contains("ok\n"), "{answer}");
        }
        "header 64 KB" => {
            let answer = raw_get(
                &stage.app,
                "/",
                &stage.host(),
                &format!("X-Long: {}\r\n", "x".repeat(64 << 10)),
            );
            assert!(
                answer.starts_with("HTTP/1.1 431"),
                "{}",
                &answer[..answer.len().min(200)]
            );
        }
        "h2 rapid reset" => {
            let mut octets =
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00".to_vec();
            for stream in (1_u32..20_001).step_by(2) {
                // HEADERS (GET http / by index, the host left to the first table entry), END_STREAM | END_HEADERS; then RST_STREAM.
                octets.extend_from_slice(&[0, 0, 3, 1, 5]);
                octets.extend_from_slice(&stream.to_be_bytes());
                octets.extend_from_slice(&[0x82, 0x84, 0x86]);
                octets.extend_from_slice(&[0, 0, 4, 3, 0]);
                octets.extend_from_slice(&stream.to_be_bytes());
                octets.extend_from_slice(&[0, 0, 0, 8]);
            }
            let started = std::time::Instant::now();
            stage.app.raw(&octets, Duration::from_secs(10));
            assert!(
                started.elapsed() < Duration::from_secs(9),
                "the connection is closed"
            );
        }
        _ => return false,
    }
    true
}

async fn redirects(stage: &Stage, name: &str) -> bool {
    let next = match name {
        "open redirect" => "//evil.example",
        "open redirect 2" => "/\\evil.example",
        "open redirect 3" => "%2f%2fevil.example",
        "open redirect 4" => "/%09/evil.example",
        _ => return false,
    };
    assert_eq!(
        stage.lands_after_sign_in_with(next).await,
        stage.app.url.join("mailbox/INBOX").unwrap().to_string()
    );
    true
}

async fn sessions(stage: &Stage, name: &str) -> bool {
    let signed_in_with = async |cookie: &str| {
        let answer = raw_get(
            &stage.app,
            "/mailbox/INBOX",
            &stage.host(),
            &format!("Cookie: {cookie}\r\n"),
        );
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    match name {
        "session fixation" => {
            let browser = stage.app.browser();
            let planted = stage.cookie().chars().rev().collect::<String>();
            let planted = format!("sid={}", &planted[..22]);
            browser.set_cookie(&planted);
            let page = browser.get("/login").await;
            page.sign_in(&stage.email, &stage.password).await;
            assert_ne!(browser.cookie().unwrap(), planted);
            assert_eq!(signed_in_with(&planted).await, "303");
        }
        "session after logout" => {
            let browser = stage.app.browser();
            let page = browser.get("/login").await;
            let page = page.sign_in(&stage.email, &stage.password).await;
            let old = browser.cookie().unwrap();
            assert_eq!(signed_in_with(&old).await, "200");
            page.form("Sign out").submit().await;
            assert_eq!(signed_in_with(&old).await, "303");
        }
        // Played in `sign_in::a_changed_password_ends_the_session`.
        "session after password change" => {}
        "cookie tossing" => assert_eq!(
            signed_in_with(&format!("id=evil; __Host-sid=evil; {}", stage.cookie())).await,
            "200"
        ),
        "duplicate cookie" => {
            assert_eq!(
                signed_in_with(&format!("{0}; {0}", stage.cookie())).await,
                "401"
            );
            assert_eq!(
                signed_in_with(&format!("sid=evil; {}", stage.cookie())).await,
                "401"
            );
        }
        _ => return false,
    }
    true
}

/// Bodies that no page sends; each is played in `uploads`, against the same routes.
async fn bodies(_: &Stage, name: &str) -> bool {
    matches!(
        name,
        "upload 2 MB + 1 chunked, no Content-Length"
            | "upload slow body"
            | "multipart 100k parts"
            | "multipart field name 1 MB"
            | "form 100k fields"
    )
}

async fn secrets(stage: &Stage, name: &str) -> bool {
    let sign_in = async |email: &str| {
        let browser = stage.app.browser();
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("email", email)
            .append_pair("password", "wrong")
            .finish();
        let request = from("same-origin", browser.bare(Method::POST, "/login"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        browser.send(request).await
    };
    match name {
        "login user enumeration" => {
            let (known, unknown) = (
                sign_in(&MailServer::shared().user().email).await,
                sign_in("nobody.at.all@example.org").await,
            );
            assert_eq!((known.status, unknown.status), (401, 401));
            assert_eq!(known.text(), unknown.text());
            let names = |page: &Page| {
                page.headers
                    .keys()
                    .map(ToString::to_string)
                    .collect::<BTreeSet<_>>()
            };
            assert_eq!(names(&known), names(&unknown));
        }
        // Played in `sign_in::a_server_name_in_the_form_is_ignored`.
        "login imap host choice" => {}
        "autoconfig for internal domain" => assert_eq!(sign_in("a@localhost").await.status, 401),
        "log injection" => assert_eq!(sign_in("a\n2026-01-01 ERROR fake").await.status, 401),
        _ => return false,
    }
    true
}
