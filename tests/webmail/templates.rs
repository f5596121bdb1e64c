//! What a template may not hold: unescaped values, and scripts, styles or handlers that the policy of the pages forbids.

use std::{collections::BTreeSet, fs, path::Path};

use super::architecture::sources;

/// Everything that is printed unescaped. Both are `SafeHtml`, in the document of the sandboxed frame.
const UNESCAPED: [(&str, &str); 2] = [
    ("message/body.html", "html"),
    ("message/body.html", "style"),
];

/// The document in the frame has a policy of its own, which allows its style element.
const WITH_STYLE: [&str; 1] = ["message/body.html"];

#[test]
fn only_sanitised_html_is_printed_unescaped() {
    let mut found = BTreeSet::new();
    for (name, text) in templates() {
        for expression in expressions(&text) {
            let mut filters = expression.split('|').map(str::trim);
            let value = filters.next().unwrap_or_default().to_owned();
            if filters.any(|filter| filter.starts_with("safe")) {
                found.insert((name.clone(), value));
            }
        }
        assert!(!text.contains("autoescape"), "{name}");
        assert!(!text.contains("filter safe"), "{name}");
    }
    let allowed = UNESCAPED.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(found, BTreeSet::from(allowed));
}

#[test]
fn no_template_holds_a_script_a_style_or_a_handler() {
    let mut broken = Vec::new();
    for (name, text) in templates() {
        for tag in tags(&text) {
            let lower = tag.to_ascii_lowercase();
            let script = lower.starts_with("script") && !lower.contains(" src=");
            let style = lower.starts_with("style") && !WITH_STYLE.contains(&name.as_str());
            let attribute = lower.split_whitespace().skip(1).any(|attribute| {
                attribute.starts_with("style=")
                    || (attribute.starts_with("on") && attribute.contains('='))
                    || attribute.contains("javascript:")
            });
            if script || style || attribute {
                broken.push(format!("{name}: <{tag}>"));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// Every template by its path below `templates`.
pub fn templates() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    sources("templates", "html")
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
            (name.to_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// What stands between `{{` and `}}`.
fn expressions(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("{{").skip(1);
    parts.filter_map(|part| part.split_once("}}").map(|(inside, _)| inside))
}

/// What stands between `<` and `>`, without what the template engine replaces.
fn tags(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, inside) = rest.split_at(start);
        plain.push_str(before);
        let end = ["}}", "%}", "#}"]
            .iter()
            .zip(["{{", "{%", "{#"])
            .find(|(_, open)| inside.starts_with(open))
            .and_then(|(close, _)| inside.find(close).map(|end| end + 2));
        let length = end.unwrap_or(1);
        rest = &inside[length..];
    }
    plain.push_str(rest);
    let parts = plain.split('<').skip(1);
    parts
        .filter_map(|part| part.split_once('>').map(|(tag, _)| tag.to_owned()))
        .collect()
}
