//! Finds links in plain text, in linear time: each octet is looked at a bounded number of times.
use super::super::characters::{is_bidi_control, is_control, is_invisible};
use super::Span;
use url::Url;

/// A longer one stays text.
const MAX_URL: usize = 8192;
const MAX_LOCAL: usize = 64;
const MAX_DOMAIN: usize = 253;

/// The text of one line, its links told apart.
pub(super) fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut shown = 0;
    let mut finder = Finder {
        text,
        floor: 0,
        dead: 0,
    };
    while let Some(found) = finder.next_link() {
        push_text(&mut spans, text.get(shown..found.start));
        let link = text.get(found.start..found.end).unwrap_or_default();
        spans.push(Span::Link {
            href: found.href,
            text: link.to_owned(),
        });
        shown = found.end;
        finder.floor = found.end;
    }
    push_text(&mut spans, text.get(shown..));
    spans
}

fn push_text(spans: &mut Vec<Span>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        spans.push(Span::Text(text.to_owned()));
    }
}

struct Found {
    start: usize,
    end: usize,
    href: String,
}

struct Finder<'a> {
    text: &'a str,
    /// Nothing before it belongs to the next link.
    floor: usize,
    /// No URL begins before it: one was tried there and is none. Keeps the search linear.
    dead: usize,
}

impl Finder<'_> {
    fn next_link(&mut self) -> Option<Found> {
        let mut at = self.floor;
        loop {
            let mark = at + self.text.get(at..)?.find([':', '@', '.'])?;
            let rest = self.text.get(mark..)?;
            let found = if rest.starts_with('@') {
                bare_address(self.text, mark, self.floor)
            } else if mark < self.dead {
                None
            } else if rest.starts_with(':') {
                self.scheme_link(mark)
            } else {
                self.www_link(mark)
            };
            if found.is_some() {
                return found;
            }
            at = mark + 1;
        }
    }

    /// Where `word` stands in front of `mark`, when no letter or digit stands before it.
    fn word_before(&self, mark: usize, word: &str) -> Option<usize> {
        let start = mark
            .checked_sub(word.len())
            .filter(|&start| start >= self.floor)?;
        let same = self.text.get(start..mark)?.eq_ignore_ascii_case(word);
        let before = self.text.get(self.floor..start)?.chars().next_back();
        (same && !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '+')))
            .then_some(start)
    }

    fn scheme_link(&mut self, mark: usize) -> Option<Found> {
        let web = self
            .word_before(mark, "http")
            .or_else(|| self.word_before(mark, "https"));
        if let Some(start) = web.filter(|_| {
            self.text
                .get(mark..)
                .is_some_and(|rest| rest.starts_with("://"))
        }) {
            return self.web_link(start, mark + 3, "");
        }
        let start = self.word_before(mark, "mailto")?;
        let end = self.url_end(mark + 1)?;
        let typed = self.text.get(mark + 1..end)?;
        let address = typed.split('?').next()?;
        let url = address
            .contains('@')
            .then(|| Url::parse(&format!("mailto:{typed}")).ok())??;
        Some(Found {
            start,
            end,
            href: url.into(),
        })
    }

    fn www_link(&mut self, mark: usize) -> Option<Found> {
        let start = self.word_before(mark, "www")?;
        let next = self.text.get(mark + 1..)?.chars().next()?;
        if next.is_alphanumeric() {
            self.web_link(start, mark + 1, "http://")
        } else {
            None
        }
    }

    fn web_link(&mut self, start: usize, host: usize, scheme: &str) -> Option<Found> {
        let end = self.url_end(host)?;
        let url = Url::parse(&format!("{scheme}{}", self.text.get(start..end)?)).ok()?;
        let plausible = matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| !host.is_empty());
        plausible.then(|| Found {
            start,
            end,
            href: url.into(),
        })
    }

    fn url_end(&mut self, from: usize) -> Option<usize> {
        let rest = self.text.get(from..)?;
        let length = rest
            .char_indices()
            .take(MAX_URL)
            .find(|&(_, c)| ends_url(c))
            .map(|(at, _)| at);
        let length = length.or_else(|| (rest.len() <= MAX_URL).then_some(rest.len()));
        self.dead = from + length.unwrap_or(MAX_URL);
        trimmed_end(rest.get(..length?)?).map(|length| from + length)
    }
}

/// White space, quotes, angle brackets, and what cannot be seen.
fn ends_url(c: char) -> bool {
    c.is_whitespace()
        || is_control(c)
        || is_bidi_control(c)
        || is_invisible(c)
        || matches!(
            c,
            '<' | '>'
                | '"'
                | '`'
                | '\\'
                | '^'
                | '{'
                | '}'
                | '|'
                | '«'
                | '»'
                | '“'
                | '”'
                | '„'
                | '‹'
                | '›'
        )
}

/// Punctuation at the end and closing brackets that were not opened belong to the sentence.
fn trimmed_end(url: &str) -> Option<usize> {
    let mut url = url;
    let mut round = unopened(url, '(', ')');
    let mut square = unopened(url, '[', ']');
    loop {
        let last = url.chars().next_back()?;
        match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '…' | '。' | '，' | '、' | '）'
            | '’' => {}
            ')' if round > 0 => round -= 1,
            ']' if square > 0 => square -= 1,
            _ => return Some(url.len()),
        }
        url = url.get(..url.len() - last.len_utf8())?;
    }
}

fn unopened(url: &str, open: char, close: char) -> usize {
    url.matches(close)
        .count()
        .saturating_sub(url.matches(open).count())
}

/// An address around the `@` at `mark`: dot-atom, and a domain with a dot.
fn bare_address(text: &str, mark: usize, floor: usize) -> Option<Found> {
    let is_local = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let before = text.get(floor..mark)?;
    let length: usize = before
        .chars()
        .rev()
        .take(MAX_LOCAL + 1)
        .take_while(|&c| is_local(c))
        .map(char::len_utf8)
        .sum();
    let local = before.get(before.len() - length..)?;
    let local = local.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_');
    if local.is_empty() || local.len() > MAX_LOCAL || local.ends_with('.') || local.contains("..") {
        return None;
    }
    let start = mark - local.len();
    let after = text.get(mark + 1..)?;
    let is_domain = |c: char| (c.is_alphanumeric() && !is_invisible(c)) || matches!(c, '-' | '.');
    let length: usize = after
        .chars()
        .take(MAX_DOMAIN + 1)
        .take_while(|&c| is_domain(c))
        .map(char::len_utf8)
        .sum();
    let domain = after.get(..length)?.trim_end_matches(['.', '-']);
    if after.get(domain.len()..)?.starts_with('@')
        || !domain.contains('.')
        || domain.split('.').any(str::is_empty)
    {
        return None;
    }
    let tld = domain.rsplit('.').next()?;
    if domain.len() > MAX_DOMAIN
        || tld.chars().all(|c| c.is_ascii_digit())
        || text.get(..start)?.ends_with('@')
    {
        return None;
    }
    let href = Url::parse(&format!("mailto:{local}@{domain}")).ok()?;
    Some(Found {
        start,
        end: mark + 1 + domain.len(),
        href: href.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<(String, String)> {
        let spans = spans(text);
        let whole: String = spans
            .iter()
            .map(|span| match span {
                Span::Text(text) | Span::Link { text, .. } => text.as_str(),
            })
            .collect();
        assert_eq!(whole, text);
        spans
            .into_iter()
            .filter_map(|span| match span {
                Span::Link { href, text } => Some((text, href)),
                Span::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        for (text, shown, href) in [
            (
                "see http://a.example/x.",
                "http://a.example/x",
                "http://a.example/x",
            ),
            (
                "(https://a.example/b_(c))",
                "https://a.example/b_(c)",
                "https://a.example/b_(c)",
            ),
            (
                "<https://a.example/?q=1&r=2>",
                "https://a.example/?q=1&r=2",
                "https://a.example/?q=1&r=2",
            ),
            (
                "HTTPS://A.example, or",
                "HTTPS://A.example",
                "https://a.example/",
            ),
            ("www.a.example!", "www.a.example", "http://www.a.example/"),
            (
                "write to ana.pop+x@b.example.",
                "ana.pop+x@b.example",
                "mailto:ana.pop+x@b.example",
            ),
            (
                "mailto:a@b.example?subject=x y",
                "mailto:a@b.example?subject=x",
                "mailto:a@b.example?subject=x",
            ),
            (
                "http://a.example/\"onmouseover=xss()//",
                "http://a.example/",
                "http://a.example/",
            ),
            (
                "http://a.example/<script>",
                "http://a.example/",
                "http://a.example/",
            ),
            (
                "\u{202e}http://moc.live\u{202c}",
                "http://moc.live",
                "http://moc.live/",
            ),
            (
                "http://a.example\u{200b}@evil.example/",
                "http://a.example",
                "http://a.example/",
            ),
        ] {
            assert_eq!(links(text), [(shown.to_owned(), href.to_owned())], "{text}");
        }
    }

    #[test]
    fn what_is_no_link_stays_text() {
        for text in [
            "javascript:xss()",
            "<javascript:xss()>",
            "data:text/html,x",
            "a@b",
            "a@@b.example",
            "http://",
            "https:// x",
            "xhttp://a.example",
            "file.www.",
            "12:30",
            "@handle",
            "mailto:",
            "a@1.2",
        ] {
            assert_eq!(links(text), [], "{text}");
        }
    }

    #[test]
    fn two_links_in_one_line_are_both_found() {
        assert_eq!(
            links("a@b.example, http://c.example/ and www.d.example").len(),
            3
        );
    }

    #[test]
    fn hostile_lines_take_linear_time() {
        let begun = crate::mime::testing::CpuTime::now();
        for text in [
            "a@",
            "http://a.example/ ",
            "www.",
            "http:",
            "mailto:a@",
            "((((",
            "a@b.example",
            "://",
            "http://a.example/(",
            "http://",
        ] {
            spans(&text.repeat(400_000 / text.len()));
        }
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(4),
            "{:?}",
            begun.elapsed()
        );
    }
}
