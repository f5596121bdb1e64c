#![no_main]
//! A message written and read again says what was written; no field becomes another one.

use posta::mime::{Address, Attachment, Limits, Outgoing, decode_text, parse};

libfuzzer_sys::fuzz_target!(|fields: &str| {
    let mut fields = fields.splitn(6, '\u{1}');
    let mut field = || fields.next().unwrap_or_default().to_owned();
    let (subject, name, to, filename, mime_type) = (field(), field(), field(), field(), field());
    let text = field();
    let outgoing = Outgoing {
        message_id: "fuzz@example.org".to_owned(),
        date: 1_700_000_000,
        utc_offset: 3600,
        from: Address {
            name: Some(name.clone()).filter(|name| !name.is_empty()),
            addr: "ana@example.org".to_owned(),
        },
        to: Address::parse_list(&to).unwrap_or_default(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: subject.clone(),
        text: text.clone(),
        in_reply_to: None,
        references: Vec::new(),
        attachments: vec![Attachment {
            filename,
            mime_type,
            content: text.clone().into_bytes().into(),
        }],
    };
    let Ok(bytes) = outgoing.to_bytes() else {
        return;
    };
    for line in bytes.split(|byte| *byte == b'\n') {
        assert!(line.len() <= 999, "a line of {} octets", line.len());
    }
    let parsed = parse(&bytes, &Limits::default());
    assert!(!parsed.over);
    let header = &parsed.header;
    assert_eq!(header.from.len(), 1);
    assert_eq!(header.from[0].addr, "ana@example.org");
    assert_eq!(header.message_id.as_deref(), Some("fuzz@example.org"));
    assert!(header.bcc.is_empty() && header.cc.is_empty());
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let hidden = |text: &str| posta::mime::visible_line(text, 1000) != text;
    if !hidden(&subject) {
        assert_eq!(words(&header.subject), words(&subject));
    }
    assert_eq!(parsed.structure.parts().count(), 2);
    assert_eq!(parsed.contents[1].1, text.as_bytes(), "the attachment");
    let part = parsed.structure.parts().next().expect("counted");
    let read = decode_text(&parsed.contents[0].1, part.charset.as_deref());
    let kept = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .collect::<String>()
    };
    assert_eq!(kept(&posta::mime::unflow(&read, part.del_sp)), kept(&text));
});
