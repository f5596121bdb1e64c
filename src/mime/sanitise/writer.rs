//! Writes a new, properly nested document out of the tokens of a sloppy one. What comes out needs no repair by any
//! HTML parser: every element is closed, formatting never crosses a block, tables hold only rows and cells.
use super::elements::{
    closes_paragraph, is_block, is_formatting, is_scope, is_table_frame, is_table_part, is_void,
};
use super::escape::escape;
use super::older::Older;
use super::sight::{may_hide, runs_on};
use super::unseen::Unseen;

/// Formatting elements that are opened again after a block; WHATWG's "Noah's Ark clause" keeps three equal ones.
const MAX_REOPENED: usize = 24;
const MAX_EQUAL: usize = 3;

/// What is older than the answer above it, in the document so far.
struct Fold {
    start: usize,
    end: Option<usize>,
    /// It ends with its first element; else with what that stands in.
    within: bool,
    /// How many elements are open around it.
    around: usize,
}

/// Written around what is folded; a class of a message begins with `m-`, this one never comes from there.
const FOLD: &str = "<details class=\"earlier\"><summary>···</summary>";
const FOLD_END: &str = "</details>";

struct Open {
    name: &'static str,
    /// The start tag as it was written.
    tag: String,
    /// Where it begins in the document.
    at: usize,
    /// Its end tag came while a block in it was open: it ends with that block.
    ended: bool,
    /// See [`may_hide`].
    hides: bool,
    /// See [`runs_on`].
    runs_on: bool,
}

/// The document so far.
pub(super) struct Writer {
    pub out: String,
    open: Vec<Open>,
    /// Formatting that a closing block interrupted, to go on with the next content.
    interrupted: Vec<(&'static str, String)>,
    nesting: usize,
    /// Nested deeper than allowed.
    pub over: bool,
    /// Nothing was written since the last start tag.
    fresh: bool,
    fold: Option<Fold>,
    /// Text was written that is part of no older letter.
    answered: bool,
    /// Links closed, by whatever, since the caller looked.
    pub links_closed: usize,
    /// Where the last text begins.
    pub text_at: usize,
    /// What the style sheet of the message may hide.
    unseen: Unseen,
}

impl Writer {
    pub fn new(capacity: usize, nesting: usize, unseen: Unseen) -> Self {
        Self {
            out: String::with_capacity(capacity),
            open: Vec::new(),
            interrupted: Vec::new(),
            nesting,
            over: false,
            fresh: false,
            fold: None,
            answered: false,
            links_closed: 0,
            text_at: 0,
            unseen,
        }
    }

    /// Escaped text. White space between the parts of a table is left out, other text there gets a cell.
    pub fn text(&mut self, text: &str) {
        if self.top().is_some_and(is_table_frame) {
            if text.chars().all(|c| c.is_ascii_whitespace()) {
                return;
            }
            self.imply_cell();
        }
        if text.chars().any(|c| !c.is_ascii_whitespace()) {
            self.resume();
            // Words below a quotation answer it: it stays open.
            if self.fold.as_ref().is_none_or(|fold| fold.end.is_some()) {
                self.fold = None;
                self.answered |= text.chars().any(|c| !c.is_whitespace());
            }
        }
        // A parser leaves out a line break after `<pre>`; without it, parsing once more changes nothing.
        let text = if self.fresh && self.top() == Some("pre") {
            text.trim_start_matches('\n')
        } else {
            text
        };
        self.fresh &= text.is_empty();
        self.text_at = self.out.len();
        escape(text, false, &mut self.out);
    }

    /// Opens an element; `tag` is its complete start tag.
    pub fn start(&mut self, name: &'static str, tag: String) {
        if is_table_part(name) {
            if self.prepare_table_part(name) {
                self.push(name, tag);
            }
            return;
        }
        if self.top().is_some_and(is_table_frame) {
            self.imply_cell();
        }
        if closes_paragraph(name) {
            self.close_in_scope(&["p"], &[]);
        }
        match name {
            "li" => self.close_in_scope(&["li"], &["ul", "ol"]),
            "dd" | "dt" => self.close_in_scope(&["dd", "dt"], &["dl"]),
            "a" => self.close_in_scope(&["a"], &[]),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.top().is_some_and(is_heading) => {
                self.pop()
            }
            "rt" | "rp" if matches!(self.top(), Some("rt" | "rp")) => self.pop(),
            _ => {}
        }
        if !is_block(name) {
            self.resume();
        }
        self.push(name, tag);
    }

    /// Closes an element, and what is open in it; one that is not open is nothing.
    pub fn end(&mut self, name: &str) {
        if is_void(name) {
            return;
        }
        if let Some(at) = self
            .interrupted
            .iter()
            .rposition(|(interrupted, _)| *interrupted == name)
        {
            self.interrupted.remove(at);
            return;
        }
        let Some(at) = self.find_open(name) else {
            return;
        };
        let block_inside = self
            .open
            .iter()
            .skip(at + 1)
            .any(|open| is_block(open.name) || is_scope(open.name));
        if is_formatting(name) && block_inside {
            if let Some(open) = self.open.get_mut(at) {
                open.ended = true;
            }
            return;
        }
        self.close_to(at);
    }

    /// The element that was opened last belongs to an older letter, which is folded where an answer stands above it and
    /// none below.
    pub fn fold(&mut self, older: Older) {
        let in_link = self.open.iter().any(|open| open.name == "a");
        let folds = self.fold.as_ref().is_some_and(|fold| fold.end.is_none());
        let Some(mut first) = self.open.len().checked_sub(1) else {
            return;
        };
        if folds || !self.answered || in_link {
            return;
        }
        let begin = |at: usize| self.open.get(at).map_or(0, |open| open.at);
        if older == Older::FromHere {
            // Elements that begin with it and hold nothing else yet are its wrapping.
            while let Some(outer) = first.checked_sub(1)
                && self.open.get(outer).is_some_and(|open| {
                    open.at + open.tag.len() == begin(first) && !is_scope(open.name)
                })
            {
                first = outer;
            }
        }
        self.fold = Some(Fold {
            start: begin(first),
            end: None,
            within: older == Older::Within,
            around: first,
        });
    }

    /// Whether the text that was written last may be out of sight where the rest of its link is not.
    pub fn may_be_hidden(&self) -> bool {
        let inside = self.open.iter().rev();
        let mut inside = inside.take_while(|open| open.name != "a");
        inside.any(|open| open.hides)
    }

    /// Whether what follows this end tag stands apart from what is before it.
    pub fn parts_at_end(&self, name: &str) -> bool {
        let open = self.find_open(name).and_then(|at| self.open.get(at));
        open.is_some_and(|open| !open.runs_on)
    }

    /// Whether an element would be written here, or left out.
    pub fn takes(&self, name: &str) -> bool {
        !is_table_part(name) || self.open.iter().any(|open| open.name == "table")
    }

    /// Writes in the midst of what stands already.
    pub fn insert(&mut self, at: usize, html: &str) {
        self.out.insert_str(at, html);
        let fold = self.fold.iter_mut();
        let ends = fold.flat_map(|fold| std::iter::once(&mut fold.start).chain(&mut fold.end));
        let opens = self.open.iter_mut().map(|open| &mut open.at);
        for place in ends.chain(opens).filter(|place| **place > at) {
            *place += html.len();
        }
    }

    /// `ends`: whether it ends while that many elements are open.
    fn end_fold(&mut self, ends: impl Fn(&Fold, usize) -> bool) {
        let open = self.open.len();
        if let Some(fold) = &mut self.fold
            && ends(fold, open)
        {
            fold.end.get_or_insert(self.out.len());
        }
    }

    /// Closes everything.
    pub fn finish(&mut self) {
        while !self.open.is_empty() {
            self.pop();
        }
    }

    /// Writes what is folded as such; nothing is written after that.
    pub fn fold_up(&mut self) {
        if let Some(fold) = self.fold.take() {
            let end = fold.end.unwrap_or(self.out.len());
            self.out.insert_str(end, FOLD_END);
            self.out.insert_str(fold.start, FOLD);
        }
    }

    fn find_open(&self, name: &str) -> Option<usize> {
        for (at, open) in self.open.iter().enumerate().rev() {
            if open.name == name || (is_heading(name) && is_heading(open.name)) {
                return Some(at);
            }
            let reaches_out = open.name == "table"
                || (is_scope(open.name) && !is_table_part(name) && name != "table");
            if reaches_out {
                return None;
            }
        }
        None
    }

    fn top(&self) -> Option<&'static str> {
        self.open.last().map(|open| open.name)
    }

    fn push(&mut self, name: &'static str, tag: String) {
        self.out.push_str(&tag);
        self.fresh = !is_void(name);
        if is_void(name) {
            return;
        }
        self.open.push(Open {
            at: self.out.len() - tag.len(),
            name,
            hides: may_hide(name, &tag, &self.unseen),
            runs_on: runs_on(&tag),
            tag,
            ended: false,
        });
        self.over |= self.open.len() > self.nesting;
    }

    /// Closes the innermost element, and those around it that ended before.
    fn pop(&mut self) {
        while let Some(open) = self.open.pop() {
            self.links_closed += usize::from(open.name == "a");
            self.fresh = false;
            self.end_fold(|fold, open| !fold.within && open < fold.around);
            self.out.push_str("</");
            self.out.push_str(open.name);
            self.out.push('>');
            self.end_fold(|fold, open| fold.within && open == fold.around);
            if !self.open.last().is_some_and(|open| open.ended) {
                return;
            }
        }
    }

    /// Closes the element at `at`; formatting in it goes on after it, unless a table part closes.
    fn close_to(&mut self, at: usize) {
        let table = self
            .open
            .get(at)
            .is_some_and(|open| is_table_frame(open.name) || is_scope(open.name));
        if !table {
            let inner = self
                .open
                .iter()
                .skip(at + 1)
                .filter(|open| is_formatting(open.name) && !open.ended);
            let inner: Vec<_> = inner.map(|open| (open.name, open.tag.clone())).collect();
            for interrupted in inner {
                let equal = self
                    .interrupted
                    .iter()
                    .filter(|other| **other == interrupted)
                    .count();
                if equal < MAX_EQUAL && self.interrupted.len() < MAX_REOPENED {
                    self.interrupted.push(interrupted);
                }
            }
        } else {
            self.interrupted.clear();
        }
        while self.open.len() > at {
            self.pop();
        }
    }

    /// Closes the innermost of `names` unless one of `borders` or a table stands between.
    fn close_in_scope(&mut self, names: &[&str], borders: &[&str]) {
        for (at, open) in self.open.iter().enumerate().rev() {
            if names.contains(&open.name) {
                return self.close_to(at);
            }
            if is_scope(open.name) || borders.contains(&open.name) {
                return;
            }
        }
    }

    fn resume(&mut self) {
        for (name, tag) in std::mem::take(&mut self.interrupted) {
            self.push(name, tag);
        }
    }

    /// Content that stands directly in a table is put into a cell of its own.
    fn imply_cell(&mut self) {
        if self.top() == Some("colgroup") {
            self.pop();
        }
        if self.top() != Some("tr") {
            self.push("tr", "<tr>".to_owned());
        }
        self.push("td", "<td>".to_owned());
    }

    /// Closes what must be closed before a part of a table; false when there is no table for it.
    fn prepare_table_part(&mut self, name: &str) -> bool {
        let Some(table) = self.open.iter().rposition(|open| open.name == "table") else {
            return false;
        };
        let parents: &[&str] = match name {
            "td" | "th" => &["tr", "tbody", "thead", "tfoot"],
            "tr" => &["tbody", "thead", "tfoot"],
            "col" => &["colgroup"],
            _ => &[],
        };
        self.interrupted.clear();
        while self.open.len() > table + 1 && !self.top().is_some_and(|top| parents.contains(&top)) {
            self.pop();
        }
        if matches!(name, "td" | "th") && self.top() != Some("tr") {
            self.push("tr", "<tr>".to_owned());
        }
        true
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

#[cfg(test)]
mod tests {
    use super::super::elements::element;
    use super::*;

    /// Feeds words: `name`, `/name`, or text in capitals.
    fn write(words: &str) -> String {
        let mut writer = Writer::new(100, 256, Unseen::default());
        for word in words.split(' ') {
            match word.strip_prefix('/') {
                Some(name) => writer.end(name),
                None => match element(word) {
                    Some(name) => writer.start(name, format!("<{name}>")),
                    None => writer.text(word),
                },
            }
        }
        writer.finish();
        writer.out
    }

    #[test]
    fn sloppy_markup_becomes_properly_nested() {
        for (words, expected) in [
            ("p A p B", "<p>A</p><p>B</p>"),
            ("p b A p B /b C", "<p><b>A</b></p><p><b>B</b>C</p>"),
            ("b A i B /b C /i D", "<b>A<i>B</i></b><i>C</i>D"),
            ("b div A /b B /div C", "<b><div>AB</div></b>C"),
            ("div A /p /span B", "<div>AB</div>"),
            (
                "ul li A li B ul li C /ul li D",
                "<ul><li>A</li><li>B<ul><li>C</li></ul></li><li>D</li></ul>",
            ),
            (
                "dl dt A dd B dt C",
                "<dl><dt>A</dt><dd>B</dd><dt>C</dt></dl>",
            ),
            ("a A a B", "<a>A</a><a>B</a>"),
            ("h1 A /h2 B", "<h1>A</h1>B"),
            ("td A /td B", "AB"),
            (
                "table tr td A tr td B /table C",
                "<table><tr><td>A</td></tr><tr><td>B</td></tr></table>C",
            ),
            (
                "table td A div B td C",
                "<table><tr><td>A<div>B</div></td><td>C</td></tr></table>",
            ),
            (
                "table A tr td B",
                "<table><tr><td>A</td></tr><tr><td>B</td></tr></table>",
            ),
            (
                "table tr td table tr td A /td /tr /table B /td td C",
                "<table><tr><td><table><tr><td>A</td></tr></table>B</td><td>C</td></tr></table>",
            ),
            (
                "b table tr td A /b B /table C",
                "<b><table><tr><td>AB</td></tr></table>C</b>",
            ),
            (
                "table tr td b A td B",
                "<table><tr><td><b>A</b></td><td>B</td></tr></table>",
            ),
            (
                "table caption A colgroup col col tbody tr td B",
                "<table><caption>A</caption><colgroup><col><col></colgroup><tbody><tr><td>B</td></tr></tbody></table>",
            ),
            (
                "p table tr td A",
                "<p></p><table><tr><td>A</td></tr></table>",
            ),
            (
                "div table tr td A /div B",
                "<div><table><tr><td>AB</td></tr></table></div>",
            ),
        ] {
            assert_eq!(write(words), expected, "{words}");
        }
    }

    #[test]
    fn unclosed_formatting_does_not_pile_up() {
        let written = write(&"p font A ".repeat(200));
        assert!(written.len() < 200 * 60, "{}", written.len());
    }
}
