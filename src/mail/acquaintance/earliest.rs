//! The earliest message from an address in one mailbox.
//!
//! A search costs a server as much as there are messages in its range, also where only the first match is asked for
//! (Dovecot 2.3: 4 µs each). So it goes from the beginning, where who is known was known early, in ranges that grow.
use crate::imap::{Connection, Envelope, MailboxName, Role, SearchKey, Sort, Uid, UidSet};
use crate::mail::{Result, mailboxes::Mailboxes};

/// UIDs of the first range; each of the others ends at as many times more.
const FIRST_RANGE: u32 = 4096;
const GROWTH: u32 = 8;
/// Matches that are looked at at a time.
const WINDOW: u32 = 20;
/// Windows that are looked at in one range.
const WINDOWS: u32 = 20;
/// Messages that were moved into a mailbox stand there in any order; behind a match so many UIDs are looked at for an
/// earlier one.
const BATCH: u32 = 4096;
/// A day ends at another moment where the server is; this much later it is over everywhere (RFC 9051 §6.4.4).
const OVER_EVERYWHERE: i64 = 2 * 86_400;

/// A mailbox whose messages tell who is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub mailbox: MailboxName,
    /// What one has written oneself: whoever it went to is known.
    pub holds_own: bool,
}

/// Where to look for what came before a message of this mailbox. None: the mailbox holds one's own. Nowhere: what lies in
/// it makes nobody known.
///
/// First where the answer is most likely, and second where it is final.
pub(super) fn places(mailboxes: &Mailboxes, own: &MailboxName) -> Option<Vec<Place>> {
    let within = |role| mailboxes.is_within(own, role);
    if within(Role::Sent) || within(Role::Drafts) {
        return None;
    }
    if within(Role::Junk) || within(Role::Trash) {
        return Some(Vec::new());
    }
    let of = |role| Some(mailboxes.for_role(role)?.name.clone());
    let place = |mailbox, holds_own| Place { mailbox, holds_own };
    let mut places = vec![place(own.clone(), false)];
    places.extend(of(Role::Sent).map(|sent| place(sent, true)));
    for mailbox in [Role::Inbox, Role::Archive].into_iter().filter_map(of) {
        if places.iter().all(|place| place.mailbox != mailbox) {
            places.push(place(mailbox, false));
        }
    }
    Some(places)
}

/// Ranges of UIDs from 1 up to the one that is given next.
fn ranges(next: Option<Uid>) -> impl Iterator<Item = (Uid, Uid)> {
    let end = next.map_or(u32::MAX, Uid::get);
    let lasts = std::iter::successors(Some(FIRST_RANGE), |last| {
        (*last < u32::MAX).then(|| last.saturating_mul(GROWTH))
    });
    let firsts = std::iter::once(1).chain(lasts.clone().map(|last| last.saturating_add(1)));
    let ranges = firsts.zip(lasts).take_while(move |(first, _)| *first < end);
    ranges.filter_map(|(first, last)| Some((Uid::new(first)?, Uid::new(last)?)))
}

impl Place {
    /// When the earliest message from this address (to it, where the place holds one's own) arrived, unix seconds. Where
    /// one's own are, any of them.
    pub(super) async fn earliest(
        &self,
        connection: &mut Connection,
        address: &str,
    ) -> Result<Option<i64>> {
        let selected = connection.select(&self.mailbox).await?;
        for range in ranges(selected.uid_next) {
            let found = self.earliest_in(connection, address, range).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The same of one range. What a server finds for an address holds more than the address.
    async fn earliest_in(
        &self,
        connection: &mut Connection,
        address: &str,
        (mut first, mut last): (Uid, Uid),
    ) -> Result<Option<i64>> {
        let mut earliest = None;
        let mut offset = 0;
        for _ in 0..WINDOWS {
            let until = earliest.map(|received: i64| received + OVER_EVERYWHERE);
            let range = SearchKey::Uids(UidSet::range(first, last));
            let mut keys = vec![self.key(address), range];
            keys.extend(until.map(SearchKey::ReceivedBefore));
            let oldest = Sort::default();
            let found = connection.search(&keys, oldest, offset, WINDOW).await?;
            let hit = self.earliest_of(connection, &found.uids, address).await?;
            match hit {
                Some((received, _)) if self.holds_own => return Ok(Some(received)),
                Some((received, uid)) if earliest.is_none_or(|known| received < known) => {
                    earliest = Some(received);
                    // Nothing matches before this window that was not looked at.
                    first = found.uids.first().copied().unwrap_or(first);
                    last = Uid::new(uid.get().saturating_add(BATCH)).unwrap_or(last);
                    offset = 0;
                }
                _ if offset + WINDOW < found.total => offset += WINDOW,
                _ => break,
            }
        }
        Ok(earliest)
    }

    fn key(&self, address: &str) -> SearchKey {
        let address = address.to_owned();
        if self.holds_own {
            SearchKey::To(address)
        } else {
            SearchKey::From(address)
        }
    }

    /// When the earliest of these that is a hit arrived, and its UID.
    async fn earliest_of(
        &self,
        connection: &mut Connection,
        uids: &[Uid],
        address: &str,
    ) -> Result<Option<(i64, Uid)>> {
        let envelopes = connection.fetch_addresses(uids).await?;
        let hits = envelopes.iter().filter(|hit| self.is_hit(hit, address));
        let told = hits.filter(|hit| hit.received > 0);
        Ok(told.map(|hit| (hit.received, hit.uid)).min())
    }

    fn is_hit(&self, envelope: &Envelope, address: &str) -> bool {
        if self.holds_own {
            let mut people = envelope.to.iter().chain(&envelope.cc);
            return people.any(|person| person.same(address));
        }
        matches!(envelope.from.as_slice(), [from] if from.same(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::Mailbox;
    use crate::mime::Address;

    fn name(name: &str) -> MailboxName {
        MailboxName::parse(name).unwrap()
    }

    fn mailboxes(listed: &[(&str, Option<Role>)]) -> Mailboxes {
        let mailbox = |(own, role): &(&str, Option<Role>)| Mailbox {
            name: name(own),
            delimiter: Some('/'),
            role: *role,
            selectable: true,
            subscribed: true,
            has_children: false,
            counts: None,
        };
        Mailboxes::new(listed.iter().map(mailbox).collect())
    }

    fn looked_at(mailboxes: &Mailboxes, own: &str) -> Option<Vec<(String, bool)>> {
        let places = places(mailboxes, &name(own))?.into_iter();
        let told = |place: Place| (place.mailbox.as_str().to_owned(), place.holds_own);
        Some(places.map(told).collect())
    }

    fn all() -> Mailboxes {
        mailboxes(&[
            ("INBOX", None),
            ("Drafts", Some(Role::Drafts)),
            ("Sent", Some(Role::Sent)),
            ("Archive", Some(Role::Archive)),
            ("Junk", Some(Role::Junk)),
            ("Trash", Some(Role::Trash)),
            ("Trash/old", None),
            ("Sent/2025", None),
            ("Lists", None),
        ])
    }

    #[test]
    fn ranges_grow_without_a_gap_up_to_the_end() {
        let of = |next| -> Vec<(u32, u32)> {
            let ranges = ranges(Uid::new(next));
            ranges
                .map(|(first, last)| (first.get(), last.get()))
                .collect()
        };
        assert_eq!(of(1), []);
        assert_eq!(of(4097), [(1, 4096)]);
        assert_eq!(of(40_000), [(1, 4096), (4097, 32_768), (32_769, 262_144)]);
        let all = of(0);
        assert_eq!(all.last().unwrap().1, u32::MAX);
        assert!(all.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0));
        assert!(all.len() < 10);
    }

    #[test]
    fn each_mailbox_is_looked_at_once_and_its_own_first() {
        let [inbox, sent] = [("INBOX", false), ("Sent", true)];
        let [archive, lists] = [("Archive", false), ("Lists", false)];
        for (own, expected) in [
            ("INBOX", vec![inbox, sent, archive]),
            ("Archive", vec![archive, sent, inbox]),
            ("Lists", vec![lists, sent, inbox, archive]),
        ] {
            let expected = expected.into_iter();
            let expected = expected.map(|(name, holds_own)| (name.to_owned(), holds_own));
            assert_eq!(looked_at(&all(), own), Some(expected.collect()));
        }
        let bare = mailboxes(&[("INBOX", None)]);
        let inbox = vec![("INBOX".to_owned(), false)];
        assert_eq!(looked_at(&bare, "INBOX"), Some(inbox));
    }

    #[test]
    fn junk_and_trash_make_nobody_known_and_what_is_one_s_own_is_no_news() {
        for own in ["Junk", "Trash", "Trash/old"] {
            assert_eq!(looked_at(&all(), own), Some(Vec::new()), "{own}");
        }
        for own in ["Sent", "Sent/2025", "Drafts"] {
            assert_eq!(looked_at(&all(), own), None, "{own}");
        }
    }

    #[test]
    fn a_longer_address_and_one_of_several_authors_are_no_hits() {
        let people = |list: &[&str]| Address::parse_list(&list.join(", ")).unwrap();
        let envelope = |from: &[&str], to: &[&str]| Envelope {
            from: people(from),
            to: people(to),
            ..Envelope::undescribed(Uid::new(1).unwrap())
        };
        let place = |holds_own| Place {
            mailbox: MailboxName::inbox(),
            holds_own,
        };
        let is_hit = |from: &[&str], to: &[&str], holds_own| {
            place(holds_own).is_hit(&envelope(from, to), "ana@x.example")
        };
        assert!(is_hit(&["Ana@X.example"], &[], false));
        for from in [
            &["joana@x.example"][..],
            &["ana@x.example", "b@x.example"],
            &[],
        ] {
            assert!(!is_hit(from, &["ana@x.example"], false), "{from:?}");
        }
        assert!(is_hit(&[], &["b@x.example", "ANA@x.example"], true));
        assert!(!is_hit(&["ana@x.example"], &["joana@x.example"], true));
    }
}
