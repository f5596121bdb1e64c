//! Every file of the corpora through everything that opening a message does: nothing panics, nothing takes long.
//!
//! The environment variable CORPORA names another folder to read in place of `tests/corpora`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "corpus/pipeline.rs"]
mod pipeline;

use pipeline::{Seen, read_through};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The MIME type as which a file arrives that is no message.
fn mime_type(path: &Path) -> &'static str {
    let extension = path.extension().unwrap_or_default();
    match extension.to_str().unwrap_or_default() {
        "ics" => "text/calendar",
        "vcf" => "text/vcard",
        "html" | "xhtml" | "xml" => "text/html",
        "tnef" | "dat" => "application/ms-tnef",
        "txt" | "uu" | "ntx" | "md" => "text/plain",
        _ => "application/octet-stream",
    }
}

/// A message whose one part is this.
fn wrapped(mime_type: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "From: Eve <eve@example.net>\r\nSubject: A file\r\nMIME-Version: 1.0\r\n\
         Content-Type: {mime_type}\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    );
    [head.as_bytes(), content].concat()
}

/// Every string inside a JSON value.
fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
        Value::Object(values) => values.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

/// As the message it is, as a part of one, and what a file of vectors holds as HTML and as text.
fn inputs(path: &Path) -> Vec<Vec<u8>> {
    let content = fs::read(path).unwrap();
    let mut inputs = vec![wrapped(mime_type(path), &content)];
    if path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        let vectors: Value = serde_json::from_slice(&content).unwrap();
        let mut texts = Vec::new();
        strings(&vectors, &mut texts);
        for text in texts {
            inputs.push(wrapped("text/html; charset=utf-8", text.as_bytes()));
            inputs.push(wrapped("text/plain; charset=utf-8", text.as_bytes()));
        }
    }
    inputs.push(content);
    inputs
}

#[test]
fn every_file_of_the_corpora_is_read_through_in_time_and_in_room() {
    // On a busy machine, and without optimisation, so many times slower.
    let most = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });
    let folder = std::env::var_os("CORPORA").unwrap_or_else(|| "tests/corpora".into());
    let mut paths = Vec::new();
    files(Path::new(&folder), &mut paths);
    assert!(paths.len() > 600, "{}", paths.len());
    let begun = Instant::now();
    let (mut total, mut slowest) = (Seen::default(), Duration::ZERO);
    for path in &paths {
        for input in inputs(path) {
            let begun = Instant::now();
            let seen = read_through(&input);
            let took = begun.elapsed();
            assert!(took < most, "{}: {took:?}", path.display());
            slowest = slowest.max(took);
            total.parts += seen.parts;
            total.shown += seen.shown;
            total.cards += seen.cards;
            total.members += seen.members;
        }
    }
    let peak = peak();
    println!(
        "{} files in {:?}, the slowest {slowest:?}, peak {peak} MiB, {total:?}",
        paths.len(),
        begun.elapsed()
    );
    assert!(total.parts > 2 * paths.len() && total.cards > 100 && total.members > 10);
    assert!(peak < 256, "{peak} MiB");
}

/// The most memory that this process had resident, MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = line
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    kib / 1024
}
