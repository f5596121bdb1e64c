//! What of a file the browser asks for: Range and If-Range (RFC 9110 §13.1.5, §14.2).

use crate::{
    mail::{ByteRange, MessageRef, Section},
    web::layout::segment,
};
use axum::http::{HeaderMap, Method, header};

/// What a part is told by. IMAP content never changes under its UIDVALIDITY, UID and section (RFC 9051 §2.3.1.1), so the tag is
/// a strong one; what is a query away is another address and needs none of its own.
pub(super) fn entity_tag(reference: &MessageRef, section: Option<&Section>) -> String {
    match section {
        Some(section) => format!("\"{}-{section}\"", segment(reference)),
        None => format!("\"{}\"", segment(reference)),
    }
}

/// The one range that is asked for of what has this tag. None: all of it, also where several are asked for or nobody knows what:
/// a server may always answer with the whole.
pub(super) fn range(method: &Method, headers: &HeaderMap, tag: &str) -> Option<ByteRange> {
    let applies = headers.get(header::IF_RANGE).is_none_or(|own| own == tag);
    let mut values = headers.get_all(header::RANGE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    if *method != Method::GET || !applies {
        return None;
    }
    parse(value.to_str().ok()?)
}

fn parse(value: &str) -> Option<ByteRange> {
    let (unit, set) = value.split_once('=')?;
    let (first, last) = set.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    match (first, last) {
        ("", "") => None,
        ("", last) => Some(ByteRange::Last(number(last)?)),
        (first, "") => Some(ByteRange::Between {
            first: number(first)?,
            last: None,
        }),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(ByteRange::Between {
                first,
                last: Some(last),
            })
        }
    }
}

/// A number beyond 64 bits is as good as the largest: no content is that long.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &str = "\"7.42-2\"";

    fn asked(headers: &[(header::HeaderName, &str)]) -> Option<ByteRange> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value.parse().unwrap());
        }
        range(&Method::GET, &map, TAG)
    }

    #[test]
    fn one_range_is_read_and_anything_else_is_the_whole() {
        let between = |first, last| Some(ByteRange::Between { first, last });
        for (value, expected) in [
            ("bytes=0-99", between(0, Some(99))),
            ("Bytes= 5-", between(5, None)),
            ("bytes=-7", Some(ByteRange::Last(7))),
            (
                "bytes=0-99999999999999999999999",
                between(0, Some(u64::MAX)),
            ),
            ("bytes=99999999999999999999999-", between(u64::MAX, None)),
            ("bytes=9-5", None),
            ("bytes=0-1,4-5", None),
            ("bytes=0-1, ", None),
            ("bytes=", None),
            ("bytes=-", None),
            ("bytes=--1", None),
            ("bytes=+1-2", None),
            ("bytes=1", None),
            ("bytes=a-b", None),
            ("bytes=0x1-2", None),
            ("lines=0-1", None),
            ("", None),
        ] {
            assert_eq!(asked(&[(header::RANGE, value)]), expected, "{value:?}");
        }
        let twice = [(header::RANGE, "bytes=0-1"), (header::RANGE, "bytes=2-3")];
        assert_eq!(asked(&twice), None);
    }

    #[test]
    fn a_range_of_something_else_is_not_one_of_this() {
        for (tag, holds) in [
            (TAG, true),
            ("\"7.43-2\"", false),
            ("W/\"7.42-2\"", false),
            ("Thu, 05 Nov 2026 10:00:00 GMT", false),
            ("*", false),
        ] {
            let headers = [(header::RANGE, "bytes=0-1"), (header::IF_RANGE, tag)];
            assert_eq!(asked(&headers).is_some(), holds, "{tag}");
        }
    }

    #[test]
    fn only_get_knows_ranges() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, "bytes=0-1".parse().unwrap());
        assert_eq!(range(&Method::HEAD, &headers, TAG), None);
    }
}
