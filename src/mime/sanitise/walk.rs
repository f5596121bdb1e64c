//! The walk over html5ever's tokens: what is kept, what is hidden, what is rewritten.
use super::elements::{attribute, element};
use super::images::{Images, Source, is_tracker};
use super::link_text::{LinkText, Mark, pieces};
use super::links::Link;
use super::writer::{Writer, escape};
use super::{Limits, RemoteImages};
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use std::cell::RefCell;

/// Host names printed beside links; a letter with more is shown as text.
const MAX_MARKS: usize = 2000;

/// What came out of the walk.
pub(super) struct Walked {
    pub body: String,
    /// Content of the style elements, not filtered yet.
    pub style: String,
    pub remote: RemoteImages,
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
    /// Element whose content is not shown, and how many of it are open.
    hidden: Option<Hidden>,
    style: String,
    remote: RemoteImages,
    marks: usize,
    /// The open links, the innermost last.
    links: Vec<LinkText>,
}

struct Hidden {
    name: String,
    depth: usize,
}

impl<'a> Walk<'a> {
    pub fn new(images: Images<'a>, compose: &'a str, limits: &Limits) -> Self {
        Self(RefCell::new(State {
            writer: Writer::new(4096, limits.html_nesting),
            images,
            compose,
            max_nodes: limits.html_nodes,
            nodes: 0,
            in_text: false,
            hidden: None,
            style: String::new(),
            remote: RemoteImages::default(),
            marks: 0,
            links: Vec::new(),
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
        Some(Walked {
            body: state.writer.out,
            style: state.style,
            remote: state.remote,
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
                if let Some(link) = state.links.last_mut() {
                    link.divide();
                }
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
        if let Some(hidden) = &self.hidden {
            if hidden.name == "style" {
                self.style.push_str(text);
            }
            return;
        }
        if self.links.is_empty() {
            return self.writer.text(text);
        }
        for piece in pieces(text) {
            self.writer.text(piece);
            let at = self.writer.text_at;
            let link = self.links.last_mut();
            let marks = link.map(|link| link.read(piece, at));
            self.print(marks.unwrap_or_default());
        }
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        if let Some(hidden) = &mut self.hidden {
            if is_foreign(&hidden.name) && breaks_out(name) {
                self.hidden = None;
            } else {
                hidden.depth += usize::from(hidden.name == name && !tag.self_closing);
                // Raw text is read as such also where it is hidden.
                return raw_kind(name)
                    .filter(|_| !is_foreign(&hidden.name))
                    .map_or(TokenSinkResult::Continue, TokenSinkResult::RawData);
            }
        }
        if let Some(kind) = raw_kind(name) {
            self.hide(name);
            return TokenSinkResult::RawData(kind);
        }
        match name {
            "plaintext" => return TokenSinkResult::Plaintext,
            "svg" | "math" if tag.self_closing => {}
            "svg" | "math" | "template" | "select" | "datalist" | "audio" | "video" | "canvas" => {
                self.hide(name)
            }
            "body" => self.open("div", tag),
            name => {
                if let Some(name) = element(name) {
                    self.open(name, tag);
                }
            }
        }
        TokenSinkResult::Continue
    }

    fn hide(&mut self, name: &str) {
        self.hidden = Some(Hidden {
            name: name.to_owned(),
            depth: 1,
        });
    }

    fn end(&mut self, name: &str) -> TokenSinkResult<()> {
        match &mut self.hidden {
            Some(hidden) => {
                if hidden.name == name {
                    hidden.depth -= 1;
                    if hidden.depth == 0 {
                        self.hidden = None;
                        if name == "style" {
                            self.style.push('\n');
                        }
                    }
                }
            }
            None if name == "br" => self.writer.start("br", "<br>".to_owned()),
            None => {
                self.writer.end(name);
                self.close_links();
            }
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
                Some(Source::Remote(_)) if is_tracker(value) => {
                    self.remote.trackers += 1;
                    return;
                }
                Some(Source::Remote(url)) => {
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
            let attribute_name = &*attr.name.local;
            if let Some(value) = attribute(name, attribute_name, &attr.value) {
                write_attribute(&mut written, attribute_name, &value);
            }
        }
        written.push('>');
        let length = written.len();
        self.writer.start(name, written);
        self.close_links();
        if let Some(link) = link {
            let host = link.deceiving_host();
            let at = self.writer.out.len();
            self.print(host.map(|host| Mark { at, host }).into_iter().collect());
            self.links.push(LinkText::new(link));
        }
        if name == "img"
            && let Some(alt) = value("alt")
            && let Some(mut link) = self.links.pop()
        {
            let at = self.writer.out.len().saturating_sub(length);
            link.divide();
            for piece in pieces(alt) {
                let marks = link.read(piece, at);
                self.print(marks);
            }
            link.divide();
            self.links.push(link);
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
            self.writer.out.insert_str(at, &name);
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

/// Elements whose content is no markup; all of them are hidden.
fn raw_kind(name: &str) -> Option<RawKind> {
    match name {
        "script" => Some(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
        "title" | "textarea" => Some(RawKind::Rcdata),
        _ => None,
    }
}

fn is_foreign(name: &str) -> bool {
    matches!(name, "svg" | "math")
}

/// HTML elements that end foreign content (WHATWG HTML §13.2.6.5).
fn breaks_out(name: &str) -> bool {
    matches!(
        name,
        "b" | "big"
            | "blockquote"
            | "body"
            | "br"
            | "center"
            | "code"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "em"
            | "embed"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "hr"
            | "i"
            | "img"
            | "li"
            | "menu"
            | "meta"
            | "nobr"
            | "ol"
            | "p"
            | "pre"
            | "ruby"
            | "s"
            | "small"
            | "span"
            | "strong"
            | "strike"
            | "sub"
            | "sup"
            | "table"
            | "tt"
            | "u"
            | "ul"
            | "var"
    )
}

/// A picture that nobody is meant to see needs no place.
fn is_pixel(tag: &Tag) -> bool {
    tag.attrs.iter().any(|attribute| {
        matches!(&*attribute.name.local, "width" | "height")
            && matches!(attribute.value.trim(), "0" | "1" | "2" | "0px" | "1px")
    })
}
