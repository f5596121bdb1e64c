//! Mailing lists and newsletters as their header tells of them (RFC 2369, 2919, 8058).
use super::{
    Authentication, Limits, Outcome,
    characters::visible_line,
    decode_header,
    header::{Block, Field},
};
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
    /// Takes a one-click request (RFC 8058); a signature that our server found to hold covers this offer (§4).
    pub one_click: Option<Url>,
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
    /// `authentication`: what our own server found out.
    pub fn read(raw: &[u8], authentication: &Authentication) -> Option<Self> {
        let block = Block::read(raw, &Limits::default());
        let unsubscribe = way_off(&block.get("List-Unsubscribe")?.value)?;
        let posts = block
            .get("List-Post")
            .is_some_and(|field| field.value.trim_ascii().starts_with(b"<"));
        Some(Self {
            name: block.get("List-Id").and_then(|field| name(&field.value)),
            discusses: posts,
            unsubscribe,
            one_click: one_click(&block.fields, authentication),
        })
    }
}

/// The first that may be followed of what stands between `<` and `>`.
fn way_off(value: &[u8]) -> Option<Unsubscribe> {
    ways(value).next()
}

fn ways(value: &[u8]) -> impl Iterator<Item = Unsubscribe> {
    let text = String::from_utf8_lossy(value).into_owned();
    let mut from = 0;
    let addresses = std::iter::from_fn(move || {
        let (_, after) = text.get(from..)?.split_once('<')?;
        let (address, tail) = after.split_once('>')?;
        from = text.len() - tail.len();
        // Folding leaves white space in a long address, which is no part of it (RFC 2369 §2).
        Some(address.split_ascii_whitespace().collect::<String>())
    });
    addresses.take(MOST).filter_map(|address| way(&address))
}

/// Where a one-click request goes. Each of the two fields stands once: of two a signature need not cover both.
fn one_click(fields: &[Field<'_>], authentication: &Authentication) -> Option<Url> {
    const COVERED: [&str; 2] = ["List-Unsubscribe", "List-Unsubscribe-Post"];
    let [Some(addresses), Some(post)] = COVERED.map(|name| only(fields, name)) else {
        return None;
    };
    let offered = post
        .value
        .trim_ascii()
        .eq_ignore_ascii_case(b"List-Unsubscribe=One-Click");
    let mut signers = authentication
        .dkim
        .iter()
        .filter(|checked| checked.outcome == Outcome::Pass)
        .filter_map(|checked| checked.domain.as_deref());
    if !offered || !signers.any(|domain| covers(fields, domain, &COVERED)) {
        return None;
    }
    ways(&addresses.value).find_map(|way| match way {
        Unsubscribe::Web(url) if url.scheme() == "https" => Some(url),
        _ => None,
    })
}

fn only<'f, 'r>(fields: &'f [Field<'r>], name: &str) -> Option<&'f Field<'r>> {
    let mut found = fields.iter().filter(|field| field.is(name));
    found.next().filter(|_| found.next().is_none())
}

/// Whether every signature of this domain covers these fields (RFC 6376 §3.5, `h=`): which of them holds is not told.
fn covers(fields: &[Field<'_>], domain: &str, names: &[&str]) -> bool {
    let mut signatures = fields
        .iter()
        .filter(|field| field.is("DKIM-Signature"))
        .map(|field| String::from_utf8_lossy(&field.value).into_owned())
        .filter(|signature| {
            tag(signature, "d").is_some_and(|signer| signer.eq_ignore_ascii_case(domain))
        })
        .peekable();
    let covered = |signature: String| {
        let list = tag(&signature, "h").unwrap_or_default();
        names.iter().all(|name| {
            list.split(':')
                .any(|field| field.eq_ignore_ascii_case(name))
        })
    };
    signatures.peek().is_some() && signatures.all(covered)
}

/// The value of a tag without its white space; None also where the tag stands twice.
fn tag(signature: &str, name: &str) -> Option<String> {
    let mut values = signature
        .split(';')
        .filter_map(|tag| tag.split_once('='))
        .filter(|(own, _)| own.trim() == name)
        .map(|(_, value)| value.split_ascii_whitespace().collect());
    values.next().filter(|_| values.next().is_none())
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
        MailingList::read(raw.as_bytes(), &Authentication::default())
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

    #[test]
    fn one_click_is_offered_only_where_a_signature_that_holds_covers_the_offer() {
        let read = |header: &str, signer: &str| {
            let authentication = Authentication {
                dkim: vec![crate::mime::Checked {
                    outcome: Outcome::Pass,
                    domain: Some(signer.to_owned()),
                }],
                ..Authentication::default()
            };
            let raw = format!("{header}From: a@news.example\r\n\r\n");
            MailingList::read(raw.as_bytes(), &authentication)
                .and_then(|list| list.one_click)
                .map(String::from)
        };
        let signed = "DKIM-Signature: v=1; a=rsa-sha256; d=News.example; s=x;\r\n h=from:List-Unsubscribe:\r\n list-unsubscribe-post; bh=x; b=x\r\n";
        let way = "List-Unsubscribe: <mailto:off@news.example>, <https://news.example/off>\r\n";
        let post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
        let all = format!("{signed}{way}{post}");
        assert_eq!(
            read(&all, "news.example").as_deref(),
            Some("https://news.example/off")
        );
        assert_eq!(read(&all, "other.example"), None);
        for lacking in [
            format!("{way}{post}"),
            format!("{signed}{way}"),
            format!("{all}{post}"),
            format!("{all}{way}"),
            all.replace("https:", "http:"),
            all.replace("One-Click", "Later"),
            all.replace(":\r\n list-unsubscribe-post", ""),
            all.replace("h=from", "h=to; h=from"),
            format!("{all}DKIM-Signature: d=news.example; h=from; b=y\r\n"),
        ] {
            assert_eq!(read(&lacking, "news.example"), None, "{lacking}");
        }
        let none = MailingList::read(all.as_bytes(), &Authentication::default());
        assert_eq!(none.and_then(|list| list.one_click), None);
    }

    proptest::proptest! {
        #[test]
        fn any_fields_are_read(value in "\\PC{0,200}", other in "[\\x20-\\x7e]{0,200}") {
            let raw = format!("List-Unsubscribe: {other}\r\nList-Id: {value}\r\n\r\n");
            MailingList::read(raw.as_bytes(), &Authentication::default());
        }
    }
}
