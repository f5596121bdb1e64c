//! Which rules of a message's style put text out of sight: they read what our own filter wrote.
use super::Limits;
use super::hiding::Hiding;
use html5ever::tokenizer::{TagKind, Token, TokenSink, TokenSinkResult};
use std::cell::RefCell;
use std::collections::HashSet;

/// The classes and elements whose text the style sheet of a message may put out of sight.
#[derive(Default)]
pub(super) struct Unseen {
    /// As they are written: with the prefix that keeps them apart from ours.
    classes: HashSet<String>,
    elements: HashSet<String>,
    /// It may do so to all.
    all: bool,
}

impl Unseen {
    /// `sheet`: filtered.
    pub fn of(sheet: &str) -> Self {
        let mut unseen = Self::default();
        for rule in sheet.split('}') {
            let Some((selectors, declarations)) = rule.rsplit_once('{') else {
                continue;
            };
            if hides(declarations) {
                // What comes before is the condition of the first rule within `@media`.
                let selectors = selectors.rsplit('{').next().unwrap_or_default();
                selectors.split(',').for_each(|one| unseen.add(one.trim()));
            }
        }
        unseen
    }

    /// The last compound of a selector says what it applies to.
    fn add(&mut self, selector: &str) {
        let last = selector.rsplit([' ', '>']).next().unwrap_or_default();
        let last = last.split(':').next().unwrap_or_default();
        match last.split_once('.') {
            Some((_, classes)) => {
                let first = classes.split('.').next().unwrap_or_default();
                self.classes.insert(first.to_owned());
            }
            None if last.is_empty() => self.all = true,
            None => {
                self.elements.insert(last.to_owned());
            }
        }
    }

    /// `classes`: the value of the attribute.
    pub fn has(&self, name: &str, classes: Option<&str>) -> bool {
        let mut classes = classes.unwrap_or_default().split_ascii_whitespace();
        self.all
            || self.elements.contains(name)
            || (!self.classes.is_empty() && classes.any(|class| self.classes.contains(class)))
    }
}

/// Whether filtered declarations put text out of sight: in the colour of the ground, or too small, too.
pub(super) fn hides(declarations: &str) -> bool {
    let mut declarations = declarations
        .split(';')
        .filter_map(|one| one.split_once(':'));
    declarations.any(|(name, value)| {
        let value = value.trim_end_matches("!important").trim();
        match name.trim() {
            "display" => value == "none",
            "visibility" => matches!(value, "hidden" | "collapse"),
            "opacity" => is_below(value, 0.2),
            "font-size" => is_small(value),
            "font" => {
                let size = value.split('/').next().unwrap_or_default();
                size.split(' ').any(is_small)
            }
            "width" | "height" | "max-width" | "max-height" => {
                measure(value).is_some_and(|(number, _)| number < 1.0)
            }
            "color" => is_pale(value),
            _ => false,
        }
    })
}

/// A number, and its unit; what a sum comes to is not known.
fn measure(value: &str) -> Option<(f32, &str)> {
    if value.starts_with("calc") {
        return Some((0.0, "px"));
    }
    let end = value.find(|c: char| c.is_ascii_alphabetic() || c == '%');
    let (number, unit) = value.split_at(end.unwrap_or(value.len()));
    number.parse().ok().map(|number| (number, unit))
}

fn is_below(value: &str, least: f32) -> bool {
    measure(value).is_some_and(|(number, unit)| match unit {
        "%" => number / 100.0 < least,
        _ => number < least,
    })
}

fn is_small(value: &str) -> bool {
    measure(value).is_some_and(|(number, unit)| {
        let pixels = match unit {
            "pt" | "pc" | "q" => 4.0 / 3.0,
            "in" | "cm" | "mm" => 37.0,
            "%" => 0.16,
            "px" => 1.0,
            // The weight of a font.
            "" if number > 0.0 => 1000.0,
            _ => 16.0,
        };
        number * pixels < 6.0
    })
}

/// Whether a colour is nearly white, or hardly there.
pub(super) fn is_pale(colour: &str) -> bool {
    const NAMES: [&str; 25] = [
        "transparent",
        "white",
        "snow",
        "ivory",
        "ghostwhite",
        "whitesmoke",
        "floralwhite",
        "azure",
        "mintcream",
        "honeydew",
        "seashell",
        "aliceblue",
        "lavenderblush",
        "oldlace",
        "linen",
        "lightyellow",
        "lightcyan",
        "lavender",
        "mistyrose",
        "canvas",
        "window",
        "field",
        "buttonface",
        "highlighttext",
        "background",
    ];
    let colour = colour.trim();
    match colour.split_once('(') {
        Some((function, values)) => is_pale_function(function, values),
        None => {
            is_pale_number(colour.trim_start_matches('#'))
                || NAMES.iter().any(|name| colour.eq_ignore_ascii_case(name))
        }
    }
}

fn is_pale_number(digits: &str) -> bool {
    let digit = |at: usize| {
        digits
            .get(at..=at)
            .and_then(|one| u32::from_str_radix(one, 16).ok())
    };
    let each = match digits.len() {
        3 | 4 => 1,
        6 | 8 => 2,
        _ => return false,
    };
    let mut channels = (0..digits.len() / each).map(|channel| digit(channel * each));
    let mut light = true;
    for channel in channels.by_ref().take(3) {
        light &= channel.is_some_and(|high| high >= 0xE);
    }
    light || channels.flatten().any(|high| high < 3)
}

fn is_pale_function(function: &str, values: &str) -> bool {
    if values.contains("calc") {
        return true;
    }
    let values = values.trim_end_matches(')').split([',', ' ', '/']);
    let values = values.filter(|value| !value.is_empty());
    let values: Vec<(f32, &str)> = values.map(|one| measure(one).unwrap_or_default()).collect();
    let clear = values.get(3).is_some_and(|(alpha, unit)| {
        let whole = if *unit == "%" { 100.0 } else { 1.0 };
        alpha / whole < 0.2
    });
    let light = if function.starts_with("hsl") {
        values
            .get(2)
            .is_some_and(|(lightness, _)| *lightness >= 88.0)
    } else {
        let is_light = |(value, unit): &(f32, &str)| {
            let whole = if *unit == "%" { 100.0 } else { 255.0 };
            value / whole >= 224.0 / 255.0
        };
        values.iter().take(3).all(is_light)
    };
    clear || light
}

/// The style elements of a message, one after the other, as the walk after its tags would find them.
pub(super) fn sheets(html: &str, limits: &Limits) -> Option<String> {
    let Some(html) = up_to_last_style(html) else {
        return Some(String::new());
    };
    let sheets = super::walked_through(html, Sheets::default(), |_| false, limits)?;
    Some(sheets.0.into_inner().1)
}

/// The beginning that holds every style element, and what looks like one; None where there is none.
fn up_to_last_style(html: &str) -> Option<&str> {
    let octets = html.as_bytes();
    let is_tag = |at: usize, tag: &[u8]| {
        let found = octets.get(at..at + tag.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(tag))
    };
    let last = memchr::memrchr_iter(b'<', octets).find(|&at| is_tag(at, b"<style"))?;
    let mut tags = memchr::memchr_iter(b'<', octets.get(last..)?);
    let end = tags.find(|&at| is_tag(last + at, b"</style"));
    let end =
        end.and_then(|at| Some(last + at + memchr::memchr(b'>', octets.get(last + at..)?)? + 1));
    html.get(..end.unwrap_or(html.len()))
}

#[derive(Default)]
struct Sheets(RefCell<(Hiding, String)>);

impl TokenSink for Sheets {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let (hiding, sheets) = &mut *self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) if hiding.in_style() => sheets.push_str(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                return hiding.start(&tag).unwrap_or(TokenSinkResult::Continue);
            }
            Token::TagToken(tag) if hiding.end(&tag.name) && &*tag.name == "style" => {
                sheets.push('\n');
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::css;
    use super::*;

    #[test]
    fn only_what_hides_counts() {
        let hides = |style: &str| hides(&css::declarations(style));
        for style in [
            "display:none!important",
            "color:red;visibility:collapse",
            "opacity:.1",
            "opacity:9%",
            "font-size:0",
            "font-size:5.9px",
            "font-size:.3em",
            "font-size:calc(1px - 1px)",
            "font:1px/1 Arial",
            "font:bold 0/0 a",
            "max-height:0px",
            "width:0",
            "color:#fff",
            "color:#eEe1",
            "color:#f0f0f0",
            "color:#0001",
            "color:White",
            "color:transparent",
            "color:rgb(250, 240, 255)",
            "color:rgb(98% 98% 99%)",
            "color:rgba(0,0,0,.1)",
            "color:rgb(0 0 0 / 10%)",
            "color:hsl(0,0%,100%)",
        ] {
            assert!(hides(style), "{style}: {}", css::declarations(style));
        }
        for style in [
            "display:block;visibility:visible;opacity:1",
            "opacity:90%",
            "font-size:12px",
            "font-size:9pt",
            "font-size:80%",
            "font:bold 14px/0 Arial",
            "font:700 1em Arial",
            "width:100%;max-width:600px;height:auto",
            "color:#111;background:#fff",
            "color:#15c",
            "color:#ff0",
            "color:#00000080",
            "color:rgb(17,85,204)",
            "color:hsl(0,0%,10%)",
            "color:inherit;line-height:0",
        ] {
            assert!(!hides(style), "{style}");
        }
    }

    #[test]
    fn a_sheet_names_what_it_hides() {
        let unseen = |sheet: &str| Unseen::of(&css::stylesheet(sheet));
        let sheet = unseen(
            "p{margin:0}@media (max-width:1px){i{color:red}.a b,td>span.m.n{display:none}}u,q:first-child{opacity:0}",
        );
        for (name, classes, expected) in [
            ("p", None, false),
            ("i", None, false),
            ("b", None, true),
            ("td", Some("m-a"), false),
            ("i", Some("m-x m-m"), true),
            ("u", None, true),
            ("q", None, true),
        ] {
            assert_eq!(sheet.has(name, classes), expected, "{name} {classes:?}");
        }
        assert!(
            unseen("p>:first-child{display:none}").has("i", None)
                || css::stylesheet("p>:first-child{display:none}").is_empty()
        );
    }

    #[test]
    fn every_style_element_is_found() {
        for (html, expected) in [
            ("<p>x", ""),
            ("<style title='>'>p{}</style><p>x<STYLE>q{}", "p{}\nq{}"),
            ("<p>é<style>p{}</Style ><p>x</style>é", "p{}\n"),
            (
                "<!--<style>p{}</style>--><title><style>q{}</style></title>",
                "",
            ),
        ] {
            let sheets = sheets(html, &Limits::default());
            assert_eq!(sheets.as_deref(), Some(expected), "{html}");
        }
    }
}
