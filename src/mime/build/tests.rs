use super::super::{Disposition, Header, Parsed, parse, unflow};
use super::*;
use proptest::prelude::*;

fn outgoing() -> Outgoing {
    Outgoing {
        message_id: "1@posta.example".to_owned(),
        date: 1_793_606_400,
        utc_offset: 7200,
        from: address("Ana Pop", "ana@b.example"),
        to: vec![address("", "c@d.example")],
        cc: vec![],
        bcc: vec![],
        subject: "Hello".to_owned(),
        text: "Hi\n".to_owned(),
        in_reply_to: None,
        references: vec![],
        attachments: vec![],
    }
}

fn address(name: &str, addr: &str) -> Address {
    Address {
        name: (!name.is_empty()).then(|| name.to_owned()),
        addr: addr.to_owned(),
    }
}

fn reread(bytes: &[u8]) -> Parsed {
    parse(bytes, &Limits::default())
}

fn text_of(parsed: &Parsed) -> String {
    let part = parsed.structure.shown().text.unwrap().clone();
    assert!(part.format_flowed);
    let content = &parsed
        .contents
        .iter()
        .find(|(section, _)| *section == part.section)
        .unwrap()
        .1;
    unflow(
        &super::super::decode_text(content, part.charset.as_deref()),
        part.del_sp,
    )
}

#[test]
fn a_plain_message_is_written_as_expected() {
    let bytes = outgoing().to_bytes().unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "Date: Mon, 02 Nov 2026 10:00:00 +0200\r\nFrom: \"Ana Pop\" <ana@b.example>\r\nTo: <c@d.example>\r\n\
         Subject: Hello\r\nMessage-ID: <1@posta.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=\"utf-8\"; format=\"flowed\"\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHi\r\n"
    );
}

#[test]
fn the_wire_copy_lacks_exactly_the_bcc_field() {
    let mut message = outgoing();
    message.text = "Bcc: not a header\n".to_owned();
    let without = message.to_bytes().unwrap();
    message.bcc = (0..40)
        .map(|i| address("Hidden Person", &format!("secret{i}@leak.example")))
        .collect();
    let with = message.to_bytes().unwrap();
    assert!(with.windows(6).any(|window| window == b"\r\nBcc:"));
    assert_eq!(Header::parse(&with).bcc.len(), 40);
    assert_eq!(Outgoing::without_bcc(&with), without);
    assert_eq!(Outgoing::without_bcc(&without), without);
    assert_eq!(
        Outgoing::without_bcc(b"BCC : a\n b\nX: bcc\n\nBcc: body"),
        b"X: bcc\n\nBcc: body"
    );
    assert_eq!(Outgoing::without_bcc(b""), b"");
}

#[test]
fn attached_messages_stay_readable_messages() {
    let mut message = outgoing();
    let original = "Subject: caf\u{e9}\n\nline\r\nline\n";
    let attach = |content: Vec<u8>| Attachment {
        filename: "a.eml".into(),
        mime_type: "Message/RFC822".into(),
        content: content.into(),
    };
    message.attachments = vec![attach(original.into()), attach(vec![b'x'; 2000])];
    let parsed = reread(&message.to_bytes().unwrap());
    let types: Vec<_> = parsed
        .structure
        .parts()
        .map(|part| part.mime_type.as_str())
        .collect();
    assert_eq!(
        types,
        ["text/plain", "message/rfc822", "application/octet-stream"]
    );
    let content = parsed.contents.get(1).unwrap().1.clone();
    assert_eq!(content, "Subject: caf\u{e9}\r\n\r\nline\r\nline\r\n");
}

#[test]
fn impossible_values_are_refused() {
    let refused = |change: fn(&mut Outgoing)| {
        let mut message = outgoing();
        change(&mut message);
        message.to_bytes().is_err()
    };
    assert!(refused(|m| m.subject = "a\r\nBcc: x".into()));
    assert!(refused(|m| m.from.name = Some("a\u{85}".into())));
    assert!(refused(|m| m.to = vec![address("", "a\n@b.example")]));
    assert!(refused(|m| m.to = vec![address("", "nobody")]));
    assert!(refused(|m| m.message_id = "a b".into()));
    assert!(refused(|m| m.message_id = String::new()));
    assert!(refused(|m| m.references = vec!["a\u{2028}b".into()]));
    assert!(refused(|m| m.date = i64::MAX));
    assert!(refused(|m| m.utc_offset = i32::MAX));
    assert!(!refused(
        |m| m.references = vec!["a b".into(), "ok@x".into()]
    ));
    assert!(!refused(|m| m.text = "a\0\u{7f}\r\r\nb\u{85}".into()));
}

#[test]
fn a_subject_that_looks_encoded_arrives_as_typed() {
    let mut message = outgoing();
    message.subject = "=?utf-8?Q?=0D=0ABcc:_x?= ".repeat(20).trim().to_owned();
    assert_eq!(
        Header::parse(&message.to_bytes().unwrap()).subject,
        message.subject
    );
}

#[test]
fn no_value_adds_a_header_field() {
    let text = std::fs::read_to_string("tests/corpora/handmade/header-injection.json").unwrap();
    let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 540);
    let mut built = 0;
    for case in cases {
        let (field, value) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        let mut message = outgoing();
        let mut names = vec![
            "Date",
            "From",
            "To",
            "Subject",
            "Message-ID",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
        ];
        let mut add = |name, after: &str| {
            let at = names.iter().position(|name| *name == after).unwrap();
            names.insert(at + 1, name);
        };
        match field {
            // What is typed passes the parser of addresses first.
            "to" | "cc" | "bcc" => {
                let raw = address("", value);
                let list = Address::parse_list(value).unwrap_or_else(|_| vec![raw]);
                match field {
                    "to" => message.to = list,
                    "cc" => (message.cc = list, add("Cc", "To")).1,
                    _ => (message.bcc = list, add("Bcc", "To")).1,
                }
            }
            "from_name" => message.from.name = Some(value.to_owned()),
            "in_reply_to" => {
                message.in_reply_to = Some(value.to_owned());
                if is_message_id(value) {
                    add("In-Reply-To", "Message-ID");
                }
            }
            "references" => {
                message.references = vec![value.to_owned()];
                if is_message_id(value) {
                    add("References", "Message-ID");
                }
            }
            "message_id" => message.message_id = value.to_owned(),
            "attachment_filename" | "attachment_content_type" => {
                let mut attachment = Attachment {
                    filename: "a.txt".into(),
                    mime_type: "text/plain".into(),
                    content: "x".into(),
                };
                *(if field == "attachment_filename" {
                    &mut attachment.filename
                } else {
                    &mut attachment.mime_type
                }) = value.to_owned();
                message.attachments.push(attachment);
                names.pop();
            }
            "signature" => message.text = value.to_owned(),
            // Folder, search, UID, flag and rule names never reach a message: the subject stands for them.
            _ => message.subject = value.to_owned(),
        }
        let Ok(bytes) = message.to_bytes() else {
            continue;
        };
        built += 1;
        let found: Vec<_> = Header::parse(&bytes)
            .fields
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(found, names, "{field}: {value:?}");
        let oracle = mail_parser::MessageParser::new().parse(&bytes).unwrap();
        assert_eq!(
            oracle.headers().iter().count(),
            names.len(),
            "{field}: {value:?}"
        );
        assert_eq!(
            Header::parse(&bytes)
                .from
                .first()
                .map(|from| from.addr.as_str()),
            Some("ana@b.example")
        );
    }
    assert!(built > 200, "{built}");
}

proptest! {
    #[test]
    fn what_is_built_is_read_back(
        subject in "[^\\p{Cc}\u{2028}\u{2029}]{0,120}",
        names in proptest::collection::vec("[^\\p{Cc}\\p{Z}=]([^\\p{Cc}\u{2028}\u{2029}=]{0,60}[^\\p{Cc}\\p{Z}=])?", 1..6),
        text in "([a-zé]{1,120}| |\n|> |-- \n|From |\\.|€){0,80}",
        offset in -50_400..50_400_i32,
        date in 0..4_000_000_000_i64,
        references in proptest::collection::vec("[a-z0-9.]{1,60}@[a-z.]{1,30}", 0..30),
    ) {
        let mut message = outgoing();
        message.subject = subject;
        message.to = names.iter().enumerate().map(|(i, name)| address(name, &format!("u{i}@d.example"))).collect();
        message.text = text;
        message.utc_offset = offset;
        message.date = date;
        message.references = references;
        let bytes = message.to_bytes().unwrap();
        let parsed = reread(&bytes);
        prop_assert_eq!(parsed.header.field("Subject").unwrap_or_default(), message.subject.trim());
        prop_assert_eq!(&parsed.header.to, &message.to);
        prop_assert_eq!(parsed.header.date, Some(message.date));
        prop_assert_eq!(&parsed.header.references, &message.references);
        let reread = text_of(&reread(&bytes));
        prop_assert_eq!(reread, unflow(&flow_of(&message.text), false));
    }

    #[test]
    fn attachments_come_back_unchanged(
        content in proptest::collection::vec(any::<u8>(), 0..400),
        filename in "[^\\p{Cc}\u{2028}\u{2029}=]{1,120}",
        mime_type in "text/plain|image/png|application/x-é|multipart/mixed|garbage",
    ) {
        let mut message = outgoing();
        message.attachments = vec![Attachment { filename: filename.clone(), mime_type, content: content.clone().into() }];
        let parsed = reread(&message.to_bytes().unwrap());
        let part = parsed.structure.part(&"2".parse().unwrap()).unwrap();
        prop_assert_eq!(part.disposition, Some(Disposition::Attachment));
        prop_assert_eq!(part.filename.as_deref().map(str::trim), Some(filename.trim()));
        prop_assert_eq!(&parsed.contents.get(1).unwrap().1[..], &content[..]);
    }

    #[test]
    fn any_text_makes_valid_lines(text in "\\PC{0,2000}|[\\x00-\\x7f]{0,2000}", name in "[^\\p{Cc}\u{2028}\u{2029}]{0,200}") {
        let mut message = outgoing();
        message.text = text;
        message.from.name = Some(name);
        message.to_bytes().unwrap();
    }
}

fn flow_of(text: &str) -> String {
    super::super::text::flow(text)
}
