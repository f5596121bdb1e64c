//! The walk over html5ever's tokens: which words are shown, how they look, what they weigh.
mod links;

use super::asks::{Asks, Attributes, Wants, breaks};
use super::design::{SIGN, Said, Weights, is_ground};
use super::tables::Tables;
use super::writer::Writer;
use super::{Group, Inlaid, Letter, Limits, RemoteImages};
use crate::mime::characters::visible_line;
use crate::mime::css::Filtered;
use crate::mime::sanitise::{
    Hiding, Older, closes_paragraph, element, is_tracker, is_void, remote_url,
};
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use links::Link;
use std::{cell::RefCell, collections::HashMap};

/// Pictures of the message that are no larger are decoration, in CSS pixels.
const ICON: u16 = 40;
/// Octets of style sheets that are looked at.
const STYLE: usize = 64 << 10;

pub(super) struct Walk<'a>(RefCell<State<'a>>);

struct State<'a> {
    compose: &'a str,
    max_nodes: usize,
    nesting: usize,
    nodes: usize,
    in_text: bool,
    over: bool,
    hiding: Hiding,
    open: Vec<Open>,
    /// How many open elements ask for each.
    wants: Wants,
    writer: Writer,
    tables: Tables,
    weights: Weights,
    remote: RemoteImages,
    link: Option<Link>,
    links: usize,
    style: String,
    /// `style` attributes, and what each says: designs repeat them by the hundred.
    styles: HashMap<String, Said>,
    filtered: Filtered,
    /// The rest of what holds the divider of Outlook was written before.
    earlier: Option<usize>,
}

struct Open {
    name: &'static str,
    asks: Asks,
    group: Option<usize>,
    /// Line breaks at its end.
    breaks: usize,
    tiny: Option<bool>,
}

impl<'a> Walk<'a> {
    pub fn new(compose: &'a str, limits: &Limits) -> Self {
        Self(RefCell::new(State {
            compose,
            max_nodes: limits.html_nodes,
            nesting: limits.html_nesting,
            nodes: 0,
            in_text: false,
            over: false,
            hiding: Hiding::default(),
            open: Vec::new(),
            wants: Wants::default(),
            writer: Writer::new(),
            tables: Tables::default(),
            weights: Weights::default(),
            remote: RemoteImages::default(),
            link: None,
            links: 0,
            style: String::new(),
            styles: HashMap::new(),
            filtered: Filtered::default(),
            earlier: None,
        }))
    }

    /// A cap was passed.
    pub fn is_over(&self) -> bool {
        self.0.borrow().over
    }

    pub fn finish(self) -> Option<Letter> {
        let mut state = self.0.into_inner();
        if state.over {
            return None;
        }
        state.close_to(0);
        state.end_link();
        state.writer.finish();
        state.weights.style_sheet(&state.style);
        Some(Letter {
            blocks: state.writer.blocks,
            designed: state.weights.designed(),
            remote: state.remote,
        })
    }
}

impl TokenSink for Walk<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        if state.over {
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
                return match tag.kind {
                    TagKind::StartTag => state.start(&tag),
                    TagKind::EndTag => state.end(&tag),
                };
            }
            Token::CommentToken(_) => state.nodes += 1,
            _ => state.in_text = was_text,
        }
        state.over |= state.nodes > state.max_nodes;
        TokenSinkResult::Continue
    }
}

impl State<'_> {
    fn text(&mut self, text: &str) {
        if self.hiding.hides() {
            // A letter's own style says how it is laid out, a quoted one's does not.
            if self.hiding.in_style() && self.wants.weightless == 0 && self.style.len() < STYLE {
                self.style.push_str(text);
            }
            return;
        }
        if self.wants.hidden > 0 || self.is_tiny() {
            return;
        }
        let before = self.writer.written;
        let link = self.link.as_ref();
        let leads = link.map(|link| (link.number, &link.destination));
        self.writer
            .text(text, self.wants.kind(), self.wants.look(), leads);
        self.weigh(self.writer.written - before);
    }

    /// Designers take the size from the text of a cell, against gaps between what stands in it, and give it back inside.
    fn is_tiny(&self) -> bool {
        let mut said = self.open.iter().rev().filter_map(|open| open.tiny);
        said.next().unwrap_or(false)
    }

    fn weigh(&mut self, characters: usize) {
        if characters == 0 || self.wants.weightless > 0 || self.earlier.is_some() {
            return;
        }
        if self.wants.laid > 0 {
            self.weights.lay(characters, self.weights.own);
        } else if !self.tables.count(characters) {
            self.weights.own += characters;
        }
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        if let Some(answer) = self.hiding.start(tag) {
            return answer;
        }
        let name = match &*tag.name {
            "body" => "div",
            name => match element(name) {
                Some(name) => name,
                None => return TokenSinkResult::Continue,
            },
        };
        let attributes = Attributes(tag);
        match name {
            "br" => self.writer.line_break(),
            "hr" => self.rule(&attributes),
            "img" => self.picture(&attributes),
            name if is_void(name) => {}
            name => self.element(name, &attributes),
        }
        TokenSinkResult::Continue
    }

    fn rule(&mut self, attributes: &Attributes<'_>) {
        // Outlook on the web draws one above the older letter, which begins with its next element.
        if attributes.get("tabindex").is_none() && self.wants.hidden == 0 {
            self.writer.rule();
        }
    }

    fn element(&mut self, name: &'static str, attributes: &Attributes<'_>) {
        self.imply_ends(name);
        let said = self.said(attributes);
        let is_block = closes_paragraph(name) || matches!(name, "td" | "th" | "tr");
        let breaks = breaks(name, attributes, &said);
        if breaks > 0 {
            self.writer.block(breaks);
        }
        let mut asks = Asks::of(name, &said);
        asks.hidden |= attributes.get("hidden").is_some();
        if is_block {
            asks.laid |= said.ground || said.columns || said.page;
            asks.laid |= attributes.get("bgcolor").is_some_and(is_ground)
                || attributes.get("background").is_some();
            asks.weightless |= attributes.is_called("signature");
        }
        let group = self.group(name, attributes, &said);
        if let Some((_, weightless)) = group {
            asks.weightless |= weightless;
        }
        match name {
            "a" => self.link(attributes, &said),
            "table" => {
                let layout = attributes.get("role").is_some() || self.wants.laid > 0;
                let own = self.weights.own;
                self.tables.open(&mut self.writer, layout, own);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.tables.holds_more_than_text(),
            _ => {}
        }
        self.wants.change(asks, |count| *count += 1);
        self.open.push(Open {
            name,
            asks,
            group: group.map(|(number, _)| number),
            breaks,
            tiny: said.tiny,
        });
        self.over |= self.open.len() > self.nesting;
    }

    fn said(&mut self, attributes: &Attributes<'_>) -> Said {
        let Some(style) = attributes.get("style") else {
            return Said::default();
        };
        if let Some(said) = self.styles.get(style) {
            return *said;
        }
        let said = Said::of(style);
        self.styles.insert(style.to_owned(), said);
        said
    }

    /// The group that an element opens, and whether its text weighs nothing.
    fn group(
        &mut self,
        name: &str,
        attributes: &Attributes<'_>,
        said: &Said,
    ) -> Option<(usize, bool)> {
        if self.wants.hidden > 0 {
            return None;
        }
        let opened = |group: Option<usize>, weightless| group.map(|number| (number, weightless));
        match name {
            "blockquote" if Older::of(name, |name| attributes.get(name)).is_some() => {
                opened(self.writer.open(Group::Quote), true)
            }
            // What is moved to the right is the writer's own.
            "blockquote" => opened(self.writer.open(Group::Inset), false),
            "ul" => opened(self.writer.open(Group::Bullets), false),
            "ol" => {
                let from = attributes.get("start").and_then(|start| start.parse().ok());
                let from = from.unwrap_or(1);
                opened(self.writer.open(Group::Numbers { from }), false)
            }
            "li" => {
                let borders = [
                    Group::Quote,
                    Group::Inset,
                    Group::Table,
                    Group::Bullets,
                    Group::Numbers { from: 0 },
                ];
                if let Some(item) = self.writer.inner(Group::Item, &borders) {
                    self.writer.close(item);
                }
                let in_list = self.writer.is_in_list();
                opened(in_list.then(|| self.writer.open(Group::Item))?, false)
            }
            "tr" => opened(self.tables.row(&mut self.writer), false),
            "td" | "th" => opened(self.tables.cell(&mut self.writer), false),
            "div" if said.aside => opened(self.writer.open(Group::Quote), true),
            "div" => self.older(attributes),
            _ => None,
        }
    }

    /// What mail programs put around the letter that is answered, or only above it.
    fn older(&mut self, attributes: &Attributes<'_>) -> Option<(usize, bool)> {
        if self.writer.is_in(Group::Earlier) {
            return None;
        }
        match Older::of("div", |name| attributes.get(name))? {
            Older::Within => {
                let group = self.writer.open(Group::Earlier);
                group.map(|number| (number, true))
            }
            Older::FromHere => {
                self.earlier = self.writer.open(Group::Earlier);
                None
            }
        }
    }

    /// Ends elements that this one cannot stand in.
    fn imply_ends(&mut self, name: &str) {
        let within: (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol"]),
            "dd" | "dt" => (&["dd", "dt"], &["dl"]),
            "td" | "th" => (&["td", "th"], &["table", "tr"]),
            "tr" => (&["tr"], &["table"]),
            "a" => (&["a"], &[]),
            name if closes_paragraph(name) => (&["p"], &[]),
            _ => return,
        };
        if matches!(name, "li" | "dd" | "dt") {
            self.end_in_scope(&["p"], &["li", "dd", "dt"]);
        }
        self.end_in_scope(within.0, within.1);
    }

    fn end_in_scope(&mut self, names: &[&str], borders: &[&str]) {
        for (at, open) in self.open.iter().enumerate().rev() {
            let name = open.name;
            if names.contains(&name) {
                return self.close_to(at);
            }
            let is_cell = matches!(name, "td" | "th") && !names.contains(&"tr");
            if borders.contains(&name) || name == "table" || is_cell {
                return;
            }
        }
    }

    fn end(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        if self.hiding.end(name) {
            return TokenSinkResult::Continue;
        }
        match name {
            "br" => self.writer.line_break(),
            "body" | "html" => {}
            name => self.end_element(name),
        }
        TokenSinkResult::Continue
    }

    fn end_element(&mut self, name: &str) {
        let is_part = matches!(
            name,
            "table" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th"
        );
        let mut crosses = false;
        for at in (0..self.open.len()).rev() {
            let Some(open) = self.open.get(at) else {
                return;
            };
            if open.name == name {
                if crosses && !is_part && !closes_paragraph(name) {
                    // Formatting that ends inside a block ends there, the block goes on.
                    let open = self.open.remove(at);
                    self.close(&open);
                } else {
                    self.close_to(at);
                }
                return;
            }
            let reaches_out =
                open.name == "table" || (matches!(open.name, "td" | "th") && !is_part);
            if reaches_out {
                return;
            }
            crosses |= closes_paragraph(open.name);
        }
    }

    fn close_to(&mut self, at: usize) {
        while self.open.len() > at {
            if let Some(open) = self.open.pop() {
                self.close(&open);
            }
        }
    }

    fn close(&mut self, open: &Open) {
        self.wants.change(open.asks, |count| *count -= 1);
        match open.name {
            "a" => self.end_link(),
            "table" => {
                if let Some(ended) = self.tables.close(&mut self.writer) {
                    if ended.is_data {
                        self.weights.own += ended.characters;
                    } else {
                        self.weights.lay(ended.characters, ended.own_before);
                    }
                }
            }
            _ => {}
        }
        if let Some(number) = open.group {
            self.writer.close(number);
        }
        if self.earlier.is_some() && !self.writer.is_in(Group::Earlier) {
            self.earlier = None;
        }
        if open.breaks > 0 {
            self.writer.block(open.breaks);
        }
    }

    fn picture(&mut self, attributes: &Attributes<'_>) {
        let Some(src) = attributes.get("src").map(str::trim) else {
            return;
        };
        let alt = visible_line(attributes.get("alt").unwrap_or_default(), 200);
        let size = (attributes.pixels("width"), attributes.pixels("height"));
        let within = |most: u16| [size.0, size.1].iter().flatten().any(|side| *side <= most);
        let scheme = src.get(..4).unwrap_or_default();
        if scheme.eq_ignore_ascii_case("cid:") {
            if !within(ICON) && self.wants.hidden == 0 {
                self.tables.holds_more_than_text();
                let id = src.get(4..).unwrap_or_default();
                let id = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
                self.writer.picture(Inlaid {
                    content_id: id.into_owned(),
                    alt,
                    width: size.0,
                    height: size.1,
                });
            }
            return;
        }
        if remote_url(src).is_some() {
            let style = attributes.get("style").unwrap_or_default();
            let style = self.filtered.declarations(style);
            if is_tracker(style, |name| attributes.get(name)) {
                self.remote.trackers += 1;
                return;
            }
            self.remote.pictures += 1;
            self.tables.holds_more_than_text();
            let weighs = self.wants.weightless == 0 && self.earlier.is_none() && !within(SIGN);
            if weighs {
                self.weights.picture();
            }
        }
        // What a picture says stands for it where it is a link, or a character.
        let is_sign = !alt.is_ascii() && alt.chars().count() <= 4;
        if self.link.is_some() || is_sign {
            self.text(&alt);
        }
    }
}
