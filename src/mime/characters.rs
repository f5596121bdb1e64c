//! Character classes that decide what may be stored, written into a header, or shown.

/// C0, DEL, C1, and the two Unicode line breaks: never inside one line of a header or a name.
pub(super) fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Bidirectional controls (Unicode UAX #9): they reorder what stands around them.
pub(super) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
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

/// One line that hides nothing: controls become spaces, bidi and invisible characters go, white space is collapsed
/// and trimmed, and at most `limit` characters stay. A joiner stays between two non-ASCII characters.
pub(super) fn visible_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut count = 0;
    let mut pending_joiner = None;
    let mut space = false;
    for c in text.chars() {
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

#[cfg(test)]
mod tests {
    use super::visible_line;

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
    fn joiners_stay_where_they_shape_letters() {
        assert_eq!(visible_line("می\u{200c}خواهم", 100), "می\u{200c}خواهم");
        assert_eq!(visible_line("a\u{200d}b", 100), "ab");
    }
}
