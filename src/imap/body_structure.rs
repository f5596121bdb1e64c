//! BODYSTRUCTURE to the tree of a message (RFC 9051 §7.5.2), without recursion.

use super::sexp::Value;
use crate::mime::{
    Disposition, Node, Part, Section, Structure, TransferEncoding, decode_header, parameter,
};

/// SECURITY.md R-LIM-1.
const DEEPEST: usize = 50;
const MOST_PARTS: usize = 500;

/// A multipart whose children are being read.
struct Open<'a> {
    section: Vec<u32>,
    subtype: String,
    rest: std::slice::Iter<'a, Value>,
    children: Vec<Node>,
}

/// None when it is no list at all, nests deeper than 50 or has more than 500 parts.
///
/// A message/rfc822 is a leaf: what is in it is shown when it is opened.
pub(super) fn read(value: &Value) -> Option<Structure> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut parts = 0;
    let mut done = enter(value.list()?, Vec::new(), &mut open, &mut parts)?;
    while let Some(level) = open.last_mut() {
        level.children.extend(done.take());
        match level.rest.next() {
            Some(child) => {
                let mut section = level.section.clone();
                section.push(u32::try_from(level.children.len()).ok()? + 1);
                done = enter(child.list()?, section, &mut open, &mut parts)?;
            }
            None => {
                let Open {
                    subtype, children, ..
                } = open.pop()?;
                done = Some(Node::Multi { subtype, children });
            }
        }
    }
    Some(Structure { root: done? })
}

/// A leaf at once, or nothing yet and one more level open.
fn enter<'a>(
    body: &'a [Value],
    section: Vec<u32>,
    open: &mut Vec<Open<'a>>,
    parts: &mut usize,
) -> Option<Option<Node>> {
    *parts += 1;
    if *parts > MOST_PARTS || open.len() >= DEEPEST {
        return None;
    }
    let children = body
        .iter()
        .take_while(|value| matches!(value, Value::List(_)))
        .count();
    if children == 0 {
        return leaf(body, section).map(Some);
    }
    let subtype = body
        .get(children)
        .and_then(lower)
        .unwrap_or_else(|| "mixed".into());
    let rest = body.get(..children)?.iter();
    open.push(Open {
        section,
        subtype,
        rest,
        children: Vec::new(),
    });
    Some(None)
}

fn leaf(body: &[Value], section: Vec<u32>) -> Option<Node> {
    let kind = body
        .first()
        .and_then(lower)
        .unwrap_or_else(|| "application".into());
    let subtype = body
        .get(1)
        .and_then(lower)
        .unwrap_or_else(|| "octet-stream".into());
    if kind == "multipart" {
        return Some(Node::Multi {
            subtype,
            children: Vec::new(),
        });
    }
    let section = if section.is_empty() {
        Section::single()
    } else {
        Section::new(section).ok()?
    };
    let content = Parameters::read(body.get(2));
    let (disposition, disposed) = disposition(body, &kind);
    Some(Node::Leaf(Part {
        section,
        mime_type: format!("{kind}/{subtype}"),
        charset: content.get("charset"),
        format_flowed: content
            .get("format")
            .is_some_and(|format| format.eq_ignore_ascii_case("flowed")),
        del_sp: content
            .get("delsp")
            .is_some_and(|del_sp| del_sp.eq_ignore_ascii_case("yes")),
        encoding: body.get(5).map_or(TransferEncoding::SevenBit, encoding),
        size: body.get(6).and_then(Value::number64).unwrap_or(0),
        disposition,
        filename: disposed.get("filename").or_else(|| content.get("name")),
        content_id: body
            .get(3)
            .and_then(Value::octets)
            .map(|octets| content_id(octets))
            .filter(|id| !id.is_empty()),
    }))
}

/// Parameters as they stand in the message; servers do not put RFC 2231 pieces together.
#[derive(Default)]
struct Parameters<'a>(Vec<(&'a [u8], &'a [u8])>);

impl<'a> Parameters<'a> {
    fn read(value: Option<&'a Value>) -> Self {
        let values = value.and_then(Value::list).unwrap_or_default();
        let octets = |value: &'a Value| value.octets().map(|octets| &octets[..]);
        let pairs = values
            .chunks_exact(2)
            .filter_map(|pair| Some((octets(&pair[0])?, octets(&pair[1])?)));
        Self(pairs.collect())
    }

    fn get(&self, name: &str) -> Option<String> {
        parameter(self.0.iter().copied(), name).filter(|value| !value.is_empty())
    }
}

/// The disposition follows the MD5, whose place depends on what the type brings: lines for text, envelope, structure and
/// lines for a message. Servers leave these out now and then, so the pair is searched from there on.
fn disposition<'a>(body: &'a [Value], kind: &str) -> (Option<Disposition>, Parameters<'a>) {
    let embedded = kind == "message"
        && matches!(
            (body.get(7), body.get(8)),
            (Some(Value::List(_)), Some(Value::List(_)))
        );
    let from = if embedded { 10 } else { 7 };
    let found = body
        .get(from..)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::list)
        .find_map(|list| match list {
            [name, rest @ ..] => name.octets().map(|name| (name, rest.first())),
            [] => None,
        });
    match found {
        Some((name, parameters)) => {
            let inline = name.eq_ignore_ascii_case(b"inline");
            // Unknown dispositions are treated as attachment (RFC 2183 §2.8).
            let disposition = if inline {
                Disposition::Inline
            } else {
                Disposition::Attachment
            };
            (Some(disposition), Parameters::read(parameters))
        }
        None => (None, Parameters::default()),
    }
}

fn encoding(value: &Value) -> TransferEncoding {
    match lower(value).as_deref().map(str::trim) {
        Some("8bit") => TransferEncoding::EightBit,
        Some("binary") => TransferEncoding::Binary,
        Some("quoted-printable") => TransferEncoding::QuotedPrintable,
        Some("base64") => TransferEncoding::Base64,
        Some("x-uuencode" | "x-uue" | "uuencode") => TransferEncoding::UuEncode,
        _ => TransferEncoding::SevenBit,
    }
}

fn content_id(octets: &[u8]) -> String {
    let id = decode_header(octets);
    let id = id.trim();
    id.strip_prefix('<')
        .unwrap_or(id)
        .trim_end_matches('>')
        .to_owned()
}

/// A type name: visible ASCII, lower case; anything else is none.
fn lower(value: &Value) -> Option<String> {
    let octets = value.octets()?;
    let plain =
        !octets.is_empty() && octets.len() <= 100 && octets.iter().all(u8::is_ascii_graphic);
    plain.then(|| String::from_utf8_lossy(octets).to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::sexp;
    use bytes::Bytes;

    fn structure(text: &str) -> Option<Structure> {
        sexp::read(&Bytes::copy_from_slice(text.as_bytes()))
            .first()
            .and_then(read)
    }

    /// Section, type and disposition of every leaf, in order.
    fn leaves(node: &Node) -> Vec<(String, String, Option<Disposition>)> {
        match node {
            Node::Multi { children, .. } => children.iter().flat_map(leaves).collect(),
            Node::Leaf(part) => vec![(
                part.section.to_string(),
                part.mime_type.clone(),
                part.disposition,
            )],
        }
    }

    #[test]
    fn a_single_part_is_section_one() {
        let tree = structure("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"8BIT\" 12 1)").unwrap();
        let Node::Leaf(part) = &tree.root else {
            panic!()
        };
        assert_eq!(
            (part.section.to_string(), part.size, part.encoding),
            ("1".to_owned(), 12, TransferEncoding::EightBit)
        );
    }

    #[test]
    fn parts_are_numbered_as_the_rfc_does() {
        let rfc822 = "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 900 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) \
            ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1) \"mixed\") 20 NIL (\"attachment\" NIL) NIL NIL)";
        let alternative = "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1 NIL NIL NIL NIL)\
            (\"text\" \"html\" NIL NIL NIL \"7bit\" 1 1 NIL (\"inline\" NIL) NIL NIL) \"alternative\" NIL NIL NIL NIL)";
        let tree = structure(&format!(
            "({alternative}{rfc822}(\"application\" \"pdf\" NIL NIL NIL \"base64\" 5) \"mixed\")"
        ))
        .unwrap();
        let expected: Vec<(String, String, Option<Disposition>)> = vec![
            ("1.1".into(), "text/plain".into(), None),
            ("1.2".into(), "text/html".into(), Some(Disposition::Inline)),
            (
                "2".into(),
                "message/rfc822".into(),
                Some(Disposition::Attachment),
            ),
            ("3".into(), "application/pdf".into(), None),
        ];
        assert_eq!(leaves(&tree.root), expected);
    }

    #[test]
    fn garbled_fields_cost_only_themselves() {
        for text in [
            "(NIL NIL NIL NIL NIL NIL NIL)",
            "(\"text\")",
            "()",
            "(\"text\" \"plain\" () NIL NIL \"7BIT\" NIL NIL)",
            "(\"text\" \"plain\" \"x\" (1) (2) (3) (4) (5) (6) (7))",
            "(((((((() \"a\") 7) 7) 7) 7) 7) 7)",
        ] {
            assert!(structure(text).is_some(), "{text}");
        }
        assert!(structure("NIL").is_none() && structure("\"x\"").is_none());
    }

    #[test]
    fn depth_and_number_of_parts_are_bounded() {
        let leaf = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)";
        let nested =
            |depth: usize| format!("{}{leaf}{}", "(".repeat(depth), " \"MIXED\")".repeat(depth));
        assert!(structure(&nested(49)).is_some());
        assert!(structure(&nested(51)).is_none());
        assert!(structure(&nested(190)).is_none());
        assert!(structure(&format!("({} \"mixed\")", leaf.repeat(499))).is_some());
        assert!(structure(&format!("({} \"mixed\")", leaf.repeat(501))).is_none());
    }
}
