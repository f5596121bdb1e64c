//! How mail programs mark the letter that is answered.

/// No style of the message takes away what opens the fold: a layer's importance is above that of what stands in none.
pub(super) const FOLD_STYLE: &str = "@layer posta{.earlier,.earlier>summary{display:block!important;visibility:visible!important;\
    opacity:1!important;height:auto!important;font-size:1rem!important;width:auto!important;float:none!important}\
    .earlier>summary{width:fit-content!important}}\n";

/// What an element says of an older letter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Older {
    /// It holds it.
    Within,
    /// It begins it, and the rest of what it stands in goes on with it.
    FromHere,
}

impl Older {
    /// `value` gives the attributes of the element.
    pub fn of<'t>(name: &str, value: impl Fn(&str) -> Option<&'t str>) -> Option<Self> {
        if !matches!(name, "div" | "blockquote") {
            return None;
        }
        let cited = value("type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite"));
        let called = [value("class"), value("id")];
        let called: Vec<String> = called
            .into_iter()
            .flatten()
            .map(str::to_ascii_lowercase)
            .collect();
        let is = |words: &[&str]| {
            let mut called = called.iter();
            called.any(|name| words.iter().any(|word| name.contains(word)))
        };
        if cited || is(&["gmail_quote", "yahoo_quoted", "protonmail_quote"]) {
            Some(Self::Within)
        } else if is(&["divrplyfwdmsg", "appendonsend", "outlookmessageheader"])
            || value("style").is_some_and(is_divider)
        {
            Some(Self::FromHere)
        } else {
            None
        }
    }
}

/// The line that Outlook draws above an older letter.
fn is_divider(style: &str) -> bool {
    style.split(';').any(|declaration| {
        let (name, value) = declaration.split_once(':').unwrap_or_default();
        name.trim().eq_ignore_ascii_case("border-top")
            && value.contains("solid")
            && value.contains("1.0pt")
    })
}
