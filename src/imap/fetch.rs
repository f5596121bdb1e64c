//! FETCH (RFC 9051 §6.4.5): only what was asked for is taken, by UID or by sequence number.

use super::{
    Connection, Envelope, Neighbours, Result, Uid, UidSet,
    dialogue::{Keep, Reply},
    envelope::{Attributes, Gathered},
    response::Kind,
    syntax::{Arg, Command, Peek},
};
use crate::mime::Section;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};

/// Largest header block fetched (SECURITY.md R-LIM-1), octets.
const LARGEST_HEADER: u32 = 256 * 1024;
/// Messages fetched by one command.
const FLIGHT: usize = 500;

const ENVELOPE_ITEMS: &str = "UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE";

/// Servers may split what they tell of a message, and tell flags unasked.
pub(super) fn keep_fetch(messages: usize) -> Keep {
    Keep {
        kinds: &[Kind::Fetch],
        most: messages.saturating_mul(4).saturating_add(64),
    }
}

impl Connection {
    /// Envelopes of the sequence numbers first..=last of the selected mailbox, ascending; with preview where offered.
    /// Numbers beyond the end of the mailbox are left out.
    pub async fn fetch_window(&mut self, first: u32, last: u32) -> Result<Vec<Envelope>> {
        let command = self.fetch_window_command(first, last)?;
        let reply = self
            .read(
                vec![command],
                keep_fetch(last.saturating_sub(first) as usize + 1),
            )
            .await?;
        reply.check()?;
        Ok(window_of(&reply, first, last))
    }

    pub(super) fn fetch_window_command(&self, first: u32, last: u32) -> Result<Command> {
        self.build(
            "FETCH",
            &[
                Arg::Range(first.max(1), last.max(1)),
                Arg::List(self.envelope_items()),
            ],
        )
    }

    fn envelope_items(&self) -> Vec<Arg<'static>> {
        let preview = self.capabilities().preview_item();
        [Some(ENVELOPE_ITEMS), preview]
            .into_iter()
            .flatten()
            .map(Arg::Word)
            .collect()
    }

    /// Envelopes by UID, in the order of `uids`; missing ones left out.
    pub async fn fetch_envelopes(&mut self, uids: &[Uid]) -> Result<Vec<Envelope>> {
        let mut found: HashMap<Uid, Envelope> = HashMap::new();
        for flight in uids.chunks(FLIGHT) {
            let Some(set) = UidSet::from_uids(flight.iter().copied()) else {
                continue;
            };
            let command = self.build(
                "UID FETCH",
                &[Arg::Uids(&set), Arg::List(self.envelope_items())],
            )?;
            let reply = self.read(vec![command], keep_fetch(flight.len())).await?;
            reply.check()?;
            found.extend(
                by_uid(&reply, |uid| set.contains(uid)).map(|envelope| (envelope.uid, envelope)),
            );
        }
        Ok(uids.iter().filter_map(|uid| found.remove(uid)).collect())
    }

    /// Envelope with BODYSTRUCTURE, and the raw header block (≤ 256 KiB). None when gone.
    pub async fn fetch_message(&mut self, uid: Uid) -> Result<Option<(Envelope, Bytes)>> {
        let header = Arg::Peek {
            section: Peek::Header,
            offset: 0,
            length: LARGEST_HEADER,
        };
        let items = Arg::List(vec![Arg::Word(ENVELOPE_ITEMS), header]);
        let reply = self.fetch_of(uid, items).await?;
        let mut raw = Bytes::new();
        for attributes in reply
            .data
            .iter()
            .filter_map(Attributes::read)
            .filter(|attributes| attributes.uid() == Some(uid))
        {
            if let Some(octets) = attributes.section("HEADER", 0) {
                raw = cut(octets, LARGEST_HEADER as usize);
            }
        }
        Ok(by_uid(&reply, |other| other == uid)
            .next()
            .map(|envelope| (envelope, raw)))
    }

    /// BODY.PEEK[section] of several parts in one command, each cut at `max` octets; missing or garbled ones are None.
    pub async fn fetch_sections(
        &mut self,
        uid: Uid,
        sections: &[Section],
        max: usize,
    ) -> Result<Vec<Option<Bytes>>> {
        if sections.is_empty() {
            return Ok(Vec::new());
        }
        let length = u32::try_from(max).unwrap_or(u32::MAX);
        let peeks = sections.iter().map(|section| Arg::Peek {
            section: Peek::Part(section),
            offset: 0,
            length,
        });
        let items = std::iter::once(Arg::Word("UID")).chain(peeks).collect();
        let reply = self.fetch_of(uid, Arg::List(items)).await?;
        let told: Vec<Attributes> = told_of(uid, &reply);
        let content = |section: &Section| {
            let name = Peek::Part(section).name();
            told.iter()
                .find_map(|attributes| attributes.section(&name, 0))
                .map(|octets| cut(octets, max))
        };
        Ok(sections.iter().map(content).collect())
    }

    /// BODY.PEEK[section]<offset.len>, still transfer-encoded; None section = whole message. Empty at the end, None when gone.
    pub async fn fetch_partial(
        &mut self,
        uid: Uid,
        section: Option<&Section>,
        offset: u64,
        len: u32,
    ) -> Result<Option<Bytes>> {
        let section = section.map_or(Peek::Everything, Peek::Part);
        let items = Arg::List(vec![
            Arg::Word("UID"),
            Arg::Peek {
                section,
                offset,
                length: len,
            },
        ]);
        let reply = self.fetch_of(uid, items).await?;
        let content = told_of(uid, &reply)
            .iter()
            .find_map(|attributes| attributes.section(&section.name(), offset));
        Ok(content.map(|octets| cut(octets, len as usize)))
    }

    async fn fetch_of(&mut self, uid: Uid, items: Arg<'_>) -> Result<Reply> {
        let set = UidSet::from(uid);
        let command = self.build("UID FETCH", &[Arg::Uids(&set), items])?;
        let reply = self.read(vec![command], keep_fetch(1)).await?;
        reply.check()?;
        Ok(reply)
    }

    /// How many messages of the selected mailbox are newer than this one, and the UIDs next to it, by sequence number: two
    /// round trips at the same cost in a mailbox of any size. A search by UID reads the whole index (30 ms of 100,000
    /// messages with Dovecot 2.3).
    pub async fn neighbours(&mut self, uid: Uid) -> Result<Neighbours> {
        let reply = self.fetch_of(uid, Arg::Word("(UID)")).await?;
        let told = reply.data.iter().find(|data| {
            Attributes::read(data).is_some_and(|attributes| attributes.uid() == Some(uid))
        });
        let total = self
            .selected
            .as_ref()
            .map_or(0, |(_, selected)| selected.exists);
        let Some(number) = told.map(|data| data.number) else {
            return Ok(Neighbours {
                total,
                ..Neighbours::default()
            });
        };
        let last = number.saturating_add(1).min(total.max(number));
        let command = self.build(
            "FETCH",
            &[
                Arg::Range(number.saturating_sub(1).max(1), last),
                Arg::Word("(UID)"),
            ],
        )?;
        let reply = self.read(vec![command], keep_fetch(3)).await?;
        reply.check()?;
        let uids = reply
            .data
            .iter()
            .filter_map(|data| Attributes::read(data)?.uid());
        let (mut newer, mut older) = (None, None);
        for other in uids {
            match other.cmp(&uid) {
                std::cmp::Ordering::Greater => newer = newer.into_iter().chain([other]).min(),
                std::cmp::Ordering::Less => older = older.into_iter().chain([other]).max(),
                std::cmp::Ordering::Equal => {}
            }
        }
        Ok(Neighbours {
            position: total.saturating_sub(number).saturating_add(1),
            total,
            newer,
            older,
        })
    }
}

fn told_of(uid: Uid, reply: &Reply) -> Vec<Attributes> {
    reply
        .data
        .iter()
        .filter_map(Attributes::read)
        .filter(|attributes| attributes.uid() == Some(uid))
        .collect()
}

/// Envelopes of the messages asked for, in the order in which the server first told of them.
fn by_uid(reply: &Reply, asked: impl Fn(Uid) -> bool) -> impl Iterator<Item = Envelope> {
    let mut order = Vec::new();
    let mut messages: HashMap<Uid, Gathered> = HashMap::new();
    for attributes in reply.data.iter().filter_map(Attributes::read) {
        let Some(uid) = attributes.uid().filter(|uid| asked(*uid)) else {
            continue;
        };
        let gathered = messages.entry(uid).or_insert_with(|| {
            order.push(uid);
            Gathered::new(uid)
        });
        gathered.add(&attributes);
    }
    order
        .into_iter()
        .filter_map(move |uid| messages.remove(&uid)?.finish())
}

/// Envelopes of these sequence numbers, ascending; each message once.
pub(super) fn window_of(reply: &Reply, first: u32, last: u32) -> Vec<Envelope> {
    let mut messages: BTreeMap<u32, Gathered> = BTreeMap::new();
    for data in reply
        .data
        .iter()
        .filter(|data| (first..=last).contains(&data.number))
    {
        let Some(attributes) = Attributes::read(data) else {
            continue;
        };
        match (attributes.uid(), messages.get_mut(&data.number)) {
            (Some(uid), Some(gathered)) if gathered.envelope.uid != uid => {}
            (_, Some(gathered)) => gathered.add(&attributes),
            (Some(uid), None) => messages
                .entry(data.number)
                .or_insert_with(|| Gathered::new(uid))
                .add(&attributes),
            (None, None) => {}
        }
    }
    let mut seen = std::collections::HashSet::new();
    messages
        .into_values()
        .filter_map(Gathered::finish)
        .filter(|envelope| seen.insert(envelope.uid))
        .collect()
}

fn cut(octets: Bytes, most: usize) -> Bytes {
    octets.slice(..octets.len().min(most))
}
