//! A really big file: how much memory the server process takes for it.

use super::{File, base64, content, letter, octet};
use crate::support::{
    cutting_proxy::{CuttingProxy, Direction},
    mail_server::{MailServer, TestUser},
    page::Browser,
};
use reqwest::Method;
use std::{
    process::{Child, Command},
    time::Duration,
};

/// Octets of the file.
const SIZE: u64 = 64 << 20;
/// What downloads may cost the process at their highest, octets: each holds two slices and what hyper and the allocator keep.
const MOST: u64 = 2 << 20;

/// Posta in a process of its own, so that its memory is nobody else's.
struct Posta {
    child: Child,
    browser: Browser,
    _data: tempfile::TempDir,
}

impl Posta {
    async fn start(server: &MailServer, imaps: u16) -> Self {
        let data = tempfile::tempdir().unwrap();
        // Below those that the system gives to outgoing connections, one of which could be quicker.
        for port in 21_000 + (std::process::id() % 90) as u16 * 100.. {
            let url = format!("http://127.0.0.1:{port}/");
            let mut child = Command::new(env!("CARGO_BIN_EXE_posta"))
                .arg("serve")
                .env("POSTA_LISTEN", format!("127.0.0.1:{port}"))
                .env("POSTA_PUBLIC_URL", &url)
                .env("POSTA_IMAP_URL", format!("imaps://127.0.0.1:{imaps}"))
                .env(
                    "POSTA_SMTP_URL",
                    format!("smtp://127.0.0.1:{}", server.submission),
                )
                .env("POSTA_CA_FILE", server.ca_file())
                .env("POSTA_DATA_DIR", data.path())
                .env("POSTA_LOG", "warn")
                .spawn()
                .unwrap();
            let browser = Browser::new(url.parse().unwrap());
            while child.try_wait().unwrap().is_none() {
                if browser.bare(Method::GET, "/healthz").send().await.is_ok() {
                    return Self {
                        child,
                        browser,
                        _data: data,
                    };
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        panic!("Posta does not start");
    }

    async fn sign_in(&self, user: &TestUser<'_>) {
        let page = self.browser.get("/login").await;
        let form = page.form("Sign in").fill("Email", &user.email);
        let inbox = form.fill("Password", &user.password).submit().await;
        assert_eq!(inbox.status, 200, "{}", inbox.text());
    }

    /// A line of its status, octets.
    fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }

    /// Resident now, and the highest counts from now on.
    fn settle(&self) -> u64 {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
        self.memory("VmRSS:")
    }
}

impl Drop for Posta {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Reads an answer to its end and compares each octet with the one that stands there; how many there were.
async fn read(mut response: reqwest::Response, from: u64) -> u64 {
    let mut at = from;
    while let Some(piece) = response.chunk().await.unwrap() {
        for octet_read in piece {
            assert_eq!(octet_read, octet(at), "at {at}");
            at += 1;
        }
    }
    at - from
}

#[tokio::test]
async fn a_really_big_file_is_streamed_in_next_to_no_memory() {
    let server = MailServer::shared();
    let proxy = CuttingProxy::to(server.imaps);
    let user = server.user();
    let film = [File(
        "film.bin",
        "application/octet-stream",
        "base64",
        base64(&content(SIZE)),
    )];
    user.append("INBOX", "", &letter("Files: big", &film));
    drop(film);
    let posta = Posta::start(server, proxy.port).await;
    posta.sign_in(&user).await;
    let list = posta.browser.get("/mailbox/INBOX").await;
    let page = list.follow("Files").await;
    let address = format!("{}/part/2", page.path());
    let ask = async |range: Option<String>| {
        let request = posta.browser.bare(Method::GET, &address);
        let request = range
            .iter()
            .fold(request, |request, range| request.header("range", range));
        request.send().await.unwrap()
    };
    // What every download needs once is there afterwards.
    for start in [0, SIZE / 2] {
        let range = format!("bytes={start}-{}", start + (4 << 20));
        assert_eq!(read(ask(Some(range)).await, start).await, (4 << 20) + 1);
    }

    let before = posta.settle();
    let whole = ask(None).await;
    assert_eq!(whole.headers()["content-length"], SIZE.to_string().as_str());
    assert_eq!(read(whole, 0).await, SIZE);
    let grown = posta.memory("VmHWM:").saturating_sub(before);
    println!("{SIZE} octets in whole: {} KiB at the highest", grown >> 10);
    assert!(grown <= MOST, "{grown}");

    let before = posta.settle();
    for start in [SIZE - 1, SIZE / 2, 0, SIZE / 3, SIZE - (3 << 20)] {
        let last = (start + (5 << 20)).min(SIZE - 1);
        let range = ask(Some(format!("bytes={start}-{last}"))).await;
        assert_eq!(range.status().as_u16(), 206);
        assert_eq!(read(range, start).await, last - start + 1);
    }
    let grown = posta.memory("VmHWM:").saturating_sub(before);
    println!("ranges: {} KiB at the highest", grown >> 10);
    assert!(grown <= MOST, "{grown}");

    // One who does not read holds what the sockets hold and two slices, however long the others take.
    let before = posta.settle();
    let received = proxy.octets(Direction::ToClient);
    let stalled = ask(None).await;
    assert_eq!(
        read(ask(Some("bytes=0-9999999".into())).await, 0).await,
        10_000_000
    );
    let grown = posta.memory("VmHWM:").saturating_sub(before);
    let received = proxy.octets(Direction::ToClient) - received;
    println!(
        "beside one who waits: {} KiB, {received} octets received",
        grown >> 10
    );
    assert!(grown <= MOST, "{grown}");
    assert!(received < SIZE / 2, "{received}");
    drop(stalled);
}
