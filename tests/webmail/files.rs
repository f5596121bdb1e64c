//! Received files: saved alone, together and in pieces; shown small; never half.

mod big;
mod ranges;

use super::support::{
    app::App,
    cutting_proxy::{CuttingProxy, Fault},
    mail_server::{MailServer, TestUser},
    page::{Browser, Page},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use std::{fmt::Write as _, process::Command};

/// A file of a letter: its name, type, transfer encoding and encoded content.
struct File(&'static str, &'static str, &'static str, String);

fn letter(subject: &str, files: &[File]) -> Vec<u8> {
    let mut message = format!(
        "From: Ion <ion@example.org>\r\nTo: you@example.org\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Date: Thu, 5 Nov 2026 10:00:00 +0000\r\nContent-Type: multipart/mixed; boundary=story\r\n\r\n\
         --story\r\nContent-Type: text/plain\r\n\r\nsome words\r\n"
    );
    for File(name, mime_type, encoding, content) in files {
        write!(
            message,
            "--story\r\nContent-Type: {mime_type}\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
             Content-Transfer-Encoding: {encoding}\r\n\r\n{content}\r\n"
        )
        .unwrap();
    }
    (message + "--story--\r\n").into_bytes()
}

/// Octets that tell their place.
fn content(size: u64) -> Vec<u8> {
    (0..size).map(octet).collect()
}

fn octet(at: u64) -> u8 {
    (at ^ at >> 8 ^ at >> 16).to_le_bytes()[0]
}

/// In lines of 76 letters, as mail programs write it.
fn base64(content: &[u8]) -> String {
    let mut encoded = String::with_capacity(content.len() / 57 * 78 + 80);
    for line in content.chunks(57) {
        STANDARD.encode_string(line, &mut encoded);
        encoded.push_str("\r\n");
    }
    encoded
}

/// Files the letter into the INBOX and gives the path of its page.
async fn filed(app: &App, user: &TestUser<'_>, letter: &[u8]) -> (Browser, String) {
    user.append("INBOX", "", letter);
    let browser = app.sign_in(user).await;
    let list = browser.get("/mailbox/INBOX").await;
    let path = list.link("Files").path().to_owned();
    (browser, path)
}

async fn asked(browser: &Browser, path: &str, headers: &[(&str, &str)]) -> Page {
    let request = browser.bare(Method::GET, path);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    browser.send(request).await
}

/// Name, size and CRC-32 of each member, after Python has read all of them.
fn members(archive: &[u8]) -> Vec<(String, u64, u32)> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), archive).unwrap();
    let script = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n\
                  for i in z.infolist(): print(i.file_size, i.CRC, i.filename)";
    let mut python = Command::new("python3");
    let run = python
        .args(["-c", script])
        .arg(file.path())
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let printed = String::from_utf8(run.stdout).unwrap();
    let member = |line: &str| {
        let mut words = line.splitn(3, ' ');
        let size = words.next()?.parse().ok()?;
        let checksum = words.next()?.parse().ok()?;
        Some((words.next()?.to_owned(), size, checksum))
    };
    printed.lines().map(|line| member(line).unwrap()).collect()
}

#[tokio::test]
async fn all_files_of_a_letter_are_saved_in_one_archive() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let big = content(700_000);
    let inner = "From: a@example.org\r\nSubject: Inner\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n\
                 --i\r\n\r\ninner words\r\n--i\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n1,2\r\n\
                 --i\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=b.csv\r\n\r\n3,4\r\n--i--";
    let files = [
        File("../../plan.pdf", "application/pdf", "base64", base64(&big)),
        File("Plan.pdf", "application/pdf", "base64", base64(b"%PDF-1.7")),
        File(
            "=?utf-8?Q?=C3=9Cbersicht.txt?=",
            "text/plain; charset=iso-8859-1",
            "quoted-printable",
            "caf=E9".into(),
        ),
        File("inner.eml", "message/rfc822", "7bit", inner.into()),
    ];
    let (browser, path) = filed(&app, &user, &letter("Files: all", &files)).await;
    let page = browser.get(&path).await;
    let line = page.region("main").unwrap();
    assert!(line.contains("4 files, "), "{line}");
    assert_eq!(page.link("Save all").path(), format!("{path}/files.zip"));
    let archive = page.follow("Save all").await;
    assert_eq!(archive.status, 200);
    assert_eq!(archive.header("content-type"), Some("application/zip"));
    let disposition = archive.header("content-disposition").unwrap();
    assert!(
        disposition.starts_with("attachment; filename=\"Files all.zip\""),
        "{disposition}"
    );
    assert_eq!(
        archive.header("content-security-policy"),
        Some("sandbox; default-src 'none'")
    );
    assert_eq!(archive.header("accept-ranges"), Some("none"));
    let saved = members(&archive.body);
    assert_eq!(
        saved[..3],
        [
            ("plan.pdf".into(), 700_000, crc32fast::hash(&big)),
            ("Plan (2).pdf".into(), 8, crc32fast::hash(b"%PDF-1.7")),
            ("Übersicht.txt".into(), 4, crc32fast::hash(b"caf\xe9")),
        ]
    );
    // Servers differ in whether the line end before the boundary is part of an attached message.
    let (name, size, _) = &saved[3];
    assert!(
        name == "inner.eml" && size.abs_diff(inner.len() as u64) <= 2,
        "{saved:?}"
    );
    assert_eq!(saved.len(), 4);

    let attached = page.follow("inner.eml").await.follow("Save all").await;
    assert_eq!(attached.path(), format!("{path}/message/5/files.zip"));
    let names: Vec<String> = members(&attached.body)
        .into_iter()
        .map(|(name, ..)| name)
        .collect();
    assert_eq!(names, ["a.csv", "b.csv"]);
    let head = browser.bare(Method::HEAD, &format!("{path}/files.zip"));
    let head = browser.send(head).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[tokio::test]
async fn nothing_is_saved_together_where_there_is_nothing() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let one = [File("a.txt", "text/plain", "7bit", "a".into())];
    user.append("INBOX", "", &letter("No enclosures", &[]));
    let (browser, path) = filed(&app, &user, &letter("Files: one", &one)).await;
    assert!(!browser.get(&path).await.has_link("Save all"));
    let list = browser.get("/mailbox/INBOX").await;
    let without = list.link("No enclosures").path().to_owned();
    let (validity, uid) = path.rsplit_once('.').unwrap();
    let gone: u32 = uid.parse().unwrap();
    for (address, status) in [
        (format!("{without}/files.zip"), 404),
        (format!("{validity}.{}/files.zip", gone + 1), 404),
        (format!("{path}/message/1/files.zip"), 404),
        (format!("{path}/message/x/files.zip"), 404),
        ("/mailbox/Nowhere/1.1/files.zip".to_owned(), 404),
        ("/mailbox/INBOX/1.1/files.zip".to_owned(), 410),
    ] {
        assert_eq!(browser.get(&address).await.status, status, "{address}");
    }
    for foreign in ["script", "style", "object", "video"] {
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-dest", foreign),
        ];
        let page = asked(&browser, &format!("{path}/files.zip"), &headers).await;
        assert_eq!(page.status, 403, "{foreign}");
    }
}

/// A download that has begun.
async fn begun(browser: &Browser, path: &str) -> reqwest::Response {
    let mut response = browser.bare(Method::GET, path).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert!(response.chunk().await.unwrap().is_some());
    response
}

async fn breaks(mut response: reqwest::Response) -> bool {
    loop {
        match response.chunk().await {
            Ok(Some(_)) => {}
            Ok(None) => return false,
            Err(_) => return true,
        }
    }
}

#[tokio::test]
async fn a_file_whose_connection_is_cut_half_way_is_never_a_short_success() {
    let proxy = CuttingProxy::to(MailServer::shared().imaps);
    let port = proxy.port;
    let app = App::start_with(MailServer::shared(), |config| config.imap.port = port).await;
    let user = MailServer::shared().user();
    let encoded = base64(&content(24_000_000));
    let files = [
        File("a.txt", "text/plain", "7bit", "a".into()),
        File("film.bin", "application/octet-stream", "base64", encoded),
    ];
    let (browser, path) = filed(&app, &user, &letter("Files: cut", &files)).await;
    for address in ["part/3", "files.zip", "source?download"] {
        proxy.set(None);
        let response = begun(&browser, &format!("{path}/{address}")).await;
        proxy.set(Fault::Refuse);
        assert!(breaks(response).await, "{address}");
    }
    proxy.set(None);
    assert_eq!(browser.get(&path).await.status, 200);
}

#[tokio::test]
async fn a_file_that_vanishes_half_way_is_never_a_short_success() {
    let app = App::start().await;
    let encoded = base64(&content(24_000_000));
    for address in ["part/3", "files.zip"] {
        let user = MailServer::shared().user();
        let files = [
            File("a.txt", "text/plain", "7bit", "a".into()),
            File(
                "film.bin",
                "application/octet-stream",
                "base64",
                encoded.clone(),
            ),
        ];
        let (browser, path) = filed(&app, &user, &letter("Files: vanishing", &files)).await;
        let response = begun(&browser, &format!("{path}/{address}")).await;
        let mut imap = user.imap();
        imap.select("INBOX");
        imap.command("STORE 1 +FLAGS (\\Deleted)");
        imap.command("EXPUNGE");
        assert!(breaks(response).await, "{address}");
        let gone = browser.get(&format!("{path}/{address}")).await;
        assert_eq!(gone.status, 404, "{address}");
    }
}

#[tokio::test]
async fn a_card_shows_a_small_picture_and_nothing_that_only_claims_to_be_one() {
    let app = App::start().await;
    let user = MailServer::shared().user();
    let header = |side: u32| {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([side.to_be_bytes(), side.to_be_bytes()].concat());
        png.extend(b"\x08\x06\0\0\0");
        png
    };
    let large = [header(16), content(600_000)].concat();
    let files = [
        File("roof.png", "image/png", "base64", base64(&header(16))),
        File(
            "page.png",
            "image/png",
            "base64",
            base64(b"<html><script>xss()</script>"),
        ),
        File(
            "drawing.svg",
            "image/svg+xml",
            "7bit",
            "<svg onload='xss()'/>".into(),
        ),
        File("bomb.png", "image/png", "base64", base64(&header(60_000))),
        File("large.png", "image/png", "base64", base64(&large)),
    ];
    let (browser, path) = filed(&app, &user, &letter("Files: pictures", &files)).await;
    let page = browser.get(&path).await;
    let offered = |part: &str| {
        page.source()
            .contains(&format!("{path}/part/{part}?thumbnail"))
    };
    assert_eq!(
        ["2", "3", "4", "5", "6"].map(offered),
        [true, true, false, true, false]
    );
    for (part, status) in [
        ("2", 200),
        ("3", 404),
        ("4", 404),
        ("5", 404),
        ("6", 404),
        ("1", 404),
        ("9", 404),
    ] {
        let address = format!("{path}/part/{part}?thumbnail");
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-dest", "image"),
        ];
        let thumbnail = asked(&browser, &address, &headers).await;
        assert_eq!(thumbnail.status, status, "{part}");
    }
    let picture = asked(&browser, &format!("{path}/part/6"), &[]).await;
    assert_eq!(picture.header("content-type"), Some("image/png"));
    assert!(
        picture
            .header("content-disposition")
            .unwrap()
            .starts_with("inline")
    );
    let claim = asked(&browser, &format!("{path}/part/3"), &[]).await;
    assert_eq!(
        claim.header("content-type"),
        Some("application/octet-stream")
    );
    assert!(
        claim
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
}
