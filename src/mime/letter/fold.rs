//! What is older than an answer is folded behind it, whether the letter is HTML or plain text.
use super::{Block, Group, Phrase};
use std::ops::Range;

/// Characters in a row that begin what a list or a mail program appends.
const APPENDED: usize = 10;
/// Dashes in a row that begin the line above a letter that is sent on.
const FORWARDS: usize = 8;

/// Folds the quoted end of a letter, with the line that announces it ("… wrote:"), where something of its writer stands
/// above. An answer below or between the quotes stays open, and so does a letter that is only a quotation or that is sent
/// on. What stands below a line of dashes (a signature, a list's footer) is no answer and stays where it is.
pub fn fold(blocks: Vec<Block>) -> Vec<Block> {
    let units = units(&blocks);
    let is_older = |range: &Range<usize>| {
        let first = blocks.get(range.start);
        matches!(first, Some(Block::Open(Group::Quote | Group::Earlier)))
    };
    // A signature above what is quoted is part of the answer.
    let after = units.iter().rposition(is_older).map_or(0, |last| last + 1);
    let footer = units
        .iter()
        .skip(after)
        .position(|range| is_footer(blocks.get(range.start)))
        .map_or(units.len(), |place| after + place);
    let own = units
        .iter()
        .take(footer)
        .rposition(|range| !is_older(range));
    let older_from = own.map_or(0, |own| own + 1);
    let announced = own.filter(|&own| {
        units
            .get(own)
            .is_some_and(|range| announces(blocks.get(range.start)))
    });
    let from = announced.unwrap_or(older_from);
    if from == 0 || older_from >= footer {
        return without_earlier(blocks);
    }
    let (start, end) = match (units.get(from), units.get(footer.saturating_sub(1))) {
        (Some(first), Some(last)) => (first.start, last.end),
        _ => return without_earlier(blocks),
    };
    // What was sent on is what its reader is meant to see.
    let older = blocks.iter().skip(start).take(end - start);
    let mut lines = older.filter_map(|block| first_line(Some(block)));
    if lines.next().is_some_and(is_forward_line) {
        return without_earlier(blocks);
    }
    let mut folded = Vec::with_capacity(blocks.len() + 2);
    for (index, block) in blocks.into_iter().enumerate() {
        if index == start {
            folded.push(Block::Open(Group::Folded));
        }
        folded.push(block);
        if index + 1 == end {
            folded.push(Block::Close(Group::Folded));
        }
    }
    without_earlier(folded)
}

/// The letter with all of it open.
pub fn unfold(blocks: Vec<Block>) -> Vec<Block> {
    without(&[Group::Earlier, Group::Folded], blocks)
}

fn without_earlier(blocks: Vec<Block>) -> Vec<Block> {
    without(&[Group::Earlier], blocks)
}

fn without(groups: &[Group], mut blocks: Vec<Block>) -> Vec<Block> {
    blocks.retain(|block| match block {
        Block::Open(group) | Block::Close(group) => !groups.contains(group),
        _ => true,
    });
    blocks
}

/// Blocks and groups that stand in no group.
fn units(blocks: &[Block]) -> Vec<Range<usize>> {
    let mut units = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (index, block) in blocks.iter().enumerate() {
        if depth == 0 {
            start = index;
        }
        match block {
            Block::Open(_) => depth += 1,
            Block::Close(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            units.push(start..index + 1);
        }
    }
    units
}

fn paragraph(block: Option<&Block>) -> Option<&[Phrase]> {
    match block {
        Some(Block::Paragraph(phrases)) => Some(phrases),
        _ => None,
    }
}

/// At most two lines, and a colon at their end.
fn announces(block: Option<&Block>) -> bool {
    let Some(phrases) = paragraph(block) else {
        return false;
    };
    let words = || phrases.iter().flat_map(|phrase| &phrase.words);
    let breaks: usize = words().map(|words| words.text.matches('\n').count()).sum();
    let last = words().last().map(|words| words.text.trim_end());
    breaks < 2 && last.is_some_and(|text| text.ends_with([':', '：']))
}

fn first_line(block: Option<&Block>) -> Option<&str> {
    let words = paragraph(block)?.first()?.words.first()?;
    words.text.lines().next().map(str::trim)
}

/// The line that Gmail and others write above a letter that is sent on: words between dashes, apart from them.
pub fn is_forward_line(line: &str) -> bool {
    let words = line.trim().trim_start_matches('-');
    line.trim().len() - words.len() >= FORWARDS
        && words.starts_with(' ')
        && words.trim_end().ends_with('-')
        && words.contains(char::is_alphabetic)
}

fn is_footer(block: Option<&Block>) -> bool {
    let Some(line) = first_line(block) else {
        return false;
    };
    line == "--" || (line.len() >= APPENDED && line.bytes().all(|byte| matches!(byte, b'_' | b'-')))
}
