//! What is searched for and in which order, as arguments of SEARCH and SORT.

use super::super::{SearchKey, Sort, SortKey, syntax::Arg};

/// Positions in a result, from 1.
#[derive(Clone, Copy)]
pub(super) enum Window {
    Oldest(u32, u32),
    Newest(u32, u32),
}

impl Window {
    pub(super) fn arg(self) -> Arg<'static> {
        match self {
            Window::Oldest(from, to) => Arg::Range(from, to),
            Window::Newest(from, to) => Arg::RangeFromEnd(from, to),
        }
    }
}

/// The newest first of equals, as people expect of a mail list; RFC 5256 breaks ties by sequence number.
pub(super) fn order(sort: Sort) -> &'static str {
    match (sort.key, sort.reverse) {
        (SortKey::Arrival, false) => "(ARRIVAL)",
        (SortKey::Arrival, true) => "(REVERSE ARRIVAL)",
        (SortKey::Date, false) => "(DATE)",
        (SortKey::Date, true) => "(REVERSE DATE)",
        (SortKey::From, false) => "(FROM REVERSE DATE)",
        (SortKey::From, true) => "(REVERSE FROM REVERSE DATE)",
        (SortKey::Subject, false) => "(SUBJECT REVERSE DATE)",
        (SortKey::Subject, true) => "(REVERSE SUBJECT REVERSE DATE)",
        (SortKey::Size, false) => "(SIZE)",
        (SortKey::Size, true) => "(REVERSE SIZE)",
    }
}

/// The conditions, with CHARSET where a text is not ASCII.
pub(super) fn criteria<'a>(keys: &'a [SearchKey], args: &mut Vec<Arg<'a>>) {
    if keys.iter().filter_map(text).any(|text| !text.is_ascii()) {
        args.push(Arg::Word("CHARSET UTF-8"));
    }
    bare_criteria(keys, args);
}

pub(super) fn bare_criteria<'a>(keys: &'a [SearchKey], args: &mut Vec<Arg<'a>>) {
    for key in keys {
        match key {
            SearchKey::All => args.push(Arg::Word("ALL")),
            SearchKey::Unseen => args.push(Arg::Word("UNSEEN")),
            SearchKey::Flagged => args.push(Arg::Word("FLAGGED")),
            SearchKey::HasFiles => args.push(Arg::Word(
                "OR OR HEADER Content-Type \"multipart/mixed\" HEADER Content-Type \"application/\" KEYWORD $HasAttachment",
            )),
            SearchKey::To(text) => args.extend([Arg::Word("OR TO"), Arg::Text(text), Arg::Word("CC"), Arg::Text(text)]),
            SearchKey::Text(text) => args.extend([Arg::Word("TEXT"), Arg::Text(text)]),
            SearchKey::Subject(text) => args.extend([Arg::Word("SUBJECT"), Arg::Text(text)]),
            SearchKey::From(text) => args.extend([Arg::Word("FROM"), Arg::Text(text)]),
            SearchKey::MessageId(text) => args.extend([Arg::Word("HEADER Message-ID"), Arg::Text(text)]),
            SearchKey::ReceivedBefore(moment) => args.extend([Arg::Word("BEFORE"), Arg::Day(*moment)]),
            SearchKey::Uids(uids) => args.extend([Arg::Word("UID"), Arg::Uids(uids)]),
        }
    }
    if keys.is_empty() {
        args.push(Arg::Word("ALL"));
    }
}

fn text(key: &SearchKey) -> Option<&str> {
    match key {
        SearchKey::To(text)
        | SearchKey::Text(text)
        | SearchKey::Subject(text)
        | SearchKey::From(text)
        | SearchKey::MessageId(text) => Some(text),
        SearchKey::All
        | SearchKey::Unseen
        | SearchKey::Flagged
        | SearchKey::HasFiles
        | SearchKey::ReceivedBefore(_)
        | SearchKey::Uids(_) => None,
    }
}
