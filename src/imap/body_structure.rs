//! BODYSTRUCTURE to the tree of a message (RFC 9051 §7.5.2), without recursion.

use super::sexp::{Value, Values};
use crate::mime::{
    Detail, Disposition, Embedded, Node, Part, Section, Structure, TransferEncoding, decode_header,
    parameter,
};
use std::iter::Take;

/// SECURITY.md R-LIM-1.
const DEEPEST: usize = 50;
const MOST_PARTS: usize = 500;

/// A multipart whose children are being read.
struct Open<'a> {
    section: Vec<u32>,
    subtype: String,
    rest: Take<Values<'a>>,
    children: Vec<Node>,
}

/// A message/rfc822 whose own structure is still to be read.
struct Message<'a> {
    section: Section,
    envelope: Value<'a>,
    body: Value<'a>,
}

/// None when it is no list at all, nests deeper than 50 or has more than 500 parts.
///
/// A message/rfc822 is a leaf of the tree; what is in it stands beside the tree, and is left out where it passes a cap.
pub(super) fn read(value: Value<'_>) -> Option<Structure> {
    let mut parts = 0;
    let mut messages = Vec::new();
    let root = tree(value, &[], &mut parts, &mut messages)?;
    let mut embedded = Vec::new();
    while let Some(message) = messages.pop() {
        let tree = tree(message.body, &message.section.0, &mut parts, &mut messages);
        embedded.extend(tree.map(|root| Embedded {
            subject: subject(message.envelope),
            section: message.section,
            root,
        }));
    }
    embedded.sort_by(|a, b| a.section.cmp(&b.section));
    Some(Structure { root, embedded })
}

/// The tree of one message, whose own number is `base`, and the messages that are leaves of it. One in base64 (RFC 2045 §6.4
/// forbids that) is not among them: servers take its encoded text for the message.
fn tree<'a>(
    value: Value<'a>,
    base: &[u32],
    parts: &mut usize,
    messages: &mut Vec<Message<'a>>,
) -> Option<Node> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut enter = |body: Value<'a>, section: Vec<u32>, open: &mut Vec<Open<'a>>| {
        let body = body.list()?;
        let done = enter(body, section, base.len(), open, parts)?;
        let mut fields = body;
        if let Some(Node::Leaf(part)) = &done
            && part.is_message()
            && !part.is_encoded()
            && let (Some(envelope), Some(inner @ Value::List(_))) = (fields.nth(7), fields.next())
        {
            messages.push(Message {
                section: part.section.clone(),
                envelope,
                body: inner,
            });
        }
        Some(done)
    };
    let mut done = enter(value, base.to_vec(), &mut open)?;
    while let Some(level) = open.last_mut() {
        level.children.extend(done.take());
        match level.rest.next() {
            Some(child) => {
                let mut section = level.section.clone();
                section.push(u32::try_from(level.children.len()).ok()? + 1);
                done = enter(child, section, &mut open)?;
            }
            None => {
                let Open {
                    subtype, children, ..
                } = open.pop()?;
                done = Some(Node::Multi { subtype, children });
            }
        }
    }
    done
}

/// The second field of an envelope (RFC 9051 §7.5.2).
fn subject(envelope: Value<'_>) -> String {
    envelope
        .list()
        .and_then(|mut fields| fields.nth(1)?.octets())
        .map(decode_header)
        .unwrap_or_default()
}

/// A leaf at once, or nothing yet and one more level open.
///
/// `base`: levels of the number of the message that it belongs to.
fn enter<'a>(
    body: Values<'a>,
    section: Vec<u32>,
    base: usize,
    open: &mut Vec<Open<'a>>,
    parts: &mut usize,
) -> Option<Option<Node>> {
    *parts += 1;
    if *parts > MOST_PARTS || base + open.len() >= DEEPEST {
        return None;
    }
    let children = body
        .take_while(|value| matches!(value, Value::List(_)))
        .count();
    if children == 0 {
        let is_root = section.len() == base;
        return leaf(body, section, is_root).map(Some);
    }
    let mut after = body;
    let subtype = after.nth(children).and_then(type_name).unwrap_or("mixed");
    open.push(Open {
        section,
        subtype: subtype.to_ascii_lowercase(),
        rest: body.take(children),
        children: Vec::new(),
    });
    Some(None)
}

/// The only part of a message has the number 1 in it.
fn leaf(mut fields: Values<'_>, mut section: Vec<u32>, is_root: bool) -> Option<Node> {
    let mut field = || fields.next().unwrap_or(Value::Nil);
    let kind = type_name(field()).unwrap_or("application");
    let subtype = type_name(field()).unwrap_or("octet-stream");
    if kind.eq_ignore_ascii_case("multipart") {
        return Some(Node::Multi {
            subtype: subtype.to_ascii_lowercase(),
            children: Vec::new(),
        });
    }
    if is_root {
        section.push(1);
    }
    let section = Section::new(section).ok()?;
    let mime_type = [kind, "/", subtype].concat().to_ascii_lowercase();
    let content = Parameters(field());
    let content_id = field().octets().map(content_id);
    let _description = field();
    let encoding = encoding(field());
    let size = field().number64().unwrap_or(0);
    let (disposition, disposed) = disposition(fields, kind);
    Some(Node::Leaf(Part {
        section,
        detail: Detail::read(&mime_type, |name| content.get(name)),
        mime_type,
        charset: content.get("charset"),
        format_flowed: content.says("format", "flowed"),
        del_sp: content.says("delsp", "yes"),
        encoding,
        size,
        disposition,
        filename: disposed.get("filename").or_else(|| content.get("name")),
        content_id: content_id.filter(|id| !id.is_empty()),
    }))
}

/// Parameters as they stand in the message; servers do not put RFC 2231 pieces together.
struct Parameters<'a>(Value<'a>);

impl Parameters<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let mut values = self.0.list()?;
        let pairs = std::iter::from_fn(|| Some((values.next()?, values.next()?)));
        let pairs = pairs.filter_map(|(name, value)| Some((name.octets()?, value.octets()?)));
        parameter(pairs, name).filter(|value| !value.is_empty())
    }

    fn says(&self, name: &str, expected: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case(expected))
    }
}

/// The disposition follows the MD5, whose place depends on what the type brings: lines for text, envelope, structure and
/// lines for a message. Servers leave these out now and then, so the pair is searched from there on.
fn disposition<'a>(after_size: Values<'a>, kind: &str) -> (Option<Disposition>, Parameters<'a>) {
    let mut fields = after_size;
    let mut embedded = after_size;
    let is_list = |value| matches!(value, Some(Value::List(_)));
    if kind.eq_ignore_ascii_case("message") && is_list(embedded.next()) && is_list(embedded.next())
    {
        embedded.next();
        fields = embedded;
    }
    let found = fields.filter_map(Value::list).find_map(|mut pair| {
        let name = pair.next()?.octets()?;
        Some((name, pair.next().unwrap_or(Value::Nil)))
    });
    let Some((name, parameters)) = found else {
        return (None, Parameters(Value::Nil));
    };
    // Unknown dispositions are treated as attachment (RFC 2183 §2.8).
    let disposition = if name.eq_ignore_ascii_case(b"inline") {
        Disposition::Inline
    } else {
        Disposition::Attachment
    };
    (Some(disposition), Parameters(parameters))
}

fn encoding(value: Value<'_>) -> TransferEncoding {
    let name = type_name(value).unwrap_or_default();
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    if is("8bit") {
        TransferEncoding::EightBit
    } else if is("binary") {
        TransferEncoding::Binary
    } else if is("quoted-printable") {
        TransferEncoding::QuotedPrintable
    } else if is("base64") {
        TransferEncoding::Base64
    } else if is("x-uuencode") || is("x-uue") || is("uuencode") {
        TransferEncoding::UuEncode
    } else {
        TransferEncoding::SevenBit
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

/// A name of a type or an encoding: visible ASCII; anything else is none.
fn type_name(value: Value<'_>) -> Option<&str> {
    let octets = value.octets()?;
    let plain =
        !octets.is_empty() && octets.len() <= 100 && octets.iter().all(u8::is_ascii_graphic);
    std::str::from_utf8(octets).ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::sexp;

    fn structure(text: &str) -> Option<Structure> {
        sexp::read(text.as_bytes()).values().next().and_then(read)
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
    fn messages_inside_are_told_with_the_numbers_of_the_whole() {
        let plain = "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)";
        let message = |subject: &str, body: &str| {
            format!(
                "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 900 (NIL \"{subject}\" NIL NIL NIL NIL NIL NIL NIL NIL) {body} 20)"
            )
        };
        let inner = message("inner", plain);
        let outer = message(
            "=?utf-8?q?=C3=A9t=C3=A9?=",
            &format!("({plain}{inner} \"mixed\")"),
        );
        let tree = structure(&format!("({plain}{outer} \"mixed\")")).unwrap();
        let told: Vec<_> = tree
            .embedded
            .iter()
            .map(|message| {
                let parts = message.root.parts().map(|part| part.section.to_string());
                let section = message.section.to_string();
                (
                    section,
                    message.subject.as_str(),
                    parts.collect::<Vec<_>>().join(" "),
                )
            })
            .collect();
        let expected = [
            ("2".to_owned(), "été", "2.1 2.2".to_owned()),
            ("2.2".to_owned(), "inner", "2.2.1".to_owned()),
        ];
        assert_eq!(told, expected);
        let opened = tree.message(&"2".parse().unwrap()).unwrap();
        assert_eq!(opened.subject_of(&"2.2".parse().unwrap()), Some("inner"));
        assert!(tree.part(&"2.2.1".parse().unwrap()).is_some());
        assert!(opened.message(&"2".parse().unwrap()).is_none());
        let alone = structure(&message("alone", plain)).unwrap();
        assert_eq!(
            alone.embedded[0]
                .root
                .parts()
                .next()
                .unwrap()
                .section
                .to_string(),
            "1.1"
        );
    }

    #[test]
    fn messages_inside_each_other_without_end_are_cut_off() {
        let mut text = "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)".to_owned();
        for _ in 0..90 {
            text = format!(
                "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 (NIL \"x\" NIL NIL NIL NIL NIL NIL NIL NIL) {text} 20)"
            );
        }
        let told = structure(&text).map(|tree| tree.embedded.len());
        assert!(told.is_none_or(|told| told <= 50), "{told:?}");
    }

    #[test]
    fn the_number_of_a_fragment_is_told() {
        let tree = structure("(\"message\" \"partial\" (\"id\" \"x\" \"number\" \"2\" \"total\" \"5\") NIL NIL \"7bit\" 9)").unwrap();
        let detail = tree.parts().next().unwrap().detail;
        assert_eq!(
            detail,
            Some(Detail::Fragment {
                number: 2,
                total: Some(5)
            })
        );
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
