//! RFC 3676 `format=flowed`: lines that end in a space go on in the next line.
use super::MAX_DEPTH;

/// Where lines are broken, in characters, the trailing space not counted (RFC 3676 §4.2 asks for 78 or less).
const WIDTH: usize = 76;
const SIGNATURE: &str = "-- ";

/// Quote depth and text of each paragraph: flowed lines of one depth are joined.
pub(super) fn paragraphs(text: &str, del_sp: bool) -> Vec<(usize, String)> {
    let mut paragraphs: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let depth = line
            .bytes()
            .take(MAX_DEPTH)
            .take_while(|&byte| byte == b'>')
            .count();
        let content = line.get(depth..).unwrap_or_default();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let flows = content.ends_with(' ') && content != SIGNATURE;
        let kept = if flows && del_sp {
            content.strip_suffix(' ').unwrap_or(content)
        } else {
            content
        };
        match paragraphs.last_mut() {
            Some((last_depth, paragraph))
                if open && *last_depth == depth && content != SIGNATURE =>
            {
                paragraph.push_str(kept);
            }
            _ => paragraphs.push((depth, kept.to_owned())),
        }
        open = flows;
    }
    paragraphs
}

/// Flowed text as one line per paragraph, quotes with `> ` before them: what goes into a text field again.
pub fn unflow(text: &str, del_sp: bool) -> String {
    let mut unflowed = String::with_capacity(text.len());
    for (depth, paragraph) in paragraphs(text, del_sp) {
        unflowed.extend(std::iter::repeat_n('>', depth));
        if depth > 0 && !paragraph.is_empty() {
            unflowed.push(' ');
        }
        unflowed.push_str(&paragraph);
        unflowed.push('\n');
    }
    unflowed
}

/// Text of a form field as flowed lines that end in CRLF: each line is a paragraph and is wrapped at words; lines
/// that begin with `>` are quotes and are wrapped as such. Spaces at line ends go, but for the signature mark, and so
/// do control characters.
pub(in super::super) fn flow(text: &str) -> String {
    let mut clean = text.replace("\r\n", "\n").replace('\r', "\n");
    clean.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    let mut flowed = String::with_capacity(text.len() + text.len() / 16);
    for line in clean.lines() {
        let depth = quote_depth(line);
        let content = line.get(depth.octets..).unwrap_or_default();
        let content = if content == SIGNATURE {
            content
        } else {
            content.trim_end_matches([' ', '\t'])
        };
        wrap(content, depth.levels, &mut flowed);
    }
    flowed
}

struct Depth {
    levels: usize,
    octets: usize,
}

/// `> > `, `>>` and `>> ` are depth 2; one space after the marks belongs to them.
fn quote_depth(line: &str) -> Depth {
    let mut depth = Depth {
        levels: 0,
        octets: 0,
    };
    let mut bytes = line.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        if byte != b'>' {
            break;
        }
        depth.levels += 1;
        depth.octets = at + 1;
        if matches!(bytes.peek(), Some((_, b' '))) {
            depth.octets += 1;
            bytes.next();
        }
    }
    depth
}

/// Breaks at spaces, which stay at the end of the line; never at the signature mark, and never so that a line would
/// be nothing but spaces.
fn wrap(content: &str, depth: usize, flowed: &mut String) {
    let mut start = true;
    let mut width = 0;
    let mut begin = |flowed: &mut String, rest: &str| {
        if !std::mem::take(&mut start) {
            flowed.push_str("\r\n");
        }
        flowed.extend(std::iter::repeat_n('>', depth));
        // RFC 3676 §4.4: space-stuffing.
        if depth > 0 && !rest.is_empty()
            || rest.starts_with([' ', '>'])
            || rest.starts_with("From ")
        {
            flowed.push(' ');
        }
        depth + 1
    };
    if content == SIGNATURE || content.is_empty() {
        begin(flowed, content);
        flowed.push_str(content);
        flowed.push_str("\r\n");
        return;
    }
    let mut rest = content;
    let mut line_open = false;
    while !rest.is_empty() {
        let word_end = rest.find(|c: char| c != ' ').and_then(|solid| {
            let space = rest.get(solid..)?.find(' ')?;
            let after = rest.get(solid + space..)?;
            Some(solid + space + (after.len() - after.trim_start_matches(' ').len()))
        });
        let (word, tail) = rest
            .split_at_checked(word_end.unwrap_or(rest.len()))
            .unwrap_or((rest, ""));
        let word_width = word.trim_end_matches(' ').chars().count();
        if !line_open || width + word_width > WIDTH {
            width = begin(flowed, rest);
            line_open = true;
        }
        flowed.push_str(word);
        width += word.chars().count();
        rest = tail;
    }
    flowed.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn flowed_lines_are_joined_by_depth() {
        let text = "Hello \nworld.\n\n> quoted \n> text\n>> deeper\nFrom \n";
        let expected = [
            (0, "Hello world."),
            (0, ""),
            (1, "quoted text"),
            (2, "deeper"),
            (0, "From "),
        ];
        assert_eq!(
            paragraphs(text, false),
            expected.map(|(depth, text)| (depth, text.to_owned()))
        );
        assert_eq!(paragraphs("你 \n好", true), [(0, "你好".to_owned())]);
        assert_eq!(paragraphs("a \n-- \nb", false).len(), 3);
        assert_eq!(
            paragraphs("  x\n >y", false),
            [(0, " x".to_owned()), (0, ">y".to_owned())]
        );
    }

    #[test]
    fn typed_text_is_wrapped_and_stuffed() {
        let flowed = flow(&format!(
            "{}\n  x\nFrom here\n-- \n> {}\n",
            "word ".repeat(40),
            "quoted ".repeat(20)
        ));
        assert!(
            flowed.lines().all(|line| line.chars().count() <= 79),
            "{flowed}"
        );
        assert!(
            flowed.contains("\r\n   x\r\n From here\r\n-- \r\n> quoted"),
            "{flowed}"
        );
        assert_eq!(unflow(&flowed, false).lines().count(), 5);
    }

    proptest! {
        #[test]
        fn what_was_typed_comes_back(text in "([a-zé>]{1,90}| |  |\n|> |-- \n|From |\t){0,60}") {
            let expected: String = text
                .lines()
                .map(|line| {
                    let depth = quote_depth(line);
                    let content = &line[depth.octets..];
                    let content = if content == SIGNATURE { content } else { content.trim_end_matches([' ', '\t']) };
                    let space = if depth.levels > 0 && !content.is_empty() { " " } else { "" };
                    format!("{}{space}{content}\n", ">".repeat(depth.levels))
                })
                .collect();
            prop_assume!(text.lines().all(|line| quote_depth(line).levels <= MAX_DEPTH));
            prop_assert_eq!(unflow(&flow(&text), false), expected);
        }
    }
}
