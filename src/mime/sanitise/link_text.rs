//! The text of a link while it is read: which of its words claim to lead elsewhere, and where each begins.
use super::super::characters::visible_line;
use super::links::Link;

/// Octets of a word that are read, and pieces of it between tags; more only serve to hide what it says.
const MAX_WORD: usize = 2000;
const MAX_RUNS: usize = 32;
/// Pieces of a word that may be out of sight; with more of them anything may be left of it.
const MAX_HIDDEN: usize = 4;

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
    /// It may be out of sight.
    hidden: bool,
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

    /// Takes text up to a space and with it: of [`pieces`]. `at`: where in the document it begins. `hidden`: it may be out
    /// of sight. Marks where that ends a word that misleads, the last one first.
    pub fn read(&mut self, piece: &str, at: usize, hidden: bool) -> Vec<Mark> {
        if self.link.is_number() {
            let digits: String = piece.chars().filter(char::is_ascii_digit).collect();
            self.divided = false;
            self.add(&digits, at, hidden);
            return Vec::new();
        }
        let word = piece.trim_end_matches(separates);
        self.add(word, at, hidden);
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

    /// Where the link really leads, in ASCII, when the words that stand for a picture say something else.
    pub fn mark_of(&self, alt: &str) -> Option<String> {
        if self.link.is_number() {
            return self.link.mark(&visible(alt));
        }
        pieces(alt).find_map(|word| match word.len() {
            ..=MAX_WORD => self.link.mark(&visible(word)),
            _ => Some(self.link.shown()),
        })
    }

    fn add(&mut self, text: &str, at: usize, hidden: bool) {
        if text.is_empty() {
            return;
        }
        if std::mem::take(&mut self.divided) || self.runs.is_empty() {
            self.runs.push(Run {
                offset: self.word.len(),
                at,
                hidden,
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
        let beginnings = if honest {
            self.left_over(&word, &runs)
        } else {
            Vec::new()
        };
        let marks = runs.iter().enumerate().rev().filter_map(|(index, run)| {
            let host = match short {
                true if cut && run.offset == 0 => self.link.shown(),
                true if beginnings.contains(&index) => self.link.shown(),
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

    /// The pieces with which what is left of an honest word begins, where any of what may be out of sight is, and the rest
    /// misleads.
    fn left_over(&self, word: &str, runs: &[Run]) -> Vec<usize> {
        let may_hide = runs.iter().filter(|run| run.hidden).count();
        if runs.len() < 2 || may_hide == 0 {
            return Vec::new();
        }
        if may_hide > MAX_HIDDEN {
            return (0..runs.len()).collect();
        }
        let ends = runs.iter().skip(1).map(|run| run.offset);
        let ends: Vec<usize> = ends.chain([word.len()]).collect();
        let mut beginnings = Vec::new();
        for hidden in 1..1_u32 << may_hide {
            let (mut left, mut first, mut number) = (String::new(), None, 0);
            for (index, (run, end)) in runs.iter().zip(&ends).enumerate() {
                number += u32::from(run.hidden);
                if !run.hidden || hidden & 1 << (number - 1) == 0 {
                    first.get_or_insert(index);
                    left.push_str(word.get(run.offset..*end).unwrap_or_default());
                }
            }
            let misleads = self.link.mark(&visible(&left)).is_some();
            beginnings.extend(first.filter(|_| misleads));
        }
        beginnings
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

    /// The marks of a text that arrives in these parts, with tags between them, each ten octets after the other. What
    /// begins with `~` may be out of sight.
    fn marks(href: &str, parts: &[&str]) -> Vec<(usize, String)> {
        let mut link = LinkText::new(Link::new(href, "/compose").unwrap());
        let mut marks = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            link.divide();
            for piece in pieces(part) {
                let hidden = piece.contains('~');
                marks.extend(link.read(&piece.replace('~', ""), number * 10, hidden));
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
            (
                &["~evil.", "bank", ".example"],
                vec![(10, host()), (0, host())],
            ),
            (&["~evil", ".example"], vec![]),
            (
                &["~ev", "~il", "~.ex", "~am", "~ple"],
                vec![
                    (40, host()),
                    (30, host()),
                    (20, host()),
                    (10, host()),
                    (0, host()),
                ],
            ),
            (&["~Rea", "~d", " ~o", "~n", "~ he", "~re"], vec![]),
            (&["evil.example"], vec![]),
            (&["Read on", " here"], vec![]),
        ] {
            assert_eq!(marks(evil, parts), expected, "{parts:?}");
        }
    }

    #[test]
    fn what_may_be_out_of_sight_completes_no_host() {
        let marks = |host: &str, parts: &[&str]| marks(&format!("https://{host}/"), parts);
        let mark = |at: usize, host: &str| vec![(at, host.to_owned())];
        for (host, parts, expected) in [
            (
                "evilbank.example",
                &["~evil", "bank.example"][..],
                mark(10, "evilbank.example"),
            ),
            (
                "bankevil.example",
                &["bank", "~evil", ".example"],
                mark(0, "bankevil.example"),
            ),
            ("bank.example", &["bank", "~", ".example"], vec![]),
            ("bank.example", &["~www.", "bank.example"], vec![]),
            ("bank.example", &["~bank", ".example"], vec![]),
            ("evilbank.example", &["evil", "bank.example"], vec![]),
        ] {
            assert_eq!(marks(host, parts), expected, "{parts:?}");
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
