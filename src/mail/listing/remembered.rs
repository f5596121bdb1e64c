use crate::imap::{Envelope, Flags, MailboxName, Uid, UidValidity};
use crate::mime::Address;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Octets of one account's rows that are kept, about two pages.
const KEPT_MAX: usize = 128 * 1024;
/// Octets that a part of a message usually takes, with its name and type.
const PART: usize = 320;

/// The messages of these sequence numbers, when the mailbox was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub mailbox: MailboxName,
    pub uid_validity: UidValidity,
    pub first: u32,
    pub last: u32,
}

/// The rows that pages showed last. What FETCH tells of a message, but its flags, stays as it is while UIDVALIDITY does
/// (RFC 9051 §2.3.1.1), so a page that is read again asks for the flags alone, and no row shows what is no longer true.
#[derive(Default)]
pub(in crate::mail) struct Remembered(Mutex<VecDeque<Kept>>);

struct Kept {
    stretch: Stretch,
    /// Ascending by UID.
    envelopes: Vec<Envelope>,
    octets: usize,
}

impl Remembered {
    pub(super) fn holds(&self, stretch: &Stretch) -> bool {
        self.kept().iter().any(|kept| kept.stretch == *stretch)
    }

    /// The messages that are remembered, with these flags; then those that are not.
    pub(super) fn rows(
        &self,
        stretch: &Stretch,
        flags: &[(Uid, Flags)],
    ) -> (Vec<Envelope>, Vec<Uid>) {
        let mut pages = self.kept();
        let place = pages.iter().position(|kept| kept.stretch == *stretch);
        let kept = place.and_then(|place| pages.remove(place));
        let envelopes = kept.as_ref().map_or(&[][..], |kept| &kept.envelopes);
        let mut rows = Vec::with_capacity(flags.len());
        let mut missing = Vec::new();
        for &(uid, flags) in flags {
            match envelopes.binary_search_by_key(&uid, |envelope| envelope.uid) {
                Ok(place) => rows.push(Envelope {
                    flags,
                    ..envelopes[place].clone()
                }),
                Err(_) => missing.push(uid),
            }
        }
        pages.extend(kept);
        (rows, missing)
    }

    /// In the place of what was remembered of the stretch; what was shown longest ago is forgotten for it.
    pub(super) fn keep(&self, stretch: &Stretch, envelopes: &[Envelope]) {
        let mut envelopes = envelopes.to_vec();
        envelopes.sort_by_key(|envelope| envelope.uid);
        let kept = Kept {
            stretch: stretch.clone(),
            octets: envelopes.iter().map(octets).sum(),
            envelopes,
        };
        let mut pages = self.kept();
        pages.retain(|other| other.stretch != *stretch);
        pages.push_back(kept);
        while pages.iter().map(|kept| kept.octets).sum::<usize>() > KEPT_MAX {
            pages.pop_front();
        }
    }

    /// A panic cannot leave it half changed: every change is one call of the queue's own.
    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What it takes in memory, near enough.
fn octets(envelope: &Envelope) -> usize {
    let people = [
        &envelope.from,
        &envelope.sender,
        &envelope.reply_to,
        &envelope.to,
        &envelope.cc,
        &envelope.bcc,
    ];
    let address = |address: &Address| {
        size_of::<Address>() + address.addr.len() + address.name.as_ref().map_or(0, String::len)
    };
    let texts = [
        Some(&envelope.subject),
        envelope.message_id.as_ref(),
        envelope.in_reply_to.as_ref(),
        envelope.preview.as_ref(),
    ];
    let structure = envelope.structure.as_ref();
    size_of::<Envelope>()
        + people.into_iter().flatten().map(address).sum::<usize>()
        + texts.into_iter().flatten().map(String::len).sum::<usize>()
        + structure.map_or(0, |structure| structure.parts().count() * PART)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(first: u32) -> Stretch {
        Stretch {
            mailbox: MailboxName::inbox(),
            uid_validity: UidValidity::new(7).unwrap(),
            first,
            last: first + 2,
        }
    }

    fn envelope(uid: u32, subject: &str) -> Envelope {
        Envelope {
            subject: subject.to_owned(),
            ..Envelope::undescribed(Uid::new(uid).unwrap())
        }
    }

    fn told(uid: u32, seen: bool) -> (Uid, Flags) {
        let flags = Flags {
            seen,
            ..Flags::default()
        };
        (Uid::new(uid).unwrap(), flags)
    }

    #[test]
    fn a_row_has_the_flags_of_now() {
        let remembered = Remembered::default();
        assert!(!remembered.holds(&stretch(1)));
        remembered.keep(&stretch(1), &[envelope(5, "five"), envelope(9, "nine")]);
        assert!(remembered.holds(&stretch(1)) && !remembered.holds(&stretch(2)));
        let (rows, missing) = remembered.rows(&stretch(1), &[told(5, true), told(8, false)]);
        assert_eq!(missing, [Uid::new(8).unwrap()]);
        assert_eq!(rows.len(), 1);
        assert!(rows[0].subject == "five" && rows[0].flags.seen);
        let (rows, _) = remembered.rows(&stretch(1), &[told(5, false)]);
        assert!(!rows[0].flags.seen);
    }

    #[test]
    fn another_uid_validity_is_another_mailbox() {
        let remembered = Remembered::default();
        remembered.keep(&stretch(1), &[envelope(5, "five")]);
        let later = Stretch {
            uid_validity: UidValidity::new(8).unwrap(),
            ..stretch(1)
        };
        assert!(!remembered.holds(&later));
        let (rows, missing) = remembered.rows(&later, &[told(5, true)]);
        assert!(rows.is_empty() && missing.len() == 1);
    }

    #[test]
    fn what_was_shown_longest_ago_is_forgotten_first() {
        let remembered = Remembered::default();
        let long = "x".repeat(KEPT_MAX / 3);
        for first in [1, 2] {
            remembered.keep(&stretch(first), &[envelope(5, &long)]);
        }
        remembered.rows(&stretch(1), &[]);
        remembered.keep(&stretch(3), &[envelope(5, &long)]);
        assert!(remembered.holds(&stretch(1)) && remembered.holds(&stretch(3)));
        assert!(!remembered.holds(&stretch(2)));
        let vast = "x".repeat(KEPT_MAX + 1);
        remembered.keep(&stretch(4), &[envelope(5, &vast)]);
        assert!((1..=4).all(|first| !remembered.holds(&stretch(first))));
    }
}
