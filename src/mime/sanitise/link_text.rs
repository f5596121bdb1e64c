//! The text of a link while it is read: which of its words claim to lead elsewhere, and where each begins.
use super::super::characters::{visible_line, with_dots};
use super::super::domain_match::{is_below_known_suffix, is_suffix};
use super::links::Link;

/// Octets of a word that are read, and pieces of it between tags; more only serve to hide what it says.
const MAX_WORD: usize = 2000;
const MAX_RUNS: usize = 32;
/// Pieces of a word that may be out of sight; with more of them anything may be left of it.
const MAX_HIDDEN: usize = 4;
/// Octets of a piece of a word that are looked at: a host has no more than 253.
const MAX_CLAIM: usize = 256;

/// An open link, and the word of its text that is being read.
pub(super) struct LinkText {
    link: Link,
    word: String,
    /// Where tags divide the word: any of its first pieces may be out of sight, or on a line of its own.
    runs: Vec<Run>,
    /// No text has come since the last tag, or since the link began.
    divided: bool,
    /// The word begins behind a tag: nothing that is shown need stand between it and what is before it.
    begins: bool,
    last: Option<Last>,
}

/// A piece of a word without a tag in it.
struct Run {
    /// Where in the word, and where in the document it begins.
    offset: usize,
    at: usize,
    /// It may be out of sight.
    hidden: bool,
}

/// The word before.
struct Last {
    /// What a host may begin with at its end.
    text: String,
    /// Where in the document it begins.
    at: usize,
    marked: bool,
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
            divided: true,
            begins: false,
            last: None,
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
        self.add(&with_dots(word), at, hidden);
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
        if self.runs.is_empty() {
            self.begins = self.divided;
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
        let Some(at) = runs.first().map(|run| run.at) else {
            return Vec::new();
        };
        let mut marks = self.marks(&word, &runs);
        let marked = marks.last().is_some_and(|mark| mark.at == at);
        let joined = self
            .last
            .take_if(|last| self.begins && joins(&self.link, last, &word));
        let joined = joined.map(|last| Mark {
            at: last.at,
            host: self.link.shown(),
        });
        self.remember(&word, at, marked || joined.is_some());
        marks.extend(joined);
        marks
    }

    /// Of a word, the last one first.
    fn marks(&self, word: &str, runs: &[Run]) -> Vec<Mark> {
        // Every claim has one of these, and most words have none.
        let plain = word.is_ascii() && !word.contains(['.', ':', '@']);
        let short = word.len() <= MAX_WORD && runs.len() <= MAX_RUNS;
        if plain && short && !self.link.is_number() {
            return Vec::new();
        }
        let mut marked = vec![!short; runs.len()];
        let mut hosts = vec![None; runs.len()];
        if short {
            let honest = self.link.mark(&visible(word)).is_none();
            hosts = self.hosts(word, runs, honest);
            marked = hosts.iter().map(Option::is_some).collect();
            self.mark_pieces(word, runs, honest, &mut marked);
        }
        let places = runs.iter().zip(marked).zip(hosts).rev();
        let marks = places.filter(|((_, marked), _)| *marked);
        marks
            .map(|((run, _), host)| Mark {
                at: run.at,
                host: host.unwrap_or_else(|| self.link.shown()),
            })
            .collect()
    }

    /// What is said in front of each piece that begins a claim by itself.
    fn hosts(&self, word: &str, runs: &[Run], honest: bool) -> Vec<Option<String>> {
        let hosts = runs.iter().map(|run| self.host(word, run.offset, honest));
        hosts.collect()
    }

    /// Marks the pieces that are part of a claim with what is before them, or when others are out of sight. `honest`: the
    /// whole word is.
    fn mark_pieces(&self, word: &str, runs: &[Run], honest: bool, marked: &mut [bool]) {
        let mut mark = |index: usize| {
            if let Some(marked) = marked.get_mut(index) {
                *marked = true;
            }
        };
        if self.begins && ends_a_host(&self.link, word) {
            mark(0);
        }
        if honest {
            if self.is_cut(word, runs) {
                mark(0);
            }
            self.left_over(word, runs).into_iter().for_each(mark);
            return;
        }
        // What is printed within a piece that is out of sight is out of sight too.
        let mut shown = false;
        for (marked, run) in marked.iter_mut().zip(runs) {
            let rest = word.get(run.offset..).unwrap_or_default();
            *marked |= !shown && run.offset > 0 && begins_with_dot(rest);
            shown |= *marked && !run.hidden;
        }
    }

    /// `honest`: the whole word is.
    fn host(&self, word: &str, offset: usize, honest: bool) -> Option<String> {
        let (before, rest) = word.split_at_checked(offset)?;
        // Half a name in another colour is no other name, and what follows the `@` of an honest address is part of that.
        let is_half = before.ends_with(|c: char| c.is_alphanumeric() || c == '-')
            || (self.link.is_mailbox() && before.ends_with('@'));
        if honest && (is_half || offset == 0) {
            return None;
        }
        match offset {
            0 => self.link.mark(&visible(rest)),
            _ => self.claim(rest),
        }
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
        let follows = self.last.is_some() || begins_with_dot(word);
        let may_end = follows || !self.link.is_named_by(&visible(beginning(word)));
        let mut beginnings = Vec::new();
        for hidden in 1..1_u32 << may_hide {
            let Some((first, left)) = left_of(word, runs, hidden) else {
                continue;
            };
            let misleads = !is_broken(&left) && self.claim(&left).is_some();
            if misleads || (may_end && ends_a_host(&self.link, &left)) {
                beginnings.push(first);
            }
        }
        beginnings
    }

    /// Whether an honest word would mislead if what follows some tag in it were out of sight.
    fn is_cut(&self, word: &str, runs: &[Run]) -> bool {
        let hidden = runs.iter().rev().find(|run| run.hidden);
        let hidden = hidden.map_or(0, |run| run.offset);
        let rest = runs.iter().skip(1);
        let mut parts = rest.filter_map(|run| before_cut(word, run.offset, run.offset <= hidden));
        let mut looked_at = "";
        parts.any(|before| {
            let before = beginning(before);
            let misleads = before != looked_at && self.claim(before).is_some();
            looked_at = before;
            misleads && !is_broken(before)
        })
    }

    /// As [`Link::mark`], of the beginning of a piece.
    fn claim(&self, text: &str) -> Option<String> {
        self.link.mark(&visible(beginning(text)))
    }

    /// Keeps what the next word may go on with.
    fn remember(&mut self, word: &str, at: usize, marked: bool) {
        let word = visible(word);
        let before = self.last.take();
        self.last = Some(match before {
            Some(last) if word == "." && self.begins => Last {
                text: format!("{}.", last.text),
                ..last
            },
            Some(_) if word == "." => return,
            _ => Last {
                text: end_of_host(&word).to_owned(),
                at,
                marked,
            },
        });
    }
}

/// Whether a word ends the name of a host that other words begin: the dot tells, before which no space is typed.
pub(super) fn ends_a_host(link: &Link, text: &str) -> bool {
    let text = text.trim_start();
    begins_with_dot(text) && {
        let word = pieces(text).next().unwrap_or_default();
        !link.is_named_by(&visible(beginning(word)))
    }
}

fn begins_with_dot(text: &str) -> bool {
    let two = visible_line(&with_dots(beginning(text)), 2);
    let mut two = two.chars();
    two.next() == Some('.') && two.next().is_some_and(char::is_alphanumeric)
}

/// Whether a word and the one before it are one name of a host: `bank.` and `com`.
fn joins(link: &Link, last: &Last, word: &str) -> bool {
    let word = visible(beginning(word));
    let end = word.find(|c| !is_of_host(c)).unwrap_or(word.len());
    let word = word.get(..end).unwrap_or_default();
    let begins = |is: fn(char) -> bool| word.starts_with(is);
    let Some(before) = last.text.strip_suffix('.').filter(|_| !last.marked) else {
        return false;
    };
    // A sentence that ends before a line that begins: `New arrivals.` and `Shop now`.
    let goes_on = begins(char::is_lowercase) || !before.contains(char::is_lowercase);
    if !goes_on || !begins(char::is_alphanumeric) || before.ends_with('.') {
        return false;
    }
    // A dot alone ends what stands before the link.
    let before = if before.is_empty() { "x" } else { before };
    let name = format!("{before}.{word}").to_lowercase();
    // What is no name of a host is nothing, and below no suffix.
    let ascii = idna::domain_to_ascii(&name).unwrap_or_default();
    is_below_known_suffix(&ascii) && link.mark(&name).is_some()
}

fn is_of_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-')
}

/// The last of a word that may be part of a host.
fn end_of_host(word: &str) -> &str {
    let begins = word.char_indices().rev();
    let begins = begins.take_while(|(at, c)| is_of_host(*c) && word.len() - at <= MAX_CLAIM);
    let begins = begins.last().map_or(word.len(), |(at, _)| at);
    word.get(begins..).unwrap_or_default()
}

/// What is left of a word that is cut off at a tag, where that is more than a name without its last labels: `www.example`
/// and `.com`. `hides`: what follows may be out of sight.
fn before_cut(word: &str, offset: usize, hides: bool) -> Option<&str> {
    let (before, rest) = word.split_at_checked(offset)?;
    let joins = |c: char| matches!(c, '.' | '-');
    let labels = rest
        .trim_start_matches('.')
        .split(['/', '?', '#', ':', '@']);
    let dotted = !before.ends_with('-') && !rest.starts_with('-');
    let joined = before.ends_with(joins) || rest.starts_with(joins);
    let ends = || dotted && !hides && labels.take(1).all(|labels| is_suffix(beginning(labels)));
    (joined && !ends()).then(|| before.trim_end_matches(joins))
}

/// What is left of a word without some of the pieces that may be out of sight, and which piece that begins with. `hidden`:
/// a bit for each of these.
fn left_of(word: &str, runs: &[Run], hidden: u32) -> Option<(usize, String)> {
    let ends = runs.iter().skip(1).map(|run| run.offset);
    let (mut left, mut first, mut number) = (String::new(), None, 0);
    for ((index, run), end) in runs.iter().enumerate().zip(ends.chain([word.len()])) {
        number += u32::from(run.hidden);
        if !run.hidden || hidden & 1 << (number - 1) == 0 {
            first.get_or_insert(index);
            left.push_str(word.get(run.offset..end).unwrap_or_default());
        }
        if left.len() > MAX_CLAIM {
            break;
        }
    }
    Some((first?, left))
}

/// Whether what is left of a URL has no host that could be one: `https:///p`, `http://www..com`, `http://www.`.
fn is_broken(left: &str) -> bool {
    let Some((_, rest)) = left.split_once("://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.trim_end_matches('.');
    !host.contains('.') || host.split('.').any(str::is_empty)
}

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_CLAIM))
        .unwrap_or(text)
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
mod tests;
