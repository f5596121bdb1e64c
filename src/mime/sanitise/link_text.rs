//! The text of a link while it is read: which of its words claim to lead elsewhere, and where each begins.
use super::super::characters::visible_line;
use super::links::Link;

/// Octets of a word that are read, and pieces of it between tags; more only serve to hide what it says.
const MAX_WORD: usize = 2000;
const MAX_RUNS: usize = 32;

/// An open link, and the word of its text that is being read.
pub(super) struct LinkText {
    link: Link,
    word: String,
    /// Where tags divide the word: any of its first pieces may be out of sight, or on a line of its own.
    runs: Vec<Run>,
    divided: bool,
}

/// A piece of a word without a tag in it.
struct Run {
    /// Where in the word, and where in the document it begins.
    offset: usize,
    at: usize,
}

/// To be printed in front of a word.
pub(super) struct Mark {
    pub at: usize,
    /// Where the link really leads, in ASCII.
    pub host: String,
}

impl LinkText {
    pub fn new(link: Link) -> Self {
        Self {
            link,
            word: String::new(),
            runs: Vec::new(),
            divided: false,
        }
    }

    /// Takes text up to a space and with it: of [`pieces`]. `at`: where in the document it begins. Marks where that ends a
    /// word that misleads, the last one first.
    pub fn read(&mut self, piece: &str, at: usize) -> Vec<Mark> {
        if self.link.is_number() {
            let digits: String = piece.chars().filter(char::is_ascii_digit).collect();
            self.divided = false;
            self.add(&digits, at);
            return Vec::new();
        }
        let word = piece.trim_end_matches(separates);
        self.add(word, at);
        if word.len() < piece.len() {
            self.finish()
        } else {
            Vec::new()
        }
    }

    /// A tag begins or ends.
    pub fn divide(&mut self) {
        self.divided = true;
    }

    fn add(&mut self, text: &str, at: usize) {
        if text.is_empty() {
            return;
        }
        if std::mem::take(&mut self.divided) || self.runs.is_empty() {
            self.runs.push(Run {
                offset: self.word.len(),
                at,
            });
        }
        if self.word.len() <= MAX_WORD {
            self.word.push_str(text);
        }
    }

    /// The text ends.
    pub fn finish(&mut self) -> Vec<Mark> {
        let (word, runs) = (
            std::mem::take(&mut self.word),
            std::mem::take(&mut self.runs),
        );
        // Every claim has one of these, and most words have none.
        let plain = word.is_ascii() && !word.contains(['.', ':', '@']);
        let short = word.len() <= MAX_WORD && runs.len() <= MAX_RUNS;
        if plain && short && !self.link.is_number() {
            return Vec::new();
        }
        let honest = short && self.link.mark(&visible(&word)).is_none();
        let cut = honest
            && runs
                .iter()
                .skip(1)
                .any(|run| self.is_cut(&word, run.offset));
        let marks = runs.iter().rev().filter_map(|run| {
            let host = match short {
                true if cut && run.offset == 0 => self.link.shown(),
                true => self.host(&word, run.offset, honest)?,
                false => self.link.shown(),
            };
            Some(Mark { at: run.at, host })
        });
        marks.collect()
    }

    /// `honest`: the whole word is.
    fn host(&self, word: &str, offset: usize, honest: bool) -> Option<String> {
        let (before, rest) = word.split_at_checked(offset)?;
        // Half a name in another colour is no other name.
        let is_half = before.ends_with(|c: char| c.is_alphanumeric() || c == '-');
        if honest && (is_half || offset == 0) {
            return None;
        }
        self.link.mark(&visible(rest))
    }

    /// Whether an honest word would mislead if what follows there were out of sight.
    fn is_cut(&self, word: &str, offset: usize) -> bool {
        let Some((before, rest)) = word.split_at_checked(offset) else {
            return false;
        };
        let joins = |c: char| matches!(c, '.' | '-');
        (before.ends_with(joins) || rest.starts_with(joins))
            && self
                .link
                .mark(&visible(before.trim_end_matches(joins)))
                .is_some()
    }
}

fn visible(word: &str) -> String {
    visible_line(word, MAX_WORD)
}

/// The words of a text, each with the space behind it.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(separates)
}

fn separates(c: char) -> bool {
    c.is_whitespace() || c == '|'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The marks of a text that arrives in these parts, with tags between them, each ten octets after the other.
    fn marks(href: &str, parts: &[&str]) -> Vec<(usize, String)> {
        let mut link = LinkText::new(Link::new(href, "/compose").unwrap());
        let mut marks = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            link.divide();
            for piece in pieces(part) {
                marks.extend(link.read(piece, number * 10));
            }
        }
        marks.extend(link.finish());
        marks.into_iter().map(|mark| (mark.at, mark.host)).collect()
    }

    #[test]
    fn every_word_that_misleads_is_marked_where_it_begins() {
        let evil = "https://evil.example/";
        let host = || "evil.example".to_owned();
        for (parts, expected) in [
            (&["bank.example"][..], vec![(0, host())]),
            (&["Log in at ", "bank.example", " now"], vec![(10, host())]),
            (&["Log in at", " bank", ".", "example"], vec![(10, host())]),
            (
                &["bank.example", "bank.example"],
                vec![(10, host()), (0, host())],
            ),
            (&["evil.example/", "bank", ".example"], vec![(10, host())]),
            (&["ev", "il.ex", "ample", "/bank"], vec![]),
            (
                &["evil.example", " bank.example", "|", "x bank.example"],
                vec![(10, host()), (30, host())],
            ),
            (&["bank.com", ".evil.example"], vec![(0, host())]),
            (&["https://bank.com-", "x.evil.example"], vec![(0, host())]),
            (&["evil.example"], vec![]),
            (&["Read on", " here"], vec![]),
        ] {
            assert_eq!(marks(evil, parts), expected, "{parts:?}");
        }
    }

    #[test]
    fn no_length_of_text_hides_a_claim() {
        let before = "x ".repeat(5000);
        let evil = "https://evil.example/";
        assert_eq!(marks(evil, &[&before, "bank.example"]).len(), 1);
        let word = format!("{}/bank.example", "x".repeat(5000));
        assert_eq!(marks(evil, &[&word]), [(0, "evil.example".to_owned())]);
        let mut letters = vec!["x"; 40];
        letters.push("bank.example");
        assert_eq!(marks(evil, &letters).len(), 41);
    }

    #[test]
    fn a_number_is_read_as_a_whole() {
        let text = ["Call ", "+1 555", " 0100"];
        assert_eq!(marks("tel:+15550100", &text), []);
        assert_eq!(
            marks("tel:+4900000000", &text),
            [(10, "tel:+4900000000".to_owned())]
        );
    }
}
