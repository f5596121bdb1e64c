//! uuencode (POSIX.1-2017, `uuencode`).
use super::super::TransferEncoding;
use super::super::header::Lines;
use super::Member;

/// A block that begins at the next line and is whole; `lines` stands behind it then. Any line that cannot be data ends the
/// reading, and a first line of a block cannot be data, so many beginnings cost no more than one.
pub(super) fn block(raw: &[u8], lines: &mut Lines<'_>) -> Option<Member> {
    let mut ahead = lines.clone();
    let begin = ahead.at;
    let filename = filename(ahead.next()?)?;
    loop {
        let line = ahead.next()?;
        if line == b"end" {
            break;
        }
        if !is_data(line) {
            return None;
        }
    }
    let content =
        super::super::decode_transfer(raw.get(begin..ahead.at)?, TransferEncoding::UuEncode);
    *lines = ahead;
    Some(Member::new(filename, content.into()))
}

/// The name in `begin 644 name`.
fn filename(line: &[u8]) -> Option<String> {
    let rest = line.strip_prefix(b"begin ")?;
    let space = rest.iter().position(|&c| c == b' ')?;
    let (mode, name) = rest.split_at_checked(space)?;
    let is_mode = (3..=4).contains(&mode.len()) && mode.iter().all(|c| matches!(c, b'0'..=b'7'));
    let name = name.trim_ascii();
    (is_mode && !name.is_empty()).then(|| super::super::decode_text(name, None))
}

/// A count and so many octets in groups of four; blanks at the end may be gone, a check character may follow.
fn is_data(line: &[u8]) -> bool {
    let Some((&count, data)) = line.split_first() else {
        return true;
    };
    let needed = usize::from(count.wrapping_sub(b' ') & 0x3f).div_ceil(3) * 4;
    line.iter().all(|c| matches!(c, b' '..=b'`')) && data.len() <= needed + 2
}
