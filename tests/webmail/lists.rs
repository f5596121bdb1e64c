//! Lists: folders of any name, pages, searching, and everything below a sub-path.

use super::{
    security::raw_get,
    support::{
        app::App,
        cutting_proxy::{CuttingProxy, Direction},
        mail_server::MailServer,
        page::Browser,
    },
};

#[tokio::test]
async fn a_list_shows_fifty_rows_from_the_newest() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let mut imap = user.imap();
    for number in 1..=53 {
        imap.append(
            "INBOX",
            "",
            format!("From: a@example.org\r\nSubject: letter {number:02}\r\n\r\ntext\r\n")
                .as_bytes(),
        );
    }
    let browser = app.sign_in(&user).await;
    let page = browser.get("/mailbox/INBOX").await;
    assert!(
        page.has_link("letter 53") && page.has_link("letter 04") && !page.has_link("letter 03")
    );
    let older = page.follow("Older").await;
    assert!(older.has_link("letter 03") && !older.has_link("letter 04"));
    for past in ["/mailbox/INBOX?page=99", "/mailbox/INBOX?page=4294967295"] {
        let last = browser.get(past).await;
        assert!(last.status == 200 && last.has_link("letter 01"), "{past}");
    }
}

#[tokio::test]
async fn a_page_shown_again_shows_what_another_client_did_meanwhile() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let mut imap = user.imap();
    let mut deliver = |number: u32| {
        let letter = format!("From: a@example.org\r\nSubject: letter {number:02}\r\n\r\ntext\r\n");
        user.imap().append("INBOX", "", letter.as_bytes());
    };
    (1..=52).for_each(&mut deliver);
    let browser = app.sign_in(&user).await;
    let page = browser.get("/mailbox/INBOX").await;
    assert!(page.has_link("letter 52") && page.has_link("letter 03"));
    imap.select("INBOX");
    imap.command("STORE 50:51 +FLAGS.SILENT (\\Deleted)");
    imap.command("EXPUNGE");
    deliver(53);
    let page = browser.get("/mailbox/INBOX").await;
    assert!(page.has_link("letter 53") && page.has_link("letter 52"));
    assert!(!page.has_link("letter 51") && !page.has_link("letter 50"));
    assert!(page.has_link("letter 02") && !page.has_link("letter 01"));
    imap.command("NOOP");
    imap.command("STORE 1:* +FLAGS.SILENT (\\Deleted)");
    imap.command("EXPUNGE");
    let page = browser.get("/mailbox/INBOX").await;
    assert!(page.status == 200 && !page.has_link("letter 53"));
    let again = browser.get("/mailbox/INBOX").await;
    assert!(again.status == 200 && !again.has_link("letter 53"));
    deliver(54);
    assert!(browser.get("/mailbox/INBOX").await.has_link("letter 54"));
}

#[tokio::test]
async fn a_page_read_again_asks_for_no_more_than_the_flags() {
    let proxy = CuttingProxy::to(MailServer::shared().imaps);
    let app = App::start_behind(&proxy, |_| {}).await;
    let user = MailServer::shared().user();
    let mut imap = user.imap();
    let mut deliver = |number: u32| {
        let letter = format!("From: a@example.org\r\nSubject: letter {number:02}\r\n\r\ntext\r\n");
        imap.append("INBOX", "", letter.as_bytes());
    };
    (1..=50).for_each(&mut deliver);
    let browser = app.sign_in(&user).await;
    let cost = async || {
        let before = proxy.octets(Direction::ToClient);
        let page = browser.get("/mailbox/INBOX").await;
        (page, proxy.octets(Direction::ToClient) - before)
    };
    let (page, flags) = cost().await;
    assert!(page.has_link("letter 50"));
    deliver(51);
    let (page, all) = cost().await;
    assert!(page.has_link("letter 51") && !page.has_link("letter 01"));
    assert!(flags * 4 < all, "{flags} of {all} octets");

    // As many messages as before, but not the same, and one read elsewhere.
    let mut other = user.imap();
    other.select("INBOX");
    other.command("STORE 40 +FLAGS.SILENT (\\Seen)");
    other.command("STORE 51 +FLAGS.SILENT (\\Deleted)");
    other.command("EXPUNGE");
    deliver(52);
    let (page, _) = cost().await;
    assert!(page.has_link("letter 52") && !page.has_link("letter 51"));
    let is_new = |number: u32| {
        let own = format!("letter {number}");
        let link = page.links().into_iter().find(|link| link.contains(&own));
        link.unwrap().contains("New")
    };
    assert!(is_new(39) && !is_new(40));
    let (again, _) = cost().await;
    assert_eq!(page.rows(), again.rows());
}

#[tokio::test]
async fn a_folder_may_be_called_anything() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let mut imap = user.imap();
    imap.command("CREATE \"Caf&AOk- & co\"".replace(" & ", " &- ").as_str());
    let browser = app.sign_in(&user).await;
    let page = browser
        .get("/mailbox/INBOX")
        .await
        .follow("Café & co")
        .await;
    assert_eq!(
        (page.status, page.path()),
        (200, "/mailbox/Caf%C3%A9%20%26%20co")
    );
    imap.append(
        "Caf&AOk- &- co",
        "",
        b"From: a@example.org\r\nSubject: Hi\r\n\r\ntext\r\n",
    );
    let page = browser.get(page.path()).await.follow("Hi").await;
    assert!(page.region("main").unwrap().contains("text"));
}

#[tokio::test]
async fn a_folder_below_another_is_one_segment_of_the_address() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let mut imap = user.imap();
    let delimiter = if imap.mailboxes().iter().any(|name| name.contains('.')) {
        '.'
    } else {
        '/'
    };
    imap.command(&format!("CREATE Work{delimiter}Roof"));
    let browser = app.sign_in(&user).await;
    let url = browser.get("/folders").await.link("Roof");
    assert!(
        url.path().starts_with("/mailbox/Work") && url.path_segments().unwrap().count() == 2,
        "{url}"
    );
    assert_eq!(browser.get(url.path()).await.status, 200);
}

#[tokio::test]
async fn a_name_that_no_folder_can_have_is_a_folder_that_is_not_there() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    // Written out: browsers take such segments for steps in the path.
    for name in [
        "%2E",
        "%2E%2E",
        "%2E%2E%2Fetc",
        "%2Fetc",
        "~",
        "a%2F%2Fb",
        "*",
    ] {
        let cookie = format!("Cookie: {}\r\n", browser.cookie().unwrap());
        let host = format!("127.0.0.1:{}", app.address().port());
        let answer = raw_get(&app, &format!("/mailbox/{name}"), &host, &cookie);
        assert!(answer.starts_with("HTTP/1.1 404"), "{name}: {answer}");
        assert!(
            answer.contains("This folder is not here any more"),
            "{name}: {answer}"
        );
    }
}

/// A message of which the server tells some `octets` in its envelope.
fn described_by(octets: usize, subject: &str) -> Vec<u8> {
    let address = "Somebody Or Other <somebody@example.org>";
    let to = vec![address; octets / address.len()].join(",\r\n ");
    format!("From: a@example.org\r\nTo: {to}\r\nSubject: {subject}\r\n\r\ntext\r\n").into_bytes()
}

#[tokio::test]
async fn a_message_too_large_to_list_does_not_hide_the_others() {
    let proxy = CuttingProxy::to(MailServer::shared().imaps);
    let app = App::start_behind(&proxy, |config| {
        config.limits.imap.response = 64 << 10;
    })
    .await;
    let user = MailServer::shared().user();
    let mut imap = user.imap();
    for number in 1..=20 {
        let octets = if number == 13 { 200_000 } else { 5_000 };
        imap.append(
            "INBOX",
            "",
            &described_by(octets, &format!("letter {number:02}")),
        );
    }
    let browser = app.sign_in(&user).await;
    let before = proxy.connections();
    for url in ["/mailbox/INBOX", "/mailbox/INBOX?sort=subject"] {
        let page = browser.get(url).await;
        assert_eq!(
            (page.status, page.rows().len()),
            (200, 20),
            "{url}: {}",
            page.text()
        );
        for number in 1..=20 {
            let listed = page.has_link(&format!("letter {number:02}"));
            assert_eq!(listed, number != 13, "{url}: letter {number:02}");
        }
        assert!(page.text().contains("Unknown sender"), "{url}");
    }
    // Each answer over the limit closes its connection: halves, so there are few.
    let opened = proxy.connections() - before;
    assert!(opened <= 2 * 8, "{opened} connections");
    // Beside a letter that is opened stands the same page.
    let url = browser.get("/mailbox/INBOX").await.link("letter 12");
    let letter = browser.get(url.path()).await;
    assert_eq!(letter.status, 200, "{}", letter.text());
    assert!(letter.has_link("letter 14"), "{}", letter.text());
}

#[tokio::test]
async fn a_page_of_messages_too_large_to_list_costs_a_bounded_number_of_connections() {
    let proxy = CuttingProxy::to(MailServer::shared().imaps);
    let app = App::start_behind(&proxy, |config| {
        config.limits.imap.response = 64 << 10;
    })
    .await;
    let user = MailServer::shared().user();
    let mut imap = user.imap();
    for _ in 0..50 {
        imap.append("INBOX", "", &described_by(100_000, "vast"));
    }
    let browser = app.sign_in(&user).await;
    let before = proxy.connections();
    let page = browser.get("/mailbox/INBOX").await;
    assert_eq!((page.status, page.rows().len()), (200, 50));
    let opened = proxy.connections() - before;
    assert!((2..=32).contains(&opened), "{opened} connections");
}

#[tokio::test]
async fn words_are_found_in_one_folder() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    user.deliver_text("ion@example.org", "Roof repair", "tiles");
    user.deliver_text("ion@example.org", "Dinner", "soup");
    let browser = app.sign_in(&user).await;
    let page = browser.get("/search?q=Roof&in=INBOX").await;
    assert!(
        page.has_link("Roof repair") && !page.has_link("Dinner"),
        "{}",
        page.text()
    );
    assert_eq!(browser.get("/search").await.status, 200);
    assert_eq!(browser.get("/search?q=x&in=Nowhere").await.status, 404);
    let odd = browser
        .get("/search?q=a%0d%0aSet-Cookie:x=1%00%22%5c%7b3%7d&in=INBOX")
        .await;
    assert_eq!(
        (odd.status, odd.header("set-cookie")),
        (200, None),
        "{}",
        odd.text()
    );
}

#[tokio::test]
async fn searching_without_end_is_slowed_down() {
    let app = App::start_with(MailServer::shared(), |config| {
        config.limits.searches_per_minute = 2
    })
    .await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    for _ in 0..2 {
        assert_eq!(browser.get("/search?q=x").await.status, 200);
    }
    let page = browser.get("/search?q=x").await;
    assert_eq!(page.status, 429);
    assert!(page.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
}

#[tokio::test]
async fn everything_works_below_a_sub_path() {
    let app = App::start_with(MailServer::shared(), |config| {
        config.public_url = "http://127.0.0.1:0/mail/".parse().unwrap();
    })
    .await;
    let user = MailServer::shared().user();
    user.deliver_text("ion@example.org", "Roof", "the text");
    let url = format!("http://{}/mail/", app.address());
    let browser = Browser::new(url.parse().unwrap());
    let page = browser.get("/login").await;
    let page = page.sign_in(&user.email, &user.password).await;
    assert_eq!(page.path(), "/mail/mailbox/INBOX");
    let page = page.follow("Roof").await;
    assert!(page.region("main").unwrap().contains("the text"));
    let page = page.form("Archive").submit().await;
    assert_eq!(page.path(), "/mail/mailbox/INBOX");
    for url in page.addresses() {
        assert!(
            url.path().starts_with("/mail/") || url.path() == "/mail",
            "{url}"
        );
    }
}

#[tokio::test]
async fn a_message_is_answered_and_a_draft_goes_on_in_a_folder_of_any_name() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let mut imap = user.imap();
    let browser = app.sign_in(&user).await;
    // Names as IMAP writes them, and as people read them.
    for (wire, name) in [
        ("50% off", "50% off"),
        ("50%2Foff", "50%2Foff"),
        ("Gr&APwA3w-e/A &- B +1", "A & B +1"),
        ("&BCAEMAQxBD4EQgQw-", "Работа"),
    ] {
        imap.command(&format!("CREATE \"{wire}\""));
        let letter = b"From: Mihai <mihai@example.test>\r\nSubject: Roof\r\n\r\ntiles\r\n";
        imap.append(wire, "", letter);
        let list = browser.get("/folders").await.follow(name).await;
        let page = list.follow("Roof").await.follow("Reply").await;
        assert_eq!(page.status, 200, "{name}");
        assert_eq!(page.field("To"), "Mihai <mihai@example.test>", "{name}");
        assert_eq!(page.field("Subject"), "Re: Roof", "{name}");
        let page = page.form("Save draft").fill("Text", name).submit().await;
        assert_eq!(page.field("Text"), name);
    }
}
