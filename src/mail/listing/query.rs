use super::{Filter, ListQuery};
use crate::imap::{SearchKey, Sort, SortKey};

/// Search words that are put to the server.
const WORDS_MAX: usize = 10;
/// Octets of one search word.
const WORD_MAX: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    NewestFirst,
    OldestFirst,
}

impl ListQuery {
    /// The order of a page that needs no search: sequence numbers say it all.
    pub(super) fn newest_or_oldest_first(&self) -> Option<Arrival> {
        if self.filter != Filter::All
            || self.sort.key != SortKey::Arrival
            || !words(&self.q).is_empty()
        {
            return None;
        }
        Some(if self.sort.reverse {
            Arrival::OldestFirst
        } else {
            Arrival::NewestFirst
        })
    }

    pub(super) fn keys(&self, email: &str) -> Vec<SearchKey> {
        let filter = match self.filter {
            Filter::All => None,
            Filter::New => Some(SearchKey::Unseen),
            Filter::Starred => Some(SearchKey::Flagged),
            Filter::Files => Some(SearchKey::HasFiles),
            Filter::ToMe => Some(SearchKey::To(email.to_owned())),
        };
        let mut keys: Vec<SearchKey> = filter
            .into_iter()
            .chain(words(&self.q).into_iter().map(SearchKey::Text))
            .collect();
        if keys.is_empty() {
            keys.push(SearchKey::All);
        }
        keys
    }

    pub(super) fn server_sort(&self) -> Sort {
        server_sort(self.sort)
    }
}

/// A page starts with the newest and the largest, SORT (RFC 5256) with the oldest and the smallest.
pub(super) fn server_sort(sort: Sort) -> Sort {
    let descending = match sort.key {
        SortKey::Arrival | SortKey::Date | SortKey::Size => !sort.reverse,
        SortKey::From | SortKey::Subject => sort.reverse,
    };
    Sort {
        key: sort.key,
        reverse: descending,
    }
}

/// Words between blanks; what stands in double quotes is one. Control characters part words.
fn words(q: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, piece) in q.split('"').enumerate() {
        let quoted = index % 2 == 1;
        if quoted {
            words.push(
                piece
                    .split(char::is_control)
                    .collect::<Vec<_>>()
                    .join(" ")
                    .trim()
                    .to_owned(),
            );
        } else {
            words.extend(
                piece
                    .split(|c: char| c.is_whitespace() || c.is_control())
                    .map(str::to_owned),
            );
        }
    }
    words.retain(|word| !word.is_empty());
    words.truncate(WORDS_MAX);
    for word in &mut words {
        word.truncate(word.floor_char_boundary(WORD_MAX));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_part_at_blanks_and_quotes_keep_them_together() {
        assert_eq!(
            words("  invoice \"march 2026\"\tana "),
            ["invoice", "march 2026", "ana"]
        );
        assert_eq!(words("\"open end"), ["open end"]);
        assert_eq!(words("a\r\nb"), ["a", "b"]);
        assert_eq!(words("\"a\r\nb\""), ["a  b"]);
        assert!(words(" \"\" ").is_empty());
    }

    #[test]
    fn a_search_is_bounded() {
        assert_eq!(words(&"w ".repeat(100)).len(), WORDS_MAX);
        assert!(words(&"я".repeat(1000))[0].len() <= WORD_MAX);
    }

    #[test]
    fn only_a_plain_page_goes_by_sequence_numbers() {
        let plain = ListQuery::default();
        assert_eq!(plain.newest_or_oldest_first(), Some(Arrival::NewestFirst));
        let oldest = ListQuery {
            sort: Sort {
                key: SortKey::Arrival,
                reverse: true,
            },
            ..ListQuery::default()
        };
        assert_eq!(oldest.newest_or_oldest_first(), Some(Arrival::OldestFirst));
        let searched = ListQuery {
            q: "x".into(),
            ..ListQuery::default()
        };
        assert_eq!(searched.newest_or_oldest_first(), None);
        let filtered = ListQuery {
            filter: Filter::New,
            ..ListQuery::default()
        };
        assert_eq!(filtered.newest_or_oldest_first(), None);
    }

    #[test]
    fn pages_start_with_the_newest_the_largest_and_a() {
        let sort = |key, reverse| server_sort(Sort { key, reverse }).reverse;
        assert!(
            sort(SortKey::Arrival, false)
                && sort(SortKey::Date, false)
                && sort(SortKey::Size, false)
        );
        assert!(!sort(SortKey::From, false) && !sort(SortKey::Subject, false));
        assert!(!sort(SortKey::Date, true) && sort(SortKey::Subject, true));
    }
}
