//! Plain text as paragraphs.

use crate::mail::{Line, Span};

/// One run of lines with the same quote depth.
pub struct Paragraph<'a> {
    /// 0 = the writer's own words; at most 5.
    pub depth: usize,
    pub lines: Vec<&'a [Span]>,
}

/// Lines to paragraphs: a blank line or another quote depth ends one.
pub(super) fn paragraphs(lines: &[Line]) -> Vec<Paragraph<'_>> {
    let mut out: Vec<Paragraph<'_>> = Vec::new();
    let mut fresh = true;
    for line in lines {
        let blank = line
            .spans
            .iter()
            .all(|span| matches!(span, Span::Text(text) if text.trim().is_empty()));
        let depth = line.depth.min(5);
        if blank {
            fresh = true;
            continue;
        }
        match out.last_mut() {
            Some(last) if !fresh && last.depth == depth => last.lines.push(&line.spans),
            _ => out.push(Paragraph {
                depth,
                lines: vec![&line.spans],
            }),
        }
        fresh = false;
    }
    out
}

/// Splits off the quoted end, with the line that announces it ("… wrote:"); nothing when the writer wrote nothing above.
pub(super) fn fold(mut all: Vec<Paragraph<'_>>) -> (Vec<Paragraph<'_>>, Vec<Paragraph<'_>>) {
    let own = all
        .iter()
        .rposition(|paragraph| paragraph.depth == 0)
        .map_or(0, |last| last + 1);
    if own == 0 || own == all.len() {
        return (all, Vec::new());
    }
    let announces = |paragraph: &Paragraph<'_>| {
        paragraph.lines.len() <= 2
            && paragraph
                .lines
                .last()
                .and_then(|spans| spans.last())
                .is_some_and(|span| match span {
                    Span::Text(text) | Span::Link { text, .. } => text.trim_end().ends_with(':'),
                })
    };
    let start = if own > 1 && announces(&all[own - 1]) {
        own - 1
    } else {
        own
    };
    let folded = all.split_off(start);
    (all, folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Line> {
        text.lines()
            .map(|line| {
                let depth = line.bytes().take_while(|byte| *byte == b'>').count();
                Line {
                    depth,
                    spans: vec![Span::Text(line[depth..].trim().to_owned())],
                }
            })
            .collect()
    }

    fn shape(text: &str) -> (Vec<(usize, usize)>, usize) {
        let lines = lines(text);
        let (visible, folded) = fold(paragraphs(&lines));
        (
            visible
                .iter()
                .map(|paragraph| (paragraph.depth, paragraph.lines.len()))
                .collect(),
            folded.len(),
        )
    }

    #[test]
    fn blank_lines_and_quote_depth_end_a_paragraph() {
        assert_eq!(shape("one\ntwo\n\nthree"), (vec![(0, 2), (0, 1)], 0));
        assert_eq!(shape("> a\n>> b\nmine"), (vec![(1, 1), (2, 1), (0, 1)], 0));
    }

    #[test]
    fn the_quoted_end_is_folded_with_the_line_that_announces_it() {
        assert_eq!(
            shape("mine\n\nOn Monday Ana wrote:\n> hers\n>\n> more"),
            (vec![(0, 1)], 3)
        );
        assert_eq!(shape("mine\n\n> hers"), (vec![(0, 1)], 1));
    }

    #[test]
    fn a_letter_that_is_only_a_quotation_is_shown() {
        assert_eq!(shape("> hers\n> more"), (vec![(1, 2)], 0));
        assert_eq!(shape("Ana wrote:\n> hers"), (vec![(0, 1)], 1));
        assert_eq!(shape(""), (vec![], 0));
    }

    #[test]
    fn quote_depth_is_capped() {
        assert_eq!(shape(">>>>>>>>>> deep\nmine").0[0].0, 5);
    }
}
