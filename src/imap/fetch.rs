//! FETCH (RFC 9051 §6.4.5): only what was asked for is taken, by UID or by sequence number.

use super::{
    Connection, Envelope, Flags, Neighbours, Result, Uid, UidSet,
    dialogue::{Keep, Reply},
    envelope::{Attributes, Gathered},
    response::{Data, Kind},
    syntax::{Arg, Command, Peek},
};
use crate::mime::Section;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};

/// Largest header block fetched (SECURITY.md R-LIM-1), octets.
const LARGEST_HEADER: u32 = 256 * 1024;
/// Messages fetched by one command.
const FLIGHT: usize = 500;

const BRIEF_ITEMS: &str = "UID FLAGS INTERNALDATE RFC822.SIZE";
const ADDRESS_ITEMS: &str = "UID INTERNALDATE ENVELOPE";
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
                words(&self.envelope_items()),
            ],
        )
    }

    pub(super) fn fetch_flags_command(&self, first: u32, last: u32) -> Result<Command> {
        let range = Arg::Range(first.max(1), last.max(1));
        self.build("FETCH", &[range, Arg::Word("(UID FLAGS)")])
    }

    fn envelope_items(&self) -> Vec<&'static str> {
        let preview = self.capabilities().preview_item();
        [Some(ENVELOPE_ITEMS), preview]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Envelopes by UID, in the order of `uids`; missing ones left out.
    pub async fn fetch_envelopes(&mut self, uids: &[Uid]) -> Result<Vec<Envelope>> {
        self.fetch_told(uids, &self.envelope_items()).await
    }

    /// As [`Connection::fetch_envelopes`], with no more than when they came and what ENVELOPE tells.
    pub async fn fetch_addresses(&mut self, uids: &[Uid]) -> Result<Vec<Envelope>> {
        self.fetch_told(uids, &[ADDRESS_ITEMS]).await
    }

    async fn fetch_told(&mut self, uids: &[Uid], items: &[&'static str]) -> Result<Vec<Envelope>> {
        let mut found: HashMap<Uid, Envelope> = HashMap::new();
        for flight in uids.chunks(FLIGHT) {
            let Some(set) = UidSet::from_uids(flight.iter().copied()) else {
                continue;
            };
            let command = self.build("UID FETCH", &[Arg::Uids(&set), words(items)])?;
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
        let described = self
            .flight()
            .message(uid, true)?
            .send()
            .await?
            .message(uid)?;
        Ok(described.map(|described| (described.envelope, described.header)))
    }

    pub(super) fn fetch_message_command(&self, uid: Uid, header: bool) -> Result<Command> {
        self.fetch_items(uid, ENVELOPE_ITEMS, header)
    }

    /// Nothing whose length is up to the message: no ENVELOPE, no BODYSTRUCTURE.
    pub(super) fn fetch_brief_command(&self, uid: Uid, header: bool) -> Result<Command> {
        self.fetch_items(uid, BRIEF_ITEMS, header)
    }

    fn fetch_items(&self, uid: Uid, items: &'static str, header: bool) -> Result<Command> {
        let header = header.then_some(Arg::Peek {
            section: Peek::Header,
            offset: 0,
            length: LARGEST_HEADER,
        });
        let items = [Some(Arg::Word(items)), header];
        self.fetch_command(uid, items.into_iter().flatten().collect())
    }

    pub(super) fn fetch_structure_command(&self, uid: Uid) -> Result<Command> {
        self.fetch_command(uid, vec![Arg::Word("UID RFC822.SIZE BODYSTRUCTURE")])
    }

    pub(super) fn fetch_header_command(&self, uid: Uid, section: &Section) -> Result<Command> {
        let header = Arg::Peek {
            section: Peek::HeaderOf(section),
            offset: 0,
            length: LARGEST_HEADER,
        };
        self.fetch_command(uid, vec![Arg::Word("UID"), header])
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
        let landed = self.flight().sections(uid, sections, max)?.send().await?;
        landed.sections(uid, sections, max)
    }

    pub(super) fn fetch_sections_command(
        &self,
        uid: Uid,
        sections: &[Section],
        max: usize,
    ) -> Result<Command> {
        let length = u32::try_from(max).unwrap_or(u32::MAX);
        let peeks = sections.iter().map(|section| Arg::Peek {
            section: Peek::Part(section),
            offset: 0,
            length,
        });
        let items = std::iter::once(Arg::Word("UID")).chain(peeks).collect();
        self.fetch_command(uid, items)
    }

    /// BODY.PEEK[section]<offset.len>, still transfer-encoded; None section = whole message. Empty at the end, None when gone.
    pub async fn fetch_partial(
        &mut self,
        uid: Uid,
        section: Option<&Section>,
        offset: u64,
        len: u32,
    ) -> Result<Option<Bytes>> {
        let flight = self.flight().partial(uid, section, offset, len)?;
        flight.send().await?.partial(uid, section, offset, len)
    }

    pub(super) fn fetch_partial_command(
        &self,
        uid: Uid,
        section: Option<&Section>,
        offset: u64,
        length: u32,
    ) -> Result<Command> {
        let section = section.map_or(Peek::Everything, Peek::Part);
        let peek = Arg::Peek {
            section,
            offset,
            length,
        };
        self.fetch_command(uid, vec![Arg::Word("UID"), peek])
    }

    fn fetch_command(&self, uid: Uid, items: Vec<Arg<'_>>) -> Result<Command> {
        let set = UidSet::from(uid);
        self.build("UID FETCH", &[Arg::Uids(&set), Arg::List(items)])
    }

    /// The message itself is among them, so that a number that means another message by now is noticed.
    pub(super) fn fetch_around_command(&self, number: u32) -> Result<Command> {
        let exists = self.selected.as_ref().map_or(0, |(_, own)| own.exists);
        let first = number.saturating_sub(1).max(1);
        let last = number.saturating_add(1).min(exists.max(number));
        self.build("FETCH", &[Arg::Range(first, last), Arg::Word("(UID)")])
    }
}

fn words(items: &[&'static str]) -> Arg<'static> {
    Arg::List(items.iter().copied().map(Arg::Word).collect())
}

/// One message as a FETCH told of it.
pub struct Described {
    pub envelope: Envelope,
    /// Empty where it was not asked for.
    pub header: Bytes,
    /// Its sequence number when it was told.
    pub number: u32,
}

pub(super) fn described(reply: &Reply, uid: Uid) -> Option<Described> {
    let mut header = Bytes::new();
    let mut number = 0;
    for (data, attributes) in told_of(uid, reply) {
        number = data.number;
        if let Some(octets) = attributes.section("HEADER", 0) {
            header = cut(octets, LARGEST_HEADER as usize);
        }
    }
    let envelope = by_uid(reply, |other| other == uid).next()?;
    Some(Described {
        envelope,
        header,
        number,
    })
}

pub(super) fn sections_of(
    reply: &Reply,
    uid: Uid,
    sections: &[Section],
    max: usize,
) -> Vec<Option<Bytes>> {
    let told = told_of(uid, reply);
    let content = |section: &Section| {
        let name = Peek::Part(section).name();
        told.iter()
            .find_map(|(_, attributes)| attributes.section(&name, 0))
            .map(|octets| cut(octets, max))
    };
    sections.iter().map(content).collect()
}

pub(super) fn header_of(reply: &Reply, uid: Uid, section: &Section) -> Option<Bytes> {
    let name = Peek::HeaderOf(section).name();
    let told = told_of(uid, reply);
    let header = told
        .iter()
        .find_map(|(_, attributes)| attributes.section(&name, 0));
    header.map(|octets| cut(octets, LARGEST_HEADER as usize))
}

pub(super) fn partial_of(
    reply: &Reply,
    uid: Uid,
    section: Option<&Section>,
    offset: u64,
    len: u32,
) -> Option<Bytes> {
    let name = section.map_or(Peek::Everything, Peek::Part).name();
    let told = told_of(uid, reply);
    let content = told
        .iter()
        .find_map(|(_, attributes)| attributes.section(&name, offset));
    content.map(|octets| cut(octets, len as usize))
}

/// The UIDs beside message `number` of `total`. None unless that is the number of `uid`.
pub(super) fn neighbours_of(
    reply: &Reply,
    uid: Uid,
    number: u32,
    total: u32,
) -> Option<Neighbours> {
    let uid_of = |wanted: u32| {
        let mut told = reply.data.iter().filter(|data| data.number == wanted);
        told.find_map(|data| Attributes::read(data)?.uid())
    };
    if number == 0 || uid_of(number) != Some(uid) {
        return None;
    }
    Some(Neighbours {
        position: total.saturating_sub(number).saturating_add(1),
        total,
        newer: uid_of(number.saturating_add(1)).filter(|other| *other > uid),
        older: uid_of(number - 1).filter(|other| *other < uid),
    })
}

fn told_of(uid: Uid, reply: &Reply) -> Vec<(&Data, Attributes<'_>)> {
    reply
        .data
        .iter()
        .filter_map(|data| Some((data, Attributes::read(data)?)))
        .filter(|(_, attributes)| attributes.uid() == Some(uid))
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

/// Flags of these sequence numbers, ascending; of a message told twice the latest count.
pub(super) fn flags_of(reply: &Reply, first: u32, last: u32) -> Vec<(Uid, Flags)> {
    let mut messages: BTreeMap<u32, (Uid, Flags)> = BTreeMap::new();
    let told = reply
        .data
        .iter()
        .filter(|data| (first..=last).contains(&data.number));
    for data in told {
        let Some(attributes) = Attributes::read(data) else {
            continue;
        };
        let Some(flags) = attributes.flags() else {
            continue;
        };
        match (messages.get_mut(&data.number), attributes.uid()) {
            (Some((known, _)), Some(uid)) if *known != uid => {}
            (Some((_, latest)), _) => *latest = flags,
            (None, Some(uid)) => {
                messages.insert(data.number, (uid, flags));
            }
            (None, None) => {}
        }
    }
    messages.into_values().collect()
}

fn cut(octets: Bytes, most: usize) -> Bytes {
    octets.slice(..octets.len().min(most))
}
