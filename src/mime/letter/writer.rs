//! Text and marks to blocks: white space, line breaks, phrases, groups.
use super::{Block, Destination, Group, Inlaid, Look, Phrase, Words};
use crate::mime::characters::is_unwritten;
use crate::mime::sanitise::APART;

/// Groups of one kind that are shown in each other; deeper ones are part of the last.
const DEEPEST: usize = 5;

/// What a run of text becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Paragraph,
    Heading,
    Preformatted,
}

/// White space before the next word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    /// One no-break space and nothing else.
    Kept,
    Space,
}

/// A place in what is written: so many blocks before it, and so many phrases of the paragraph in hand.
#[derive(Clone, Copy)]
pub(super) struct Place {
    blocks: usize,
    phrases: usize,
}

pub(super) struct Writer {
    pub blocks: Vec<Block>,
    kind: Kind,
    /// Of the paragraph in hand.
    phrases: Vec<Phrase>,
    /// The link of the last phrase, by its number.
    last_link: Option<usize>,
    /// Line breaks wanted before the next text.
    breaks: usize,
    gap: Gap,
    /// Of the element that the gap stands in.
    gap_look: Look,
    /// The line in hand holds no-break spaces alone: an empty line.
    blank: bool,
    groups: Vec<(Group, usize)>,
    numbered: usize,
    /// Characters that were written.
    pub written: usize,
}

impl Writer {
    pub fn new() -> Self {
        Self {
            blocks: Vec::new(),
            kind: Kind::Paragraph,
            phrases: Vec::new(),
            last_link: None,
            breaks: 0,
            gap: Gap::None,
            gap_look: Look::default(),
            blank: false,
            groups: Vec::new(),
            numbered: 0,
            written: 0,
        }
    }

    /// Text whose white space is collapsed, unless it is preformatted.
    pub fn text(
        &mut self,
        text: &str,
        kind: Kind,
        look: Look,
        link: Option<(usize, &Destination)>,
    ) {
        if kind == Kind::Preformatted {
            return self.preformatted(text, look, link);
        }
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let length = rest.find(is_apart).unwrap_or(rest.len());
            if length > 0 {
                let (word, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
                self.word(word, kind, look, link);
                rest = tail;
                continue;
            }
            if self.gap == Gap::None {
                self.gap_look = look;
            }
            match c {
                '\u{A0}' => {
                    let first = self.gap == Gap::None;
                    self.gap = if first { Gap::Kept } else { Gap::Space };
                    self.blank |= self.breaks > 0 || self.phrases.is_empty();
                }
                c if c.is_whitespace() => self.gap = Gap::Space,
                _ => {}
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }

    fn preformatted(&mut self, text: &str, look: Look, link: Option<(usize, &Destination)>) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                if self.phrases.is_empty() {
                    self.breaks = self.breaks.max(1);
                } else {
                    self.push("\n", look, None);
                }
            }
            let line: String = line.chars().filter(|c| !is_dropped(*c)).collect();
            if !line.is_empty() {
                self.written += line.chars().count();
                self.begin(Kind::Preformatted);
                self.push(&line, look, link);
            }
        }
    }

    fn word(&mut self, word: &str, kind: Kind, look: Look, link: Option<(usize, &Destination)>) {
        let goes_on = self.begin(kind);
        self.written += word.chars().count();
        let space = match self.gap {
            _ if !goes_on => "",
            Gap::None => "",
            Gap::Kept => "\u{A0}",
            Gap::Space => " ",
        };
        self.gap = Gap::None;
        if !space.is_empty() {
            // The space around a link is not part of it.
            let same = link.map(|(number, _)| number) == self.last_link;
            self.push(space, self.gap_look, link.filter(|_| same));
        }
        self.push(word, look, link);
    }

    /// Makes ready for text; whether it goes on in a line.
    fn begin(&mut self, kind: Kind) -> bool {
        self.blank = false;
        let breaks = std::mem::take(&mut self.breaks);
        if breaks > 1 || kind != self.kind {
            self.end_paragraph();
        } else if breaks == 1 && !self.phrases.is_empty() {
            self.push("\n", Look::default(), None);
            self.gap = Gap::None;
            return false;
        }
        self.kind = kind;
        if self.phrases.is_empty() {
            self.imply();
            self.gap = Gap::None;
            return false;
        }
        true
    }

    /// Appends to the last words where look and link are the same.
    fn push(&mut self, text: &str, look: Look, link: Option<(usize, &Destination)>) {
        let number = link.map(|(number, _)| number);
        let phrase = match self.phrases.last_mut() {
            Some(last) if number == self.last_link => last,
            _ => {
                self.last_link = number;
                self.phrases.push(Phrase {
                    link: link.map(|(_, destination)| destination.clone()),
                    words: Vec::new(),
                });
                let Some(last) = self.phrases.last_mut() else {
                    return;
                };
                last
            }
        };
        match phrase.words.last_mut() {
            Some(last) if last.look == look => last.text.push_str(text),
            _ => phrase.words.push(Words {
                text: text.to_owned(),
                look,
            }),
        }
    }

    /// What `br` does.
    pub fn line_break(&mut self) {
        self.end_line();
        self.breaks += 1;
    }

    /// `breaks`: 1 begins a line, 2 a paragraph.
    pub fn block(&mut self, breaks: usize) {
        self.end_line();
        self.breaks = self.breaks.max(breaks);
    }

    fn end_line(&mut self) {
        if std::mem::take(&mut self.blank) {
            self.breaks = self.breaks.max(1) + 1;
        }
        self.gap = Gap::None;
    }

    pub fn end_paragraph(&mut self) {
        self.blank = false;
        self.gap = Gap::None;
        self.breaks = 0;
        self.last_link = None;
        let mut phrases = std::mem::take(&mut self.phrases);
        if phrases.is_empty() {
            return;
        }
        if let Some(last) = phrases
            .last_mut()
            .and_then(|phrase| phrase.words.last_mut())
        {
            last.text.truncate(last.text.trim_end().len());
        }
        self.blocks.push(match self.kind {
            Kind::Paragraph => Block::Paragraph(phrases),
            Kind::Heading => Block::Heading(phrases),
            Kind::Preformatted => Block::Preformatted(phrases),
        });
    }

    pub fn rule(&mut self) {
        self.end_paragraph();
        self.imply();
        self.blocks.push(Block::Rule);
    }

    pub fn picture(&mut self, picture: Inlaid) {
        self.end_paragraph();
        self.imply();
        self.blocks.push(Block::Picture(picture));
    }

    /// Where the next phrase will stand.
    pub fn place(&self) -> Place {
        Place {
            blocks: self.blocks.len(),
            phrases: self.phrases.len(),
        }
    }

    /// What a link says, as it is shown: [`APART`] after each paragraph, and at most `limit` octets before the last words.
    /// `from`: where it began.
    pub fn said(&self, from: Place, limit: usize) -> String {
        let written = self.blocks.iter().skip(from.blocks);
        let paragraphs = written.filter_map(phrases_of).chain([&self.phrases]);
        let mut said = String::new();
        for (index, phrases) in paragraphs.enumerate() {
            let before = if index == 0 { from.phrases } else { 0 };
            for words in phrases.iter().skip(before).flat_map(|phrase| &phrase.words) {
                if said.len() >= limit {
                    return said;
                }
                said.push_str(&words.text);
            }
            said.push(APART);
        }
        said
    }

    /// Prints where a link leads behind every phrase of it. `from`: where it began.
    pub fn mark(&mut self, from: Place, mark: &str) {
        let written = self.blocks.iter_mut().skip(from.blocks);
        let paragraphs = written.filter_map(|block| match block {
            Block::Paragraph(phrases) | Block::Heading(phrases) | Block::Preformatted(phrases) => {
                Some(phrases)
            }
            _ => None,
        });
        let paragraphs = paragraphs.chain([&mut self.phrases]);
        // The paragraph that was in hand when it began is the first that was written since.
        let own = paragraphs.enumerate().flat_map(|(index, phrases)| {
            let before = if index == 0 { from.phrases } else { 0 };
            phrases.iter_mut().skip(before)
        });
        for link in own.filter_map(|phrase| phrase.link.as_mut()) {
            link.mark = Some(mark.to_owned());
        }
    }

    /// The number by which it is closed; None: it stands too deep to be shown.
    pub fn open(&mut self, group: Group) -> Option<usize> {
        self.end_paragraph();
        let same = self.groups.iter().filter(|(open, _)| is_kind(*open, group));
        if same.count() >= DEEPEST {
            return None;
        }
        self.imply_for(group);
        self.numbered += 1;
        self.groups.push((group, self.numbered));
        self.blocks.push(Block::Open(group));
        Some(self.numbered)
    }

    /// Closes a group and what is open in it; one that is closed already is nothing.
    pub fn close(&mut self, number: usize) {
        if let Some(at) = self.groups.iter().rposition(|(_, own)| *own == number) {
            self.end_paragraph();
            self.close_to(at);
        }
    }

    /// The innermost group of that kind, unless one of the borders stands between.
    pub fn inner(&self, group: Group, borders: &[Group]) -> Option<usize> {
        for (open, number) in self.groups.iter().rev() {
            if is_kind(*open, group) {
                return Some(*number);
            }
            if borders.iter().any(|border| is_kind(*open, *border)) {
                return None;
            }
        }
        None
    }

    pub fn is_in(&self, group: Group) -> bool {
        self.groups.iter().any(|(open, _)| *open == group)
    }

    /// The innermost group is a list, or an item of one is.
    pub fn is_in_list(&self) -> bool {
        matches!(
            self.groups.last(),
            Some((Group::Bullets | Group::Numbers { .. } | Group::Item, _))
        )
    }

    fn close_to(&mut self, at: usize) {
        while self.groups.len() > at {
            if let Some((group, _)) = self.groups.pop() {
                self.blocks.push(Block::Close(group));
            }
        }
    }

    /// Text that stands directly in a list or a table gets an item or a cell of its own.
    fn imply(&mut self) {
        match self.groups.last() {
            Some((Group::Bullets | Group::Numbers { .. }, _)) => {
                self.open_implied(Group::Item);
            }
            Some((Group::Table, _)) => {
                self.open_implied(Group::Row);
                self.open_implied(Group::Cell);
            }
            Some((Group::Row, _)) => self.open_implied(Group::Cell),
            _ => {}
        }
    }

    fn imply_for(&mut self, group: Group) {
        match (self.groups.last(), group) {
            (Some((Group::Bullets | Group::Numbers { .. }, _)), Group::Item)
            | (Some((Group::Table, _)), Group::Row)
            | (Some((Group::Row, _)), Group::Cell) => {}
            (Some((Group::Table, _)), Group::Cell) => self.open_implied(Group::Row),
            _ => self.imply(),
        }
    }

    fn open_implied(&mut self, group: Group) {
        self.numbered += 1;
        self.groups.push((group, self.numbered));
        self.blocks.push(Block::Open(group));
    }

    pub fn finish(&mut self) {
        self.end_paragraph();
        self.close_to(0);
        self.blocks = without_empty(std::mem::take(&mut self.blocks));
    }
}

fn phrases_of(block: &Block) -> Option<&Vec<Phrase>> {
    match block {
        Block::Paragraph(phrases) | Block::Heading(phrases) | Block::Preformatted(phrases) => {
            Some(phrases)
        }
        _ => None,
    }
}

fn is_kind(open: Group, group: Group) -> bool {
    std::mem::discriminant(&open) == std::mem::discriminant(&group)
}

/// Groups that hold nothing are left out, but for cells, which keep their columns.
fn without_empty(blocks: Vec<Block>) -> Vec<Block> {
    let mut kept: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        match (&block, kept.last()) {
            (Block::Close(group), Some(Block::Open(open)))
                if group == open && *group != Group::Cell =>
            {
                kept.pop();
            }
            _ => kept.push(block),
        }
    }
    kept
}

/// Ends a word, or is left out.
fn is_apart(c: char) -> bool {
    c.is_whitespace() || is_dropped(c)
}

/// Controls, what fills the lines that a list of messages shows, and what turns the order of letters round.
fn is_dropped(c: char) -> bool {
    is_unwritten(c)
        || matches!(
            c,
            '\u{200B}' | '\u{FEFF}' | '\u{00AD}' | '\u{034F}' | '\u{2060}' | '\u{180E}'
        )
}
