//! Parameters of Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2231), tolerant and bounded.
use super::super::charset::{decode_label, decode_unlabelled};
use super::encoded_word::decode_header;

const MAX_PARAMETERS: usize = 1000;
/// Longest decoded parameter that is kept, in octets.
const MAX_VALUE: usize = 4096;

/// A structured field: its first value in lower case, and its parameters as they were written.
#[derive(Debug, Default)]
pub struct Parameters {
    /// E.g. `text/plain` or `attachment`.
    pub value: String,
    pairs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Parameters {
    /// Splits an unfolded field at its semicolons, outside quoted strings and comments.
    pub fn parse(field: &[u8]) -> Self {
        let mut parsed = Self::default();
        let mut reader = Reader { rest: field };
        let value = reader.token(b';');
        parsed.value = decode_unlabelled(&value, None).trim().to_ascii_lowercase();
        parsed
            .value
            .retain(|c| !c.is_whitespace() && !c.is_control());
        while reader.skip(b';') && parsed.pairs.len() < MAX_PARAMETERS {
            let name = reader.token(b'=');
            if reader.skip(b'=') {
                let value = reader.token(b';');
                parsed
                    .pairs
                    .push((name.trim_ascii().to_ascii_lowercase(), value));
            }
        }
        parsed
    }

    /// The decoded value of a parameter; see [`parameter`].
    pub fn get(&self, name: &str) -> Option<String> {
        parameter(
            self.pairs
                .iter()
                .map(|(name, value)| (name.as_slice(), value.as_slice())),
            name,
        )
    }
}

/// The decoded value of a parameter out of name and value pairs (RFC 2231 §3 and §4: `name*`, `name*0`, `name*0*`;
/// else RFC 2047 words, which are not allowed there and common). The first of several counts.
pub fn parameter<'a>(
    pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    name: &str,
) -> Option<String> {
    let mut plain = None;
    let mut extended = None;
    let mut segments: Vec<(u16, bool, &[u8])> = Vec::new();
    for (pair_name, value) in pairs {
        let Some(tail) = strip_name(pair_name, name.as_bytes()) else {
            continue;
        };
        match tail {
            b"" => plain = plain.or(Some(value)),
            b"*" => extended = extended.or(Some(value)),
            _ => segments
                .extend(segment_number(tail).map(|(number, encoded)| (number, encoded, value))),
        }
    }
    if let Some(value) = extended {
        return Some(clean(decode_extended(&[(0, true, value)])));
    }
    if !segments.is_empty() {
        segments.sort_by_key(|&(number, _, _)| number);
        segments.dedup_by_key(|&mut (number, _, _)| number);
        let unbroken = segments
            .iter()
            .zip(0..)
            .take_while(|((number, _, _), expected)| number == expected)
            .count();
        segments.truncate(unbroken);
        if !segments.is_empty() {
            return Some(clean(decode_extended(&segments)));
        }
    }
    plain.map(|value| clean(decode_header(value)))
}

/// `*`… after `name`, or nothing.
fn strip_name<'a>(pair: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (head, tail) = pair.split_at_checked(name.len())?;
    (head.eq_ignore_ascii_case(name) && matches!(tail.first(), None | Some(b'*'))).then_some(tail)
}

/// `*12` and `*12*`.
fn segment_number(tail: &[u8]) -> Option<(u16, bool)> {
    let digits = tail.strip_prefix(b"*")?;
    let (digits, encoded) = digits
        .strip_suffix(b"*")
        .map_or((digits, false), |digits| (digits, true));
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((number, encoded))
}

fn decode_extended(segments: &[(u16, bool, &[u8])]) -> String {
    let mut charset = None;
    let mut octets = Vec::new();
    for (index, &(_, encoded, value)) in segments.iter().enumerate() {
        let mut value = value;
        if index == 0 && encoded {
            let mut parts = value.splitn(3, |&byte| byte == b'\'');
            if let (Some(label), Some(_), Some(content)) =
                (parts.next(), parts.next(), parts.next())
            {
                charset = std::str::from_utf8(label)
                    .ok()
                    .filter(|label| !label.is_empty());
                value = content;
            }
        }
        if encoded {
            octets.extend(percent_encoding::percent_decode(value));
        } else {
            octets.extend_from_slice(value);
        }
        if octets.len() > MAX_VALUE {
            octets.truncate(MAX_VALUE);
            break;
        }
    }
    decode_label(&octets, charset)
}

fn clean(mut value: String) -> String {
    value.retain(|c| !c.is_control());
    value.truncate(value.floor_char_boundary(MAX_VALUE));
    value
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn skip(&mut self, byte: u8) -> bool {
        if let Some(rest) = self.rest.strip_prefix(&[byte]) {
            self.rest = rest;
            return true;
        }
        false
    }

    /// Up to `end` or a semicolon: quotes are taken off, comments left out, white space outside quotes trimmed. A
    /// quote that never ends runs to the end of the field.
    fn token(&mut self, end: u8) -> Vec<u8> {
        let mut token = Vec::new();
        let mut quoted = false;
        let mut depth = 0_usize;
        let mut bytes = self.rest.iter();
        let mut solid = 0;
        while let [byte, after @ ..] = bytes.as_slice() {
            let byte = *byte;
            if !quoted && depth == 0 && (byte == end || byte == b';') {
                break;
            }
            bytes = after.iter();
            match byte {
                b'\\' if quoted || depth > 0 => {
                    let Some(&escaped) = bytes.next() else { break };
                    if depth == 0 {
                        token.push(escaped);
                        solid = token.len();
                    }
                }
                b'"' if depth == 0 => {
                    quoted = !quoted;
                    solid = token.len();
                }
                b'(' if !quoted && (depth > 0 || token.is_empty() || ends_token(after)) => {
                    depth += 1
                }
                b')' if !quoted && depth > 0 => depth -= 1,
                _ if depth > 0 => {}
                b' ' | b'\t' if !quoted => {
                    if !token.is_empty() {
                        token.push(b' ');
                    }
                }
                _ => {
                    token.push(byte);
                    solid = token.len();
                }
            }
        }
        self.rest = bytes.as_slice();
        token.truncate(solid);
        token
    }
}

/// Whether a comment that began just before `rest` is the last thing of its token; else a parenthesis in an unquoted
/// file name is more likely.
fn ends_token(rest: &[u8]) -> bool {
    let after = memchr::memchr(b')', rest).and_then(|end| rest.get(end + 1..));
    after.is_some_and(|after| matches!(after.trim_ascii_start().first(), None | Some(b';')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn get(field: &str, name: &str) -> Option<String> {
        Parameters::parse(field.as_bytes()).get(name)
    }

    #[test]
    fn plain_and_quoted_parameters_are_read() {
        let field = "Text/Plain; Charset = \"us-ascii\" (comment); format=flowed; name=\"a \\\"b\\\"; c.txt\"";
        assert_eq!(Parameters::parse(field.as_bytes()).value, "text/plain");
        assert_eq!(get(field, "charset").as_deref(), Some("us-ascii"));
        assert_eq!(get(field, "format").as_deref(), Some("flowed"));
        assert_eq!(get(field, "name").as_deref(), Some("a \"b\"; c.txt"));
        assert_eq!(get(field, "nam"), None);
        assert_eq!(
            get("attachment; filename=my report (1).pdf", "filename").as_deref(),
            Some("my report (1).pdf")
        );
    }

    #[test]
    fn rfc_2231_continuations_and_charsets_are_joined() {
        assert_eq!(
            get(
                "a; filename*=UTF-8''a%20b%C3%A9.txt; filename=x",
                "filename"
            )
            .as_deref(),
            Some("a bé.txt")
        );
        assert_eq!(
            get("a; filename*=iso-8859-1'en'%A3%20rates", "filename").as_deref(),
            Some("£ rates")
        );
        let split = "a; filename*1*=%C3%A9.txt; filename*0*=utf-8''a%20b; filename*3=lost";
        assert_eq!(get(split, "filename").as_deref(), Some("a bé.txt"));
        assert_eq!(
            get("a; filename*0=\"long \"; filename*1=\"name\"", "filename").as_deref(),
            Some("long name")
        );
    }

    #[test]
    fn encoded_words_in_parameters_are_decoded() {
        assert_eq!(
            get("a; filename=\"=?utf-8?Q?caf=C3=A9?=.txt\"", "filename").as_deref(),
            Some("café.txt")
        );
    }

    #[test]
    fn hostile_fields_stay_bounded() {
        let many: String = (0..20_000).map(|i| format!("; p{i}=v")).collect();
        assert_eq!(
            Parameters::parse(format!("text/plain{many}").as_bytes())
                .pairs
                .len(),
            MAX_PARAMETERS
        );
        get(
            &format!("text/plain; name={}\"\"", "\"\\".repeat(100_000)),
            "name",
        );
        let split: String = (0..900)
            .map(|i| format!("; name*{i}*={}", "x".repeat(100)))
            .collect();
        assert!(get(&format!("a{split}"), "name").is_some_and(|name| name.len() <= MAX_VALUE));
    }

    proptest! {
        #[test]
        fn any_octets_are_read(field in proptest::collection::vec(any::<u8>(), 0..300)) {
            let parsed = Parameters::parse(&field);
            parsed.get("name");
        }

        #[test]
        fn any_parameters_are_read(field in "a(;|name|\\*|[0-9]|=|'|%C3|\"|\\\\|\\(|\\)| |x){0,60}") {
            if let Some(name) = get(&field, "name") {
                prop_assert!(!name.chars().any(char::is_control));
            }
        }
    }
}
