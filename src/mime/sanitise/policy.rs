//! The last step: ammonia with the strict allow list (R-HTML-3).
use super::elements::{ELEMENTS, GENERIC_ATTRIBUTES, own_attributes};
use super::images::DATA_PREFIXES;
use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

static TAGS: LazyLock<HashSet<&str>> = LazyLock::new(|| HashSet::from(ELEMENTS));
static ATTRIBUTES: LazyLock<HashMap<&str, HashSet<&str>>> = LazyLock::new(|| {
    ELEMENTS
        .iter()
        .map(|&element| (element, own_attributes(element).iter().copied().collect()))
        .collect()
});

/// Parses once more and keeps what is on the list. Links lead to http, https, tel or `compose`, images are `data:`
/// or begin with `pictures`. `marked`: no style attribute has anything important, see [`super::links::MARK_STYLE`].
pub(super) fn clean(html: &str, compose: &str, pictures: Option<&str>, marked: bool) -> String {
    let compose = format!("{compose}?mailto=");
    let pictures = pictures.map(str::to_owned);
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.clone())
        .generic_attributes(HashSet::from(GENERIC_ATTRIBUTES))
        .tag_attributes(ATTRIBUTES.clone())
        .url_schemes(HashSet::from(["http", "https", "tel", "data"]))
        .url_relative(UrlRelative::PassThrough)
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer nofollow"))
        .attribute_filter(move |_, attribute, value| {
            if attribute == "style" && marked {
                return Some(Cow::Owned(value.replace("!important", "")));
            }
            let kept = match attribute {
                "href" => ["http://", "https://", "tel:", &compose]
                    .iter()
                    .any(|prefix| value.starts_with(prefix)),
                "src" => DATA_PREFIXES
                    .into_iter()
                    .chain(pictures.as_deref())
                    .any(|prefix| value.starts_with(prefix)),
                _ => true,
            };
            kept.then_some(Cow::Borrowed(value))
        });
    builder.clean(html).to_string()
}
