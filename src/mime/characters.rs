//! Character classes that decide what may be stored, written into a header, or shown.
use std::borrow::Cow;

/// C0, DEL, C1, and the two Unicode line breaks: never inside one line of a header or a name.
pub(super) fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Bidirectional controls (Unicode UAX #9): they reorder what stands around them.
pub(super) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The overrides among them: letters behind one are shown in the other order, so that a host name reads as another.
pub(super) fn turns_letters(c: char) -> bool {
    matches!(c, '\u{202D}' | '\u{202E}')
}

/// The same text with its letters in the order in which they are read.
pub(super) fn without_turns(text: &str) -> Cow<'_, str> {
    if text.contains(turns_letters) {
        text.replace(turns_letters, "").into()
    } else {
        text.into()
    }
}

/// Left out where HTML is written anew: what turns letters round, controls but tab and LF, and the two Unicode line breaks,
/// which browsers show without any width.
pub(super) fn is_unwritten(c: char) -> bool {
    turns_letters(c) || (is_control(c) && !matches!(c, '\t' | '\n'))
}

/// The same text as HTML has it that is written anew.
pub(super) fn as_written(text: &str) -> Cow<'_, str> {
    if text.contains(is_unwritten) {
        text.replace(is_unwritten, "").into()
    } else {
        text.into()
    }
}

/// A full stop, and what names of hosts take for one, or the eye does.
pub(super) fn is_dot(c: char) -> bool {
    matches!(
        c,
        '.' | '\u{2024}' | '\u{3002}' | '\u{FE52}' | '\u{FF0E}' | '\u{FF61}'
    )
}

/// The same text with full stops for all that look like one.
pub(super) fn with_dots(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        text.into()
    } else {
        text.replace(is_dot, ".").into()
    }
}

/// Joiners: invisible, but they shape Persian, Indic and emoji sequences.
pub(super) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Characters without any shape of their own, joiners included.
pub(super) fn is_invisible(c: char) -> bool {
    is_joiner(c)
        || matches!(
            c,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{115F}'
                | '\u{1160}'
                | '\u{17B4}'
                | '\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'
                | '\u{2060}'..='\u{2065}'
                | '\u{206A}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// Bidirectional controls or characters without a shape; a joiner between two non-ASCII characters is none of these.
pub(super) fn is_hidden(before: Option<char>, c: char, after: Option<char>) -> bool {
    if c.is_ascii() {
        return false;
    }
    let shapes = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && !c.is_whitespace());
    if is_joiner(c) {
        return !(shapes(before) && shapes(after));
    }
    is_bidi_control(c) || is_invisible(c)
}

/// The same text with nothing hidden in it.
pub(super) fn without_hidden(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    neighbours(&text)
        .filter(|&(before, c, after)| !is_hidden(before, c, after))
        .map(|(_, c, _)| c)
        .collect()
}

/// Whether a text has something in it that cannot be seen or that reorders it.
pub(super) fn hides(text: &str) -> bool {
    let is_plain = |octet| matches!(octet, b' '..=b'~');
    !text.bytes().all(is_plain)
        && neighbours(text).any(|(before, c, after)| is_control(c) || is_hidden(before, c, after))
}

/// The text with what hides in it told by its code point, `[U+202E]`: for those who want to know what is there.
pub fn reveal_hidden(text: &str) -> Cow<'_, str> {
    if !hides(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() * 2);
    for (before, c, after) in neighbours(text) {
        if is_hidden(before, c, after) {
            shown.push_str(&format!("[U+{:04X}]", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn neighbours(text: &str) -> impl Iterator<Item = (Option<char>, char, Option<char>)> {
    let mut chars = text.chars().peekable();
    let mut before = None;
    std::iter::from_fn(move || {
        let c = chars.next()?;
        Some((before.replace(c), c, chars.peek().copied()))
    })
}

/// One line that hides nothing: controls become spaces, bidi and invisible characters go, white space is collapsed
/// and trimmed, and at most `limit` characters stay. A joiner stays between two non-ASCII characters.
pub fn visible_line(text: &str, limit: usize) -> String {
    if text.len() <= limit && is_plain_line(text) {
        return text.to_owned();
    }
    let mut line = String::with_capacity(text.len().min(limit));
    let mut count = 0;
    let mut pending_joiner = None;
    let mut space = false;
    for c in text.chars() {
        if !c.is_ascii_graphic() {
            if is_control(c) || c.is_whitespace() {
                space = !line.is_empty();
                pending_joiner = None;
                continue;
            }
            if is_joiner(c) {
                pending_joiner = line
                    .chars()
                    .next_back()
                    .filter(|last| !space && !last.is_ascii())
                    .map(|_| c);
                continue;
            }
            if is_bidi_control(c) || is_invisible(c) {
                continue;
            }
        }
        if count >= limit {
            line.push('…');
            break;
        }
        if std::mem::take(&mut space) {
            line.push(' ');
            count += 1;
        }
        if let Some(joiner) = pending_joiner.take().filter(|_| !c.is_ascii()) {
            line.push(joiner);
        }
        line.push(c);
        count += 1;
    }
    line
}

/// What most lines are: words of printable ASCII with one space between them, which stand for themselves.
fn is_plain_line(text: &str) -> bool {
    let mut before = b' ';
    for octet in text.bytes() {
        if !matches!(octet, b' '..=b'~') || (octet == b' ' && before == b' ') {
            return false;
        }
        before = octet;
    }
    before != b' ' || text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::{as_written, hides, reveal_hidden, visible_line, with_dots, without_hidden};

    #[test]
    fn what_cannot_be_seen_is_removed_and_padding_collapses() {
        assert_eq!(
            visible_line("\u{202e}moc.lapyap\u{202c}", 100),
            "moc.lapyap"
        );
        assert_eq!(visible_line(" a \r\n\t  b\u{0}c\u{200b}d ", 100), "a b cd");
        assert_eq!(visible_line("aaaa", 3), "aaa…");
    }

    #[test]
    fn hidden_characters_go_from_a_subject_and_show_where_they_are_looked_for() {
        let subject = "Invoice\u{202e}fdp.exe  \u{200b}5\u{a0}€";
        assert!(hides(subject));
        assert_eq!(
            without_hidden(subject.to_owned()),
            "Invoicefdp.exe  5\u{a0}€"
        );
        assert_eq!(
            reveal_hidden(subject),
            "Invoice[U+202E]fdp.exe  [U+200B]5\u{a0}€"
        );
        for honest in ["می\u{200c}خواهم", "👩\u{200d}🚀 ❤\u{fe0f}", "שלום"] {
            assert!(!hides(honest));
            assert_eq!(without_hidden(honest.to_owned()), honest);
        }
        assert_eq!(without_hidden("a\u{200d}b".to_owned()), "ab");
    }

    #[test]
    fn what_has_no_width_is_not_written_and_dots_are_told_by_their_look() {
        let text = "a\u{b}b\u{c}c\u{1f}d\u{85}e\u{2028}f\u{2029}g\u{202e}\t\n\u{a0}h";
        assert_eq!(as_written(text), "abcdefg\t\n\u{a0}h");
        assert_eq!(
            with_dots("a\u{2024}b\u{fe52}c\u{3002}d\u{ff0e}e\u{ff61}f"),
            "a.b.c.d.e.f"
        );
    }

    #[test]
    fn joiners_stay_where_they_shape_letters() {
        assert_eq!(visible_line("می\u{200c}خواهم", 100), "می\u{200c}خواهم");
        assert_eq!(visible_line("a\u{200d}b", 100), "ab");
    }
}
