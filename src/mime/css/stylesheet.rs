//! `<style>` blocks: rules of types and classes, and `@media` by width and colour scheme.
use super::block;
use cssparser::{
    AtRuleParser, CowRcStr, ParseError, Parser, ParserState, QualifiedRuleParser, StyleSheetParser,
    Token,
};
use std::cell::Cell;

/// Octets of all style blocks of a message together.
const MAX_STYLESHEET: usize = 128 << 10;
const MAX_RULES: usize = 2000;
/// Selectors of one rule, and simple selectors in one of them.
const MAX_SELECTORS: usize = 50;
const MAX_COMPOUNDS: usize = 12;

type Refused = ParseError<()>;

/// The rules that may stay; without `<` and `\`. Class names carry the prefix `m-`. Beyond 128 KiB or 2,000 rules
/// nothing is read.
pub(in super::super) fn stylesheet(css: &str) -> String {
    let css = css
        .get(..css.floor_char_boundary(MAX_STYLESHEET))
        .unwrap_or(css);
    let rules = Cell::new(0);
    let kept = read(
        &mut Parser::new(css),
        &mut Rules {
            rules: &rules,
            nested: false,
        },
    );
    if kept.contains(['<', '\\']) {
        String::new()
    } else {
        kept
    }
}

fn read(input: &mut Parser<'_>, filter: &mut Rules<'_>) -> String {
    let rules = filter.rules;
    let mut kept = String::new();
    for rule in StyleSheetParser::new(input, filter) {
        kept.push_str(&rule.unwrap_or_default());
        if rules.get() >= MAX_RULES {
            break;
        }
    }
    kept
}

struct Rules<'r> {
    /// Rules read so far, dropped ones too.
    rules: &'r Cell<usize>,
    /// Within `@media`, where no other at-rule may stand.
    nested: bool,
}

impl<'i> QualifiedRuleParser<'i> for Rules<'_> {
    type Prelude = String;
    type QualifiedRule = String;
    type Error = ();

    fn parse_prelude(&mut self, input: &mut Parser<'i>) -> Result<String, Refused> {
        self.rules.set(self.rules.get() + 1);
        let kept: Vec<String> = selectors(input).into_iter().flatten().collect();
        if kept.is_empty() {
            Err(ParseError::unexpected_token())
        } else {
            Ok(kept.join(","))
        }
    }

    fn parse_block(
        &mut self,
        selectors: String,
        _start: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<String, Refused> {
        let declarations = block(input);
        Ok(if declarations.is_empty() {
            String::new()
        } else {
            format!("{selectors}{{{declarations}}}\n")
        })
    }
}

impl<'i> AtRuleParser<'i> for Rules<'_> {
    type Prelude = String;
    type AtRule = String;
    type Error = ();

    fn parse_prelude(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
    ) -> Result<String, Refused> {
        self.rules.set(self.rules.get() + 1);
        if self.nested || !name.eq_ignore_ascii_case("media") {
            return Err(ParseError::unexpected_token());
        }
        let queries = input.parse_comma_separated_ignoring_errors(media_query);
        if queries.is_empty() {
            Err(ParseError::unexpected_token())
        } else {
            Ok(queries.join(","))
        }
    }

    fn parse_block(
        &mut self,
        queries: String,
        _start: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<String, Refused> {
        let kept = read(
            input,
            &mut Rules {
                rules: self.rules,
                nested: true,
            },
        );
        Ok(if kept.is_empty() {
            String::new()
        } else {
            format!("@media {queries}{{{kept}}}\n")
        })
    }
}

/// `[[only] screen|all and] (min-width: …) and (…)`, with at least one feature.
fn media_query(input: &mut Parser<'_>) -> Result<String, Refused> {
    let refuse = || Err(ParseError::unexpected_token());
    let mut features = Vec::new();
    let mut screen = false;
    while let Ok(token) = input.next().cloned() {
        match token {
            Token::Ident(word) if features.is_empty() && word.eq_ignore_ascii_case("screen") => {
                screen = true
            }
            Token::Ident(word)
                if ["and", "only", "all"]
                    .iter()
                    .any(|known| word.eq_ignore_ascii_case(known)) => {}
            Token::ParenthesisBlock if features.len() < 4 => {
                features.push(input.parse_nested_block(media_feature)?)
            }
            _ => return refuse(),
        }
    }
    if features.is_empty() {
        return refuse();
    }
    if screen {
        features.insert(0, "screen".to_owned());
    }
    Ok(features.join(" and "))
}

fn media_feature(input: &mut Parser<'_>) -> Result<String, Refused> {
    let refused = || ParseError::unexpected_token();
    let name = input
        .expect_ident_cloned()
        .map_err(|_| refused())?
        .to_ascii_lowercase();
    input.expect_colon().map_err(|_| refused())?;
    let token = input.next().map_err(|_| refused())?.clone();
    input.expect_exhausted().map_err(|_| refused())?;
    match (name.as_str(), token) {
        ("min-width" | "max-width", Token::Dimension { value, unit, .. })
            if (0.0..=10_000.0).contains(&value) =>
        {
            let unit = ["px", "em", "rem"]
                .into_iter()
                .find(|known| unit.eq_ignore_ascii_case(known))
                .ok_or_else(refused)?;
            Ok(format!("({name}:{value}{unit})"))
        }
        ("prefers-color-scheme", Token::Ident(scheme)) => {
            let scheme = ["light", "dark"]
                .into_iter()
                .find(|known| scheme.eq_ignore_ascii_case(known));
            Ok(format!("({name}:{})", scheme.ok_or_else(refused)?))
        }
        _ => Err(refused()),
    }
}

/// Each selector of the list; None for one that may not stay.
fn selectors(input: &mut Parser<'_>) -> Vec<Option<String>> {
    let mut list = Vec::new();
    let mut selector = Selector::default();
    while let Ok(token) = input.next_including_whitespace_and_comments().cloned() {
        match token {
            Token::Comma => {
                list.push(std::mem::take(&mut selector).finish());
                if list.len() >= MAX_SELECTORS {
                    return list;
                }
            }
            Token::Comment(_) => {}
            token => selector.take(&token),
        }
    }
    list.push(selector.finish());
    list
}

#[derive(Default)]
struct Selector {
    out: String,
    refused: bool,
    compounds: usize,
    /// Combinator before the next compound.
    combinator: Option<char>,
    /// The last token was a `.` or a `:`.
    prefix: Option<char>,
}

impl Selector {
    fn take(&mut self, token: &Token<'_>) {
        let prefix = self.prefix.take();
        match (prefix, token) {
            _ if self.refused => {}
            (None, Token::WhiteSpace(_)) => {
                if !self.out.is_empty() && self.combinator.is_none() {
                    self.combinator = Some(' ');
                }
            }
            (None, Token::Delim('>')) if !self.out.is_empty() && self.combinator != Some('>') => {
                self.combinator = Some('>');
            }
            (None, Token::Delim('.')) => self.prefix = Some('.'),
            (None, Token::Colon) => self.prefix = Some(':'),
            (None, Token::Ident(name)) if self.out.is_empty() || self.combinator.is_some() => {
                let is_type =
                    name.len() <= 20 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
                self.simple(is_type.then(|| name.to_ascii_lowercase()));
            }
            (Some('.'), Token::Ident(name)) => {
                self.simple(class(name).map(|class| format!(".{class}")))
            }
            (Some(':'), Token::Ident(name)) => self.simple(pseudo(name)),
            _ => self.refused = true,
        }
    }

    fn simple(&mut self, text: Option<String>) {
        self.compounds += 1;
        match text.filter(|_| self.compounds <= MAX_COMPOUNDS) {
            Some(text) => {
                self.out.extend(self.combinator.take());
                self.out.push_str(&text);
            }
            None => self.refused = true,
        }
    }

    fn finish(self) -> Option<String> {
        let open = self.prefix.is_some() || self.combinator == Some('>') || self.out.is_empty();
        (!self.refused && !open).then_some(self.out)
    }
}

fn pseudo(name: &str) -> Option<String> {
    const KNOWN: [&str; 6] = [
        "first-child",
        "last-child",
        "only-child",
        "first-of-type",
        "last-of-type",
        "only-of-type",
    ];
    KNOWN
        .iter()
        .find(|known| name.eq_ignore_ascii_case(known))
        .map(|known| format!(":{known}"))
}

/// A class name with the prefix that keeps it apart from ours.
pub(in super::super) fn class(name: &str) -> Option<String> {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (plain && (1..=64).contains(&name.len())).then(|| format!("m-{name}"))
}

#[cfg(test)]
mod tests {
    use super::stylesheet;

    #[test]
    fn rules_of_types_and_classes_stay() {
        for (css, expected) in [
            ("p{color:red}", "p{color:red;}\n"),
            (
                ".a .b>td.c:first-child , H1{width:1px}",
                ".m-a .m-b>td.m-c:first-child,h1{width:1px;}\n",
            ),
            ("p{color:red}q{position:fixed}", "p{color:red;}\n"),
            ("#id, p, a[href], a:hover, *{color:red}", "p{color:red;}\n"),
            ("<!-- p{color:red} -->", "p{color:red;}\n"),
            ("p{color:red", "p{color:red;}\n"),
            ("@import url(x);p{color:red}", "p{color:red;}\n"),
            (
                "@font-face{font-family:x;src:url(y)}p{color:red}",
                "p{color:red;}\n",
            ),
            (
                "@media only screen and (max-width: 600px){.m{width:100%!important}} .m{width:600px}",
                "@media screen and (max-width:600px){.m-m{width:100%!important;}\n}\n.m-m{width:600px;}\n",
            ),
            (
                "@media (prefers-color-scheme:dark),print{p{color:#fff}}",
                "@media (prefers-color-scheme:dark){p{color:#fff;}\n}\n",
            ),
        ] {
            assert_eq!(stylesheet(css), expected, "{css}");
        }
    }

    #[test]
    fn everything_else_goes() {
        for css in [
            "@media all{p{color:red}}",
            "@media (max-width:1px){@media (max-width:1px){p{color:red}}}",
            "@supports(display:block){p{color:red}}",
            "p{q{color:red}}",
            "p + q{color:red}",
            "p >{color:red}",
            "> p{color:red}",
            "p::before{color:red}",
            ":root{color:red}",
            "p:not(q){color:red}",
            "p{/*} *{color:red} /*",
            "p&quot;{color:red}",
            ".\\3c style{color:red}",
            "@media (max-width:1px){p{color:red}",
        ] {
            let kept = stylesheet(css);
            assert!(
                kept.is_empty() || css.starts_with("@media (max-width:1px){p"),
                "{css}: {kept}"
            );
        }
    }

    #[test]
    fn the_caps_hold() {
        assert_eq!(
            stylesheet(&".a{color:red}".repeat(5000)).lines().count(),
            2000
        );
        assert_eq!(
            stylesheet(&format!("{}{{color:red}}", "a ".repeat(50_000))),
            ""
        );
        assert_eq!(stylesheet(&"@media all{".repeat(5000)), "");
        assert!(stylesheet(&"p{color:red}".repeat(100_000)).len() < 128 << 10);
    }
}
