//! Which elements of HTML mail hold nothing that is shown: raw text, foreign content, parts of forms.
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TokenSinkResult};

/// The element whose content is not shown, if one is open.
#[derive(Default)]
pub(in super::super) struct Hiding(Option<Hidden>);

struct Hidden {
    name: String,
    /// How many of it are open.
    depth: usize,
}

impl Hiding {
    /// None: nothing hides the element of this start tag.
    pub fn start(&mut self, tag: &Tag) -> Option<TokenSinkResult<()>> {
        let name = &*tag.name;
        if let Some(hidden) = &mut self.0 {
            if is_foreign(&hidden.name) && breaks_out(name) {
                self.0 = None;
            } else {
                hidden.depth += usize::from(hidden.name == name && !tag.self_closing);
                // Raw text is read as such also where it is hidden.
                let raw = raw_kind(name).filter(|_| !is_foreign(&hidden.name));
                return Some(raw.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData));
            }
        }
        if let Some(kind) = raw_kind(name) {
            self.hide(name);
            return Some(TokenSinkResult::RawData(kind));
        }
        match name {
            "plaintext" => Some(TokenSinkResult::Plaintext),
            "svg" | "math" if tag.self_closing => Some(TokenSinkResult::Continue),
            "svg" | "math" | "template" | "select" | "datalist" | "audio" | "video" | "canvas" => {
                self.hide(name);
                Some(TokenSinkResult::Continue)
            }
            _ => None,
        }
    }

    fn hide(&mut self, name: &str) {
        self.0 = Some(Hidden {
            name: name.to_owned(),
            depth: 1,
        });
    }

    /// Whether the end tag is one of hidden content.
    pub fn end(&mut self, name: &str) -> bool {
        let Some(hidden) = &mut self.0 else {
            return false;
        };
        if hidden.name == name {
            hidden.depth -= 1;
            if hidden.depth == 0 {
                self.0 = None;
            }
        }
        true
    }

    pub fn hides(&self) -> bool {
        self.0.is_some()
    }

    /// The text is a style sheet.
    pub fn in_style(&self) -> bool {
        self.0.as_ref().is_some_and(|hidden| hidden.name == "style")
    }
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
