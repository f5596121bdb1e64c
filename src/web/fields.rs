//! The fields of a form, in order, repeated names kept; cleaned here, at the edge, by what kind of field they are.

use super::{Web, body, error::Error};
use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use url::form_urlencoded;

/// Octets of a form that carries no letter.
const SMALL: usize = 256 << 10;
/// Fields of a urlencoded form. A page of the list has at most 500 rows, each may be a field.
const MOST: usize = 1_024;

/// Names and values of a submitted form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// An `application/x-www-form-urlencoded` body. Over 1,024 fields is no form of ours.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        let fields: Vec<_> = form_urlencoded::parse(body)
            .take(MOST + 1)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if fields.len() > MOST {
            Err(Error::BadForm)
        } else {
            Ok(Self(fields))
        }
    }

    pub fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The first value as it was sent. Only for what is parsed strictly afterwards.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(field, _)| *field == name)
            .map(|(_, value)| value)
    }

    /// Every value of a repeated field, as sent.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter()
            .filter(move |(field, _)| *field == name)
            .map(|(_, value)| value)
    }

    /// A field of one line: control characters and line separators become spaces, the ends are trimmed.
    pub fn line(&self, name: &str) -> Option<String> {
        self.raw(name).map(line)
    }

    /// A field of several lines: LF ends a line, other control characters but tab are removed.
    pub fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(text)
    }

    /// A secret: nothing is changed but that NUL, CR and LF, which no password field of a browser can hold, are removed.
    pub fn secret(&self, name: &str) -> Option<String> {
        self.raw(name)
            .map(|value| value.replace(['\0', '\r', '\n'], ""))
    }
}

/// One line of text: see [`Fields::line`].
pub fn line(value: &str) -> String {
    let spaced: String = value
        .chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    spaced.trim().to_owned()
}

/// Several lines of text: see [`Fields::text`].
pub fn text(value: &str) -> String {
    value
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n")
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect()
}

impl FromRequest<Web> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Error> {
        if !is_urlencoded(request.headers()) {
            return Err(Error::UnsupportedForm);
        }
        Self::parse(&body::read(request.into_body(), SMALL, web.config.limits.body_idle).await?)
    }
}

/// Whether the body says it is a urlencoded form; a request without a body says nothing.
pub fn is_urlencoded(headers: &HeaderMap) -> bool {
    match headers.get(header::CONTENT_TYPE) {
        None => true,
        Some(value) => value.to_str().is_ok_and(|value| {
            value.split(';').next().is_some_and(|kind| {
                kind.trim()
                    .eq_ignore_ascii_case("application/x-www-form-urlencoded")
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_fields_keep_their_order() {
        let fields = Fields::parse(b"message=1.2&action=star&message=1.3").unwrap();
        assert_eq!(fields.all("message").collect::<Vec<_>>(), ["1.2", "1.3"]);
        assert_eq!(fields.raw("action"), Some("star"));
        assert_eq!(fields.raw("to"), None);
    }

    #[test]
    fn line_breaks_and_nul_never_reach_a_header_field() {
        let fields = Fields::parse(b"subject=Hi%0d%0aBcc:+eve@evil.example%00").unwrap();
        assert_eq!(fields.line("subject").unwrap(), "Hi  Bcc: eve@evil.example");
    }

    #[test]
    fn text_keeps_its_lines_and_tabs() {
        assert_eq!(text("a\r\nb\rc\n\td\0\u{7}\u{85}"), "a\nb\nc\n\td");
    }

    #[test]
    fn a_form_of_thousands_of_fields_is_refused() {
        let body = "a=1&".repeat(1_025);
        assert!(matches!(
            Fields::parse(body.as_bytes()),
            Err(Error::BadForm)
        ));
        assert!(Fields::parse("a=1&".repeat(1_024).as_bytes()).is_ok());
    }
}
