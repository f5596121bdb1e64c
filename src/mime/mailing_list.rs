//! Mailing lists and newsletters as their header tells of them (RFC 2369, 2919).
use super::{Limits, characters::visible_line, decode_header, header::Block};
use url::Url;

/// Addresses of one field that are looked at, and octets of one.
const MOST: usize = 8;
const LONGEST: usize = 4096;
/// Characters of a list's name.
const NAME: usize = 80;

/// A list that a message came through and that offers a way off it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailingList {
    /// The description in List-Id, else its identifier.
    pub name: Option<String>,
    /// People answer each other on it: there is a List-Post.
    pub discusses: bool,
    pub unsubscribe: Unsubscribe,
}

/// The way off a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsubscribe {
    /// A page of the web.
    Web(Url),
    /// A `mailto:` address (RFC 6068).
    Mail(String),
}

impl MailingList {
    /// None: the header offers no way off. The first address that may be followed is the one preferred (RFC 2369 §2).
    pub fn read(raw: &[u8]) -> Option<Self> {
        let block = Block::read(raw, &Limits::default());
        let unsubscribe = way_off(&block.get("List-Unsubscribe")?.value)?;
        let posts = block
            .get("List-Post")
            .is_some_and(|field| field.value.trim_ascii().starts_with(b"<"));
        Some(Self {
            name: block.get("List-Id").and_then(|field| name(&field.value)),
            discusses: posts,
            unsubscribe,
        })
    }
}

/// The first that may be followed of what stands between `<` and `>`.
fn way_off(value: &[u8]) -> Option<Unsubscribe> {
    let text = String::from_utf8_lossy(value);
    let mut rest = text.as_ref();
    for _ in 0..MOST {
        let (_, after) = rest.split_once('<')?;
        let (address, tail) = after.split_once('>')?;
        // Folding leaves white space in a long address, which is no part of it (RFC 2369 §2).
        let address: String = address.split_ascii_whitespace().collect();
        if let Some(found) = way(&address) {
            return Some(found);
        }
        rest = tail;
    }
    None
}

fn way(address: &str) -> Option<Unsubscribe> {
    if address.len() > LONGEST {
        return None;
    }
    let url = Url::parse(address).ok()?;
    match url.scheme() {
        "http" | "https" if url.username().is_empty() && url.password().is_none() => {
            url.host_str()?;
            Some(Unsubscribe::Web(url))
        }
        "mailto" if url.path().contains('@') => Some(Unsubscribe::Mail(url.into())),
        _ => None,
    }
}

/// `The list <list.example.org>`: the description, else the identifier.
fn name(value: &[u8]) -> Option<String> {
    let text = decode_header(value);
    let (description, id) = match text.rsplit_once('<') {
        Some((description, id)) => (description, id.trim_end().trim_end_matches('>')),
        None => ("", text.as_str()),
    };
    let clean = |text: &str| visible_line(text.trim().trim_matches('"'), NAME);
    let named = [clean(description), clean(id)];
    named
        .into_iter()
        .find(|name| name.chars().any(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(header: &str) -> Option<MailingList> {
        let raw = format!("{header}From: a@news.example\r\n\r\n");
        MailingList::read(raw.as_bytes())
    }

    fn way(header: &str) -> Option<Unsubscribe> {
        list(&format!("List-Unsubscribe: {header}\r\n")).map(|list| list.unsubscribe)
    }

    #[test]
    fn the_first_address_that_can_be_followed_is_the_way_off() {
        let mail = |address: &str| Some(Unsubscribe::Mail(address.to_owned()));
        let web = |address: &str| Some(Unsubscribe::Web(Url::parse(address).unwrap()));
        assert_eq!(
            way("<mailto:a@b.example?subject=off>, <https://b.example>"),
            mail("mailto:a@b.example?subject=off")
        );
        assert_eq!(
            way("(comment) <http://b.example/a\r\n b>"),
            web("http://b.example/ab")
        );
        assert_eq!(
            way("<javascript:xss()>, <ftp://x>, <https://b.example/>"),
            web("https://b.example/")
        );
        for nothing in [
            "",
            "https://b.example",
            "<javascript:xss()>",
            "<https://user@b.example/>",
            "<https://>",
            "<mailto:>",
            "<mailto:?to=x>",
            "<https://b.example",
        ] {
            assert_eq!(way(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_list_has_a_name() {
        let name = |id: &str| {
            let list = list(&format!(
                "List-Unsubscribe: <mailto:a@b>\r\nList-Id: {id}\r\n"
            ));
            list.and_then(|list| list.name)
        };
        assert_eq!(
            name("\"The Slow Kitchen\" <k.example>").as_deref(),
            Some("The Slow Kitchen")
        );
        assert_eq!(
            name("=?utf-8?q?Caf=C3=A9?= <k.example>").as_deref(),
            Some("Café")
        );
        assert_eq!(name("<k.example>").as_deref(), Some("k.example"));
        assert_eq!(name("k.example").as_deref(), Some("k.example"));
        assert_eq!(name("\u{202e}<>"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_fields_are_read(value in "\\PC{0,200}", other in "[\\x20-\\x7e]{0,200}") {
            let raw = format!("List-Unsubscribe: {other}\r\nList-Id: {value}\r\n\r\n");
            MailingList::read(raw.as_bytes());
        }
    }
}
