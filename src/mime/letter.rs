//! Mail as a letter: what somebody wrote, as typed blocks that a template renders in our own typography. No markup of
//! the message comes through (SECURITY.md R-HTML-2): text, a few looks, links that were checked, numbers.
//!
//! # When HTML is a letter and when it is designed
//!
//! One walk over the tokens weighs what is shown of a message, in characters, without the letters it quotes and
//! without what a mail program marks as signature. Laid out is what stands in a table that is no table of data, on a
//! coloured ground, in columns, or in a box of fixed width; a picture from the web and a link that is a button weigh
//! as much as a few lines, and a style sheet for narrow screens decides alone. Where more than a third is laid out,
//! the message is designed. What follows the writer's own words and is no longer than a signature is one.
mod asks;
mod design;
mod fold;
mod plain;
mod tables;
#[cfg(test)]
mod tests;
mod walk;
mod writer;

use super::sanitise::walked_through;
use super::{Limits, RemoteImages};
pub use fold::{fold, is_forward_line, unfold};
pub use plain::text_blocks_of;
use walk::Walk;

/// One step of a letter. What is opened is closed again, in the order of brackets; lists hold items only, tables rows,
/// and rows cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Open(Group),
    Close(Group),
    Paragraph(Vec<Phrase>),
    Heading(Vec<Phrase>),
    /// White space counts.
    Preformatted(Vec<Phrase>),
    Picture(Inlaid),
    Rule,
}

/// What holds blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Somebody else's words.
    Quote,
    /// The writer's own words, moved to the right.
    Inset,
    /// What was written before this letter, with the lines that announce it. [`fold`] leaves none.
    Earlier,
    /// What is older than the answer above it: shown when asked for.
    Folded,
    Bullets,
    Numbers {
        from: u32,
    },
    Item,
    Table,
    Row,
    Cell,
}

/// Words that lead to one place, or to none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    pub link: Option<Destination>,
    pub words: Vec<Words>,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// http, https, tel, or our writing page; never anything else.
    pub href: String,
    /// It is our writing page.
    pub is_ours: bool,
    /// Where it really leads, where the words say something else or the host deceives (R-HTML-5).
    pub mark: Option<String>,
}

/// Text of one look; `\n` is a line break, and behind a space in plain text one that narrow screens do without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub text: String,
    pub look: Look,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub bold: bool,
    pub italic: bool,
    pub struck: bool,
    pub code: bool,
}

/// A picture that came with the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inlaid {
    /// Without the angle brackets.
    pub content_id: String,
    pub alt: String,
    /// CSS pixels, as the letter says.
    pub width: Option<u16>,
    pub height: Option<u16>,
}

/// HTML mail read as a letter.
#[derive(Clone, Debug)]
pub struct Letter {
    pub blocks: Vec<Block>,
    /// It is laid out: a frame of its own shows it as it was meant.
    pub designed: bool,
    pub remote: RemoteImages,
}

impl Letter {
    /// Neither words nor pictures.
    pub fn says_nothing(&self) -> bool {
        self.blocks.is_empty() && self.remote.pictures == 0
    }
}

/// The letter as plain text would be: no looks, no headings, no pictures.
pub fn without_looks(blocks: &[Block]) -> Vec<Block> {
    let plain = |phrases: &[Phrase]| {
        let mut phrases = phrases.to_vec();
        for words in phrases.iter_mut().flat_map(|phrase| &mut phrase.words) {
            words.look = Look::default();
        }
        phrases
    };
    let kept = blocks.iter().filter_map(|block| match block {
        Block::Paragraph(phrases) | Block::Heading(phrases) => {
            Some(Block::Paragraph(plain(phrases)))
        }
        Block::Preformatted(phrases) => Some(Block::Preformatted(plain(phrases))),
        Block::Picture(_) => None,
        block => Some(block.clone()),
    });
    kept.collect()
}

/// One walk over the HTML: what [`super::sanitise`] would find of remote images, and the letter. `compose`: path or URL
/// of our writing page, which `mailto:` links lead to. None when a cap is passed, as there. Linear in the input.
pub fn read(html: &str, compose: &str, limits: &Limits) -> Option<Letter> {
    let walk = Walk::new(compose, limits);
    walked_through(html, walk, Walk::is_over, limits)?.finish()
}
