//! Cuts an address list into its elements, and these into words, in one pass.
use super::super::characters::is_control;
use super::MAX_ADDRESSES;

/// One word of a piece between two separators.
#[derive(Debug)]
pub(super) enum Word {
    /// Characters that stand together outside quotes, with any `@`, dots and domain literal among them.
    Bare(String),
    Quoted(String),
    Comment(String),
    /// What stood between `<` and `>`.
    Angle(String),
}

/// One element of the list as the scanner found it.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub words: Vec<Word>,
    /// As it was written.
    pub raw: String,
    /// A control character, or a quote, comment or bracket that never ends.
    pub broken: bool,
    /// A group name stood before the words.
    group: bool,
    /// Stands in a group, between its `:` and its `;`.
    pub member: bool,
}

pub(super) struct Scanner<'a> {
    chars: std::str::Chars<'a>,
    piece: Piece,
    bare: String,
    pieces: Vec<Piece>,
    line_breaks_separate: bool,
    in_group: bool,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str, line_breaks_separate: bool) -> Self {
        Self {
            chars: text.chars(),
            piece: Piece::default(),
            bare: String::new(),
            pieces: Vec::new(),
            line_breaks_separate,
            in_group: false,
        }
    }

    pub fn run(mut self) -> Vec<Piece> {
        while let Some(c) = self.chars.next() {
            match c {
                ',' => self.end_piece(),
                ';' => {
                    self.end_piece();
                    self.in_group = false;
                }
                '\r' | '\n' if self.line_breaks_separate => self.end_piece(),
                _ => {
                    self.piece.raw.push(c);
                    self.character(c);
                }
            }
            if self.pieces.len() > MAX_ADDRESSES {
                return self.pieces;
            }
        }
        self.end_piece();
        self.pieces
    }

    fn character(&mut self, c: char) {
        match c {
            '"' => {
                let quoted = self.delimited('"', None);
                if self.bare.is_empty() && !self.chars.as_str().starts_with(['@', '.']) {
                    self.piece.words.push(Word::Quoted(quoted));
                } else {
                    self.bare.push_str(&quote(&quoted));
                }
            }
            '(' => {
                self.end_word();
                let comment = self.delimited(')', Some('('));
                self.piece.words.push(Word::Comment(comment));
            }
            '<' => {
                self.end_word();
                let angle = self.angle();
                self.piece.words.push(Word::Angle(angle));
            }
            '[' => {
                self.bare.push('[');
                let literal = self.delimited(']', None);
                self.bare.push_str(&literal);
                self.bare.push(']');
            }
            // An address is no name of a group: dropping it would lose a recipient.
            ':' if self.line_breaks_separate && self.holds_address() => self.piece.broken = true,
            ':' => {
                self.bare.clear();
                self.piece.words.clear();
                self.piece.group = true;
                self.in_group = true;
            }
            '=' if !self.line_breaks_separate && self.encoded_word() => {}
            c if c.is_whitespace() => {
                self.piece.broken |= is_control(c) && c != '\t';
                self.end_word();
            }
            c => {
                self.piece.broken |= is_control(c);
                self.bare.push(c);
            }
        }
    }

    /// Takes `=?charset?encoding?text?=` whole after its first character: what is special in it is not special here.
    fn encoded_word(&mut self) -> bool {
        const LONGEST: usize = 1024;
        let rest = self.chars.as_str();
        let rest = rest
            .get(..rest.floor_char_boundary(LONGEST))
            .unwrap_or(rest);
        let length = || {
            let (charset, after) = rest.strip_prefix('?')?.split_once('?')?;
            let (encoding, text) = after.split_once('?')?;
            let text = text.get(..text.find("?=")?)?;
            let solid = encoding.len() == 1
                && ![charset, text]
                    .iter()
                    .any(|part| part.contains(char::is_whitespace));
            solid.then_some(charset.len() + encoding.len() + text.len() + 5)
        };
        let Some((word, tail)) =
            length().and_then(|length| self.chars.as_str().split_at_checked(length))
        else {
            return false;
        };
        self.bare.push('=');
        self.bare.push_str(word);
        self.piece.raw.push_str(word);
        self.chars = tail.chars();
        true
    }

    /// In what stands before the next word of this piece.
    fn holds_address(&self) -> bool {
        let words = self.piece.words.iter();
        let mut bare = words.filter_map(|word| match word {
            Word::Bare(text) | Word::Angle(text) => Some(text.as_str()),
            Word::Quoted(_) | Word::Comment(_) => None,
        });
        self.bare.contains('@') || bare.any(|text| text.contains('@'))
    }

    fn end_word(&mut self) {
        if !self.bare.is_empty() {
            self.piece
                .words
                .push(Word::Bare(std::mem::take(&mut self.bare)));
        }
    }

    fn end_piece(&mut self) {
        self.end_word();
        self.piece.member = self.in_group;
        let piece = std::mem::take(&mut self.piece);
        if !piece.words.is_empty() || (piece.broken && !piece.group) {
            self.pieces.push(piece);
        }
    }

    /// Up to the unescaped `close`, which is consumed; `open` nests.
    fn delimited(&mut self, close: char, open: Option<char>) -> String {
        let mut content = String::new();
        let mut depth = 1_usize;
        while let Some(mut c) = self.chars.next() {
            self.piece.raw.push(c);
            if c == close {
                depth -= 1;
                if depth == 0 {
                    return content;
                }
            } else if Some(c) == open {
                depth += 1;
            } else if c == '\\' && close != ']' {
                let Some(escaped) = self.chars.next() else {
                    break;
                };
                self.piece.raw.push(escaped);
                c = escaped;
            }
            self.piece.broken |= is_control(c) && c != '\t';
            content.push(c);
        }
        self.piece.broken = true;
        content
    }

    /// The content of `<…>`, quoted strings kept with their quotes.
    fn angle(&mut self) -> String {
        let mut content = String::new();
        while let Some(c) = self.chars.next() {
            self.piece.raw.push(c);
            match c {
                '>' => return content,
                '"' => {
                    let quoted = self.delimited('"', None);
                    content.push_str(&quote(&quoted));
                }
                c if c.is_whitespace() => self.piece.broken |= is_control(c) && c != '\t',
                c => {
                    self.piece.broken |= is_control(c);
                    content.push(c);
                }
            }
        }
        self.piece.broken = true;
        content
    }
}

fn quote(content: &str) -> String {
    format!("\"{}\"", content.replace('\\', "\\\\").replace('"', "\\\""))
}
