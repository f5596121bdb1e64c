//! HTML as text: one walk over html5ever's tokens, no tree, linear in the input whatever its nesting.
use super::super::Limits;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

const MAX_QUOTES: usize = 20;
const MAX_LISTS: usize = 20;

/// HTML mail as plain text: paragraphs, lists, quotes with `> `, the address of a link behind its text. For quoting,
/// for messages without a text part, and over the caps of `sanitise`; input beyond [`Limits::text_part`] is cut off.
pub fn html_to_text(html: &str, limits: &Limits) -> String {
    let html = html
        .get(..html.floor_char_boundary(limits.text_part))
        .unwrap_or(html);
    if super::super::sanitise::too_many_attributes(html, limits.html_attributes) {
        return without_tags(html);
    }
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Walk::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&queue); // only scripts suspend it, and the walk never asks for that
    tokenizer.end();
    tokenizer.sink.state.into_inner().finish()
}

/// For input on which a real tokenizer would work too long.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        rest = after.split_once('>').map_or("", |(_, tail)| tail);
    }
    text.push_str(rest);
    text
}

#[derive(Default)]
struct Walk {
    state: RefCell<Writer>,
}

impl TokenSink for Walk {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::CharacterTokens(text) => state.text(&text),
            Token::TagToken(tag) => return state.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Element whose content is not shown, and how many of it are open.
    hidden: Option<(String, usize)>,
    quotes: usize,
    /// Quote depth of the last written line.
    last_quotes: usize,
    pre: usize,
    /// Next number of each open list; None for a bulleted one.
    lists: Vec<Option<u32>>,
    /// Line breaks wanted before the next text.
    breaks: usize,
    space: bool,
    /// A mark of a list item waits for its text.
    mark: Option<String>,
    /// Address of the open link, and where its text began.
    link: Option<(String, usize)>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        for c in text.chars() {
            match c {
                '\n' if self.pre > 0 => self.line_break(),
                '\u{A0}' => self.character(' '),
                c if c.is_whitespace() && self.pre == 0 => self.space = true,
                '\r' => {}
                c if c.is_control() && c != '\t' => {}
                '\u{200B}' | '\u{FEFF}' | '\u{00AD}' | '\u{034F}' => {}
                c => self.character(c),
            }
        }
    }

    fn character(&mut self, c: char) {
        if self.breaks > 0 || self.out.is_empty() {
            let first = self.out.is_empty();
            let breaks = std::mem::take(&mut self.breaks).min(2);
            let quotes = self.quotes.min(MAX_QUOTES);
            for index in 0..if first { 0 } else { breaks } {
                if index > 0 {
                    self.out
                        .extend(std::iter::repeat_n('>', quotes.min(self.last_quotes)));
                }
                self.out.push('\n');
            }
            self.last_quotes = quotes;
            if quotes > 0 {
                self.out.extend(std::iter::repeat_n('>', quotes));
                self.out.push(' ');
            }
            if let Some(mark) = self.mark.take() {
                self.out.push_str(&mark);
            }
        } else if self.space && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
        self.space = false;
        self.out.push(c);
    }

    fn line_break(&mut self) {
        self.breaks += 1;
        self.space = false;
    }

    fn block(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
        self.space = false;
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        let start = tag.kind == TagKind::StartTag;
        if let Some((hidden, depth)) = &mut self.hidden {
            if hidden == name {
                if start {
                    *depth += 1;
                } else if *depth > 1 {
                    *depth -= 1;
                } else {
                    self.hidden = None;
                }
            }
            return TokenSinkResult::Continue;
        }
        if start {
            match name {
                "script" => return self.hide(name, RawKind::ScriptData),
                "style" | "noembed" | "noframes" | "iframe" | "xmp" => {
                    return self.hide(name, RawKind::Rawtext);
                }
                "title" | "textarea" => return self.hide(name, RawKind::Rcdata),
                "template" | "select" | "svg" | "math" if !tag.self_closing => {
                    self.hidden = Some((name.to_owned(), 1));
                }
                _ => self.open(name, tag),
            }
        } else {
            self.close(name);
        }
        TokenSinkResult::Continue
    }

    fn hide(&mut self, name: &str, kind: RawKind) -> TokenSinkResult<()> {
        self.hidden = Some((name.to_owned(), 1));
        TokenSinkResult::RawData(kind)
    }

    fn open(&mut self, name: &str, tag: &Tag) {
        match name {
            "br" => self.line_break(),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "dl" | "figure" => {
                self.block(2)
            }
            "div" | "tr" | "dt" | "dd" | "address" | "article" | "section" | "header"
            | "footer" | "center" | "caption" => {
                self.block(1);
            }
            "td" | "th" => self.space = true,
            "pre" => {
                self.block(2);
                self.pre += 1;
            }
            "blockquote" => {
                self.block(2);
                self.quotes += 1;
            }
            "ul" | "ol" => {
                self.block(if self.lists.is_empty() { 2 } else { 1 });
                if self.lists.len() < MAX_LISTS {
                    self.lists.push((name == "ol").then_some(1));
                }
            }
            "li" => self.item(),
            "hr" => {
                self.block(1);
                "----".chars().for_each(|c| self.character(c));
                self.block(1);
            }
            "img" => {
                let alt = attribute(tag, "alt").unwrap_or_default();
                self.text(alt.trim());
            }
            "a" => {
                self.end_link();
                self.link =
                    attribute(tag, "href").map(|href| (href.trim().to_owned(), self.out.len()));
            }
            _ => {}
        }
    }

    fn item(&mut self) {
        self.block(1);
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{indent}{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => format!("{indent}- "),
        };
        self.mark = Some(mark);
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "dl" | "figure" => {
                self.block(2)
            }
            "div" | "tr" | "dt" | "dd" | "address" | "article" | "section" | "header"
            | "footer" | "center" | "caption" | "li" => {
                self.block(1);
            }
            "pre" => {
                self.pre = self.pre.saturating_sub(1);
                self.block(2);
            }
            "blockquote" => {
                self.quotes = self.quotes.saturating_sub(1);
                self.block(2);
            }
            "ul" | "ol" => {
                self.lists.pop();
                self.block(if self.lists.is_empty() { 2 } else { 1 });
            }
            "a" => self.end_link(),
            _ => {}
        }
    }

    /// Writes the address of a link behind its text when it is one that can be opened and says more than the text.
    fn end_link(&mut self) {
        let Some((href, from)) = self.link.take() else {
            return;
        };
        let Ok(url) = url::Url::parse(&href) else {
            return;
        };
        if !matches!(url.scheme(), "http" | "https") || href.len() > 2048 {
            return;
        }
        let text = self
            .out
            .get(from..)
            .unwrap_or_default()
            .trim()
            .trim_end_matches('/');
        let bare = href.trim_end_matches('/');
        let says_all = text == bare
            || bare
                .strip_prefix("https://")
                .or_else(|| bare.strip_prefix("http://"))
                == Some(text);
        if !text.is_empty() && !says_all {
            self.space = true;
            format!("<{}>", url.as_str())
                .chars()
                .for_each(|c| self.character(c));
        }
    }

    fn finish(mut self) -> String {
        self.end_link();
        let mut text: String = self.out;
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name)
        .map(|attribute| &*attribute.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(html: &str) -> String {
        html_to_text(html, &Limits::default())
    }

    #[test]
    fn a_letter_reads_as_a_letter() {
        let html = "<html><head><title>T</title><style>p{color:red}</style></head><body><p>Hello&nbsp;<b>you</b>,</p>\
                    <div>one<br>two</div><div>three</div><ul><li>a<li>b</ul><ol><li>x</ol><script>xss()</script></body>";
        assert_eq!(
            text(html),
            "Hello you,\n\none\ntwo\nthree\n\n- a\n- b\n\n1. x\n"
        );
    }

    #[test]
    fn quotes_and_links_are_told() {
        let html = "<p>See <a href=\"https://a.example/x\">this</a> and <a href='https://b.example'>b.example</a></p>\
                    <blockquote>old<p>older</p></blockquote>new";
        assert_eq!(
            text(html),
            "See this <https://a.example/x> and b.example\n\n> old\n>\n> older\n\nnew\n"
        );
        assert_eq!(text("<a href=\"javascript:xss()\">x</a>"), "x\n");
    }

    #[test]
    fn preformatted_text_and_cells_keep_their_shape() {
        assert_eq!(text("<pre>a\n  b</pre>"), "a\n  b\n");
        assert_eq!(
            text("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"),
            "a b\nc\n"
        );
        assert_eq!(text("<img src=x alt=logo>"), "logo\n");
        assert_eq!(text(""), "");
    }

    #[test]
    fn bombs_take_linear_time() {
        let begun = crate::mime::testing::CpuTime::now();
        for piece in [
            "<div>",
            "<b><i><u><a href=x>",
            "<blockquote>x",
            "<ul><li>",
            "<svg>",
            "<",
            "<!--",
            "&NotEqualTilde;",
            "<a href='",
        ] {
            text(&piece.repeat(500_000 / piece.len()));
        }
        let attributes: String = (0..100_000).map(|i| format!(" a{i}=1")).collect();
        text(&format!("<p{attributes}>x"));
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(8),
            "{:?}",
            begun.elapsed()
        );
    }

    proptest! {
        #[test]
        fn any_html_is_read(html in "(<|>|/|p|div|blockquote|script|style|a href=|'|\"|!--|--|&amp;|é|\u{0}| |ol|li|pre){0,80}") {
            prop_assert!(!text(&html).contains(['\0', '\r']));
        }
    }
}
