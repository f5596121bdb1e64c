//! The values of a response (RFC 9051 §4): atoms, strings, NIL, lists. Takes what servers really send: a garbled value
//! is skipped or cut, the rest is read. Linear, without recursion.

use super::response::digits;
use bytes::Bytes;

/// Deeper lists are read as if their parentheses were not there: one message of many nested parts must not cost the list it stands in.
const DEEPEST: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Nil,
    /// Atoms, numbers, flags, and section names with all that stands in their brackets.
    Atom(Bytes),
    /// Quoted string (escapes undone) or literal.
    Text(Bytes),
    List(Vec<Value>),
}

impl Value {
    /// The octets of an atom or a string.
    pub(super) fn octets(&self) -> Option<&Bytes> {
        match self {
            Value::Atom(octets) | Value::Text(octets) => Some(octets),
            Value::Nil | Value::List(_) => None,
        }
    }

    pub(super) fn list(&self) -> Option<&[Value]> {
        match self {
            Value::List(values) => Some(values),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<u32> {
        digits(self.octets()?)
    }

    pub(super) fn number64(&self) -> Option<u64> {
        let octets = self.octets()?;
        let plain = !octets.is_empty() && octets.iter().all(u8::is_ascii_digit);
        std::str::from_utf8(octets)
            .ok()
            .filter(|_| plain)?
            .parse()
            .ok()
    }
}

/// All values of `input`, in order. Lists that are not closed end with the input.
pub(super) fn read(input: &Bytes) -> Vec<Value> {
    let mut reader = Reader { input, at: 0 };
    let mut open: Vec<Vec<Value>> = vec![Vec::new()];
    let mut flattened = 0_usize;
    while let Some(&c) = input.get(reader.at) {
        let value = match c {
            b' ' | b'\r' | b'\n' | b'\t' => {
                reader.at += 1;
                continue;
            }
            b'(' => {
                reader.at += 1;
                if open.len() < DEEPEST {
                    open.push(Vec::new())
                } else {
                    flattened += 1
                }
                continue;
            }
            b')' => {
                reader.at += 1;
                if flattened > 0 {
                    flattened -= 1;
                    continue;
                }
                match close(&mut open) {
                    Some(list) => list,
                    None => continue,
                }
            }
            b'"' => reader.quoted(),
            b'{' => reader.literal(),
            b'~' if input.get(reader.at + 1) == Some(&b'{') => {
                reader.at += 1;
                reader.literal()
            }
            _ => reader.atom(),
        };
        if let Some(list) = open.last_mut() {
            list.push(value);
        }
    }
    while let Some(list) = close(&mut open) {
        if let Some(outer) = open.last_mut() {
            outer.push(list);
        }
    }
    open.pop().unwrap_or_default()
}

/// The innermost open list, unless it is the outermost.
fn close(open: &mut Vec<Vec<Value>>) -> Option<Value> {
    if open.len() > 1 {
        open.pop().map(Value::List)
    } else {
        None
    }
}

struct Reader<'a> {
    input: &'a Bytes,
    at: usize,
}

impl Reader<'_> {
    /// Up to the closing quote, or to the end of the line where there is none.
    fn quoted(&mut self) -> Value {
        let start = self.at + 1;
        let mut unescaped: Option<Vec<u8>> = None;
        let mut at = start;
        loop {
            match self.input.get(at) {
                Some(b'\\') if matches!(self.input.get(at + 1), Some(b'"' | b'\\')) => {
                    let out = unescaped.get_or_insert_with(|| self.input[start..at].to_vec());
                    out.push(self.input[at + 1]);
                    at += 2;
                }
                None | Some(b'"' | b'\r' | b'\n') => break,
                Some(c) => {
                    if let Some(out) = &mut unescaped {
                        out.push(*c);
                    }
                    at += 1;
                }
            }
        }
        self.at = (at + 1).min(self.input.len());
        Value::Text(unescaped.map_or_else(|| self.input.slice(start..at), Bytes::from))
    }

    /// `{n}` CRLF and n octets. What only begins like a literal is an atom.
    fn literal(&mut self) -> Value {
        let rest = &self.input[self.at + 1..];
        let Some(end) = memchr::memchr(b'}', &rest[..rest.len().min(12)]) else {
            return self.atom();
        };
        let Some(octets) = digits(&rest[..end]) else {
            return self.atom();
        };
        let after = &rest[end + 1..];
        let line_end = if after.starts_with(b"\r\n") {
            2
        } else {
            usize::from(after.starts_with(b"\n"))
        };
        if line_end == 0 {
            return self.atom();
        }
        let start = self.at + 1 + end + 1 + line_end;
        let stop = start.saturating_add(octets as usize).min(self.input.len());
        self.at = stop;
        Value::Text(self.input.slice(start..stop))
    }

    fn atom(&mut self) -> Value {
        let start = self.at;
        let mut at = start;
        while let Some(&c) = self.input.get(at) {
            match c {
                b'[' if is_section(&self.input[start..at]) => {
                    let Some(close) = memchr::memchr2(b']', b'\r', &self.input[at..]) else {
                        at = self.input.len();
                        break;
                    };
                    at += close + 1;
                }
                b' ' | b'(' | b')' | b'"' | b'\r' | b'\n' if at > start => break,
                _ => at += 1,
            }
        }
        self.at = at.max(start + 1);
        let atom = self.input.slice(start..self.at);
        if atom.eq_ignore_ascii_case(b"NIL") {
            Value::Nil
        } else {
            Value::Atom(atom)
        }
    }
}

fn is_section(name: &[u8]) -> bool {
    [&b"BODY"[..], b"BINARY", b"BINARY.SIZE"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(input: &str) -> Vec<Value> {
        read(&Bytes::copy_from_slice(input.as_bytes()))
    }
    fn atom(text: &str) -> Value {
        Value::Atom(Bytes::copy_from_slice(text.as_bytes()))
    }
    fn text(text: &str) -> Value {
        Value::Text(Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn every_kind_of_value_is_read() {
        let read = values(
            "(UID 7 BODY[HEADER.FIELDS (DATE FROM)]<0> {4}\r\na\")( X nil \"q \\\"w\\\\\" ())",
        );
        let list = vec![
            atom("UID"),
            atom("7"),
            atom("BODY[HEADER.FIELDS (DATE FROM)]<0>"),
            text("a\")("),
            atom("X"),
            Value::Nil,
            text("q \"w\\"),
            Value::List(vec![]),
        ];
        assert_eq!(read, [Value::List(list)]);
        assert_eq!(values("~{2}\r\nab c"), [text("ab"), atom("c")]);
    }

    #[test]
    fn broken_input_costs_only_what_is_broken() {
        assert_eq!(
            values(") a (b \"c"),
            [atom("a"), Value::List(vec![atom("b"), text("c")])]
        );
        assert_eq!(values("{9}\r\nab"), [text("ab")]);
        assert_eq!(values("{x} {5"), [atom("{x}"), atom("{5")]);
        assert_eq!(
            values("(\\Seen foo[ bar)"),
            [Value::List(vec![atom("\\Seen"), atom("foo["), atom("bar")])]
        );
        assert_eq!(values("BODY[1"), [atom("BODY[1")]);
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = "(".repeat(100_000) + &")".repeat(100_000);
        assert_eq!(values(&deep).len(), 1);
    }

    proptest! {
        #[test]
        fn any_octets_are_read(input in proptest::collection::vec(any::<u8>(), 0..200)) {
            read(&Bytes::from(input));
        }
        #[test]
        fn any_shape_is_read(input in "[()\"\\\\{}0-9a\\[\\]\r\n ~B]{0,60}") {
            values(&input);
        }
    }
}
