//! Signing in and out, and sessions that end.

use super::support::{
    app::App,
    cutting_proxy::{CuttingProxy, Direction, Fault},
    mail_server::{MailServer, Service},
    page::{Browser, Page},
};
use std::time::Duration;

async fn try_sign_in(browser: &Browser, email: &str, password: &str) -> Page {
    let page = browser.get("/login").await;
    page.sign_in(email, password).await
}

#[tokio::test]
async fn a_person_signs_in_and_out() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    let cookie = browser.cookie().unwrap();
    let home = browser.get("/").await;
    assert_eq!(home.path(), "/mailbox/INBOX");

    let page = home.form("Sign out").submit().await;
    assert_eq!((page.status, page.path()), (200, "/login"));
    assert_eq!(browser.cookie(), None);
    browser.set_cookie(&cookie);
    assert_eq!(browser.get("/mailbox/INBOX").await.path(), "/login");
}

#[tokio::test]
async fn signing_out_clears_what_the_browser_kept() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let request = browser
        .bare(reqwest::Method::POST, "/logout")
        .header("sec-fetch-site", "same-origin");
    let answer = browser.send(request).await;
    assert_eq!(answer.status, 303);
    assert_eq!(
        answer.header("clear-site-data"),
        Some("\"cache\", \"storage\"")
    );
}

#[tokio::test]
async fn every_refused_sign_in_looks_the_same() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let wrong = try_sign_in(&app.browser(), &user.email, "wrong").await;
    let unknown = try_sign_in(&app.browser(), "nobody@example.org", "wrong").await;
    assert_eq!((wrong.status, unknown.status), (401, 401));
    assert_eq!(wrong.text(), unknown.text());
    assert!(
        wrong
            .region("alert")
            .unwrap()
            .contains("do not fit together")
    );
    assert_eq!(wrong.field("Email"), user.email);
    assert_eq!(wrong.field("Password"), "");
    assert_eq!(wrong.header("server-timing"), None);
}

#[tokio::test]
async fn after_too_many_tries_one_has_to_wait() {
    let app = App::start_with(MailServer::shared(), |config| {
        config.limits.attempts_per_account = 2
    })
    .await;
    let user = MailServer::shared().user();
    let browser = app.browser();
    let mut page = try_sign_in(&browser, &user.email, "wrong").await;
    for _ in 0..5 {
        if page.status == 429 {
            break;
        }
        page = try_sign_in(&browser, &user.email, "wrong").await;
    }
    assert_eq!(page.status, 429);
    assert!(page.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    assert!(page.text().contains("then try again"), "{}", page.text());
    assert_eq!(page.field("Email"), user.email);
}

#[tokio::test]
async fn a_mail_server_that_is_down_or_silent_is_told_apart_from_a_wrong_password() {
    let proxy = CuttingProxy::to(MailServer::shared().imaps);
    let app = App::start_behind(&proxy, |config| {
        config.limits.imap.greeting = Duration::from_secs(2);
        config.limits.imap.command = Duration::from_secs(2);
        config.limits.imap.connect = Duration::from_secs(2);
    })
    .await;
    let user = MailServer::shared().user();
    proxy.set(Fault::Refuse);
    let page = try_sign_in(&app.browser(), &user.email, &user.password).await;
    assert_eq!(
        (page.status, page.field("Email")),
        (502, user.email.clone())
    );
    proxy.set(Fault::Stall(Direction::ToClient, 0));
    let page = try_sign_in(&app.browser(), &user.email, &user.password).await;
    assert_eq!(page.status, 504, "{}", page.text());
    proxy.set(None);
    assert_eq!(
        try_sign_in(&app.browser(), &user.email, &user.password)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn an_address_asked_for_without_a_session_is_opened_after_signing_in() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let page = app.browser().get("/mailbox/INBOX?filter=new").await;
    assert_eq!(page.path(), "/login");
    let page = page.sign_in(&user.email, &user.password).await;
    assert_eq!(page.status, 200);
    assert_eq!(
        (page.path(), page.url.query()),
        ("/mailbox/INBOX", Some("filter=new"))
    );
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_of_writing_loses_no_word() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    let writing = browser.get("/compose").await;
    let form = writing
        .form("Save draft")
        .fill("To", "ion@example.org")
        .fill("Subject", "Roof & gutters")
        .fill(
            "Text",
            "\nDear Ion,\n\n  four   spaces\n</textarea><b>&amp;",
        )
        .file("Attach files", "plan.txt", "the plan");
    // Signed out on this device from another one.
    let other = app.sign_in(&user).await;
    let devices = other.get("/settings/devices").await;
    devices.form("Sign out ?").submit().await;

    let asked = form.submit().await;
    assert_eq!(asked.status, 401, "{}", asked.text());
    assert!(asked.text().contains("plan.txt"), "{}", asked.text());
    let wrong = asked.sign_in(&user.email, "wrong").await;
    assert_eq!(wrong.status, 401);
    let page = wrong.sign_in(&user.email, &user.password).await;
    assert_eq!(
        (page.status, page.path()),
        (200, writing.path()),
        "{}",
        page.text()
    );
    assert_eq!(page.field("To"), "ion@example.org");
    assert_eq!(page.field("Subject"), "Roof & gutters");
    assert_eq!(
        page.field("Text"),
        "\nDear Ion,\n\n  four   spaces\n</textarea><b>&amp;"
    );
}

#[tokio::test]
async fn an_interrupted_action_goes_on_to_where_it_was_going() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver_text("ion@example.org", "Roof", "text");
    let list = app
        .sign_in(&user)
        .await
        .get("/mailbox/INBOX?sort=from")
        .await;
    let browser = app.browser();
    let uid = message_of(&list);
    let next = "/mailbox/INBOX?filter=starred";
    let fields = [
        ("action", "star"),
        ("message", uid.as_str()),
        ("next", next),
    ];
    let asked = browser.post("/mailbox/INBOX/actions", &fields).await;
    assert_eq!(asked.status, 401);
    let page = asked.sign_in(&user.email, &user.password).await;
    assert_eq!(
        (page.status, page.url.query()),
        (200, Some("filter=starred")),
        "{}",
        page.text()
    );
    assert!(
        page.rows().iter().any(|row| row.contains("Roof")),
        "{:?}",
        page.rows()
    );
}

/// The value of the first row's checkbox.
fn message_of(list: &Page) -> String {
    let link = list.addresses().into_iter().find(|url| {
        url.path_segments()
            .is_some_and(|mut segments| segments.next_back().is_some_and(is_reference))
    });
    link.unwrap()
        .path_segments()
        .unwrap()
        .next_back()
        .unwrap()
        .to_owned()
}

fn is_reference(segment: &str) -> bool {
    segment.split_once('.').is_some_and(|(validity, uid)| {
        validity.parse::<u32>().is_ok() && uid.parse::<u32>().is_ok()
    })
}

#[tokio::test]
async fn a_script_without_a_session_is_told_so_and_not_sent_elsewhere() {
    let app = App::start().await;
    let browser = app.browser();
    let request = browser
        .bare(reqwest::Method::GET, "/mailbox/INBOX")
        .header("sec-fetch-site", "same-origin")
        .header("sec-fetch-dest", "empty");
    let answer = browser.send(request).await;
    assert_eq!(answer.status, 401);
    assert!(answer.has_button("Sign in"));
}

#[tokio::test]
async fn a_session_survives_a_restart() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let _app = app.restart().await;
    assert_eq!(browser.get("/mailbox/INBOX").await.path(), "/mailbox/INBOX");
}

#[tokio::test]
async fn sessions_live_in_postgres_as_well() {
    let app = App::start_on_postgres().await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    let page = browser.get("/settings/devices").await;
    assert_eq!(page.status, 200, "{}", page.text());
}

#[tokio::test]
async fn an_idle_session_ends() {
    let app = App::start_with(MailServer::shared(), |config| {
        config.limits.session_idle = Duration::ZERO
    })
    .await;
    let user = MailServer::shared().user();
    let browser = app.browser();
    let page = try_sign_in(&browser, &user.email, &user.password).await;
    assert_eq!(page.path(), "/login");
}

#[tokio::test]
async fn a_changed_password_ends_the_session() {
    let app = App::start().await;
    let mut user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    user.change_password("another one");
    // Connections that proved the old password are gone after a restart.
    let _app = app.restart().await;
    let page = browser.get("/mailbox/INBOX").await;
    assert_eq!(page.status, 401, "{}", page.text());
    let page = page.sign_in(&user.email, "another one").await;
    assert_eq!((page.status, page.path()), (200, "/mailbox/INBOX"));
}

#[tokio::test]
async fn keep_me_signed_in_outlives_the_browser() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    for (fields, kept) in [(vec![("remember", "1")], true), (vec![], false)] {
        let browser = app.browser();
        let mut form = vec![
            ("email", user.email.as_str()),
            ("password", user.password.as_str()),
        ];
        form.extend(fields);
        let request = browser
            .bare(reqwest::Method::POST, "/login")
            .header("sec-fetch-site", "same-origin");
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&form)
            .finish();
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let answer = browser.send(request).await;
        assert_eq!(answer.status, 303);
        let cookie = answer.header("set-cookie").unwrap().to_owned();
        assert!(
            cookie.contains("HttpOnly")
                && cookie.contains("SameSite=Lax")
                && cookie.contains("Path=/"),
            "{cookie}"
        );
        assert_eq!(cookie.contains("Max-Age=1209600"), kept, "{cookie}");
    }
}

#[tokio::test]
async fn a_password_of_any_characters_signs_in() {
    let app = App::start().await;
    let user = MailServer::shared().user_with_password("pä ss\"wö\\rt%&+=");
    app.sign_in(&user).await;
}

#[tokio::test]
async fn the_page_speaks_the_visitors_language() {
    let app = App::start().await;
    for (languages, button) in [
        ("fr-FR,fr;q=0.9,en;q=0.5", "Se connecter"),
        ("tlh", "Sign in"),
    ] {
        let page = app.browser().speaking(languages).get("/login").await;
        assert!(page.has_button(button), "{languages}: {:?}", page.buttons());
    }
}

#[tokio::test]
async fn a_server_name_in_the_form_is_ignored() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let page = app.browser().get("/login").await;
    let form = page
        .form("Sign in")
        .fill("Email", &user.email)
        .fill("Password", &user.password);
    let page = form.set("imap_host", "203.0.113.1").submit().await;
    assert_eq!((page.status, page.path()), (200, "/mailbox/INBOX"));
}

#[tokio::test]
async fn a_secure_public_url_binds_the_cookie_to_the_host() {
    let user = MailServer::shared().user();
    let app = App::start_with(MailServer::shared(), |config| {
        config.public_url = "https://mail.example.org/".parse().unwrap();
    })
    .await;
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("email", &user.email)
        .append_pair("password", &user.password)
        .finish();
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: mail.example.org\r\nOrigin: https://mail.example.org\r\nX-Forwarded-Proto: http\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = app.raw(request.as_bytes(), Duration::from_secs(5));
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let cookie = answer
        .lines()
        .find(|line| line.starts_with("set-cookie: "))
        .unwrap();
    assert!(
        cookie.contains("__Host-sid=") && cookie.contains("Secure") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert!(answer.contains("strict-transport-security: max-age=31536000"));
}

#[tokio::test]
async fn the_mail_server_is_told_the_address_of_the_browser_where_configured() {
    let server = MailServer::private();
    server.configure_dovecot("login_trusted_networks = 127.0.0.0/8");
    let user = server.user();
    let signed_in_from = |address: &str| {
        let log = server.log(Service::Dovecot);
        let name = format!("user=<{}>", user.email);
        let rip = format!("rip={address},");
        log.lines()
            .filter(|line| line.contains(" Login: ") && line.contains(&name) && line.contains(&rip))
            .count()
    };
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("email", &user.email)
        .append_pair("password", &user.password)
        .finish();
    let sign_in = async |browser: &Browser| {
        let request = browser
            .bare(reqwest::Method::POST, "/login")
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", "203.0.113.9")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.clone());
        assert_eq!(browser.send(request).await.status, 303);
    };

    let silent = App::start_with(&server, |_| ()).await;
    sign_in(&silent.browser()).await;
    drop(silent);
    assert_eq!(signed_in_from("203.0.113.9"), 0);
    assert_eq!(signed_in_from("127.0.0.1"), 1);

    let app = App::start_with(&server, |config| config.forward_client_ip = true).await;
    let browser = app.browser();
    sign_in(&browser).await;
    assert_eq!(signed_in_from("203.0.113.9"), 1);
    // The connections of a session that outlived the process that proved its password.
    let app = app.restart().await;
    assert_eq!(browser.get("/mailbox/INBOX").await.status, 200);
    assert_eq!(signed_in_from("203.0.113.9"), 2);
    assert_eq!(signed_in_from("127.0.0.1"), 1);
    drop(app);
}
