//! Measures Posta beside raw IMAP: one warm connection that does the same work and drops the answer.
//!
//! Both take turns in one run on one machine, so ratios mean something where absolute times do not. `script/bench` runs
//! this with the release binary and its environment: `POSTA` (the binary), `SIZES` (messages, "1000,10000,100000"),
//! `ROUNDS` (how often each thing is measured), `STATIC` (the folder of the static files).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a benchmark fails by panicking"
)]

#[path = "speed/browsing.rs"]
mod browsing;
#[path = "speed/process.rs"]
mod process;
#[path = "speed/raw.rs"]
mod raw;
#[path = "speed/report.rs"]
mod report;

use std::time::Instant;

use browsing::Session;
use process::Posta;
use raw::Raw;
use report::{Report, median};
use support::{
    mail_server::{MailServer, TestUser},
    page::Browser,
};

#[allow(dead_code, reason = "shared with the stories, which use all of it")]
#[path = "../tests/webmail/support"]
mod support {
    pub mod imap_client;
    pub mod mail_server;
    pub mod page;
}

const PAGE: u32 = 50;

fn main() {
    let sizes = environment("SIZES", "1000,10000,100000");
    let sizes: Vec<u32> = sizes.split(',').map(|size| size.parse().unwrap()).collect();
    let rounds: usize = environment("ROUNDS", "200").parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = MailServer::shared();
    let mut report = Report::default();
    let mut inbox = Vec::new();
    for &size in &sizes {
        eprintln!("building a mailbox of {size} messages");
        let user = server.user();
        user.fill(size);
        let posta = Posta::start(server);
        let millis = runtime.block_on(mailbox(&posta, &user, size, rounds, &mut report));
        inbox.push((size, millis));
    }
    if let (Some(first), Some(last)) = (inbox.first(), inbox.last()) {
        let name = format!("inbox page, {} : {} messages", last.0, first.0);
        report.ratio(&name, last.1 / first.1, 1.2);
    }
    runtime.block_on(memory(server, &mut report));
    start(server, &mut report);
    report.assets(&environment("STATIC", "static"));
    report.print();
}

fn environment(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// Everything that depends on the mailbox. Returns the median of the warm inbox page in milliseconds.
async fn mailbox(
    posta: &Posta,
    user: &TestUser<'_>,
    size: u32,
    rounds: usize,
    report: &mut Report,
) -> f64 {
    let mut raw = Raw::open(user);
    let session = Session::sign_in(posta, user).await;
    let few = (rounds / 10).max(5);

    let times = race!(rounds, raw.page(1), session.get("/mailbox/INBOX").await);
    let inbox = times.posta();
    report.add(&format!("inbox page, {size}"), &times);
    let cpu = posta.cpu();
    for _ in 0..rounds {
        session.get("/mailbox/INBOX").await;
    }
    let used = (posta.cpu() - cpu) / u32::try_from(rounds).unwrap();
    report.value(
        &format!("own CPU per list request, {size}"),
        used.as_secs_f64() * 1e3,
        "ms",
        1.0,
    );

    let last = size / PAGE;
    let deep = last.min(1000);
    let path = format!("/mailbox/INBOX?page={deep}");
    let times = race!(rounds, raw.page(deep), session.get(&path).await);
    report.add(&format!("page {deep}, {size}"), &times);

    for (kind, name) in raw::SAMPLES {
        let (uid, path) = raw.sample(name);
        let times = race!(rounds, raw.open_text(uid), session.get(&path).await);
        report.add(&format!("open message, {kind}, {size}"), &times);
    }
    let (uid, path) = raw.sample("Open attached");
    let part = format!("{path}/part/2?download");
    let before = posta.peak_after_reset();
    let times = race!(few, raw.download(uid), session.get(&part).await);
    report.add(&format!("download 1.5 MB, {size}"), &times);
    report.memory("extra memory of downloads", posta.peak() - before, 2.0);

    let (uid, _) = raw.sample("Open plain");
    let message = raw.reference(uid);
    let times = race!(few, raw.flag(uid), session.star(&message).await);
    report.add(&format!("flag, {size}"), &times);
    newsletters(&mut raw, &session, few, size, report).await;

    let times = race!(
        few,
        drop(Raw::open(user)),
        Session::sign_in(posta, user).await
    );
    report.add(&format!("sign in and list, {size}"), &times);

    // What writing needs at all is not the file's.
    session.upload(1).await;
    let before = posta.peak_after_reset();
    session.upload(2 << 20).await;
    report.memory(
        "extra memory of an upload of 2 MiB",
        posta.peak() - before,
        4.0,
    );
    let times = race!(few, raw.submit(user), session.send(user).await);
    report.add(&format!("send 100 kB, {size}"), &times);
    inbox
}

/// Newsletters that were never opened before, and the frames in their pages.
async fn newsletters(
    raw: &mut Raw,
    session: &Session,
    rounds: usize,
    size: u32,
    report: &mut Report,
) {
    for kilobytes in [30, 283] {
        let letter = raw::newsletter(kilobytes * 1000);
        let uids = raw.file(&letter, rounds + 3);
        let paths: Vec<_> = uids
            .iter()
            .map(|&uid| format!("/mailbox/INBOX/{}", raw.reference(uid)))
            .collect();
        let (mut own, mut pages) = (uids.iter().cycle(), paths.iter());
        let times = race!(
            rounds,
            raw.open_text(*own.next().unwrap()),
            session.get(pages.next().unwrap()).await
        );
        report.add(&format!("first opening, {kilobytes} kB, {size}"), &times);
        let mut frames = paths.iter().rev();
        let times = race!(
            rounds,
            raw.open_text(*own.next().unwrap()),
            session
                .frame(&format!("{}/body", frames.next().unwrap()))
                .await
        );
        report.add(&format!("its frame, {kilobytes} kB, {size}"), &times);
    }
}

/// What fifty signed-in people take, each with the inbox open.
async fn memory(server: &MailServer, report: &mut Report) {
    let posta = Posta::start(server);
    let mut sessions = Vec::new();
    for number in 0..50 {
        let user = server.user();
        user.deliver_text("Ana <ana@example.org>", "hello", &format!("text {number}"));
        sessions.push(Session::sign_in(&posta, &user).await);
    }
    report.memory("50 signed-in users", posta.resident(), 40.0);
}

/// From the start of the process to its first answer.
fn start(server: &MailServer, report: &mut Report) {
    let times: Vec<_> = (0..10)
        .map(|_| {
            let begin = Instant::now();
            drop(Posta::start(server));
            begin.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    report.value("start to first answer", median(&times), "ms", 100.0);
}

/// A browser for a running Posta.
fn browser(posta: &Posta) -> Browser {
    Browser::new(posta.url.clone())
}

/// Measures two things in turns, so that both meet the same machine.
#[macro_export]
macro_rules! race {
    ($rounds:expr, $raw:expr, $posta:expr) => {{
        let mut times = $crate::report::Times::default();
        for round in 0..$rounds + 3 {
            let begin = std::time::Instant::now();
            $raw;
            let raw = begin.elapsed();
            let begin = std::time::Instant::now();
            $posta;
            // The first three warm both up.
            if round >= 3 {
                times.add(raw, begin.elapsed());
            }
        }
        times
    }};
}
