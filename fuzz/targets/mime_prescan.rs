#![no_main]
//! Under the caps the parts are those that another parser of MIME finds.

use mail_parser::{MessageParser, PartType};
use posta::mime::{Limits, parse};

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    let ours = parse(raw, &Limits::default());
    assert_eq!(ours.structure.parts().count(), ours.contents.len());
    if ours.over || !is_plain(raw) {
        return;
    }
    let Some(theirs) = MessageParser::default().parse(raw) else {
        return;
    };
    let leaves = theirs
        .parts
        .iter()
        .filter(|part| !matches!(part.body, PartType::Multipart(_)))
        .count();
    assert_eq!(ours.contents.len(), leaves);
});

/// What both take for the same message: the two differ, with reasons, in what they make of broken ones.
fn is_plain(raw: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(raw) else {
        return false;
    };
    let mut lines = text.split("\r\n").collect::<Vec<_>>();
    if lines.pop() != Some("") || text.replace("\r\n", "").contains(['\r', '\n']) {
        return false;
    }
    is_entity(&lines, 0)
}

/// A header of simple fields, a blank line, and either text or parts between boundaries that are all there.
fn is_entity(lines: &[&str], depth: usize) -> bool {
    let Some(blank) = lines.iter().position(|line| line.is_empty()) else {
        return false;
    };
    let (header, body) = lines.split_at(blank);
    let Some(first) = header.first() else {
        return false;
    };
    let Some(boundary) = first.strip_prefix("Content-Type: multipart/mixed; boundary=") else {
        return *first == "Content-Type: text/plain"
            && header.len() == 1
            && !body.iter().any(|line| line.starts_with("--"));
    };
    let known = !boundary.is_empty()
        && boundary.len() < 20
        && boundary.bytes().all(|c| c.is_ascii_alphanumeric());
    if header.len() != 1 || !known || depth > 5 {
        return false;
    }
    let (open, close) = (format!("--{boundary}"), format!("--{boundary}--"));
    let mut pieces = body.split(|line| *line == open);
    let Some(preamble) = pieces.next() else {
        return false;
    };
    let mut pieces = pieces.collect::<Vec<_>>();
    let Some(last) = pieces.pop() else {
        return false;
    };
    let Some(end) = last.iter().position(|line| *line == close) else {
        return false;
    };
    let own = |line: &&str| line.starts_with(&open);
    pieces.push(&last[..end]);
    preamble.iter().all(|line| !line.starts_with("--"))
        && last[end + 1..].iter().all(|line| line.is_empty())
        && pieces
            .iter()
            .all(|piece| !piece.iter().any(own) && is_entity(piece, depth + 1))
}
