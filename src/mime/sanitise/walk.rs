//! The walk over html5ever's tokens: what is kept, what is hidden, what is rewritten.
use super::super::characters::as_written;
use super::super::css::Filtered;
use super::elements::{attribute, element, parts_words};
use super::escape::escape;
use super::hiding::Hiding;
use super::images::{Images, Source, is_tracker};
use super::link_text::{LinkText, Mark, pieces};
use super::links::Link;
use super::older::Older;
use super::sight::has_running_style;
use super::unseen::Unseen;
use super::writer::Writer;
use super::{Limits, RemoteImages};
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use std::cell::RefCell;

/// Host names printed beside links; a letter with more is shown as text.
const MAX_MARKS: usize = 2000;

/// What came out of the walk.
pub(super) struct Walked {
    pub body: String,
    pub remote: RemoteImages,
    /// A `meta` says that it is made for dark grounds too.
    pub dark: bool,
    /// A host name was printed beside a link.
    pub marked_links: bool,
}

pub(super) struct Walk<'a>(RefCell<State<'a>>);

struct State<'a> {
    writer: Writer,
    images: Images<'a>,
    compose: &'a str,
    max_nodes: usize,
    nodes: usize,
    in_text: bool,
    hiding: Hiding,
    /// Older letters are folded.
    folds: bool,
    dark: bool,
    remote: RemoteImages,
    marks: usize,
    /// The open links, the innermost last.
    links: Vec<LinkText>,
    styles: Filtered,
}

impl<'a> Walk<'a> {
    pub fn new(
        images: Images<'a>,
        compose: &'a str,
        limits: &Limits,
        folds: bool,
        unseen: Unseen,
    ) -> Self {
        Self(RefCell::new(State {
            writer: Writer::new(4096, limits.html_nesting, unseen),
            images,
            compose,
            max_nodes: limits.html_nodes,
            nodes: 0,
            in_text: false,
            hiding: Hiding::default(),
            folds,
            dark: false,
            remote: RemoteImages::default(),
            marks: 0,
            links: Vec::new(),
            styles: Filtered::default(),
        }))
    }

    /// A cap was passed.
    pub fn is_over(&self) -> bool {
        self.0.borrow().is_over()
    }

    pub fn finish(self) -> Option<Walked> {
        let mut state = self.0.into_inner();
        if state.is_over() {
            return None;
        }
        state.writer.finish();
        state.close_links();
        state.writer.fold_up();
        Some(Walked {
            body: state.writer.out,
            remote: state.remote,
            dark: state.dark,
            marked_links: state.marks > 0,
        })
    }
}

impl TokenSink for Walk<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        if state.is_over() {
            return TokenSinkResult::Continue;
        }
        let was_text = std::mem::take(&mut state.in_text);
        match token {
            Token::CharacterTokens(text) => {
                state.in_text = true;
                state.nodes += usize::from(!was_text);
                state.text(&text);
            }
            Token::TagToken(tag) => {
                state.nodes += 1;
                state.divide_link(&tag);
                return if tag.kind == TagKind::StartTag {
                    state.start(&tag)
                } else {
                    state.end(&tag.name)
                };
            }
            Token::CommentToken(_) => state.nodes += 1,
            _ => state.in_text = was_text,
        }
        TokenSinkResult::Continue
    }
}

impl State<'_> {
    fn is_over(&self) -> bool {
        self.nodes > self.max_nodes || self.writer.over || self.marks > MAX_MARKS
    }

    fn text(&mut self, text: &str) {
        if self.hiding.hides() {
            return;
        }
        let text = &as_written(text);
        if self.links.is_empty() {
            return self.writer.text(text);
        }
        let mut hidden = None;
        for piece in pieces(text) {
            self.writer.text(piece);
            let at = self.writer.text_at;
            let hidden = *hidden.get_or_insert_with(|| self.writer.may_be_hidden());
            let link = self.links.last_mut();
            let marks = link.map(|link| link.read(piece, at, hidden));
            self.print(marks.unwrap_or_default());
        }
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        if let Some(answer) = self.hiding.start(tag) {
            return answer;
        }
        match &*tag.name {
            "body" => self.open("div", tag),
            "meta" => self.dark |= declares_dark(tag),
            name => {
                if let Some(name) = element(name) {
                    self.open(name, tag);
                }
            }
        }
        TokenSinkResult::Continue
    }

    fn end(&mut self, name: &str) -> TokenSinkResult<()> {
        if self.hiding.end(name) {
            return TokenSinkResult::Continue;
        }
        if name == "br" {
            self.writer.start("br", "<br>".to_owned());
        } else {
            self.writer.end(name);
            self.close_links();
        }
        TokenSinkResult::Continue
    }

    fn open(&mut self, name: &'static str, tag: &Tag) {
        let value = |wanted: &str| {
            tag.attrs
                .iter()
                .find(|attribute| &*attribute.name.local == wanted)
                .map(|a| &*a.value)
        };
        let mut written = format!("<{name}");
        let mut link = None;
        match name {
            "img" => match value("src").map(|src| self.images.source(src)) {
                Some(Source::Shown(src)) => write_attribute(&mut written, "src", &src),
                Some(Source::Remote(url)) => {
                    let style = self.styles.declarations(value("style").unwrap_or_default());
                    if is_tracker(style, value) {
                        self.remote.trackers += 1;
                        return;
                    }
                    self.remote.pictures += 1;
                    match self.images.shown_by_us(&url) {
                        Some(src) => write_attribute(&mut written, "src", &src),
                        None if is_pixel(tag) => return,
                        None => {}
                    }
                }
                _ if is_pixel(tag) => return,
                _ => {}
            },
            "a" => {
                // What is no link is text.
                let Some(found) = value("href").and_then(|href| Link::new(href, self.compose))
                else {
                    return self.writer.end("a");
                };
                write_attribute(&mut written, "href", &found.href);
                link = Some(found);
            }
            _ => {}
        }
        for attr in &tag.attrs {
            match &*attr.name.local {
                "style" => {
                    let style = self.styles.declarations(&attr.value);
                    if !style.is_empty() {
                        write_attribute(&mut written, "style", style);
                    }
                }
                attribute_name => {
                    if let Some(value) = attribute(name, attribute_name, &attr.value) {
                        write_attribute(&mut written, attribute_name, &value);
                    }
                }
            }
        }
        written.push('>');
        let length = written.len();
        self.writer.start(name, written);
        self.close_links();
        if self.folds
            && let Some(older) = Older::of(name, value)
        {
            self.writer.fold(older);
        }
        if let Some(link) = link {
            let host = link.deceiving_host();
            let at = self.writer.out.len();
            self.print(host.map(|host| Mark { at, host }).into_iter().collect());
            self.links.push(LinkText::new(link));
        }
        if name == "img"
            && let Some(alt) = value("alt")
            && let Some(link) = self.links.last()
        {
            let at = self.writer.out.len().saturating_sub(length);
            let host = link.mark_of(&as_written(alt));
            self.print(host.map(|host| Mark { at, host }).into_iter().collect());
        }
    }

    /// A tag stands in the text of a link: between two words, or within one.
    fn divide_link(&mut self, tag: &Tag) {
        let name = &*tag.name;
        let Some(link) = self.links.last_mut() else {
            return;
        };
        link.divide();
        // What is left out, hidden or goes on in the line stands between no words.
        let parts = parts_words(name)
            && !self.hiding.hides()
            && match tag.kind {
                TagKind::StartTag => {
                    self.writer.takes(name) && !has_running_style(tag, &mut self.styles)
                }
                TagKind::EndTag => name == "br" || self.writer.parts_at_end(name),
            };
        if parts {
            let marks = link.finish();
            self.print(marks);
        }
    }

    /// Takes leave of the links that were closed.
    fn close_links(&mut self) {
        for _ in 0..std::mem::take(&mut self.writer.links_closed) {
            let marks = self.links.pop().map(|mut link| link.finish());
            self.print(marks.unwrap_or_default());
        }
    }

    /// Prints where a link leads in front of the word that says otherwise; the space is part of the name, so that no line
    /// breaks between the two.
    fn print(&mut self, marks: Vec<Mark>) {
        for Mark { at, host } in marks {
            self.marks += 1;
            let mut name = "<bdi class=\"link-host\">[".to_owned();
            escape(&host, false, &mut name);
            name.push_str("]&nbsp;</bdi>");
            self.writer.insert(at, &name);
        }
    }
}

fn write_attribute(tag: &mut String, name: &str, value: &str) {
    tag.push(' ');
    tag.push_str(name);
    tag.push_str("=\"");
    escape(value, true, tag);
    tag.push('"');
}

/// `<meta name="color-scheme" content="light dark">`, and as Apple Mail spelt it first.
fn declares_dark(tag: &Tag) -> bool {
    let value = |wanted: &str| {
        let mut attributes = tag.attrs.iter();
        let found = attributes.find(|attribute| &*attribute.name.local == wanted);
        found.map_or("", |attribute| &*attribute.value)
    };
    let name = value("name");
    let schemes = value("content").to_ascii_lowercase();
    ["color-scheme", "supported-color-schemes"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
        && schemes
            .split_ascii_whitespace()
            .any(|scheme| scheme == "dark")
}

/// A picture that nobody is meant to see needs no place.
fn is_pixel(tag: &Tag) -> bool {
    tag.attrs.iter().any(|attribute| {
        matches!(&*attribute.name.local, "width" | "height")
            && matches!(attribute.value.trim(), "0" | "1" | "2" | "0px" | "1px")
    })
}
