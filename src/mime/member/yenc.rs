//! yEnc 1.3 (yenc.org/yenc-draft.1.3.txt).
use super::super::header::Lines;
use super::Member;

/// A block that begins at the next line and is whole, that is as long as it says; `lines` stands behind it then. A line that
/// begins another block ends the reading, so that many beginnings cost no more than one.
pub(super) fn block(lines: &mut Lines<'_>) -> Option<Member> {
    let mut ahead = lines.clone();
    let first = ahead.next()?.strip_prefix(b"=ybegin ")?;
    let name = first
        .windows(6)
        .position(|window| window == b" name=")
        .and_then(|at| first.get(at + 6..))?
        .trim_ascii();
    let part = number(first, b"part=");
    number(first, b"line=")?;
    let mut content = Vec::new();
    let size = loop {
        let line = ahead.next()?;
        if let Some(end) = line.strip_prefix(b"=yend ") {
            break number(end, b"size=")?;
        }
        if line.starts_with(b"=ybegin ") {
            return None;
        }
        if !line.starts_with(b"=ypart ") {
            decode(line, &mut content);
        }
    };
    let mut name = super::super::decode_text(name, None);
    // A piece of a file that came in several messages: the usual ending lets it be put together.
    if let Some(part) = part {
        name.push_str(&format!(".{part:03}"));
    }
    if name.is_empty() || u64::try_from(content.len()) != Ok(size) {
        return None;
    }
    *lines = ahead;
    Some(Member::new(name, content.into()))
}

fn decode(line: &[u8], content: &mut Vec<u8>) {
    let mut escaped = false;
    for &octet in line {
        match octet {
            b'=' if !escaped => escaped = true,
            _ => {
                let shift = if escaped { 42 + 64 } else { 42 };
                content.push(octet.wrapping_sub(shift));
                escaped = false;
            }
        }
    }
}

/// The value of `key` in the blank-separated words in front of the name.
fn number(line: &[u8], key: &[u8]) -> Option<u64> {
    line.split(|&c| c == b' ')
        .take_while(|word| !word.starts_with(b"name="))
        .find_map(|word| word.strip_prefix(key))
        .and_then(|digits| std::str::from_utf8(digits).ok()?.trim().parse().ok())
}
