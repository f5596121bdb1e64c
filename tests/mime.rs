//! The MIME layer against messages of every charset and every malformation.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use posta::mime::{Limits, Parsed, Span, decode_text, display_filename, lines, parse};
use serde_json::Value;

fn vectors(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(format!("tests/corpora/handmade/{name}")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn message(file: &str) -> Parsed {
    parse(
        &std::fs::read(format!("tests/corpora/handmade/{file}")).unwrap(),
        &Limits::default(),
    )
}

/// The text that is shown, or the HTML when there is no other.
fn shown_text(parsed: &Parsed) -> String {
    let shown = parsed.structure.shown();
    let Some(part) = shown.text.or(shown.html) else {
        return String::new();
    };
    let content = parsed
        .contents
        .iter()
        .find(|(section, _)| *section == part.section)
        .map(|(_, content)| content);
    decode_text(content.unwrap(), part.charset.as_deref())
}

#[test]
fn every_charset_reads_as_it_was_written() {
    let cases = vectors("encodings-expected.json");
    assert_eq!(cases.len(), 122);
    for case in cases {
        let file = case["file"].as_str().unwrap();
        let parsed = message(file);
        let text = shown_text(&parsed);
        let expected = case["expected_text"].as_str().unwrap();
        assert!(text.contains(expected), "{file}: {text:?}");
        if let Some(subject) = case["expected_subject"].as_str() {
            assert_eq!(parsed.header.subject, subject, "{file}");
        }
    }
}

#[test]
fn every_malformed_message_is_taken_apart() {
    let index = vectors("eml-index.json");
    assert_eq!(index.len(), 151);
    for case in index {
        let file = case["file"].as_str().unwrap();
        let parsed = message(file);
        let header = &parsed.header;
        assert!(!header.subject.contains(char::is_control), "{file}");
        assert!(
            header
                .fields
                .iter()
                .all(|(_, value)| !value.contains(char::is_control)),
            "{file}"
        );
        for part in parsed.structure.shown().attachments {
            let name = display_filename(part.filename.as_deref().unwrap_or_default());
            assert!(!name.contains(['/', '\\']) && !name.is_empty(), "{file}");
        }
        shown_text(&parsed);
    }
}

#[test]
fn structure_oracles_hold() {
    let texts = |file: &str| shown_text(&message(&format!("eml/{file}.eml")));
    let filename = |file: &str| {
        let parsed = message(&format!("eml/{file}.eml"));
        parsed
            .structure
            .parts()
            .find_map(|part| part.filename.clone())
    };
    assert_eq!(filename("rfc2231-split").as_deref(), Some("a bé.txt"));
    assert_eq!(message("eml/two-from.eml").header.from.len(), 2);
    for file in ["bare-cr", "bare-lf", "mixed-eol", "mbox-from-line"] {
        let parsed = message(&format!("eml/{file}.eml"));
        assert!(!parsed.header.from.is_empty(), "{file}");
        assert!(!shown_text(&parsed).trim().is_empty(), "{file}");
    }
    for file in [
        "no-headers",
        "boundary-empty",
        "boundary-prefix",
        "boundary-regex",
        "multipart-cte-b64",
        "cte-unknown",
    ] {
        assert!(!texts(file).trim().is_empty(), "{file}");
    }
    assert!(message("eml/only-nul.eml").header.subject.is_empty());
}

#[test]
fn plain_text_survives_literally_and_links_only_to_the_web_and_to_mail() {
    for number in 0..23 {
        let text = shown_text(&message(&format!("eml/plain-linkify-{number:02}.eml")));
        let mut shown = String::new();
        for line in lines(&text, false, false) {
            shown.push_str(&">".repeat(line.depth));
            for span in line.spans {
                if let Span::Link { href, .. } = &span {
                    assert!(
                        ["http://", "https://", "mailto:"]
                            .iter()
                            .any(|scheme| href.starts_with(scheme)),
                        "{href}"
                    );
                    assert!(!href.contains(['"', '<', '>', ' ']), "{href}");
                }
                let (Span::Text(text) | Span::Link { text, .. }) = span;
                shown.push_str(&text);
            }
            shown.push('\n');
        }
        let kept = |text: &str| {
            text.chars()
                .filter(|c| !c.is_whitespace())
                .collect::<String>()
        };
        assert_eq!(kept(&shown), kept(&text));
    }
}
