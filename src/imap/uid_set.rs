//! Sequence sets of RFC 9051 §9, kept as ranges.

use super::Uid;
use std::fmt;

/// A set of UIDs as it stands in a command; ranges kept, never expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UidSet(Vec<(Uid, Uid)>);

impl UidSet {
    /// Sorted, without duplicates, neighbours joined to ranges; None when there is no UID at all.
    pub fn from_uids(uids: impl IntoIterator<Item = Uid>) -> Option<Self> {
        let mut sorted: Vec<Uid> = uids.into_iter().collect();
        sorted.sort_unstable();
        let mut ranges: Vec<(Uid, Uid)> = Vec::new();
        for uid in sorted {
            match ranges.last_mut() {
                Some((_, last)) if uid.get() - last.get() <= 1 => *last = uid,
                _ => ranges.push((uid, uid)),
            }
        }
        (!ranges.is_empty()).then_some(Self(ranges))
    }

    /// From the lower to the higher of the two.
    pub fn range(a: Uid, b: Uid) -> Self {
        Self(vec![(a.min(b), a.max(b))])
    }

    /// How many UIDs the set spans.
    pub fn len(&self) -> u64 {
        self.0
            .iter()
            .map(|(a, b)| u64::from(b.get() - a.get()) + 1)
            .sum()
    }

    /// Never: a set has at least one UID.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn contains(&self, uid: Uid) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= uid);
        after
            .checked_sub(1)
            .and_then(|i| self.0.get(i))
            .is_some_and(|(_, last)| uid <= *last)
    }

    /// Pieces whose text is at most about `octets` long each: servers limit a command line (Dovecot: 64 KiB).
    pub(super) fn pieces(&self, octets: usize) -> Vec<UidSet> {
        let per_piece = (octets / "4294967295:4294967295,".len()).max(1);
        self.0
            .chunks(per_piece)
            .map(|ranges| UidSet(ranges.to_vec()))
            .collect()
    }
}

impl From<Uid> for UidSet {
    fn from(uid: Uid) -> Self {
        Self(vec![(uid, uid)])
    }
}

impl fmt::Display for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (first, last)) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            if first == last {
                write!(f, "{comma}{first}")?;
            } else {
                write!(f, "{comma}{first}:{last}")?;
            }
        }
        Ok(())
    }
}

/// Ranges of numbers as a server sent them, in its order; nothing is expanded but the window asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    /// `1:3,5`; None when anything in it is not a number from 1 on (`*` included).
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let number = |digits: &[u8]| -> Option<u32> {
            let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
            let text = std::str::from_utf8(digits).ok().filter(|_| plain)?;
            text.parse().ok().filter(|n| *n > 0)
        };
        let range = |piece: &[u8]| -> Option<(u32, u32)> {
            match piece.iter().position(|c| *c == b':') {
                Some(colon) => Some((number(&piece[..colon])?, number(&piece[colon + 1..])?)),
                None => number(piece).map(|n| (n, n)),
            }
        };
        text.split(|c| *c == b',')
            .map(range)
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }

    pub(super) fn from_numbers(numbers: Vec<u32>) -> Self {
        Self(numbers.into_iter().map(|n| (n, n)).collect())
    }

    /// How many numbers there are, without counting them one by one.
    pub(super) fn len(&self) -> u64 {
        self.0
            .iter()
            .map(|(a, b)| u64::from(a.abs_diff(*b)) + 1)
            .sum()
    }

    /// Ranges in ascending order, as mailbox order is.
    pub(super) fn ascending(mut self) -> Self {
        for (a, b) in &mut self.0 {
            if a > b {
                std::mem::swap(a, b);
            }
        }
        self.0.sort_unstable();
        self
    }

    /// The numbers from position `offset` on, at most `len`, in order; from the end backwards when `reverse`.
    pub(super) fn window(&self, offset: u64, len: usize, reverse: bool) -> Vec<u32> {
        let mut out = Vec::new();
        let mut skip = offset;
        let mut take = |a: u32, b: u32| {
            let count = u64::from(a.abs_diff(b)) + 1;
            if skip >= count {
                skip -= count;
                return out.len() < len;
            }
            let mut step = u32::try_from(skip).unwrap_or(u32::MAX);
            skip = 0;
            while out.len() < len && u64::from(step) < count {
                out.push(if a <= b { a + step } else { a - step });
                step += 1;
            }
            out.len() < len
        };
        if reverse {
            for (a, b) in self.0.iter().rev() {
                if !take(*b, *a) {
                    break;
                }
            }
        } else {
            for (a, b) in &self.0 {
                if !take(*a, *b) {
                    break;
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uid(n: u32) -> Uid {
        Uid::new(n).unwrap()
    }

    #[test]
    fn neighbours_are_joined_and_nothing_is_listed_twice() {
        let set = UidSet::from_uids([9, 1, 2, 3, 3, 7].map(uid)).unwrap();
        assert_eq!(set.to_string(), "1:3,7,9");
        assert_eq!(set.len(), 5);
        assert!(
            set.contains(uid(2))
                && set.contains(uid(9))
                && !set.contains(uid(8))
                && !set.contains(uid(10))
        );
        assert_eq!(UidSet::from_uids([]), None);
    }

    #[test]
    fn a_long_set_is_cut_into_lines_a_server_takes() {
        let set = UidSet::from_uids((1..=10_000).map(|n| uid(n * 2))).unwrap();
        let pieces = set.pieces(8_000);
        assert!(pieces.iter().all(|p| p.to_string().len() <= 8_000));
        assert_eq!(pieces.iter().map(UidSet::len).sum::<u64>(), 10_000);
    }

    #[test]
    fn a_server_range_over_four_billion_numbers_costs_nothing() {
        let ranges = Ranges::parse(b"1:4294967295").unwrap();
        assert_eq!(ranges.len(), 4_294_967_295);
        assert_eq!(
            ranges.window(0, 3, true),
            [4_294_967_295, 4_294_967_294, 4_294_967_293]
        );
        assert_eq!(
            ranges.window(4_294_967_293, 50, false),
            [4_294_967_294, 4_294_967_295]
        );
    }

    #[test]
    fn a_window_keeps_the_order_of_the_server() {
        let ranges = Ranges::parse(b"9,5:3,20:21").unwrap();
        assert_eq!(ranges.len(), 6);
        assert_eq!(ranges.window(0, 10, false), [9, 5, 4, 3, 20, 21]);
        assert_eq!(ranges.window(1, 3, false), [5, 4, 3]);
        assert_eq!(ranges.window(1, 4, true), [20, 3, 4, 5]);
        assert_eq!(
            ranges.ascending().window(0, 10, false),
            [3, 4, 5, 9, 20, 21]
        );
    }

    #[test]
    fn garbage_is_no_range() {
        for bad in ["", "0", "1:*", "1,,2", "a", "1:2:3", "99999999999", "-1"] {
            assert_eq!(Ranges::parse(bad.as_bytes()), None, "{bad:?}");
        }
    }
}
