//! Showing a message in another charset than it says: `?charset=`.

use super::MessagePage;
use crate::{
    mail::{CharsetGroup, OFFERED_CHARSETS},
    web::extract::Query,
};
use url::form_urlencoded;

/// The name in the query, when it is one that the page offers.
pub fn chosen(query: &Query) -> Option<&'static str> {
    let wanted = query.get("charset")?;
    let names = OFFERED_CHARSETS.iter().flat_map(|(_, names)| names.iter());
    names.copied().find(|name| *name == wanted)
}

/// Appends the choice to a path or URL.
pub fn with_charset(url: String, charset: Option<&str>) -> String {
    match charset {
        Some(charset) => with(url, "charset", charset),
        None => url,
    }
}

pub(super) fn with(url: String, name: &str, value: &str) -> String {
    let and = if url.contains('?') { '&' } else { '?' };
    format!("{url}{and}{name}={value}")
}

impl MessagePage {
    /// Text key of a group and the names in it.
    pub fn charsets(&self) -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
        OFFERED_CHARSETS
            .into_iter()
            .map(|(group, names)| (key(group), names))
    }

    pub fn is_charset(&self, name: &str) -> bool {
        self.charset == Some(name)
    }

    /// This page's address, and what the form keeps of its query.
    pub fn charset_form(&self) -> (String, Vec<(String, String)>) {
        let url = self.shown_url(self.opened.viewed.asked, None);
        let (path, query) = url.split_once('?').unwrap_or((&url, ""));
        let kept = form_urlencoded::parse(query.as_bytes());
        (path.to_owned(), kept.into_owned().collect())
    }

    /// This page as the message says.
    pub fn declared_url(&self) -> String {
        self.shown_url(self.opened.viewed.asked, None)
    }
}

fn key(group: CharsetGroup) -> &'static str {
    match group {
        CharsetGroup::Unicode => "charset-unicode",
        CharsetGroup::Western => "charset-western",
        CharsetGroup::CentralEuropean => "charset-central-european",
        CharsetGroup::Cyrillic => "charset-cyrillic",
        CharsetGroup::Greek => "charset-greek",
        CharsetGroup::Turkish => "charset-turkish",
        CharsetGroup::Baltic => "charset-baltic",
        CharsetGroup::Hebrew => "charset-hebrew",
        CharsetGroup::Arabic => "charset-arabic",
        CharsetGroup::Thai => "charset-thai",
        CharsetGroup::Vietnamese => "charset-vietnamese",
        CharsetGroup::Japanese => "charset-japanese",
        CharsetGroup::Chinese => "charset-chinese",
        CharsetGroup::Korean => "charset-korean",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_offered_is_taken() {
        let query = |uri: &str| Query::of(&uri.parse().unwrap());
        assert_eq!(chosen(&query("/?charset=koi8-r")), Some("koi8-r"));
        for uri in [
            "/",
            "/?charset=",
            "/?charset=x-unknown",
            "/?charset=KOI8-R%0d",
        ] {
            assert_eq!(chosen(&query(uri)), None, "{uri}");
        }
        assert_eq!(with_charset("/a".into(), Some("utf-8")), "/a?charset=utf-8");
        assert_eq!(
            with_charset("/a?b=1".into(), Some("utf-8")),
            "/a?b=1&charset=utf-8"
        );
    }
}
