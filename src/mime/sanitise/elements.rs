//! Which elements and attributes of HTML mail are kept, and how the kept ones nest.
use super::super::css;

/// Kept elements (R-HTML-3), in the order of the alphabet.
pub(super) const ELEMENTS: [&str; 74] = [
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Attributes that any kept element may have.
pub(super) const GENERIC_ATTRIBUTES: [&str; 7] =
    ["align", "class", "dir", "lang", "style", "title", "valign"];

const TABLE_ATTRIBUTES: [&str; 9] = [
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "colspan",
    "height",
    "nowrap",
    "rowspan",
    "span",
];

/// Attributes of one element beside the generic ones.
pub(super) fn own_attributes(element: &str) -> &'static [&'static str] {
    match element {
        "a" => &["href"],
        "img" => &["alt", "height", "src", "width"],
        "table" | "caption" | "colgroup" | "col" | "tbody" | "thead" | "tfoot" | "tr" | "td"
        | "th" => &TABLE_WITH_WIDTH,
        "ol" | "ul" => &["reversed", "start", "type"],
        "li" => &["type", "value"],
        "font" => &["color", "face", "size"],
        "details" => &["open"],
        "time" => &["datetime"],
        _ => &[],
    }
}

const TABLE_WITH_WIDTH: [&str; 10] = {
    let [a, b, c, d, e, f, g, h, i] = TABLE_ATTRIBUTES;
    [a, b, c, d, e, f, g, h, i, "width"]
};

/// The kept element of that name.
pub(in super::super) fn element(name: &str) -> Option<&'static str> {
    let name = if name == "image" { "img" } else { name };
    let at = ELEMENTS.binary_search(&name);
    at.ok().and_then(|at| ELEMENTS.get(at)).copied()
}

pub(in super::super) fn is_void(name: &str) -> bool {
    matches!(name, "br" | "col" | "hr" | "img" | "wbr")
}

/// Formatting that goes on after a block that closes around it (WHATWG HTML "list of active formatting elements").
pub(super) fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "b" | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}

/// Elements before which an open paragraph ends.
pub(in super::super) fn closes_paragraph(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "ul"
    )
}

/// Blocks: formatting that is closed around one of these stays open until it ends.
pub(super) fn is_block(name: &str) -> bool {
    closes_paragraph(name)
}

/// Whether text before and behind its tag stands apart: on another line, in another cell.
pub(super) fn parts_words(name: &str) -> bool {
    matches!(name, "br" | "hr" | "td" | "th" | "tr" | "caption") || is_block(name)
}

/// Elements that nothing inside reaches out of.
pub(super) fn is_scope(name: &str) -> bool {
    matches!(name, "table" | "td" | "th" | "caption")
}

/// Elements that hold only table parts.
pub(super) fn is_table_frame(name: &str) -> bool {
    matches!(
        name,
        "table" | "tbody" | "thead" | "tfoot" | "tr" | "colgroup"
    )
}

pub(super) fn is_table_part(name: &str) -> bool {
    matches!(
        name,
        "caption" | "colgroup" | "col" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th"
    )
}

/// The value of an attribute, in a grammar of its own; None drops the attribute. `href`, `src` and `style`
/// are not known here.
pub(super) fn attribute(element: &str, name: &str, value: &str) -> Option<String> {
    if name != "class"
        && !GENERIC_ATTRIBUTES.contains(&name)
        && !own_attributes(element).contains(&name)
    {
        return None;
    }
    let trimmed = value.trim();
    let one_of = |known: &[&str]| {
        known
            .iter()
            .find(|known| trimmed.eq_ignore_ascii_case(known))
            .map(|&known| known.to_owned())
    };
    match name {
        "dir" => one_of(&["ltr", "rtl", "auto"]),
        "lang" => {
            let plain = trimmed
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            (plain && (1..=35).contains(&trimmed.len())).then(|| trimmed.to_owned())
        }
        "align" => one_of(&[
            "left",
            "right",
            "center",
            "justify",
            "top",
            "bottom",
            "middle",
            "absmiddle",
            "baseline",
        ]),
        "valign" => one_of(&["top", "middle", "bottom", "baseline"]),
        "title" | "alt" => {
            let text = super::super::characters::visible_line(value, 500);
            (!text.is_empty() || name == "alt").then_some(text)
        }
        "class" => {
            let classes: Vec<String> = trimmed
                .split_ascii_whitespace()
                .take(20)
                .filter_map(css::class)
                .collect();
            (!classes.is_empty()).then(|| classes.join(" "))
        }
        "bgcolor" | "color" => colour(trimmed),
        "width" | "height" | "border" | "cellpadding" | "cellspacing" => length(trimmed),
        "colspan" | "rowspan" | "span" => whole(trimmed)
            .filter(|&number| (1..=100).contains(&number))
            .map(|n| n.to_string()),
        "start" | "value" => whole(trimmed).map(|number| number.to_string()),
        "type" => one_of(&["disc", "circle", "square"])
            .or_else(|| matches!(trimmed, "1" | "a" | "A" | "i" | "I").then(|| trimmed.to_owned())),
        "face" => {
            let plain = trimmed
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, ' ' | ',' | '-' | '\'' | '"'));
            (plain && trimmed.len() <= 200).then(|| trimmed.to_owned())
        }
        "size" => {
            let digit = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
            matches!(digit, "1" | "2" | "3" | "4" | "5" | "6" | "7").then(|| trimmed.to_owned())
        }
        "datetime" => {
            let plain = trimmed
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | ':' | '+' | '-' | '.'));
            (plain && trimmed.len() <= 40).then(|| trimmed.to_owned())
        }
        "nowrap" | "reversed" | "open" => Some(String::new()),
        _ => None,
    }
}

/// `#` and hexadecimal digits, with the `#` that mail often leaves out, or a name.
fn colour(value: &str) -> Option<String> {
    let digits = value.strip_prefix('#').unwrap_or(value);
    if matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(format!("#{digits}"));
    }
    let name =
        (1..=20).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphabetic());
    name.then(|| value.to_ascii_lowercase())
}

/// Up to four digits, and `%`; `px` is understood and left out.
fn length(value: &str) -> Option<String> {
    let value = value.strip_suffix("px").unwrap_or(value).trim_end();
    let digits = value.strip_suffix('%').unwrap_or(value);
    whole(digits).map(|_| value.to_owned())
}

fn whole(digits: &str) -> Option<u16> {
    let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_a_grammar_of_their_own() {
        for (element, name, value, expected) in [
            ("td", "width", "600", Some("600")),
            ("td", "width", " 50% ", Some("50%")),
            ("td", "width", "600px", Some("600")),
            ("td", "width", "60000", None),
            ("td", "width", "calc(1)", None),
            ("td", "colspan", "2", Some("2")),
            ("td", "colspan", "1000", None),
            ("td", "bgcolor", "ffffff", Some("#ffffff")),
            ("td", "bgcolor", "Red", Some("red")),
            ("td", "bgcolor", "url(x)", None),
            ("p", "width", "1", None),
            ("p", "id", "x", None),
            ("p", "onclick", "x", None),
            ("p", "class", "a b\" m-c", Some("m-a m-m-c")),
            ("p", "dir", "RTL", Some("rtl")),
            ("a", "href", "https://a.example", None),
            (
                "font",
                "face",
                "Arial, 'Segoe UI'",
                Some("Arial, 'Segoe UI'"),
            ),
            ("font", "size", "+2", Some("+2")),
            ("ol", "type", "a", Some("a")),
            ("details", "open", "x", Some("")),
        ] {
            assert_eq!(
                attribute(element, name, value).as_deref(),
                expected,
                "{element} {name}={value}"
            );
        }
    }
}
