//! SEARCH, SORT and ESEARCH responses.

use super::super::{
    Error, Result,
    dialogue::Reply,
    response::{Kind, digits},
    sexp::{self, Value, Values},
    uid_set::Ranges,
};

/// SEARCH or SORT responses, which RFC 9051 §7.3 lets come in several.
pub(super) fn listed(reply: &Reply) -> Result<Ranges> {
    let results = || {
        let data = reply.data.iter();
        data.filter(|data| matches!(data.kind, Kind::Search | Kind::Sort))
    };
    if results().next().is_none() {
        return Err(Error::Protocol("no result of a search"));
    }
    let numbers = results().flat_map(|data| {
        let words = data.rest.split(|c| matches!(c, b' ' | b'\r' | b'\n'));
        // A MODSEQ in parentheses may end the list.
        let numbers = words.take_while(|word| word.first() != Some(&b'('));
        numbers.filter_map(digits)
    });
    Ok(Ranges::from_numbers(numbers.filter(|n| *n > 0).collect()))
}

/// ESEARCH response of one command (RFC 4731 §3).
#[derive(Debug, Default)]
pub(super) struct Esearch {
    pub count: u32,
    pub all: Ranges,
    pub partial: Ranges,
}

pub(super) fn own_esearch(reply: &Reply) -> Result<Esearch> {
    let tag = reply
        .answers
        .last()
        .map(|answer| answer.tag.as_str())
        .unwrap_or_default();
    esearch(reply, tag).ok_or(Error::Protocol("no result of a search"))
}

/// The ESEARCH response that carries `tag`; those of other commands are not ours to believe.
pub(super) fn esearch(reply: &Reply, tag: &str) -> Option<Esearch> {
    reply
        .data
        .iter()
        .filter(|data| data.kind == Kind::Esearch)
        .find_map(|data| {
            let tokens = sexp::read(&data.rest);
            let mut items = tokens.values();
            let mut correlator = items.next()?.list()?;
            let (name, ours) = (correlator.next()?, correlator.next()?);
            let tagged = name.octets()?.eq_ignore_ascii_case(b"TAG")
                && ours.octets()? == tag.as_bytes()
                && correlator.next().is_none();
            tagged.then(|| items_of(items))
        })
}

fn items_of(items: Values<'_>) -> Esearch {
    let mut found = Esearch::default();
    for (name, value) in items.zip(items.skip(1)) {
        let Value::Atom(name) = name else {
            continue;
        };
        let ranges = |value: Value<'_>| value.octets().and_then(Ranges::parse);
        if name.eq_ignore_ascii_case(b"COUNT") {
            found.count = value.number().unwrap_or(0);
        } else if name.eq_ignore_ascii_case(b"ALL") {
            found.all = ranges(value).unwrap_or_default();
        } else if name.eq_ignore_ascii_case(b"PARTIAL") {
            found.partial = value
                .list()
                .and_then(|mut list| ranges(list.nth(1)?))
                .unwrap_or_default();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::{
        dialogue::{Answer, View},
        response::{Outcome, Response, Status},
    };
    use bytes::Bytes;

    fn reply(lines: &[&str]) -> Reply {
        let data = lines.iter().filter_map(|line| {
            match Response::parse(&Bytes::copy_from_slice(line.as_bytes())) {
                Response::Data(data) => Some(data),
                _ => None,
            }
        });
        let status = Status {
            outcome: Outcome::Ok,
            code: None,
            text: String::new(),
        };
        Reply {
            answers: vec![Answer {
                tag: "P3".into(),
                status,
            }],
            data: data.collect(),
            codes: vec![],
            view: View::default(),
        }
    }

    #[test]
    fn an_extended_result_counts_only_with_our_tag() {
        let found = own_esearch(&reply(&[
            "* ESEARCH (TAG \"P3\") UID COUNT 7 MIN 4 MAX 90 PARTIAL (1:2 90,4)\r\n",
        ]))
        .unwrap();
        assert_eq!(found.count, 7);
        assert_eq!(found.partial.window(0, 9, false), [90, 4]);
        assert!(own_esearch(&reply(&["* ESEARCH (TAG \"x\") UID ALL 1:4294967295\r\n"])).is_err());
        assert!(own_esearch(&reply(&["* ESEARCH UID ALL 1\r\n", "* ESEARCH\r\n"])).is_err());
    }

    #[test]
    fn an_empty_result_is_told_apart_from_none() {
        assert_eq!(
            own_esearch(&reply(&["* ESEARCH (TAG \"P3\") UID\r\n"]))
                .unwrap()
                .all
                .len(),
            0
        );
        assert_eq!(
            own_esearch(&reply(&[
                "* ESEARCH (TAG \"P3\") UID PARTIAL (1:2 NIL) COUNT 0\r\n"
            ]))
            .unwrap()
            .partial
            .len(),
            0
        );
        assert_eq!(listed(&reply(&["* SEARCH\r\n"])).unwrap().len(), 0);
        assert!(listed(&reply(&[])).is_err());
    }

    #[test]
    fn several_lists_are_one_result() {
        let found = listed(&reply(&[
            "* SEARCH 3 1 (MODSEQ 5)\r\n",
            "* SEARCH 2 x 0 9\r\n",
        ]))
        .unwrap();
        assert_eq!(found.window(0, 9, false), [3, 1, 2, 9]);
    }
}
