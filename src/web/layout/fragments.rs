//! Sentences with words of somebody else in them.

use super::Layout;

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    pub text: String,
    /// Comes from a message: stands in a `<bdi>`, so that its direction changes nothing around it.
    pub foreign: bool,
}

impl Layout {
    /// The text of a key with its values, each of them a fragment of its own.
    pub fn fragments(&self, key: &str, values: Vec<(&'static str, String)>) -> Vec<Fragment> {
        // Characters for private use hold the places: no text of ours has them.
        let places: Vec<char> = ('\u{F0000}'..).take(values.len()).collect();
        let names = values.iter().map(|(name, _)| *name);
        let held: Vec<_> = names.zip(places.iter().map(char::to_string)).collect();
        let mut fragments = Vec::new();
        let mut add = |text: &str, foreign| {
            if !text.is_empty() {
                fragments.push(Fragment {
                    text: text.to_owned(),
                    foreign,
                });
            }
        };
        for piece in self
            .t_with(key, &held)
            .split_inclusive(|c| places.contains(&c))
        {
            match places
                .iter()
                .zip(&values)
                .find(|(place, _)| piece.ends_with(**place))
            {
                Some((place, (_, value))) => {
                    add(piece.trim_end_matches(*place), false);
                    add(value, true);
                }
                None => add(piece, false),
            }
        }
        fragments
    }
}
