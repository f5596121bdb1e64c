//! Choices, and the devices one is signed in on.

use super::support::{app::App, mail_server::MailServer};

#[tokio::test]
async fn a_chosen_language_holds_on_every_device() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    let page = browser.get("/settings").await;
    let page = page
        .form("Save")
        .choose("Language", "Română")
        .submit()
        .await;
    assert_eq!(page.status, 200);
    assert!(
        page.source().contains("<html lang=\"ro\""),
        "{}",
        page.text()
    );
    let other = app.browser().speaking("fr");
    let page = other.get("/login").await;
    let page = page
        .form("Se connecter")
        .set("email", &user.email)
        .set("password", &user.password)
        .submit()
        .await;
    assert!(
        page.source().contains("<html lang=\"ro\""),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn theme_and_name_are_kept() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let browser = app.sign_in(&user).await;
    let fields = [
        ("theme", "dark"),
        ("name", "Ana\r\nBcc: eve@evil.example\0"),
        ("signature", "Ana\r\nRoofs & more"),
        ("timezone", "Europe/Bucharest"),
    ];
    let page = browser.post("/settings", &fields).await;
    assert!(page.source().contains("data-theme=\"dark\""));
    assert_eq!(page.field("Your name"), "Ana  Bcc: eve@evil.example");
    assert_eq!(page.field("Signature"), "Ana\nRoofs & more");
    let writing = browser.get("/compose").await;
    assert!(
        writing.field("Text").contains("Roofs & more"),
        "{}",
        writing.field("Text")
    );
}

#[tokio::test]
async fn what_no_page_offers_is_not_saved() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    for (field, value) in [
        ("timezone", "Mars/Olympus"),
        ("language", "tlh"),
        ("name", "x".repeat(300).as_str()),
    ] {
        let page = browser
            .post(
                "/settings",
                &[(field, value), ("signature", "kept in the page")],
            )
            .await;
        assert_eq!(page.status, 422, "{field}");
        assert_eq!(page.field("Signature"), "kept in the page");
        assert_eq!(browser.get("/settings").await.field("Signature"), "");
    }
}

#[tokio::test]
async fn the_zone_of_the_browser_counts_until_one_is_chosen() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.append("INBOX", "", b"From: a@example.org\r\nSubject: Roof\r\nDate: Thu, 5 Nov 2026 10:00:00 +0000\r\n\r\ntext\r\n");
    let browser = app.sign_in(&user).await;
    browser.set_cookie("tz=Asia%2FTokyo; Path=/");
    let page = browser.get("/mailbox/INBOX").await.follow("Roof").await;
    assert!(page.text().contains("19:00"), "{}", page.text());
    browser
        .post("/settings", &[("timezone", "Europe/Paris")])
        .await;
    let page = browser.get(page.path()).await;
    assert!(page.text().contains("11:00"), "{}", page.text());
}

#[tokio::test]
async fn a_device_is_listed_and_can_be_signed_out() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let (phone, laptop) = (app.sign_in(&user).await, app.sign_in(&user).await);
    let stranger = app.sign_in(&MailServer::shared().user()).await;
    let devices = laptop.get("/settings/devices").await;
    let buttons = devices.buttons();
    assert_eq!(
        buttons.iter().filter(|name| *name == "Sign out ?").count(),
        1,
        "{buttons:?}"
    );
    let after = devices.form("Sign out ?").submit().await;
    assert_eq!((after.status, after.path()), (200, "/settings/devices"));
    assert_eq!(phone.get("/mailbox/INBOX").await.path(), "/login");
    assert_eq!(laptop.get("/mailbox/INBOX").await.path(), "/mailbox/INBOX");
    assert_eq!(
        stranger.get("/mailbox/INBOX").await.path(),
        "/mailbox/INBOX"
    );
}

#[tokio::test]
async fn nobody_signs_out_somebody_elses_device() {
    let app = App::start().await;
    let (ana, ion) = (MailServer::shared().user(), MailServer::shared().user());
    let (phone, laptop) = (app.sign_in(&ana).await, app.sign_in(&ana).await);
    let page = laptop.get("/settings/devices").await;
    let revoke = page.source().split("action=\"").find_map(|rest| {
        rest.split('"')
            .next()
            .filter(|path| path.ends_with("/revoke"))
            .map(str::to_owned)
    });
    app.sign_in(&ion).await.post(&revoke.unwrap(), &[]).await;
    assert_eq!(phone.get("/mailbox/INBOX").await.path(), "/mailbox/INBOX");
}
