//! A whole message taken apart: structure, and the decoded content of each part.
use super::prescan::prescan;
use super::structure::Node;
use super::{Header, Line, Part, Section, Structure, decode_transfer};
use bytes::Bytes;

/// The caps of SECURITY.md R-LIM-1 and R-LIM-2. Octets, if not said otherwise.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Multiparts in each other.
    pub depth: usize,
    /// Leaves of one message.
    pub parts: usize,
    pub header_block: usize,
    /// Fields of one header block.
    pub headers: usize,
    /// One field.
    pub header: usize,
    /// Mailboxes of one field.
    pub addresses: usize,
    /// Identifiers of References.
    pub references: usize,
    /// Longest text part that is shown.
    pub text_part: usize,
    /// Elements in each other.
    pub html_nesting: usize,
    /// Attributes of one tag.
    pub html_attributes: usize,
    /// Elements, texts and comments of one document.
    pub html_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 50,
            parts: 500,
            header_block: 256 << 10,
            headers: 2000,
            header: 64 << 10,
            addresses: 1000,
            references: 200,
            text_part: 1 << 20,
            html_nesting: 256,
            html_attributes: 64,
            html_nodes: 50_000,
        }
    }
}

/// What the reader shows of one message, beside its envelope.
#[derive(Clone, Debug)]
pub struct Message {
    pub header: Header,
    pub text: Vec<Line>,
    pub has_html: bool,
    pub blocked_images: usize,
    pub attachments: Vec<Part>,
}

/// A whole message taken apart (drafts that are opened again, servers without a usable BODYSTRUCTURE).
#[derive(Clone, Debug)]
pub struct Parsed {
    pub header: Header,
    pub structure: Structure,
    /// Each leaf's content, its transfer encoding undone, in order. A message/rfc822 is as it stands.
    pub contents: Vec<(Section, Bytes)>,
    /// A cap was passed: the structure is one text part, the first text that was found, and the raw message is
    /// the way to the rest.
    pub over: bool,
}

/// Linear pre-scan with the caps first, then the decoding. Over a cap: one text part with the first text.
pub fn parse(raw: &[u8], limits: &Limits) -> Parsed {
    let scan = prescan(raw, limits);
    let header = Header::parse_within(raw, scan.structure.charset(), limits);
    let decode = |part: &Part, range: &std::ops::Range<usize>| {
        Bytes::from(decode_transfer(
            raw.get(range.clone()).unwrap_or_default(),
            part.encoding,
        ))
    };
    let mut contents = scan
        .structure
        .parts()
        .zip(&scan.contents)
        .map(|(part, (_, range))| (part, decode(part, range)));
    if !scan.over {
        let contents = contents
            .map(|(part, content)| (part.section.clone(), content))
            .collect();
        return Parsed {
            header,
            structure: scan.structure,
            contents,
            over: false,
        };
    }
    let first = contents
        .find(|(part, _)| part.is_text_body())
        .map(|(part, mut content)| {
            content.truncate(limits.text_part);
            let mut part = part.clone();
            part.section = Section::single();
            (part, content)
        });
    let (part, content) = first.unwrap_or_else(|| {
        let mut part = super::prescan::text_part(Section::single(), 0);
        part.encoding = super::TransferEncoding::EightBit;
        (part, Bytes::new())
    });
    let contents = vec![(Section::single(), content)];
    Parsed {
        header,
        structure: Structure {
            root: Node::Leaf(part),
            embedded: Vec::new(),
        },
        contents,
        over: true,
    }
}

impl Parsed {
    /// The part of that number and its content, also inside the messages that are parts. Each step leads into a message
    /// whose number is a beginning of `section`, so there are at most 50.
    pub fn find(&self, section: &Section, limits: &Limits) -> Option<(Part, Bytes)> {
        let mut section = section.clone();
        let mut inside: Option<Self> = None;
        loop {
            let step = {
                let parsed = inside.as_ref().unwrap_or(self);
                let mut parts = parsed.structure.parts().zip(&parsed.contents);
                let is_on_the_way = |part: &Part| {
                    part.section == section
                        || (part.is_message() && section.below(&part.section).is_some())
                };
                let (part, (_, content)) = parts.find(|(part, _)| is_on_the_way(part))?;
                match section.below(&part.section) {
                    None => return Some((part.clone(), content.clone())),
                    Some(below) => (below, parse(content, limits)),
                }
            };
            section = step.0;
            inside = Some(step.1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::decode_text;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn contents_are_decoded() {
        let raw = b"Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n\
                    aGVsbG8=\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>caf=C3=A9</p>\r\n--b--";
        let parsed = parse(raw, &Limits::default());
        assert_eq!(parsed.header.subject, "s");
        let contents: Vec<_> = parsed
            .contents
            .iter()
            .map(|(_, content)| content.as_ref())
            .collect();
        assert_eq!(contents, [&b"hello"[..], "<p>café</p>".as_bytes()]);
    }

    #[test]
    fn parts_are_found_in_the_messages_inside() {
        let inner = "Subject: inner\n\nhello";
        let outer = format!(
            "Content-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c\nContent-Type: message/rfc822\n\n{inner}\n--c--\n"
        );
        let raw = format!(
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ny\n--b\nContent-Type: message/rfc822\n\n{outer}\n--b--\n"
        );
        let limits = Limits::default();
        let parsed = parse(raw.as_bytes(), &limits);
        let found = |section: &str| {
            let found = parsed.find(&section.parse().unwrap(), &limits);
            found.map(|(_, content)| String::from_utf8(content.to_vec()).unwrap())
        };
        assert_eq!(found("1").as_deref(), Some("y"));
        assert_eq!(found("2.1").as_deref(), Some("x"));
        assert_eq!(found("2.2").as_deref(), Some(inner));
        assert_eq!(found("2.2.1").as_deref(), Some("hello"));
        for nowhere in ["3", "1.1", "2.3", "2.2.2", "2.2.1.1"] {
            assert_eq!(found(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn over_a_cap_the_first_text_is_left() {
        let raw = format!(
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n{}",
            "--b\n\nx\n".repeat(1000)
        );
        let parsed = parse(raw.as_bytes(), &Limits::default());
        assert!(parsed.over);
        assert_eq!(
            parsed.contents,
            [(Section::single(), Bytes::from_static(b"first"))]
        );
        assert_eq!(
            parsed
                .structure
                .shown()
                .text
                .map(|part| part.section.to_string())
                .as_deref(),
            Some("1")
        );
    }

    #[test]
    fn every_bomb_is_survived_quickly() {
        let text = std::fs::read_to_string("tests/corpora/handmade/bombs.json").unwrap();
        let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
        for bomb in vectors["bombs"].as_array().unwrap() {
            let mut raw = String::new();
            for segment in bomb["segments"].as_array().unwrap() {
                match segment.as_str() {
                    Some(text) => raw.push_str(text),
                    None => {
                        let piece = segment["repeat"].as_str().unwrap();
                        (0..segment["times"].as_u64().unwrap())
                            .for_each(|i| raw.push_str(&piece.replace("{i}", &i.to_string())));
                    }
                }
            }
            let begun = crate::mime::testing::CpuTime::now();
            let limits = Limits::default();
            let parsed = parse(raw.as_bytes(), &limits);
            for (part, (_, content)) in parsed
                .structure
                .parts()
                .zip(&parsed.contents)
                .filter(|(part, _)| part.is_text_body())
            {
                let text = decode_text(content, part.charset.as_deref());
                if part.mime_type == "text/html" {
                    super::super::sanitise(&text, &[], None, "/compose", &limits);
                    super::super::html_to_text(&text, &limits);
                } else {
                    super::super::lines(&text, part.format_flowed, part.del_sp);
                }
            }
            // The rule is one second; an unoptimised build on a busy machine gets three.
            assert!(
                begun.elapsed() < std::time::Duration::from_secs(3),
                "{}: {:?}",
                bomb["name"],
                begun.elapsed()
            );
        }
    }

    proptest! {
        #[test]
        fn any_octets_are_taken_apart(raw in proptest::collection::vec(any::<u8>(), 0..1000)) {
            let parsed = parse(&raw, &Limits::default());
            parsed.structure.shown();
            parsed.structure.has_attachments();
        }
    }
}
