//! Sorting for servers without SORT.

use super::{
    Connection, Envelope, Found, Result, Sort, SortKey, Uid, search::window_uids, uid_set::Ranges,
};
use std::{cmp::Ordering, collections::HashSet};

/// Most envelopes fetched to sort a result.
const MOST_SORTED: u32 = 5_000;

impl Connection {
    /// Sorts the newest matches by their envelopes; older ones follow in mailbox order.
    pub(super) async fn sort_here(
        &mut self,
        matches: Ranges,
        sort: Sort,
        offset: u32,
        len: u32,
    ) -> Result<Found> {
        let total = u32::try_from(matches.len()).unwrap_or(u32::MAX);
        let newest = window_uids(&matches, 0, MOST_SORTED, true);
        let mut envelopes = self.fetch_envelopes(&newest).await?;
        envelopes.sort_by(|a, b| compare(a, b, sort));
        let mut ordered: Vec<Uid> = envelopes.iter().map(|envelope| envelope.uid).collect();
        let sorted: HashSet<Uid> = ordered.iter().copied().collect();
        ordered.extend(newest.iter().copied().filter(|uid| !sorted.contains(uid)));
        let here = u32::try_from(ordered.len()).unwrap_or(u32::MAX);
        let mut uids: Vec<Uid> = ordered
            .into_iter()
            .skip(offset as usize)
            .take(len as usize)
            .collect();
        let missing = len.saturating_sub(u32::try_from(uids.len()).unwrap_or(u32::MAX));
        if missing > 0 && total > here {
            uids.extend(window_uids(&matches, offset.max(here), missing, true));
        }
        Ok(Found { total, uids })
    }
}

/// As RFC 5256 §3 orders, equals newest first for names and subjects, else in mailbox order.
fn compare(a: &Envelope, b: &Envelope, sort: Sort) -> Ordering {
    let date = |envelope: &Envelope| envelope.date.unwrap_or(envelope.received);
    let by_key = match sort.key {
        SortKey::Arrival => a.received.cmp(&b.received),
        SortKey::Date => date(a).cmp(&date(b)),
        SortKey::From => mailbox(a).cmp(&mailbox(b)),
        SortKey::Subject => base_subject(&a.subject).cmp(&base_subject(&b.subject)),
        SortKey::Size => a.size.cmp(&b.size),
    };
    let by_key = if sort.reverse {
        by_key.reverse()
    } else {
        by_key
    };
    let equals = match sort.key {
        SortKey::From | SortKey::Subject => date(b).cmp(&date(a)),
        SortKey::Arrival | SortKey::Date | SortKey::Size => Ordering::Equal,
    };
    by_key.then(equals).then(a.uid.cmp(&b.uid))
}

/// The local part of the first author, which is what SORT FROM compares.
fn mailbox(envelope: &Envelope) -> String {
    let addr = envelope
        .from
        .first()
        .map(|address| address.addr.as_str())
        .unwrap_or_default();
    addr.split('@').next().unwrap_or_default().to_lowercase()
}

/// The subject without reply and forward marks and list labels (RFC 5256 §2.1), lower case.
fn base_subject(subject: &str) -> String {
    let mut rest = subject.trim();
    loop {
        let lower = rest.to_lowercase();
        let mark = ["re:", "fw:", "fwd:", "aw:", "wg:", "tr:", "sv:"]
            .iter()
            .find(|mark| lower.starts_with(**mark));
        let label = rest.starts_with('[').then(|| rest.find(']')).flatten();
        rest = match (mark, label) {
            (Some(mark), _) => rest.get(mark.len()..).unwrap_or_default().trim_start(),
            (None, Some(end)) if !rest[end + 1..].trim().is_empty() => rest[end + 1..].trim_start(),
            _ => return lower,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_replies_do_not_count_for_the_order() {
        assert_eq!(base_subject("Re: [list] AW: Fwd: Angebot "), "angebot");
        assert_eq!(base_subject("[all of it]"), "[all of it]");
        assert_eq!(base_subject("Re:"), "");
        assert_eq!(base_subject("Überfall: re"), "überfall: re");
    }
}
