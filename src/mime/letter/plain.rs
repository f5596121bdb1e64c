//! Plain text as blocks.
use super::{Block, Destination, Group, Look, Phrase, Words};
use crate::mime::sanitise::CheckedLink;
use crate::mime::text::{Line, Span};

/// Quotes deeper than this stay as one.
const DEEPEST: usize = 5;
/// Dashes or underscores in a row that divide one letter from the next.
const DIVIDES: usize = 5;
const UNDERLINE: usize = 20;
/// Characters of a line that may have been broken by a program, and the least that such programs give a line.
const LONG: usize = 50;
const ROOM: usize = 60;

/// Lines to paragraphs and quotes: a blank line or another quote depth ends a paragraph. A line that was broken only for its
/// length ends with a space, as in flowed text (RFC 3676 §4.2). `compose`: path or URL of our
/// writing page, which addresses lead to.
pub fn text_blocks_of(lines: &[Line], compose: &str) -> Vec<Block> {
    let mut out = Blocks {
        blocks: Vec::new(),
        paragraph: Vec::new(),
        length: 0,
        depth: 0,
        compose,
        is_earlier: false,
    };
    for (index, line) in lines.iter().enumerate() {
        let text = line_text(line);
        if text.trim().is_empty() {
            out.end_paragraph();
            continue;
        }
        let next = lines.get(index + 1).map(line_text).unwrap_or_default();
        if line.depth == 0 && !out.is_earlier && divides(text.trim(), next.trim()) {
            out.end_paragraph();
            out.reach(0);
            out.blocks.push(Block::Open(Group::Earlier));
            out.is_earlier = true;
        }
        out.reach(line.depth.min(DEEPEST));
        out.line(line);
    }
    out.finish()
}

struct Blocks<'a> {
    blocks: Vec<Block>,
    paragraph: Vec<Phrase>,
    /// Characters of its last line.
    length: usize,
    depth: usize,
    compose: &'a str,
    /// All that follows is older.
    is_earlier: bool,
}

impl Blocks<'_> {
    fn reach(&mut self, depth: usize) {
        if depth != self.depth {
            self.end_paragraph();
        }
        for _ in depth..self.depth {
            self.blocks.push(Block::Close(Group::Quote));
        }
        for _ in self.depth..depth {
            self.blocks.push(Block::Open(Group::Quote));
        }
        self.depth = depth;
    }

    fn line(&mut self, line: &Line) {
        let text = line_text(line);
        if !self.paragraph.is_empty() {
            self.trim();
            let goes_on = goes_on(self.length, &text);
            self.words(if goes_on { " \n" } else { "\n" });
        }
        self.length = text.trim_end().chars().count();
        for span in &line.spans {
            match span {
                Span::Text(text) => self.words(text),
                Span::Link { href, text } => self.link(href, text),
            }
        }
    }

    /// Without the spaces at the end of the last line: they would say that it goes on.
    fn trim(&mut self) {
        let last = self.paragraph.last_mut();
        if let Some(words) = last.and_then(|phrase| phrase.words.last_mut()) {
            words.text.truncate(words.text.trim_end().len());
        }
    }

    fn words(&mut self, text: &str) {
        match self.paragraph.last_mut() {
            Some(Phrase { link: None, words }) => {
                if let Some(last) = words.last_mut() {
                    last.text.push_str(text);
                }
            }
            _ => self.push(None, text),
        }
    }

    fn link(&mut self, href: &str, text: &str) {
        let destination = CheckedLink::new(href, self.compose).map(|link| Destination {
            is_ours: link.href().starts_with(self.compose),
            mark: link.mark(text),
            href: link.href().to_owned(),
        });
        self.push(destination, text);
    }

    fn push(&mut self, link: Option<Destination>, text: &str) {
        self.paragraph.push(Phrase {
            link,
            words: vec![Words {
                text: text.to_owned(),
                look: Look::default(),
            }],
        });
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        if !paragraph.is_empty() {
            self.blocks.push(Block::Paragraph(paragraph));
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.end_paragraph();
        self.reach(0);
        if self.is_earlier {
            self.blocks.push(Block::Close(Group::Earlier));
        }
        self.blocks
    }
}

fn line_text(line: &Line) -> String {
    let pieces = line.spans.iter().map(|span| match span {
        Span::Text(text) | Span::Link { text, .. } => text.as_str(),
    });
    pieces.collect()
}

/// Whether a line of that many characters was broken only because the next word had no room in it: `next` goes on with it.
fn goes_on(length: usize, next: &str) -> bool {
    let is_text =
        next.starts_with(|c: char| c.is_alphabetic() || matches!(c, '"' | '(' | '«' | '“' | '„'));
    let word = next.split_whitespace().next().unwrap_or_default();
    is_text && length >= LONG && length + 1 + word.chars().count() > ROOM
}

/// "-----Original Message-----", or the line that Outlook draws above "From: …".
fn divides(line: &str, next: &str) -> bool {
    let dashes = |text: &str| text.chars().take_while(|c| *c == '-').count();
    let rest = line.trim_end_matches('-');
    let titled = dashes(line) >= DIVIDES
        && line.len() - rest.len() >= DIVIDES
        && rest.chars().any(char::is_alphabetic);
    let drawn = line.len() >= UNDERLINE && line.bytes().all(|byte| byte == b'_');
    titled || (drawn && next.contains(": ") && next.contains('@'))
}
