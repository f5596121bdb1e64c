//! What goes wrong with one message costs nobody anything else: not the process, not the time of others, not a session.
//!
//! By hand, with figures that count: `POSTA=target/release/posta CORPORA=… cargo test --test webmail isolation -- --nocapture`.

use super::support::{app::sign_in, mail_server::MailServer, page::Browser, process::Process};
use futures_util::{StreamExt as _, stream};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Slow to render, within every limit: there is time to end the process meanwhile.
fn heavy() -> Vec<u8> {
    let mut message = b"From: Eve <eve@example.net>\r\nSubject: Heavy\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/html; charset=utf-8\r\n\r\n"
        .to_vec();
    for number in 0..6_000 {
        let paragraph = format!(
            "<p style=\"color: #{number:06x}; margin: 1px 2px\"><b>Word</b> &amp; <i>{number}</i>\r\n"
        );
        message.extend_from_slice(paragraph.as_bytes());
    }
    message
}

/// Ends the process while it renders the message of this path.
async fn abort_while_opening(posta: &mut Process, browser: &Browser, path: &str) {
    let note = posta.data_dir().join("rendering");
    for _ in 0..50 {
        let opening = tokio::spawn({
            let request = browser.bare(reqwest::Method::GET, path);
            async move { request.send().await }
        });
        while !opening.is_finished() {
            if is_rendering(&note) {
                posta.abort();
                let cut = opening.await.unwrap();
                assert!(cut.is_err() && is_rendering(&note));
                return;
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }
    panic!("the message is rendered too fast to be seen");
}

fn is_rendering(note: &Path) -> bool {
    fs::read_to_string(note).is_ok_and(|note| !note.trim().is_empty())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_ended_the_program_is_shown_as_source_and_nobody_is_signed_out() {
    let (ana, mihai) = (MailServer::shared().user(), MailServer::shared().user());
    ana.deliver(&heavy());
    ana.deliver_text("Ion <ion@example.net>", "Light", "light words");
    let mut posta = Process::start(MailServer::shared()).await;
    let (browser, other) = (posta.browser(), posta.browser());
    sign_in(&browser, &ana).await;
    sign_in(&other, &mihai).await;
    let list = browser.get("/mailbox/INBOX").await;
    let heavy = list.link("Heavy").path().to_owned();

    abort_while_opening(&mut posta, &browser, &heavy).await;
    let restarted = posta.restart().await;
    assert!(restarted < Duration::from_secs(2), "{restarted:?}");

    for person in [&browser, &other] {
        assert_eq!(person.get("/").await.path(), "/mailbox/INBOX");
    }
    for suffix in ["", "/print", "/source"] {
        let page = browser.get(&format!("{heavy}{suffix}")).await;
        assert_eq!(page.status, 200);
        let text = page.region("main").unwrap();
        assert!(
            text.contains("This message once stopped the program"),
            "{text}"
        );
        assert!(
            page.source().contains("&lt;b&gt;Word&lt;/b&gt;")
                || page.source().contains("&#60;b&#62;Word")
        );
    }
    let download = browser.get(&format!("{heavy}/source?download")).await;
    assert!(download.body.starts_with(b"Return-Path") && download.body.ends_with(b"</i>\r\n"));
    let reply = heavy.replacen("/mailbox/INBOX/", "/compose?reply=INBOX/", 1);
    assert!(browser.get(&reply).await.status < 500);
    let light = browser.get("/mailbox/INBOX").await.follow("Light").await;
    assert!(light.region("main").unwrap().contains("light words"));

    let source = browser.get(&heavy).await;
    let page = source.form("Try again").submit().await;
    assert_eq!((page.status, page.path()), (200, heavy.as_str()));
    assert!(page.has_link("Reply") && !page.text().contains("once stopped"));
    let page = browser.get(&heavy).await;
    assert!(page.has_link("Reply"), "it stays so");
}

/// The bombs of the corpus: names and octets.
fn bombs() -> Vec<(String, Vec<u8>)> {
    let text = fs::read_to_string("tests/corpora/handmade/bombs.json").unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let build = |bomb: &serde_json::Value| {
        let mut message = String::new();
        for segment in bomb["segments"].as_array().unwrap() {
            match segment.as_str() {
                Some(text) => message.push_str(text),
                None => {
                    let unit = segment["repeat"].as_str().unwrap();
                    for index in 0..segment["times"].as_u64().unwrap() {
                        message.push_str(&unit.replace("{i}", &index.to_string()));
                    }
                }
            }
        }
        (
            bomb["name"].as_str().unwrap().to_owned(),
            message.into_bytes(),
        )
    };
    all["bombs"].as_array().unwrap().iter().map(build).collect()
}

/// Writes each message into a file of a folder, so that they are listed in this order.
fn maildir(messages: impl Iterator<Item = Vec<u8>>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, message) in messages.enumerate() {
        let name = format!("{}.m{number:05}.example:2,", 1_600_000_000 + number);
        fs::write(folder.path().join(name), message).unwrap();
    }
    folder
}

/// The addresses of all messages of the inbox, oldest first; every page of it is fine.
async fn inbox(browser: &Browser, count: usize) -> Vec<String> {
    let mut paths = Vec::new();
    for number in 1.. {
        let page = browser.get(&format!("/mailbox/INBOX?page={number}")).await;
        assert_eq!(page.status, 200, "{number}");
        let before = paths.len();
        for url in page.addresses() {
            let path = url.path();
            let segment = path.strip_prefix("/mailbox/INBOX/").unwrap_or_default();
            let is_message = !segment.is_empty() && !segment.contains('/');
            if is_message && !paths.iter().any(|known| known == path) {
                paths.push(path.to_owned());
            }
        }
        if paths.len() >= count || paths.len() == before {
            break;
        }
    }
    assert_eq!(paths.len(), count, "each message stands in the list");
    paths.reverse();
    paths
}

fn percentile_99(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[(times.len() * 99).div_ceil(100) - 1]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bomb_costs_little_and_nobody_else_waits_for_it() {
    // A debug build on a busy machine is so many times slower.
    let slack = if Process::is_measured() { 1 } else { 10 };
    let server = MailServer::private();
    let (eve, ana) = (server.user(), server.user());
    let bombs = bombs();
    let folder = maildir(bombs.iter().map(|(_, message)| message.clone()));
    eve.put(folder.path());
    ana.fill(300);
    let posta = Process::start(&server).await;
    let (hostile, quiet) = (posta.browser(), posta.browser());
    sign_in(&hostile, &eve).await;
    sign_in(&quiet, &ana).await;
    let paths = inbox(&hostile, bombs.len()).await;

    for ((name, _), path) in bombs.iter().zip(&paths) {
        let (_, before) = posta.peak_and_resident();
        let (cpu, begun) = (posta.cpu(), Instant::now());
        for suffix in ["", "/body", "/print", "/source"] {
            let status = hostile.status(&format!("{path}{suffix}")).await;
            let fine = status == 200 || (suffix == "/body" && status == 404);
            assert!(fine, "{name}{suffix}: {status}");
        }
        let download = format!("{path}/source?download");
        assert_eq!(hostile.status(&download).await, 200, "{name}");
        let (spent, took) = (posta.cpu() - cpu, begun.elapsed());
        let grown = posta.peak_and_resident().0.saturating_sub(before) / 1024;
        println!("{name:32} CPU {spent:>6?}  wall {took:>12?}  RSS +{grown} MiB");
        // Five pages, each of which may take its share.
        assert!(spent < slack * Duration::from_secs(1), "{name}: {spent:?}");
        assert!(grown < 64, "{name}: {grown} MiB");
    }

    let listing = async || {
        let begun = Instant::now();
        assert_eq!(quiet.status("/mailbox/INBOX").await, 200);
        begun.elapsed()
    };
    let mut alone = Vec::new();
    for _ in 0..100 {
        alone.push(listing().await);
    }
    let urls: Vec<String> = paths
        .iter()
        .flat_map(|path| ["", "/body", "/print"].map(|suffix| format!("{path}{suffix}")))
        .collect();
    let attack = tokio::spawn(async move {
        let attack = stream::iter(urls).map(|url| {
            let hostile = hostile.clone();
            async move { hostile.status(&url).await }
        });
        attack.buffer_unordered(8).collect::<Vec<u16>>().await
    });
    let mut meanwhile = Vec::new();
    while !attack.is_finished() {
        meanwhile.push(listing().await);
    }
    let statuses = attack.await.unwrap();
    assert!(statuses.iter().all(|status| *status < 500), "{statuses:?}");
    let (alone, meanwhile) = (percentile_99(&alone), percentile_99(&meanwhile));
    println!("p99 of another session's list: alone {alone:?}, meanwhile {meanwhile:?}");
    let most = slack * Duration::from_millis(200);
    assert!(
        meanwhile < most.max(10 * alone),
        "{meanwhile:?}, alone {alone:?}"
    );
}

/// The files below a folder that are messages.
fn messages(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().unwrap_or_default();
        if path.is_dir() {
            messages(&path, found);
        } else if ["eml", "msg", "raw", "txt"]
            .iter()
            .any(|known| extension == *known)
        {
            found.insert(path);
        }
    }
}

/// Opens a message in every way there is. Answers how many answers there were, and the slowest.
async fn open_all(browser: &Browser, path: &str, name: &str, most: Duration) -> (usize, Duration) {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{name}: {}", page.text());
    let mut slowest = Duration::ZERO;
    let mut ways: BTreeSet<String> = ["", "/body", "/print", "/source", "/source?download"]
        .map(|suffix| format!("{path}{suffix}"))
        .into();
    for url in page.addresses() {
        let below = url.path().starts_with(&format!("{path}/"));
        if below && (url.path().contains("/part/") || url.path().contains("/message/")) {
            let query = url.query().map(|query| format!("?{query}"));
            ways.insert(format!("{}{}", url.path(), query.unwrap_or_default()));
        }
    }
    for way in &ways {
        let begun = Instant::now();
        let status = browser.status(way).await;
        let took = begun.elapsed();
        // Without HTML there is no frame, and what only calls itself a picture has no small one.
        let may_lack = way.ends_with("/body") || way.ends_with("?thumbnail");
        let fine = status == 200 || (may_lack && status == 404);
        assert!(fine, "{name}: {way} is {status}");
        assert!(took < most, "{name}: {way} took {took:?}");
        slowest = slowest.max(took);
    }
    (ways.len(), slowest)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_message_of_the_corpora_is_opened_in_every_way() {
    let most = Duration::from_secs(if Process::is_measured() { 1 } else { 10 });
    let folder = std::env::var_os("CORPORA").unwrap_or_else(|| "tests/corpora".into());
    let mut files = BTreeSet::new();
    messages(Path::new(&folder), &mut files);
    assert!(files.len() > 400, "{}", files.len());
    // A debug build opens a third, so as not to hold the other stories up.
    let step = if Process::is_measured() { 1 } else { 3 };
    let files: Vec<PathBuf> = files.into_iter().step_by(step).collect();
    let server = MailServer::private();
    let user = server.user();
    let mail = maildir(files.iter().map(|file| fs::read(file).unwrap()));
    user.put(mail.path());
    let posta = Process::start(&server).await;
    let browser = posta.browser();
    sign_in(&browser, &user).await;
    let paths = inbox(&browser, files.len()).await;
    let opened = stream::iter(paths.iter().zip(&files)).map(|(path, file)| {
        let name = file.display().to_string();
        let browser = &browser;
        async move { open_all(browser, path, &name, most).await }
    });
    let opened: Vec<_> = opened.buffer_unordered(2).collect().await;
    let answers: usize = opened.iter().map(|(answers, _)| answers).sum();
    let slowest = opened.iter().map(|(_, slowest)| slowest).max().unwrap();
    let (peak, _) = posta.peak_and_resident();
    println!(
        "{} messages, {answers} answers, the slowest {slowest:?}, peak {} MiB",
        files.len(),
        peak / 1024
    );
    assert!(answers >= 5 * files.len());
}
