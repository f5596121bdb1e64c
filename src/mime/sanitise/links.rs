//! Links of HTML mail: where they may lead, and whether they say where (R-HTML-5).
use super::super::characters::with_dots;
use super::super::domain_match::registrable;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// A longer address is none.
const MAX_URL: usize = 8192;
/// The look of the printed host names, and what lets nothing hide them (R-HTML-5).
///
/// A name stands in front of the word that it corrects, in the same element, with no line break between: whatever hides or
/// moves one does so to both. What could still part them is undone here. A layer's `!important` wins over every rule of the
/// message; what is important in a `style` attribute wins over it, so a message with a printed name keeps none of that.
/// - Nothing cuts it off (`overflow`), and nothing is painted over it: no `opacity` around it makes a stacking context.
/// - A box wider than the window, floated or read from right to left, may begin left of the window, where nobody can
///   scroll to. The name sticks to the window's edge then; the boxes around it are wide enough for that.
pub(super) const MARK_STYLE: &str = "@layer posta{.link-host{all:initial!important;position:sticky!important;left:0!important;\
    right:0!important;z-index:2147483647!important;font:12px/1.4 sans-serif!important;color:#1a1a1a!important;\
    background:#f2f0eb!important;padding:0 3px!important;unicode-bidi:isolate!important;white-space:nowrap!important}\
    :has(.link-host){overflow:visible!important;opacity:1!important;min-width:min-content!important;table-layout:auto!important}\
    :has(>.link-host){overflow-wrap:normal!important;word-break:normal!important}}\n";

/// Our writing page for a `mailto:` URL (RFC 6068); `compose` is its path or URL.
pub fn compose_link(compose: &str, mailto: &str) -> String {
    format!(
        "{compose}?mailto={}",
        utf8_percent_encode(mailto, NON_ALPHANUMERIC)
    )
}

/// A link that may stay.
pub(super) struct Link {
    /// What is written into `href`.
    pub href: String,
    url: Url,
}

impl Link {
    /// Parsed and written anew: http, https, mailto, tel. Anything else is no link.
    pub fn new(href: &str, compose: &str) -> Option<Self> {
        if href.len() > MAX_URL {
            return None;
        }
        let url = Url::parse(href).ok()?;
        let href = match url.scheme() {
            "http" | "https" => url
                .host_str()
                .filter(|host| !host.is_empty())
                .map(|_| url.to_string())?,
            "mailto" => compose_link(compose, url.as_str()),
            "tel" => {
                let number: String = url
                    .path()
                    .chars()
                    .filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#'))
                    .collect();
                format!(
                    "tel:{}",
                    Some(number).filter(|number| (1..=40).contains(&number.len()))?
                )
            }
            _ => return None,
        };
        Some(Self { href, url })
    }

    /// Where the link really leads, in ASCII, when this text of it says something else.
    pub fn mark(&self, text: &str) -> Option<String> {
        let text = &with_dots(text);
        match self.url.scheme() {
            "tel" => self.number_mark(text),
            "mailto" => self.mailbox_mark(text),
            _ => self.host_mark(text),
        }
    }

    /// A text that says where the link leads, and says so truly.
    pub fn is_named_by(&self, text: &str) -> bool {
        Claim::all(&with_dots(text)).next().is_some() && self.mark(text).is_none()
    }

    /// The host, in ASCII, when it deceives whatever the text says.
    pub fn deceiving_host(&self) -> Option<String> {
        let host = self
            .url
            .host_str()
            .filter(|_| !matches!(self.url.scheme(), "tel" | "mailto"))?;
        let has_userinfo = !self.url.username().is_empty() || self.url.password().is_some();
        (has_userinfo || super::super::domain::deceives(host)).then(|| self.with_port(host))
    }

    /// A number is told by all digits of the text together, everything else by its words.
    pub fn is_number(&self) -> bool {
        self.url.scheme() == "tel"
    }

    pub fn is_mailbox(&self) -> bool {
        self.url.scheme() == "mailto"
    }

    /// Where it leads, in few words and in ASCII.
    pub fn shown(&self) -> String {
        match self.url.scheme() {
            "tel" => self.href.clone(),
            "mailto" => self.mailbox(),
            _ => self.with_port(self.url.host_str().unwrap_or_default()),
        }
    }

    fn mailbox(&self) -> String {
        let path = percent_encoding::percent_decode_str(self.url.path()).decode_utf8_lossy();
        super::super::characters::visible_line(&path, 100)
    }

    fn with_port(&self, host: &str) -> String {
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    fn number_mark(&self, text: &str) -> Option<String> {
        let digits = |text: &str| {
            text.chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        };
        let real = digits(self.url.path());
        let claimed = digits(text);
        (claimed.len() >= 5 && !real.ends_with(claimed.trim_start_matches('0')))
            .then(|| self.href.clone())
    }

    fn mailbox_mark(&self, text: &str) -> Option<String> {
        let real = percent_encoding::percent_decode_str(self.url.path()).decode_utf8_lossy();
        let honest = |claim| match claim {
            Claim::Mailbox { address, .. } => real
                .split(',')
                .any(|one| one.trim().eq_ignore_ascii_case(&address)),
            Claim::Host { .. } => false,
        };
        (!Claim::all(text).all(honest)).then(|| self.mailbox())
    }

    fn host_mark(&self, text: &str) -> Option<String> {
        let host = self.url.host_str()?;
        let real = self.with_port(host);
        let real_domain = registrable(host);
        Claim::all(text).find_map(|claim| match claim {
            Claim::Mailbox { .. } => Some(real.clone()),
            Claim::Host { https: true, .. } if self.url.scheme() == "http" => {
                Some(format!("http://{real}"))
            }
            Claim::Host { host: claimed, .. } => {
                (registrable(&claimed) != real_domain).then(|| real.clone())
            }
        })
    }
}

/// What the text of a link says about where it leads.
enum Claim {
    /// ASCII host name.
    Host {
        host: String,
        https: bool,
    },
    Mailbox {
        address: String,
    },
}

impl Claim {
    /// Every word that is a URL, a host name or an address: an honest one may be hidden by the style of the message.
    fn all(text: &str) -> impl Iterator<Item = Self> {
        text.split(|c: char| c.is_whitespace() || c == '|')
            .filter_map(|word| {
                let word = word.trim_matches(|c: char| {
                    matches!(
                        c,
                        '<' | '>'
                            | '('
                            | ')'
                            | '['
                            | ']'
                            | '"'
                            | '\''
                            | ','
                            | ';'
                            | '.'
                            | '»'
                            | '«'
                    )
                });
                Self::url(word)
                    .or_else(|| Self::mailbox(word))
                    .or_else(|| Self::host(word))
            })
    }

    fn url(word: &str) -> Option<Self> {
        let (scheme, _) = word.split_once(':')?;
        let https = scheme.eq_ignore_ascii_case("https");
        if !https && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let host = Url::parse(word).ok()?.host_str()?.to_owned();
        Some(Self::Host { host, https })
    }

    fn mailbox(word: &str) -> Option<Self> {
        let word = word
            .get(..7)
            .filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
            .map_or(Some(word), |_| word.get(7..))?;
        let (local, domain) = word.rsplit_once('@')?;
        let plausible =
            !local.is_empty() && domain.contains('.') && !domain.contains(['/', ':', '?']);
        plausible.then(|| Self::Mailbox {
            address: word.to_owned(),
        })
    }

    /// The first piece of a word that is a host name: `bank.example/login`, `see:bank.example`, `//bank.example`.
    fn host(word: &str) -> Option<Self> {
        word.split(['/', '?', '#', ':'])
            .enumerate()
            .find_map(|(place, piece)| {
                if !may_be_host(piece) {
                    return None;
                }
                let ascii = idna::domain_to_ascii(piece).ok()?;
                let (rest, last) = ascii.rsplit_once('.')?;
                let labels = ascii.split('.').all(|label| {
                    !label.is_empty()
                        && label
                            .bytes()
                            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
                });
                let top = last.len() >= 2 && last.bytes().any(|byte| byte.is_ascii_alphabetic());
                // `file.pdf` and `folder/file.pdf` name a file, `www.file.pdf` and `file.pdf/x` do not.
                let alone = place > 0 || piece.len() == word.len();
                let file = alone && !rest.contains('.') && is_file_extension(last);
                (labels && top && !file).then_some(Self::Host {
                    host: ascii,
                    https: false,
                })
            })
    }
}

/// False for most of what is none: to map all of that takes long.
fn may_be_host(piece: &str) -> bool {
    let is_of_host = |c: u8| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.');
    let last = piece.rsplit('.').next().unwrap_or_default();
    let is_top = !last.is_ascii() || last.bytes().any(|c| c.is_ascii_alphabetic());
    is_top && piece.bytes().all(is_of_host) && !piece.contains("..")
}

fn is_file_extension(last: &str) -> bool {
    const EXTENSIONS: [&str; 30] = [
        "avi", "bmp", "csv", "doc", "docx", "eml", "exe", "gif", "gz", "htm", "html", "ics",
        "jpeg", "jpg", "js", "json", "mov", "mp3", "mp4", "odt", "pdf", "php", "png", "pptx",
        "rar", "txt", "vcf", "xls", "xlsx", "zip",
    ];
    EXTENSIONS.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misleading_links_are_marked() {
        let text = std::fs::read_to_string("tests/corpora/handmade/link-mismatch.json").unwrap();
        let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
        let cases = vectors["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 21);
        for case in cases {
            let (text, href) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
            let text = &super::super::super::characters::visible_line(text, 400);
            let link = Link::new(href, "/compose").unwrap();
            let mark = link.deceiving_host().or_else(|| link.mark(text));
            assert_eq!(
                mark.is_some(),
                case[2].as_bool().unwrap(),
                "{text} → {href}: {mark:?}"
            );
            assert!(mark.is_none_or(|mark| mark.is_ascii()));
        }
    }

    #[test]
    fn a_domain_ends_where_the_public_suffix_list_says() {
        for (text, host, honest) in [
            ("bank.co.uk", "www.bank.co.uk", true),
            ("bank.co.uk", "evil.co.uk", false),
            ("ana.github.io", "evil.github.io", false),
            ("ana.github.io", "ana.github.io", true),
            ("github.io", "evil.github.io", false),
            ("city.kawasaki.jp", "www.city.kawasaki.jp", true),
            ("bank.com.ro", "evil.com.ro", false),
            ("bank.k12.tr", "evil.k12.tr", false),
            ("host.internal", "www.host.internal", true),
            ("192.0.2.1", "192.0.3.1", true),
            ("http://192.0.2.1", "192.0.3.1", false),
        ] {
            let link = Link::new(&format!("https://{host}/"), "/compose").unwrap();
            assert_eq!(link.mark(text).is_none(), honest, "{text} → {host}");
        }
    }

    #[test]
    fn only_four_schemes_lead_anywhere() {
        let href = |href: &str| Link::new(href, "/compose").map(|link| link.href);
        assert_eq!(
            href("https://example.org/path?a=1&b=2#f").as_deref(),
            Some("https://example.org/path?a=1&b=2#f")
        );
        assert_eq!(
            href(" HTTP://EXAMPLE.org").as_deref(),
            Some("http://example.org/")
        );
        assert_eq!(
            href("mailto:a@b.example?subject=x").as_deref(),
            Some("/compose?mailto=mailto%3Aa%40b%2Eexample%3Fsubject%3Dx")
        );
        assert_eq!(href("tel:+1-555-0100").as_deref(), Some("tel:+15550100"));
        for other in [
            "javascript:xss()",
            "java\tscript:xss()",
            "data:text/html,x",
            "//a.example",
            "/x",
            "#x",
            "ftp://a.example",
            "x",
            "tel:",
            "",
        ] {
            assert_eq!(href(other), None, "{other}");
        }
    }

    #[test]
    fn one_true_word_does_not_excuse_a_false_one() {
        let mark = |text: &str| {
            Link::new("https://evil.example/", "/compose").and_then(|link| link.mark(text))
        };
        for text in [
            "evil.example https://bank.example/login",
            "Visit:www.bank.example",
            "\u{bb}|www.bank.example|",
            "//bank.example/x",
            "ftp://bank.example",
            "bank\u{2024}example",
            "bank\u{fe52}example",
            "https://bank\u{ff61}example/",
        ] {
            assert_eq!(mark(text).as_deref(), Some("evil.example"), "{text}");
        }
        for text in [
            "evil.example",
            "docs/report.pdf",
            "Visit: us",
            "a:b 12:30 1.5/2.5",
        ] {
            assert_eq!(mark(text), None, "{text}");
        }
        let mailto = Link::new("mailto:eve@evil.example", "/compose").unwrap();
        assert_eq!(
            mailto.mark("eve@evil.example it@bank.example").as_deref(),
            Some("eve@evil.example")
        );
    }

    #[test]
    fn hosts_that_deceive_are_always_printed() {
        let mark = |href: &str| Link::new(href, "/compose").and_then(|link| link.deceiving_host());
        assert_eq!(
            mark("https://p\u{430}ypal.com/").as_deref(),
            Some("xn--pypal-4ve.com")
        );
        assert_eq!(
            mark("https://\u{430}\u{440}\u{440}\u{4cf}\u{435}.com/").as_deref(),
            Some("xn--80ak6aa92e.com")
        );
        assert_eq!(
            mark("https://bank.example@evil.example/").as_deref(),
            Some("evil.example")
        );
        assert_eq!(mark("https://bücher.example/"), None);
        assert_eq!(mark("https://пример.example/"), None);
    }
}
