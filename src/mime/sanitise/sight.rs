//! What style does to the text of a link: which elements may put theirs out of sight, and which end no line.
use super::super::css::Filtered;
use super::unseen::{Unseen, hides, is_pale};
use html5ever::tokenizer::Tag;

/// Whether an element may show less of its text than all, by the start tag as it is written: out of sight, in the colour
/// of the ground, or too small to be read.
pub(super) fn may_hide(name: &str, tag: &str, unseen: &Unseen) -> bool {
    name == "rp"
        || unseen.has(name, value(tag, " class=\""))
        || value(tag, " style=\"").is_some_and(hides)
        || value(tag, " color=\"").is_some_and(is_pale)
}

/// Of an attribute, by how it begins.
fn value<'a>(tag: &'a str, begins: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(begins)?;
    value.split('"').next()
}

/// Whether the text of a block may go on in the line of what stands around it, by its start tag as it is written.
pub(super) fn runs_on(tag: &str) -> bool {
    value(tag, " style=\"").is_some_and(goes_on)
}

fn goes_on(style: &str) -> bool {
    let mut declarations = style.split(';').filter_map(|one| one.split_once(':'));
    declarations.any(|(name, value)| match name.trim() {
        "display" => {
            let value = value.trim_end_matches("!important").trim();
            !matches!(value, "block" | "list-item" | "table")
        }
        "float" => true,
        _ => false,
    })
}

/// Whether the text behind a start tag may go on in the line, by its own style.
pub(super) fn has_running_style(tag: &Tag, styles: &mut Filtered) -> bool {
    let mut attributes = tag.attrs.iter();
    let style = attributes.find(|attribute| &*attribute.name.local == "style");
    style.is_some_and(|style| {
        let style = styles.declarations(&style.value);
        (&*tag.name == "br" && !style.is_empty()) || goes_on(style)
    })
}
