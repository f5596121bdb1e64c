//! The values of a response (RFC 9051 §4): atoms, strings, NIL, lists. Takes what servers really send: a garbled value
//! is skipped or cut, the rest is read. One pass over the octets, without recursion; only strings with escapes are copied.

use super::response::{digits, digits64};
use std::borrow::Cow;

/// Deeper lists are read as if their parentheses were not there: one message of many nested parts must not cost the list it stands in.
const DEEPEST: usize = 200;
/// Tokens for which there is room from the start: more than most messages of a page have.
const USUAL: usize = 160;

/// What was read, in one row whatever its depth.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token<'a> {
    Nil,
    Atom(&'a [u8]),
    Text(Cow<'a, [u8]>),
    /// So many of the tokens that follow stand in this list or in lists within it.
    List(usize),
}

/// Everything read of one input.
pub(super) struct Tokens<'a>(Vec<Token<'a>>);

impl Tokens<'_> {
    pub(super) fn values(&self) -> Values<'_> {
        Values(&self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Nil,
    /// Atoms, numbers, flags, and section names with all that stands in their brackets.
    Atom(&'a [u8]),
    /// Quoted string (escapes undone) or literal.
    Text(&'a Cow<'a, [u8]>),
    List(Values<'a>),
}

/// The values of a list, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Values<'a>(&'a [Token<'a>]);

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let (token, mut rest) = self.0.split_first()?;
        let value = match token {
            Token::Nil => Value::Nil,
            Token::Atom(octets) => Value::Atom(octets),
            Token::Text(octets) => Value::Text(octets),
            Token::List(len) => {
                let (inner, after) = rest.split_at(*len);
                rest = after;
                Value::List(Values(inner))
            }
        };
        self.0 = rest;
        Some(value)
    }
}

impl<'a> Value<'a> {
    /// The octets of an atom or a string.
    pub(super) fn octets(self) -> Option<&'a [u8]> {
        match self {
            Value::Atom(octets) => Some(octets),
            Value::Text(octets) => Some(octets),
            Value::Nil | Value::List(_) => None,
        }
    }

    pub(super) fn list(self) -> Option<Values<'a>> {
        match self {
            Value::List(values) => Some(values),
            _ => None,
        }
    }

    pub(super) fn number(self) -> Option<u32> {
        digits(self.octets()?)
    }

    pub(super) fn number64(self) -> Option<u64> {
        digits64(self.octets()?)
    }
}

/// All values of `input`, in order. Lists that are not closed end with the input.
pub(super) fn read(input: &[u8]) -> Tokens<'_> {
    let mut reader = Reader { input, at: 0 };
    let mut tokens = Vec::with_capacity(USUAL.min(input.len()));
    let mut open: Vec<usize> = Vec::new();
    let mut flattened = 0_usize;
    while let Some(&c) = input.get(reader.at) {
        let token = match c {
            b' ' | b'\r' | b'\n' | b'\t' => {
                reader.at += 1;
                continue;
            }
            b'(' => {
                reader.at += 1;
                if open.len() == DEEPEST {
                    flattened += 1;
                    continue;
                }
                open.push(tokens.len());
                Token::List(0)
            }
            b')' => {
                reader.at += 1;
                if flattened > 0 {
                    flattened -= 1;
                } else if let Some(place) = open.pop() {
                    close(&mut tokens, place);
                }
                continue;
            }
            b'"' => reader.quoted(),
            b'{' => reader.literal(),
            b'~' if input.get(reader.at + 1) == Some(&b'{') => {
                reader.at += 1;
                reader.literal()
            }
            _ => reader.atom(),
        };
        tokens.push(token);
    }
    for place in open {
        close(&mut tokens, place);
    }
    Tokens(tokens)
}

/// The list at `place` ends here.
fn close(tokens: &mut [Token<'_>], place: usize) {
    tokens[place] = Token::List(tokens.len() - place - 1);
}

struct Reader<'a> {
    input: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Up to the closing quote, or to the end of the line where there is none.
    fn quoted(&mut self) -> Token<'a> {
        let mut from = self.at + 1;
        let mut at = from;
        let mut unescaped: Option<Vec<u8>> = None;
        loop {
            let ends = |c: &u8| matches!(c, b'"' | b'\\' | b'\r' | b'\n');
            let rest = &self.input[at..];
            at += rest.iter().position(ends).unwrap_or(rest.len());
            match &self.input[at..] {
                [b'\\', b'"' | b'\\', ..] => {
                    let plain = &self.input[from..at];
                    unescaped.get_or_insert_default().extend_from_slice(plain);
                    from = at + 1;
                    at += 2;
                }
                [b'\\', ..] => at += 1,
                _ => break,
            }
        }
        self.at = (at + 1).min(self.input.len());
        let last = &self.input[from..at];
        Token::Text(match unescaped {
            Some(mut text) => {
                text.extend_from_slice(last);
                Cow::Owned(text)
            }
            None => Cow::Borrowed(last),
        })
    }

    /// `{n}` CRLF and n octets. What only begins like a literal is an atom.
    fn literal(&mut self) -> Token<'a> {
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
        Token::Text(Cow::Borrowed(&self.input[start..stop]))
    }

    fn atom(&mut self) -> Token<'a> {
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
        let atom = &self.input[start..self.at];
        if atom.eq_ignore_ascii_case(b"NIL") {
            Token::Nil
        } else {
            Token::Atom(atom)
        }
    }
}

fn is_section(name: &[u8]) -> bool {
    [&b"BODY"[..], b"BINARY", b"BINARY.SIZE"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests;
