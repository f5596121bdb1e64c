//! What elements and their attributes ask of the text in them.
use super::Look;
use super::design::Said;
use super::writer::Kind;
use crate::mime::sanitise::closes_paragraph;
use html5ever::tokenizer::Tag;

/// What an open element asks of the text in it.
#[derive(Clone, Copy, Default)]
pub(super) struct Asks {
    pub bold: bool,
    pub italic: bool,
    pub struck: bool,
    pub code: bool,
    pub preformatted: bool,
    pub heading: bool,
    pub hidden: bool,
    /// Its text is laid out.
    pub laid: bool,
    /// Its text weighs nothing: quoted, or a signature.
    pub weightless: bool,
}

impl Asks {
    pub fn of(name: &str, said: &Said) -> Self {
        Self {
            bold: said.bold || (!said.light && matches!(name, "b" | "strong" | "th" | "dt")),
            italic: said.italic || matches!(name, "i" | "em" | "cite" | "dfn" | "var"),
            struck: said.struck || matches!(name, "s" | "strike" | "del"),
            code: matches!(name, "code" | "tt" | "kbd" | "samp"),
            preformatted: name == "pre",
            heading: matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6"),
            hidden: said.hidden,
            ..Self::default()
        }
    }
}

#[derive(Default)]
pub(super) struct Wants {
    pub bold: usize,
    pub italic: usize,
    pub struck: usize,
    pub code: usize,
    pub preformatted: usize,
    pub heading: usize,
    pub hidden: usize,
    pub laid: usize,
    pub weightless: usize,
}

impl Wants {
    pub fn change(&mut self, asks: Asks, by: impl Fn(&mut usize)) {
        for (asked, count) in [
            (asks.bold, &mut self.bold),
            (asks.italic, &mut self.italic),
            (asks.struck, &mut self.struck),
            (asks.code, &mut self.code),
            (asks.preformatted, &mut self.preformatted),
            (asks.heading, &mut self.heading),
            (asks.hidden, &mut self.hidden),
            (asks.laid, &mut self.laid),
            (asks.weightless, &mut self.weightless),
        ] {
            if asked {
                by(count);
            }
        }
    }

    pub fn look(&self) -> Look {
        Look {
            bold: self.bold > 0,
            italic: self.italic > 0,
            struck: self.struck > 0,
            code: self.code > 0,
        }
    }

    pub fn kind(&self) -> Kind {
        match (self.preformatted, self.heading) {
            (1.., _) => Kind::Preformatted,
            (_, 1..) => Kind::Heading,
            _ => Kind::Paragraph,
        }
    }
}

/// Attributes of one tag.
pub(super) struct Attributes<'t>(pub &'t Tag);

impl<'t> Attributes<'t> {
    pub fn get(&self, name: &str) -> Option<&'t str> {
        let mut attributes = self.0.attrs.iter();
        let found = attributes.find(|attribute| &*attribute.name.local == name);
        found.map(|attribute| &*attribute.value)
    }

    /// A number of CSS pixels.
    pub fn pixels(&self, name: &str) -> Option<u16> {
        let value = self.get(name)?.trim();
        // What is no number says nothing.
        value
            .strip_suffix("px")
            .unwrap_or(value)
            .trim()
            .parse()
            .ok()
    }

    /// Whether class or id hold the word.
    pub fn is_called(&self, word: &str) -> bool {
        ["class", "id"]
            .into_iter()
            .filter_map(|name| self.get(name))
            .any(|value| value.to_ascii_lowercase().contains(word))
    }
}

/// Line breaks before and after an element.
pub(super) fn breaks(name: &str, attributes: &Attributes<'_>, said: &Said) -> usize {
    match name {
        // Outlook's paragraphs are lines.
        "p" if said.close
            || attributes
                .get("class")
                .is_some_and(|class| class.starts_with("Mso")) =>
        {
            1
        }
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "dl" | "figure"
        | "blockquote" | "ul" | "ol" | "pre" => 2,
        name if closes_paragraph(name) => 1,
        _ => 0,
    }
}
