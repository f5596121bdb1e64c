use super::MessageRef;
use super::content::Content;
use super::opened::Rendered;
use super::viewed::Reads;
use crate::imap::{Described, Envelope};
use crate::mail::Block;
use bytes::Bytes;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Octets that are kept of all accounts together.
const KEPT_MAX: usize = 4 << 20;
/// Octets of one letter; a longer one is not kept.
const LETTER_MAX: usize = 1 << 20;
/// What was not asked for so long is forgotten.
const FOR: Duration = Duration::from_secs(120);
/// Octets of what every letter has.
const LETTER: usize = 4 << 10;
/// Octets that a block, a part or a name takes beside its text.
const THING: usize = 160;

/// The letters that were opened last. What FETCH tells of a message, but its flags, stays as it is while UIDVALIDITY
/// does (RFC 9051 §2.3.1.1), so a letter that is opened again, and the frame in its page, ask only whether it is there.
#[derive(Default)]
pub(in crate::mail) struct Kept(Mutex<VecDeque<Entry>>);

struct Entry {
    /// [`crate::mail::Account::id`]
    account: String,
    reference: MessageRef,
    letter: Arc<Known>,
    used: Instant,
}

/// One letter as it was fetched, and what rendering made of that.
pub(super) struct Known {
    envelope: Envelope,
    header: Bytes,
    pub content: Content,
    /// What `rendered` was made of.
    pub reads: Reads,
    pub rendered: Arc<Rendered>,
}

impl Known {
    pub(super) fn new(
        envelope: &Envelope,
        header: &[u8],
        content: &Content,
        reads: Reads,
        rendered: Arc<Rendered>,
    ) -> Self {
        Self {
            envelope: envelope.clone(),
            header: Bytes::copy_from_slice(header),
            content: content.detached(),
            reads,
            rendered,
        }
    }

    /// The message with what was told of it just now.
    pub(super) fn described(&self, told: Described) -> Described {
        Described {
            envelope: Envelope {
                flags: told.envelope.flags,
                ..self.envelope.clone()
            },
            header: self.header.clone(),
            number: told.number,
        }
    }

    /// What it takes in memory, near enough.
    fn octets(&self) -> usize {
        let rendered = &self.rendered;
        let blocks = rendered.text.iter().chain(&*rendered.letter);
        let things = rendered.attachments.len() + rendered.members.len() + rendered.cards.len();
        let structure = self.envelope.structure.as_ref();
        let parts = structure.map_or(0, |structure| structure.parts().count());
        LETTER
            + self.content.octets()
            + 2 * self.header.len()
            + (things + 2 * parts) * 2 * THING
            + blocks.map(octets).sum::<usize>()
    }
}

fn octets(block: &Block) -> usize {
    let phrases = match block {
        Block::Paragraph(phrases) | Block::Heading(phrases) | Block::Preformatted(phrases) => {
            phrases.as_slice()
        }
        _ => &[],
    };
    let phrase = |phrase: &crate::mail::Phrase| {
        let link = phrase.link.as_ref().map_or(0, |link| link.href.len());
        let words = phrase
            .words
            .iter()
            .map(|words| words.text.len() + THING / 2);
        THING / 2 + link + words.sum::<usize>()
    };
    THING + phrases.iter().map(phrase).sum::<usize>()
}

impl Kept {
    /// `account`: whose message it is.
    pub(super) fn get(
        &self,
        account: &str,
        reference: &MessageRef,
        now: Instant,
    ) -> Option<Arc<Known>> {
        let mut letters = self.letters();
        let is_it = |entry: &Entry| entry.account == account && entry.reference == *reference;
        let place = letters.iter().position(is_it)?;
        let entry = letters.remove(place)?;
        if now.duration_since(entry.used) > FOR {
            return None;
        }
        let letter = entry.letter.clone();
        letters.push_back(Entry { used: now, ..entry });
        Some(letter)
    }

    /// In place of what is kept of the same message; what was asked for longest ago is forgotten for it.
    pub(super) fn put(&self, account: &str, reference: &MessageRef, letter: Known, now: Instant) {
        let mut letters = self.letters();
        letters.retain(|entry| entry.account != account || entry.reference != *reference);
        if letter.octets() > LETTER_MAX {
            return;
        }
        letters.push_back(Entry {
            account: account.to_owned(),
            reference: reference.clone(),
            letter: Arc::new(letter),
            used: now,
        });
        let octets = |entry: &Entry| entry.letter.octets();
        let mut all: usize = letters.iter().map(octets).sum();
        while all > KEPT_MAX
            && let Some(oldest) = letters.pop_front()
        {
            all -= octets(&oldest);
        }
    }

    /// Forgets what nobody asked for lately.
    pub(in crate::mail) fn sweep(&self, now: Instant) {
        let mut letters = self.letters();
        letters.retain(|entry| now.duration_since(entry.used) <= FOR);
    }

    /// A panic cannot leave it half changed: every change is one call of the queue's own.
    fn letters(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imap::{MailboxName, Uid, UidValidity};

    fn reference(uid: u32) -> MessageRef {
        MessageRef {
            mailbox: MailboxName::inbox(),
            uid_validity: UidValidity::new(7).unwrap(),
            uid: Uid::new(uid).unwrap(),
        }
    }

    fn letter(header: usize) -> Known {
        Known::new(
            &Envelope::undescribed(Uid::new(1).unwrap()),
            &vec![b'x'; header],
            &Content::default(),
            Reads::Html,
            Arc::default(),
        )
    }

    #[test]
    fn a_letter_is_kept_for_one_account_and_one_message_for_a_while() {
        let (kept, now) = (Kept::default(), Instant::now());
        kept.put("ana", &reference(1), letter(10), now);
        let is_kept = |account, reference: &MessageRef, now| {
            let known = kept.get(account, reference, now);
            known.is_some()
        };
        assert!(is_kept("ana", &reference(1), now));
        assert!(!is_kept("mihai", &reference(1), now));
        assert!(!is_kept("ana", &reference(2), now));
        let other = MessageRef {
            uid_validity: UidValidity::new(8).unwrap(),
            ..reference(1)
        };
        assert!(!is_kept("ana", &other, now));
        assert!(is_kept("ana", &reference(1), now + FOR));
        assert!(is_kept("ana", &reference(1), now + 2 * FOR));
        kept.sweep(now + 3 * FOR);
        assert_eq!(kept.letters().len(), 1);
        kept.sweep(now + 4 * FOR);
        assert!(kept.letters().is_empty());
    }

    #[test]
    fn what_was_asked_for_longest_ago_makes_room() {
        let (kept, now) = (Kept::default(), Instant::now());
        // What is kept of a header counts twice.
        let large = (LETTER_MAX - LETTER) / 2 - 1000;
        let most = u32::try_from(KEPT_MAX / LETTER_MAX).unwrap();
        for uid in 1..=most {
            kept.put("ana", &reference(uid), letter(large), now);
        }
        assert!(kept.get("ana", &reference(1), now).is_some());
        kept.put("ana", &reference(most + 1), letter(large), now);
        assert!(kept.get("ana", &reference(1), now).is_some());
        assert!(kept.get("ana", &reference(2), now).is_none());
        kept.put("ana", &reference(1), letter(LETTER_MAX), now);
        let known = kept.get("ana", &reference(1), now);
        assert!(known.is_none(), "too long to keep");
    }
}
