//! Files: the limit of two megabytes and everything that can go wrong on the way.

use super::support::{
    app::App,
    mail_server::MailServer,
    page::{Browser, Page},
};
use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    time::{Duration, Instant},
};

const LIMIT: usize = 2_097_152;
const BOUNDARY: &str = "story";

fn text_part(name: &str, value: &str) -> String {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

fn file_head(name: &str) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
}

fn head(app: &App, browser: &Browser, path: &str, length: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Dest: document\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n{length}\r\n\r\n",
        app.address(),
        browser.cookie().unwrap()
    )
}

async fn letter(browser: &Browser) -> Page {
    browser.get("/compose").await
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[tokio::test]
async fn exactly_two_megabytes_pass() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let page = letter(&browser).await;
    assert!(
        page.text().contains("2 MB"),
        "the limit stands before choosing: {}",
        page.text()
    );
    let form = page
        .form("Attach")
        .fill("Subject", "Film")
        .file("Attach files", "a.bin", vec![b'a'; LIMIT - 1_000])
        .file("Attach files", "b.bin", vec![b'b'; 1_000]);
    let page = form.submit().await;
    assert_eq!(page.status, 200, "{}", page.text());
    let main = page.region("main").unwrap();
    assert!(main.contains("a.bin") && main.contains("b.bin"), "{main}");
    assert_eq!(page.field("Subject"), "Film");
    // A letter may collect several uploads.
    let page = page
        .form("Attach")
        .file("Attach files", "c.bin", vec![b'c'; LIMIT])
        .submit()
        .await;
    assert_eq!(page.status, 200);
    assert!(page.region("main").unwrap().contains("c.bin"));
}

#[tokio::test]
async fn one_octet_more_is_refused_by_name_and_keeps_the_text() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let page = letter(&browser).await;
    let form = page
        .form("Attach")
        .fill("Subject", "Film")
        .fill("Text", "my words")
        .file("Attach files", "small.txt", "x")
        .file("Attach files", "holiday.mp4", vec![b'a'; LIMIT]);
    let refused = form.submit().await;
    assert_eq!(refused.status, 413);
    let said = refused.region("alert").unwrap();
    assert!(
        said.contains("holiday.mp4") && said.contains("2 MB"),
        "{said}"
    );
    assert_eq!(refused.field("Text"), "my words");
    // Nothing of the upload stays, everything typed does.
    let page = browser.get(page.path()).await;
    assert_eq!(
        (page.field("Subject").as_str(), page.field("Text").as_str()),
        ("Film", "my words")
    );
    assert!(!page.region("main").unwrap().contains("small.txt"));
}

#[tokio::test]
async fn a_huge_upload_is_refused_while_it_is_still_being_sent() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let path = letter(&browser).await.path().to_owned();
    for length in ["Content-Length: 10000000000", "Transfer-Encoding: chunked"] {
        let mut socket = TcpStream::connect(app.address()).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let start = head(&app, &browser, &format!("{path}/attachments"), length);
        let begin = text_part("subject", "Endless") + &file_head("endless.iso");
        let chunked = length.starts_with("Transfer");
        let frame = |data: &[u8]| {
            if chunked {
                [format!("{:x}\r\n", data.len()).as_bytes(), data, b"\r\n"].concat()
            } else {
                data.to_vec()
            }
        };
        socket.write_all(start.as_bytes()).unwrap();
        socket.write_all(&frame(begin.as_bytes())).unwrap();
        let block = frame(&vec![b'x'; 64 << 10]);
        let mut reader = socket.try_clone().unwrap();
        let answered = std::thread::spawn(move || {
            let mut first = [0; 4096];
            let count = reader.read(&mut first).unwrap_or(0);
            String::from_utf8_lossy(&first[..count]).into_owned()
        });
        let mut sent = 0_u64;
        let started = Instant::now();
        while !answered.is_finished() {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "no answer after {sent} octets"
            );
            if socket.write_all(&block).is_err() {
                break;
            }
            sent += 64 << 10;
        }
        let answer = answered.join().unwrap();
        assert!(answer.starts_with("HTTP/1.1 413"), "{length}: {answer}");
        assert_eq!(browser.get(&path).await.field("Subject"), "Endless");
    }
}

#[tokio::test]
async fn a_browser_that_sends_all_before_it_reads_sees_the_page() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let path = letter(&browser).await.path().to_owned();
    let body = [
        file_head("large.bin").as_bytes(),
        &vec![b'x'; 20 << 20],
        format!("\r\n--{BOUNDARY}--\r\n").as_bytes(),
    ]
    .concat();
    let request = [
        head(
            &app,
            &browser,
            &format!("{path}/attachments"),
            &format!("Content-Length: {}", body.len()),
        )
        .as_bytes(),
        &body,
    ]
    .concat();
    let answer = app.raw(&request, Duration::from_secs(10));
    assert!(
        answer.starts_with("HTTP/1.1 413"),
        "{}",
        &answer[..answer.len().min(300)]
    );
    assert!(
        answer.contains("large.bin") && answer.contains("</html>"),
        "the whole page arrives"
    );
}

#[tokio::test]
async fn half_an_upload_loses_nothing() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let path = letter(&browser).await.path().to_owned();
    let body = text_part("subject", "Half")
        + &text_part("body", "whole words")
        + &file_head("half.bin")
        + "beginn";
    let whole = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let request = head(
        &app,
        &browser,
        &format!("{path}/attachments"),
        "Transfer-Encoding: chunked",
    ) + &whole;
    let answer = app.raw(request.as_bytes(), Duration::from_secs(5));
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let page = browser.get(&path).await;
    assert_eq!(
        (page.field("Subject").as_str(), page.field("Text").as_str()),
        ("Half", "whole words")
    );
    assert!(!page.region("main").unwrap().contains("half.bin"));
}

#[tokio::test]
async fn a_browser_that_goes_away_in_the_middle_leaves_its_words() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let path = letter(&browser).await.path().to_owned();
    let body = text_part("subject", "Gone") + &format!("--{BOUNDARY}\r\nContent-Disp");
    let request = head(&app, &browser, &path, "Content-Length: 100000") + &body;
    let mut socket = TcpStream::connect(app.address()).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    socket.shutdown(Shutdown::Both).unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while browser.get(&path).await.field("Subject") != "Gone" {
        assert!(Instant::now() < deadline, "the words are lost");
    }
}

#[tokio::test]
async fn an_upload_that_stops_coming_is_given_up() {
    let app = App::start_with(MailServer::shared(), |config| {
        config.limits.body_idle = Duration::from_millis(300)
    })
    .await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let path = letter(&browser).await.path().to_owned();
    let request = head(
        &app,
        &browser,
        &format!("{path}/attachments"),
        "Content-Length: 100000",
    ) + &text_part("subject", "Slow")
        + &file_head("slow.bin")
        + "x";
    let answer = app.raw(request.as_bytes(), Duration::from_secs(3));
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("Not everything arrived"), "{answer}");
    assert_eq!(browser.get(&path).await.field("Subject"), "Slow");
}

#[tokio::test]
async fn forms_that_no_page_sends_are_refused() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let path = letter(&browser).await.path().to_owned();
    let end = format!("--{BOUNDARY}--\r\n");
    for body in [
        text_part("a", "1").repeat(65) + &end,
        text_part(&"n".repeat(257), "1") + &end,
        text_part(&"n".repeat(1 << 20), "1") + &end,
        text_part("a", "").repeat(100_000) + &end,
    ] {
        let request = head(
            &app,
            &browser,
            &format!("{path}/attachments"),
            &format!("Content-Length: {}", body.len()),
        ) + &body;
        let answer = app.raw(request.as_bytes(), Duration::from_secs(5));
        assert!(
            answer.starts_with("HTTP/1.1 400"),
            "{}",
            &answer[..answer.len().min(200)]
        );
    }
    let many: Vec<_> = (0..100_000).map(|_| ("a", "1")).collect();
    assert_eq!(browser.post(&path, &many).await.status, 400);
}

#[tokio::test]
async fn an_empty_file_field_attaches_nothing() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let page = letter(&browser).await;
    let page = page
        .form("Attach")
        .fill("Subject", "No file")
        .submit()
        .await;
    assert_eq!(page.status, 200);
    assert_eq!(count(&page.source(), "data-remove"), 0);
    assert_eq!(page.field("Subject"), "No file");
}

#[tokio::test]
async fn more_files_than_a_message_holds_are_refused() {
    let app = App::start_with(MailServer::shared(), |config| {
        config.limits.uploads_per_draft = 2
    })
    .await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let page = letter(&browser).await;
    let mut form = page.form("Attach");
    for name in ["a.txt", "b.txt", "c.txt"] {
        form = form.file("Attach files", name, name);
    }
    let page = form.submit().await;
    assert_eq!(page.status, 413, "{}", page.text());
    assert!(
        page.region("alert").unwrap().contains('2'),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn names_of_files_are_only_names() {
    let app = App::start().await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let page = letter(&browser).await;
    let form = page
        .form("Attach")
        .file("Attach files", "../../etc/passwd", "x")
        .file("Attach files", "<img src=x>.txt", "x");
    let page = form.submit().await;
    assert_eq!(page.status, 200, "{}", page.text());
    let main = page.region("main").unwrap();
    assert!(main.contains("passwd") && !main.contains("../"), "{main}");
    assert!(!page.source().contains("<img src=x>"));
}

#[tokio::test]
async fn another_limit_is_told_and_kept() {
    let app = App::start_with(MailServer::shared(), |config| config.limits.upload = 10_240).await;
    let browser = app.sign_in(&MailServer::shared().user()).await;
    let page = letter(&browser).await;
    assert!(page.text().contains("10 kB"), "{}", page.text());
    assert_eq!(
        page.form("Attach")
            .file("Attach files", "a", vec![0; 10_241])
            .submit()
            .await
            .status,
        413
    );
    assert_eq!(
        page.form("Attach")
            .file("Attach files", "a", vec![0; 10_240])
            .submit()
            .await
            .status,
        200
    );
}
