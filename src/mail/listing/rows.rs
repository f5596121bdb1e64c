use super::PAGE_SIZE;
use super::query::Arrival;
use super::remembered::{Remembered, Stretch};
use super::window::{Window, window};
use crate::imap::{
    Connection, Envelope, Flags, Result, SearchKey, Selected, Sort, SortKey, Uid, UidSet,
    UidValidity,
};
use std::collections::HashMap;

/// What FETCH gave for one window, in the order shown.
pub(in crate::mail) struct Rows {
    pub uid_validity: UidValidity,
    pub window: Window,
    pub total: u32,
    pub envelopes: Vec<Envelope>,
}

impl Rows {
    /// The envelopes of one page, which ascend by sequence number, in the order shown.
    pub(super) fn in_arrival_order(
        selected: Selected,
        page: u32,
        order: Arrival,
        mut envelopes: Vec<Envelope>,
    ) -> Self {
        if order == Arrival::NewestFirst {
            envelopes.reverse();
        }
        Self {
            uid_validity: selected.uid_validity,
            window: window(selected.exists, page, PAGE_SIZE),
            total: selected.exists,
            envelopes,
        }
    }

    /// Rows of a search or of another order than arrival.
    pub(super) async fn found(
        connection: &mut Connection,
        selected: Selected,
        keys: &[SearchKey],
        sort: Sort,
        page: u32,
    ) -> Result<Self> {
        let mut rows = Self::numbered(connection, selected, keys, sort, page).await?;
        let uids: Vec<Uid> = rows.envelopes.iter().map(|row| row.uid).collect();
        rows.envelopes = by_uid(connection, &uids).await?;
        Ok(rows)
    }

    /// The same, each row with nothing but its UID.
    pub(super) async fn numbered(
        connection: &mut Connection,
        selected: Selected,
        keys: &[SearchKey],
        sort: Sort,
        page: u32,
    ) -> Result<Self> {
        let asked = page.max(1);
        let offset = (asked - 1).saturating_mul(PAGE_SIZE);
        let mut found = connection.search(keys, sort, offset, PAGE_SIZE).await?;
        let mut window = window(found.total, asked, PAGE_SIZE);
        if window.offset != offset {
            found = connection
                .search(keys, sort, window.offset, PAGE_SIZE)
                .await?;
            window = self::window(found.total, window.page, PAGE_SIZE);
        }
        Ok(Self {
            uid_validity: selected.uid_validity,
            window,
            total: found.total,
            envelopes: found.uids.into_iter().map(Envelope::undescribed).collect(),
        })
    }
}

/// The sequence numbers of one page of a mailbox with so many messages; None: nothing to fetch.
pub(super) fn range(exists: u32, page: u32, order: Arrival) -> Option<(u32, u32)> {
    let window = window(exists, page, PAGE_SIZE);
    match order {
        Arrival::NewestFirst => window.newest_first(exists),
        Arrival::OldestFirst => window.oldest_first(),
    }
}

/// What FETCH told of a stretch.
pub(in crate::mail) enum Told {
    Envelopes(Vec<Envelope>),
    Flags(Vec<(Uid, Flags)>),
}

/// The envelopes of a stretch, ascending: no search, and the same cost in a mailbox of any size. `told`: what is known of
/// them already.
pub(super) async fn of_stretch(
    connection: &mut Connection,
    stretch: &Stretch,
    remembered: &Remembered,
    told: Option<Told>,
) -> Result<Vec<Envelope>> {
    let Stretch { first, last, .. } = *stretch;
    let envelopes = match told {
        Some(Told::Flags(flags)) => {
            let (mut envelopes, missing) = remembered.rows(stretch, &flags);
            if !missing.is_empty() {
                envelopes.extend(connection.fetch_envelopes(&missing).await?);
                envelopes.sort_by_key(|envelope| envelope.uid);
                remembered.keep(stretch, &envelopes);
            }
            envelopes
        }
        Some(Told::Envelopes(envelopes)) => {
            remembered.keep(stretch, &envelopes);
            envelopes
        }
        None => {
            let envelopes = connection.fetch_window(first, last).await?;
            remembered.keep(stretch, &envelopes);
            envelopes
        }
    };
    with_undescribed(connection, first, last, envelopes).await
}

/// Messages of the window that FETCH left out are asked for by UID.
async fn with_undescribed(
    connection: &mut Connection,
    first: u32,
    last: u32,
    envelopes: Vec<Envelope>,
) -> Result<Vec<Envelope>> {
    let len = last - first + 1;
    if envelopes.len() >= len as usize {
        return Ok(envelopes);
    }
    let oldest_first = Sort {
        key: SortKey::Arrival,
        reverse: false,
    };
    let found = connection
        .search(&[SearchKey::All], oldest_first, first - 1, len)
        .await?;
    complete(connection, &found.uids, envelopes).await
}

/// Envelopes in the order of `uids`. Those expunged meanwhile are left out; those the server cannot
/// describe stand as an empty row that can still be opened.
pub(super) async fn by_uid(connection: &mut Connection, uids: &[Uid]) -> Result<Vec<Envelope>> {
    if uids.is_empty() {
        return Ok(Vec::new());
    }
    let envelopes = connection.fetch_envelopes(uids).await?;
    if envelopes.len() >= uids.len() {
        return Ok(envelopes);
    }
    complete(connection, uids, envelopes).await
}

async fn complete(
    connection: &mut Connection,
    uids: &[Uid],
    envelopes: Vec<Envelope>,
) -> Result<Vec<Envelope>> {
    let mut known: HashMap<Uid, Envelope> = envelopes
        .into_iter()
        .map(|envelope| (envelope.uid, envelope))
        .collect();
    let missing: Vec<Uid> = uids
        .iter()
        .copied()
        .filter(|uid| !known.contains_key(uid))
        .collect();
    for envelope in connection.fetch_envelopes(&missing).await? {
        known.insert(envelope.uid, envelope);
    }
    let missing: Vec<Uid> = missing
        .into_iter()
        .filter(|uid| !known.contains_key(uid))
        .collect();
    let count = u32::try_from(missing.len()).unwrap_or(u32::MAX);
    if let Some(set) = UidSet::from_uids(missing) {
        let there = connection
            .search(&[SearchKey::Uids(set)], Sort::default(), 0, count)
            .await?;
        known.extend(
            there
                .uids
                .into_iter()
                .map(|uid| (uid, Envelope::undescribed(uid))),
        );
    }
    Ok(uids.iter().filter_map(|uid| known.remove(uid)).collect())
}
