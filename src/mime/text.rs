//! Plain text for reading and for answering: quotes, RFC 3676 flowed text, links, and HTML as text.
mod flowed;
mod from_html;
mod links;

use super::characters::without_turns;
pub(super) use flowed::flow;
pub use flowed::unflow;
pub use from_html::html_to_text;

/// Quotes deeper than this stay as characters.
const MAX_DEPTH: usize = 50;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    Text(String),
    /// `href` is an absolute http, https or mailto URL, never anything else; `text` is what was written.
    Link {
        href: String,
        text: String,
    },
}

/// One paragraph or line of plain text with its quote depth; a template renders it, no HTML is built here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub depth: usize,
    pub spans: Vec<Span>,
}

/// Plain text (RFC 3676 flowed where said) to lines with links (http, https, mailto, bare addresses).
pub fn lines(text: &str, flowed: bool, del_sp: bool) -> Vec<Line> {
    let text = &without_turns(text);
    let paragraphs = if flowed {
        flowed::paragraphs(text, del_sp)
    } else {
        text.lines().map(split_quote).collect()
    };
    paragraphs
        .into_iter()
        .map(|(depth, text)| Line {
            depth,
            spans: links::spans(&text),
        })
        .collect()
}

/// The quote depth of a line as people write it, `> > ` and `>>` alike, and what is quoted.
fn split_quote(line: &str) -> (usize, String) {
    let mut depth = 0;
    let mut rest = line;
    while depth < MAX_DEPTH {
        let next = if depth == 0 {
            rest
        } else {
            rest.strip_prefix(' ').unwrap_or(rest)
        };
        let Some(quoted) = next.strip_prefix('>') else {
            break;
        };
        depth += 1;
        rest = quoted;
    }
    let rest = if depth > 0 {
        rest.strip_prefix(' ').unwrap_or(rest)
    } else {
        rest
    };
    (depth, rest.to_owned())
}

/// `> ` before each line, trailing blank lines and the old signature cut.
pub fn plain_quote(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().take_while(|line| *line != "-- ").collect();
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    let mut quoted = String::with_capacity(text.len() + 2 * lines.len());
    for line in lines {
        let joins = line.is_empty() || line.starts_with('>');
        quoted.push_str(if joins { ">" } else { "> " });
        quoted.push_str(line.trim_end());
        quoted.push('\n');
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn flat(text: &str, flowed: bool) -> Vec<(usize, String)> {
        lines(text, flowed, false)
            .into_iter()
            .map(|line| {
                let text = line.spans.into_iter().map(|span| match span {
                    Span::Text(text) | Span::Link { text, .. } => text,
                });
                (line.depth, text.collect())
            })
            .collect()
    }

    #[test]
    fn quotes_have_a_depth() {
        let expected = [(0, "a"), (1, "b"), (2, "c"), (2, "d"), (1, ""), (0, " > e")];
        let text = "a\n> b\n> > c\n>>d\n>\n > e";
        assert_eq!(
            flat(text, false),
            expected.map(|(depth, text)| (depth, text.to_owned()))
        );
    }

    #[test]
    fn depth_is_bounded_and_nothing_is_lost() {
        let deep = flat(&format!("{}x", ">".repeat(5000)), false);
        assert_eq!(
            deep.first().map(|(depth, text)| (*depth, text.len())),
            Some((MAX_DEPTH, 5000 - MAX_DEPTH + 1))
        );
        flat(&"> ".repeat(50_000), true);
    }

    #[test]
    fn an_answer_quotes_without_the_old_signature() {
        assert_eq!(
            plain_quote("Hi\n\n> old\nbye\n\n-- \nAna\n"),
            "> Hi\n>\n>> old\n> bye\n"
        );
        assert_eq!(plain_quote("\n \n"), "");
    }

    proptest! {
        #[test]
        fn no_character_but_quote_marks_gets_lost(text in "[a-z:/.@> \n]{0,200}") {
            let kept = |text: &str| text.chars().filter(|c| !matches!(c, '>' | ' ' | '\n')).collect::<String>();
            let shown: String = flat(&text, false).into_iter().map(|(_, text)| text).collect();
            prop_assert_eq!(kept(&shown), kept(&text));
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,300}|[\\x00-\\x7f]{0,300}", flowed: bool, del_sp: bool) {
            for line in lines(&text, flowed, del_sp) {
                for span in line.spans {
                    if let Span::Link { href, .. } = span {
                        prop_assert!(["http://", "https://", "mailto:"].iter().any(|scheme| href.starts_with(scheme)));
                    }
                }
            }
            plain_quote(&text);
            unflow(&text, del_sp);
        }
    }
}
