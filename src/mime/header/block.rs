//! Splits a header block into unfolded fields, in one pass and within the caps.
use super::super::Limits;
use std::borrow::Cow;

/// One field, its value unfolded (RFC 5322 §2.2.3): line breaks are gone, the folding white space stays.
#[derive(Debug)]
pub(in super::super) struct Field<'a> {
    pub name: &'a [u8],
    pub value: Cow<'a, [u8]>,
}

impl Field<'_> {
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    pub fn name_lossy(&self) -> String {
        self.name
            .iter()
            .map(|&byte| {
                if byte.is_ascii_graphic() {
                    char::from(byte)
                } else {
                    '?'
                }
            })
            .collect()
    }
}

/// The fields of a header block, and where its body begins.
#[derive(Debug, Default)]
pub(in super::super) struct Block<'a> {
    pub fields: Vec<Field<'a>>,
    /// Offset of the first octet after the empty line; the length of the input when there is none.
    pub body: usize,
    /// A cap was passed; fields up to it are here.
    pub over: bool,
}

impl<'a> Block<'a> {
    /// Lines end in CRLF or LF, or in a bare CR where the whole input has no LF. A line that is neither a field nor a continuation is left out; when the
    /// first line is none, and no mbox `From ` line, there is no header at all. A byte order mark is skipped.
    pub fn read(raw: &'a [u8], limits: &Limits) -> Self {
        Self::read_until(Lines::new(raw, 0), limits, |_| false)
    }

    /// As [`Block::read`], from where `lines` stands, up to a line that `stop` knows, which is where the body begins.
    pub fn read_until(mut lines: Lines<'a>, limits: &Limits, stop: impl Fn(&[u8]) -> bool) -> Self {
        let begin = lines.at;
        let raw = lines.raw;
        let mut block = Self {
            body: raw.len(),
            ..Self::default()
        };
        let mut first = true;
        loop {
            let line_start = lines.at;
            let Some(line) = lines.next() else { break };
            if stop(line) {
                block.body = line_start;
                break;
            }
            if line.is_empty() {
                block.body = lines.at;
                break;
            }
            if lines.at - begin > limits.header_block {
                block.over = true;
                block.body = end_of_header(lines);
                break;
            }
            if !block.take(line, first, limits) {
                block.body = begin;
                break;
            }
            first = false;
            if block.fields.len() > limits.headers {
                block.over = true;
                block.fields.truncate(limits.headers);
                block.body = end_of_header(lines);
                break;
            }
        }
        block
    }

    /// False when the first line shows that this is no header block.
    fn take(&mut self, line: &'a [u8], first: bool, limits: &Limits) -> bool {
        if matches!(line.first(), Some(b' ' | b'\t')) {
            if let Some(field) = self.fields.last_mut() {
                if field.value.len() + line.len() > limits.header {
                    self.over = true;
                } else {
                    field.value.to_mut().extend_from_slice(line);
                }
            }
            return true;
        }
        let line = if first {
            line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line)
        } else {
            line
        };
        let name = line
            .iter()
            .position(|&byte| byte == b':')
            .and_then(|colon| {
                let name = line.get(..colon)?.trim_ascii_end();
                let is_name = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic());
                is_name.then_some((name, line.get(colon + 1..)?))
            });
        match name {
            Some((name, value)) => {
                let value = if value.len() > limits.header {
                    self.over = true;
                    value.get(..limits.header).unwrap_or_default()
                } else {
                    value
                };
                self.fields.push(Field {
                    name,
                    value: Cow::Borrowed(value),
                });
                true
            }
            None => !first || line.starts_with(b"From ") || line.starts_with(b">From "),
        }
    }

    pub fn get(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.is(name))
    }
}

/// Offset after the next empty line.
fn end_of_header(mut lines: Lines<'_>) -> usize {
    for line in lines.by_ref() {
        if line.is_empty() {
            break;
        }
    }
    lines.at
}

/// Lines of a message without their ends, and where the next one begins.
#[derive(Clone)]
pub(in super::super) struct Lines<'a> {
    raw: &'a [u8],
    pub at: usize,
    terminator: u8,
}

impl<'a> Lines<'a> {
    pub fn new(raw: &'a [u8], at: usize) -> Self {
        let terminator = if memchr::memchr(b'\n', raw).is_some() {
            b'\n'
        } else {
            b'\r'
        };
        Self {
            raw,
            at,
            terminator,
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.raw.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr(self.terminator, rest);
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.at += end.map_or(rest.len(), |end| end + 1);
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(raw: &[u8]) -> (Vec<String>, usize) {
        let block = Block::read(raw, &Limits::default());
        (
            block.fields.iter().map(Field::name_lossy).collect(),
            block.body,
        )
    }

    #[test]
    fn every_line_ending_is_understood() {
        for raw in [
            &b"A: 1\r\nB: 2\r\n\r\nbody"[..],
            b"A: 1\nB: 2\n\nbody",
            b"A: 1\rB: 2\r\rbody",
        ] {
            let (fields, body) = names(raw);
            assert_eq!(fields, ["A", "B"]);
            assert_eq!(raw.get(body..), Some(&b"body"[..]));
        }
    }

    #[test]
    fn a_message_without_header_is_all_body() {
        assert_eq!(names(b"hello\r\nworld: x"), (vec![], 0));
        assert_eq!(names(b"\xef\xbb\xbfA: 1\r\n\r\n").0, ["A"]);
        assert_eq!(names(b"From a@b Mon Nov  2\r\nA: 1\r\n\r\n").0, ["A"]);
        assert_eq!(names(b""), (vec![], 0));
    }

    #[test]
    fn the_caps_end_the_reading_but_find_the_body() {
        let limits = Limits {
            headers: 3,
            ..Limits::default()
        };
        let block = Block::read(b"A:1\nB:2\nC:3\nD:4\nE:5\n\nbody", &limits);
        assert!(block.over);
        assert_eq!((block.fields.len(), block.body), (3, 21));
        let long = format!("A: {}\r\n\r\n", "x".repeat(100_000));
        let block = Block::read(long.as_bytes(), &Limits::default());
        assert!(block.over);
        assert_eq!(
            block.fields.first().map(|field| field.value.len()),
            Some(64 << 10)
        );
    }

    #[test]
    fn folded_lines_are_joined() {
        let block = Block::read(b"A: 1\r\n\t2\r\n 3\r\nB: x\r\n\r\n", &Limits::default());
        assert_eq!(
            block.get("a").map(|field| field.value.as_ref()),
            Some(&b" 1\t2 3"[..])
        );
    }
}
