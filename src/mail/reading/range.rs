//! A range of octets, as it is asked for and as it is served (RFC 9110 §14).
use std::ops::Range;

/// One range as it was asked for (RFC 9110 §14.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
    /// Both ends are part of it; without a last one it goes on to the end.
    Between { first: u64, last: Option<u64> },
    /// So many octets at the end.
    Last(u64),
}

impl ByteRange {
    /// What of it there is in content of so many octets; None: nothing.
    pub fn within(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::Between { first, last } => {
                let end = last.map_or(size, |last| last.saturating_add(1).min(size));
                first..end
            }
            Self::Last(octets) => size.saturating_sub(octets)..size,
        };
        (!range.is_empty()).then_some(range)
    }
}

/// How a part is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct PartRequest {
    /// The exact octets; otherwise text is turned into UTF-8 for the browser to show.
    pub download: bool,
    /// The size is wanted, where it can be known before the end. A stream that turns out to have another one breaks off.
    pub sized: bool,
    /// Served where the size is known.
    pub range: Option<ByteRange>,
}

/// What of the content a stream carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    All,
    /// Of content whose size is known.
    Some(Range<u64>),
    /// There is nothing in the range that was asked for.
    Nothing,
}

impl Carried {
    /// `size`: None where it is not known, so that there is nothing to count a range by.
    pub(super) fn of(range: Option<ByteRange>, size: Option<u64>) -> Self {
        match (range, size) {
            (Some(range), Some(size)) => range.within(size).map_or(Self::Nothing, Self::Some),
            _ => Self::All,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_what_there_is() {
        let between = |first, last| ByteRange::Between { first, last };
        for (asked, size, expected) in [
            (between(0, Some(0)), 10, Some(0..1)),
            (between(2, Some(4)), 10, Some(2..5)),
            (between(2, None), 10, Some(2..10)),
            (between(2, Some(u64::MAX)), 10, Some(2..10)),
            (between(9, Some(9)), 10, Some(9..10)),
            (between(10, None), 10, None),
            (between(u64::MAX, Some(u64::MAX)), 10, None),
            (between(0, None), 0, None),
            (ByteRange::Last(3), 10, Some(7..10)),
            (ByteRange::Last(u64::MAX), 10, Some(0..10)),
            (ByteRange::Last(0), 10, None),
            (ByteRange::Last(1), 0, None),
        ] {
            assert_eq!(asked.within(size), expected, "{asked:?} of {size}");
        }
    }

    #[test]
    fn without_a_size_all_is_carried() {
        let range = Some(ByteRange::Last(1));
        assert_eq!(Carried::of(range, None), Carried::All);
        assert_eq!(Carried::of(None, Some(3)), Carried::All);
        assert_eq!(Carried::of(range, Some(3)), Carried::Some(2..3));
        assert_eq!(Carried::of(range, Some(0)), Carried::Nothing);
    }
}
