//! The MIME layer against messages of every charset and every malformation.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use posta::mime::{
    CalendarMessage, DeliveryReport, Detail, Limits, Parsed, Protection, Receipt,
    ReceiptDisposition, Span, contacts, decode_text, display_filename, lines, parse, text_blocks,
    tnef_members,
};
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
        // Overrides of the order of letters make a host name read as another: they go.
        let kept = |text: &str| {
            text.chars()
                .filter(|c| !c.is_whitespace() && !matches!(c, '\u{202D}' | '\u{202E}'))
                .collect::<String>()
        };
        assert_eq!(kept(&shown), kept(&text));
    }
}

/// Every file of a folder of the corpora, by name.
fn folder(name: &str) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(format!("tests/corpora/{name}")).unwrap();
    let mut files: Vec<_> = files
        .map(|file| file.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn parts_of(parsed: &Parsed, mime_type: &str) -> Vec<bytes::Bytes> {
    let parts = parsed.structure.parts().zip(&parsed.contents);
    parts
        .filter(|(part, _)| part.mime_type == mime_type)
        .map(|(_, (_, content))| content.clone())
        .collect()
}

/// What a simple search for the field finds, in lower case.
fn named_recipients(content: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(content).replace('\r', "\n");
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let (kind, address) = value.split_once(';').unwrap_or(("rfc822", value));
        let is_field = name.trim().eq_ignore_ascii_case("final-recipient");
        let is_mail = ["rfc822", "utf-8"].contains(&kind.trim().to_ascii_lowercase().as_str());
        (is_field && is_mail && address.contains('@')).then(|| {
            let address = address.trim().trim_matches(['<', '>']);
            address.to_lowercase()
        })
    };
    text.lines().filter_map(field).collect()
}

#[test]
fn every_delivery_report_names_its_recipients() {
    let (mut reports, mut recipients) = (0, 0);
    for (file, raw) in folder("dsn") {
        let parsed = parse(&raw, &Limits::default());
        for content in parts_of(&parsed, "message/delivery-status") {
            let expected = named_recipients(&content);
            let report = DeliveryReport::parse(&content);
            let told = report.map(|report| report.recipients).unwrap_or_default();
            let originals = String::from_utf8_lossy(&content)
                .to_lowercase()
                .matches("original-recipient:")
                .count();
            for address in &expected {
                let is_told = told
                    .iter()
                    .any(|delivery| delivery.recipient.to_lowercase() == *address);
                assert!(is_told || originals > 0, "{file}: {address} of {told:?}");
            }
            assert!(told.len() >= expected.len().min(1), "{file}");
            reports += usize::from(!told.is_empty());
            recipients += told.len();
        }
    }
    assert!(
        reports >= 40 && recipients >= reports,
        "{recipients} in {reports}"
    );
}

#[test]
fn a_receipt_of_the_corpus_is_read() {
    let raw = std::fs::read("tests/corpora/mime/disposition-notification.eml").unwrap();
    let parsed = parse(&raw, &Limits::default());
    let [content] = &parts_of(&parsed, "message/disposition-notification")[..] else {
        panic!()
    };
    let receipt = Receipt::parse(content).unwrap();
    assert_eq!(receipt.disposition, ReceiptDisposition::Displayed);
    assert!(receipt.recipient.contains('@'), "{receipt:?}");
}

#[test]
fn hostile_tnef_is_survived_and_its_names_are_made_safe() {
    let mut names = Vec::new();
    for case in vectors("eml-index.json") {
        let file = case["file"].as_str().unwrap();
        if case["class"] != "tnef" {
            continue;
        }
        for content in parts_of(&message(file), "application/ms-tnef") {
            for member in tnef_members(&content) {
                assert!(member.content.len() <= content.len(), "{file}");
                let name = display_filename(&member.filename);
                assert!(!name.contains(['/', '\\']), "{file}: {name}");
                names.push(name);
            }
        }
    }
    assert!(!names.is_empty());
}

#[test]
fn a_file_in_a_text_is_found_and_its_name_is_made_safe() {
    let parsed = message("eml/uuencode.eml");
    let found = text_blocks(&parsed.contents[0].1).unwrap();
    assert_eq!(&found.members[0].content[..], b"hello");
    assert_eq!(display_filename(&found.members[0].filename), "x.txt");
}

#[test]
fn hostile_calendars_and_cards_are_text_and_bounded() {
    for case in vectors("eml-index.json") {
        let file = case["file"].as_str().unwrap();
        let parsed = message(file);
        let begun = std::time::Instant::now();
        for content in parts_of(&parsed, "text/calendar") {
            if let Some(message) = CalendarMessage::parse(&decode_text(&content, None)) {
                assert!(message.events.len() <= 20, "{file}");
                assert!(
                    message
                        .events
                        .iter()
                        .all(|event| event.title.chars().count() <= 301),
                    "{file}"
                );
            }
        }
        for content in parts_of(&parsed, "text/vcard") {
            assert!(contacts(&decode_text(&content, None)).len() <= 20, "{file}");
        }
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(3),
            "{file}: {:?}",
            begun.elapsed()
        );
    }
}

#[test]
fn protected_and_cut_messages_are_told_apart() {
    for (file, expected) in [
        ("efail-direct", Some(Protection::PartlyEncrypted)),
        ("efail-pgp", Some(Protection::PartlyEncrypted)),
        ("two-from", None),
    ] {
        let parsed = message(&format!("eml/{file}.eml"));
        assert_eq!(parsed.structure.protection(), expected, "{file}");
    }
    let raw = std::fs::read("tests/corpora/mime/partial.eml").unwrap();
    let parsed = parse(&raw, &Limits::default());
    let detail = parsed.structure.parts().next().unwrap().detail;
    assert!(
        matches!(detail, Some(Detail::Fragment { number: 1, .. })),
        "{detail:?}"
    );
}
