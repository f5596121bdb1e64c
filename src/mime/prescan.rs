//! One linear pass over a message that finds its parts, numbers them as IMAP does, and stops at the caps.
use super::Limits;
use super::header::{Block, Lines, Parameters};
use super::structure::{Detail, Disposition, Node, Part, Section, Structure, TransferEncoding};
use std::ops::Range;

/// Longer boundaries than this (RFC 2046 allows 70) are none.
const MAX_BOUNDARY: usize = 200;

/// Where the parts of a message are.
#[derive(Debug)]
pub(super) struct Prescan {
    pub structure: Structure,
    /// Each leaf's still encoded content, in order.
    pub contents: Vec<(Section, Range<usize>)>,
    /// A cap was passed: the structure ends there.
    pub over: bool,
}

/// Reads the structure of `raw`. Every line is compared with the open boundaries only, of which there are at most
/// [`Limits::depth`].
pub(super) fn prescan(raw: &[u8], limits: &Limits) -> Prescan {
    let mut scan = Scan {
        raw,
        limits,
        open: Vec::new(),
        leaf: None,
        contents: Vec::new(),
        root: None,
        over: false,
    };
    scan.run();
    let root = scan
        .root
        .unwrap_or_else(|| Node::Leaf(text_part(Section::single(), 0)));
    Prescan {
        structure: Structure {
            root,
            embedded: Vec::new(),
        },
        contents: scan.contents,
        over: scan.over,
    }
}

/// A multipart whose closing boundary has not come yet.
struct Open {
    boundary: Vec<u8>,
    subtype: String,
    numbers: Vec<u32>,
    /// Where its body begins.
    start: usize,
    children: Vec<Node>,
    /// After the closing boundary: what follows is epilogue.
    closed: bool,
}

struct Leaf {
    part: Part,
    start: usize,
}

struct Scan<'a> {
    raw: &'a [u8],
    limits: &'a Limits,
    open: Vec<Open>,
    leaf: Option<Leaf>,
    contents: Vec<(Section, Range<usize>)>,
    root: Option<Node>,
    over: bool,
}

enum Mark {
    Next,
    Close,
}

impl Scan<'_> {
    fn run(&mut self) {
        let mut lines = Lines::new(self.raw, 0);
        lines.at = self.begin(&lines, Vec::new());
        while !self.over {
            let start = lines.at;
            let Some(line) = lines.next() else { break };
            let Some((level, mark)) = find_boundary(&self.open, line) else {
                continue;
            };
            self.end_leaf(start);
            while self.open.len() > level + 1 {
                self.close_last(start);
            }
            match mark {
                Mark::Close => {
                    if let Some(open) = self.open.last_mut() {
                        open.closed = true;
                    }
                }
                Mark::Next => {
                    let Some(open) = self.open.last() else {
                        continue;
                    };
                    let mut numbers = open.numbers.clone();
                    numbers.push(
                        u32::try_from(open.children.len())
                            .unwrap_or(u32::MAX)
                            .saturating_add(1),
                    );
                    lines.at = self.begin(&lines, numbers);
                }
            }
        }
        self.end_leaf(self.raw.len());
        while !self.open.is_empty() {
            self.close_last(self.raw.len());
        }
    }

    /// Reads the header of an entity and opens it; gives back where its body begins.
    fn begin(&mut self, lines: &Lines<'_>, numbers: Vec<u32>) -> usize {
        let open = &self.open;
        let block = Block::read_until(lines.clone(), self.limits, |line| {
            find_boundary(open, line).is_some()
        });
        self.over |= block.over;
        let default = match self.open.last() {
            Some(open) if open.subtype == "digest" => "message/rfc822",
            _ => "text/plain",
        };
        let content_type = block
            .get("content-type")
            .map(|field| Parameters::parse(&field.value))
            .unwrap_or_default();
        let boundary = content_type
            .get("boundary")
            .filter(|boundary| (1..=MAX_BOUNDARY).contains(&boundary.len()));
        if let (Some(subtype), Some(boundary)) =
            (content_type.value.strip_prefix("multipart/"), boundary)
        {
            if self.open.len() >= self.limits.depth {
                self.over = true;
                return block.body;
            }
            let boundary = boundary.trim_end().as_bytes().to_vec();
            let subtype = subtype.to_owned();
            let start = block.body;
            self.open.push(Open {
                boundary,
                subtype,
                numbers,
                start,
                children: Vec::new(),
                closed: false,
            });
            return block.body;
        }
        if self.contents.len() >= self.limits.parts {
            self.over = true;
            return block.body;
        }
        let numbers = if numbers.is_empty() { vec![1] } else { numbers };
        match Section::new(numbers) {
            Ok(section) => {
                let part = read_part(section, &block, &content_type, default);
                self.leaf = Some(Leaf {
                    part,
                    start: block.body,
                });
            }
            Err(_) => self.over = true,
        }
        block.body
    }

    /// The line break before a boundary belongs to the boundary (RFC 2046 §5.1.1).
    fn end_leaf(&mut self, end: usize) {
        let Some(Leaf { mut part, start }) = self.leaf.take() else {
            return;
        };
        let content = self.raw.get(start..end).unwrap_or_default();
        let content = if end == self.raw.len() && self.open.is_empty() {
            content
        } else {
            let content = content.strip_suffix(b"\n").unwrap_or(content);
            content.strip_suffix(b"\r").unwrap_or(content)
        };
        part.size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        self.contents
            .push((part.section.clone(), start..start + content.len()));
        self.add(Node::Leaf(part));
    }

    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(open) => open.children.push(node),
            None => self.root = Some(node),
        }
    }

    /// A multipart in which no boundary was found is shown as the text it holds, as its first part.
    fn close_last(&mut self, end: usize) {
        let Some(mut open) = self.open.pop() else {
            return;
        };
        if open.children.is_empty() {
            open.numbers.push(1);
            match Section::new(open.numbers) {
                Ok(section) if self.contents.len() < self.limits.parts => {
                    let size = u64::try_from(end.saturating_sub(open.start)).unwrap_or(u64::MAX);
                    self.contents.push((section.clone(), open.start..end));
                    open.children.push(Node::Leaf(text_part(section, size)));
                }
                _ => self.over = true,
            }
        }
        self.add(Node::Multi {
            subtype: open.subtype,
            children: open.children,
        });
    }
}

/// The open multipart that `line` belongs to: the innermost whose boundary it is, and not one already closed.
fn find_boundary(open: &[Open], line: &[u8]) -> Option<(usize, Mark)> {
    let line = line.strip_prefix(b"--")?.trim_ascii_end();
    let close = line.strip_suffix(b"--");
    open.iter()
        .enumerate()
        .rev()
        .filter(|(_, open)| !open.closed)
        .find_map(|(level, open)| {
            if line == open.boundary {
                Some((level, Mark::Next))
            } else if close.is_some_and(|line| line == open.boundary) {
                Some((level, Mark::Close))
            } else {
                None
            }
        })
}

fn read_part(
    section: Section,
    block: &Block<'_>,
    content_type: &Parameters,
    default: &str,
) -> Part {
    let value = |name: &str| block.get(name).map(|field| Parameters::parse(&field.value));
    let disposition = value("content-disposition");
    let encoding = value("content-transfer-encoding")
        .map(|token| token.value)
        .unwrap_or_default();
    let mut part = text_part(section, 0);
    let is_type = content_type
        .value
        .split_once('/')
        .is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty());
    // A multipart without a usable boundary has no parts: it is shown as the text it is.
    if is_type && !content_type.value.starts_with("multipart/") {
        part.mime_type.clone_from(&content_type.value);
    } else {
        part.mime_type = default.to_owned();
    }
    part.detail = Detail::read(&part.mime_type, |name| content_type.get(name));
    part.charset = content_type
        .get("charset")
        .filter(|charset| !charset.is_empty());
    part.format_flowed = content_type
        .get("format")
        .is_some_and(|format| format.eq_ignore_ascii_case("flowed"));
    part.del_sp = content_type
        .get("delsp")
        .is_some_and(|del_sp| del_sp.eq_ignore_ascii_case("yes"));
    part.encoding = TransferEncoding::from_token(&encoding);
    part.filename = disposition
        .as_ref()
        .and_then(|field| field.get("filename"))
        .or_else(|| content_type.get("name"));
    part.filename = part.filename.filter(|name| !name.trim().is_empty());
    part.disposition = disposition
        .filter(|field| !field.value.is_empty())
        .map(|field| Disposition::from_token(&field.value));
    part.content_id = block
        .get("content-id")
        .and_then(|field| content_id(&field.value));
    part
}

/// What stands between the angle brackets.
fn content_id(value: &[u8]) -> Option<String> {
    let value = String::from_utf8_lossy(value);
    let id = value
        .trim()
        .trim_start_matches('<')
        .trim_end_matches('>')
        .trim();
    (!id.is_empty()).then(|| id.to_owned())
}

pub(super) fn text_part(section: Section, size: u64) -> Part {
    Part {
        section,
        mime_type: "text/plain".to_owned(),
        charset: None,
        format_flowed: false,
        del_sp: false,
        encoding: TransferEncoding::SevenBit,
        size,
        disposition: None,
        filename: None,
        content_id: None,
        detail: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `1.1 text/plain "content"` for each leaf.
    fn parts(raw: &str) -> Vec<String> {
        let scan = prescan(raw.as_bytes(), &Limits::default());
        assert!(!scan.over);
        scan.contents
            .iter()
            .map(|(section, range)| {
                let mime_type = &scan.structure.part(section).unwrap().mime_type;
                format!(
                    "{section} {mime_type} {:?}",
                    raw.get(range.clone()).unwrap()
                )
            })
            .collect()
    }

    #[test]
    fn parts_are_numbered_as_imap_does() {
        assert_eq!(
            parts("Subject: x\r\n\r\nhello\r\n"),
            ["1 text/plain \"hello\\r\\n\""]
        );
        let nested = "Content-Type: multipart/mixed; boundary=\"a b\"\n\npreamble\n--a b\nContent-Type: multipart/alternative; \
                      boundary=c\n\n--c\n\none\n--c\nContent-Type: text/html\n\ntwo\n--c--\nepilogue\n--a b\nContent-Type: \
                      application/pdf\n\nthree\n\n--a b--\nend";
        assert_eq!(
            parts(nested),
            [
                "1.1 text/plain \"one\"",
                "1.2 text/html \"two\"",
                "2 application/pdf \"three\\n\""
            ]
        );
    }

    #[test]
    fn boundaries_are_compared_literally_and_whole() {
        let prefix = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--bb\n--b.\n--b--";
        assert_eq!(parts(prefix), ["1 text/plain \"--bb\\n--b.\""]);
        let unclosed = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--b\n\ny";
        assert_eq!(
            parts(unclosed),
            ["1.1 text/plain \"x\"", "2 text/plain \"y\""]
        );
        assert_eq!(
            parts("Content-Type: multipart/mixed; boundary=\"\"\n\n--\nx"),
            ["1 text/plain \"--\\nx\""]
        );
        let no_blank = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n--b\n\nx\n--b--";
        assert_eq!(
            parts("Content-Type: multipart/mixed; boundary=b\n\nno boundary"),
            ["1 text/plain \"no boundary\""]
        );
        assert_eq!(parts(no_blank), ["1 text/html \"\"", "2 text/plain \"x\""]);
    }

    #[test]
    fn details_of_a_part_are_read() {
        let raw = b"Content-Type: text/plain; charset=koi8-r; format=flowed; delsp=yes; name=x\r\nContent-Disposition: inline;\r\n \
                    filename*=utf-8''%D1%84.txt\r\nContent-Transfer-Encoding: Base64\r\nContent-ID: <a@b>\r\n\r\nYQ==";
        let scan = prescan(raw, &Limits::default());
        let part = scan.structure.parts().next().unwrap();
        assert_eq!(part.filename.as_deref(), Some("ф.txt"));
        assert_eq!(part.charset.as_deref(), Some("koi8-r"));
        assert_eq!(part.content_id.as_deref(), Some("a@b"));
        assert_eq!(
            (part.format_flowed, part.del_sp, part.size),
            (true, true, 4)
        );
        assert_eq!(
            (part.encoding, part.disposition),
            (TransferEncoding::Base64, Some(Disposition::Inline))
        );
    }

    #[test]
    fn a_digest_holds_messages_and_they_are_not_opened() {
        let digest = "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\nhi\n--b--";
        assert_eq!(parts(digest), ["1 message/rfc822 \"Subject: x\\n\\nhi\""]);
    }

    #[test]
    fn the_caps_stop_the_scan() {
        let nested: String = (0..600)
            .map(|i| format!("Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n"))
            .collect();
        assert!(prescan(nested.as_bytes(), &Limits::default()).over);
        let wide = format!(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
            "--b\r\n\r\nx\r\n".repeat(20_000)
        );
        let scan = prescan(wide.as_bytes(), &Limits::default());
        assert!(scan.over);
        assert_eq!(scan.contents.len(), 500);
        let headers: String = (0..20_000).map(|i| format!("X-{i}: y\r\n")).collect();
        assert!(prescan(headers.as_bytes(), &Limits::default()).over);
    }

    proptest! {
        #[test]
        fn any_octets_have_a_structure(raw in proptest::collection::vec(any::<u8>(), 0..1000)) {
            let scan = prescan(&raw, &Limits::default());
            prop_assert!(scan.contents.iter().all(|(_, range)| raw.get(range.clone()).is_some()));
        }

        #[test]
        fn any_boundaries_have_a_structure(
            raw in "(Content-Type: multipart/mixed; boundary=|Content-Type: message/rfc822|a|b|--a|--b|--|\r\n|\n|\n\n|x){0,60}",
        ) {
            let scan = prescan(raw.as_bytes(), &Limits::default());
            prop_assert_eq!(scan.structure.parts().count(), scan.contents.len());
        }
    }
}
