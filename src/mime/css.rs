//! Filters CSS: allow-listed properties with allow-listed value tokens, written anew from the tokens (SECURITY.md
//! R-HTML-4). What the parser does not know does not come out.
mod stylesheet;
mod value;

use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, ParseError, Parser, ParserState,
    QualifiedRuleParser, RuleBodyItemParser, RuleBodyParser,
};
use std::collections::HashMap;
pub(super) use stylesheet::{class, stylesheet};

/// Longest `style` attribute that is read, in octets.
const MAX_ATTRIBUTE: usize = 8 << 10;
/// Declarations of one block.
const MAX_DECLARATIONS: usize = 200;

const PROPERTIES: [&str; 75] = [
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-left-radius",
    "border-bottom-right-radius",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-left-radius",
    "border-top-right-radius",
    "border-top-style",
    "border-top-width",
    "border-width",
    "box-sizing",
    "caption-side",
    "clear",
    "color",
    "direction",
    "display",
    "empty-cells",
    "float",
    "font",
    "font-family",
    "font-size",
    "font-stretch",
    "font-style",
    "font-variant",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-position",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "opacity",
    "overflow",
    "overflow-wrap",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-decoration-color",
    "text-decoration-line",
    "text-decoration-style",
    "text-decoration-thickness",
    "text-indent",
    "text-transform",
];
const MORE_PROPERTIES: [&str; 7] = [
    "unicode-bidi",
    "vertical-align",
    "visibility",
    "white-space",
    "width",
    "word-break",
    "word-spacing",
];

/// A property that may stand, in lower case.
fn property(name: &str) -> Option<&'static str> {
    PROPERTIES
        .iter()
        .chain(&MORE_PROPERTIES)
        .find(|property| name.eq_ignore_ascii_case(property))
        .copied()
}

/// `style` attributes that were filtered already: designs repeat them by the hundred.
#[derive(Default)]
pub(super) struct Filtered(HashMap<String, String>);

impl Filtered {
    /// As [`declarations`].
    pub fn declarations(&mut self, css: &str) -> &str {
        if !self.0.contains_key(css) {
            self.0.insert(css.to_owned(), declarations(css));
        }
        self.0.get(css).map_or("", String::as_str)
    }
}

/// The declarations of a `style` attribute that may stay, `name:value;` each.
pub(super) fn declarations(css: &str) -> String {
    let css = css
        .get(..css.floor_char_boundary(MAX_ATTRIBUTE))
        .unwrap_or(css);
    block(&mut Parser::new(css))
}

fn block(input: &mut Parser<'_>) -> String {
    let mut filter = Declarations;
    let mut kept = String::new();
    for declaration in RuleBodyParser::new(input, &mut filter)
        .take(MAX_DECLARATIONS)
        .flatten()
    {
        kept.push_str(&declaration);
    }
    kept
}

/// Reads declarations and nothing else: a rule nested in a block is dropped.
struct Declarations;

impl<'i> DeclarationParser<'i> for Declarations {
    type Declaration = String;
    type Error = ();

    fn parse_value(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
        _start: &ParserState,
    ) -> Result<String, ParseError<()>> {
        let property = property(&name).ok_or_else(ParseError::unexpected_token)?;
        let value = value::read(property, input)?;
        let property = if property == "background" {
            "background-color"
        } else {
            property
        };
        Ok(format!("{property}:{value};"))
    }
}

impl<'i> AtRuleParser<'i> for Declarations {
    type Prelude = ();
    type AtRule = String;
    type Error = ();
}

impl<'i> QualifiedRuleParser<'i> for Declarations {
    type Prelude = ();
    type QualifiedRule = String;
    type Error = ();
}

impl<'i> RuleBodyItemParser<'i, String, ()> for Declarations {
    fn parse_declarations(&self) -> bool {
        true
    }

    fn parse_qualified(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_declarations_stay() {
        for (css, expected) in [
            ("color:red", "color:red;"),
            (
                "Color : #FFF ; background: #0a0",
                "color:#FFF;background-color:#0a0;",
            ),
            (
                "margin:0 0 0 .8ex;border-left:1px solid #ccc",
                "margin:0 0 0 0.8ex;border-left:1px solid #ccc;",
            ),
            ("color:rgb(1, 2,3)", "color:rgb(1,2,3);"),
            ("width:calc(100% - 20px)", "width:calc(100% - 20px);"),
            ("width:100%!important", "width:100%!important;"),
            (
                "font-family: Arial, \"Segoe UI\", sans-serif",
                "font-family:Arial,'Segoe UI',sans-serif;",
            ),
            ("font:14px/1.5 Arial", "font:14px/1.5 Arial;"),
            ("letter-spacing:-.5px", "letter-spacing:-0.5px;"),
            (
                "display:inline-block;/* x */float:left",
                "display:inline-block;float:left;",
            ),
            ("color:red;unknown:1;;x;width:10px", "color:red;width:10px;"),
        ] {
            assert_eq!(declarations(css), expected, "{css}");
        }
    }

    #[test]
    fn everything_else_goes() {
        for css in [
            "position:fixed",
            "background:url(x)",
            "background:red url(x)",
            "background-color:var(--x)",
            "color:attr(x)",
            "width:expression(xss())",
            "margin:-1px",
            "margin:calc(0px - 10px)",
            "text-indent:-9999px",
            "word-spacing:-.25em",
            "word-spacing:calc(0px - 4px)",
            "unicode-bidi:bidi-override",
            "unicode-bidi:isolate-override",
            "display:flex",
            "font-family:\"a\\\\b\"",
            "font-family:'</style>'",
            "color:\"red\"",
            "--x:1",
            "color:u\\72l(x)",
            "color:{red}",
            "color:red<",
            "color:",
            "background:#fff none",
            "width:1e9px",
            "color:#12",
            "color:rgb(url(x))",
            "color:red!x",
            "border-image:none",
            "list-style:url(x)",
        ] {
            assert_eq!(declarations(css), "", "{css}");
        }
    }

    #[test]
    fn nesting_costs_nothing() {
        let begun = crate::mime::testing::CpuTime::now();
        for piece in ["(", "{", "[", "calc(", "a:", "rgb(", "\\41"] {
            declarations(&format!("color:{}", piece.repeat(3000)));
            stylesheet(&format!("p{{color:{}", piece.repeat(30_000)));
            stylesheet(&piece.repeat(30_000));
        }
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(3),
            "{:?}",
            begun.elapsed()
        );
    }

    proptest! {
        #[test]
        fn only_harmless_characters_come_out(css in "\\PC{0,80}|(color|margin|url\\(|rgb\\(|calc\\(|:|;|-|1px|\"|'|\\\\|<|/\\*|\\*/|@media|\\{|\\}|\\)|!important| |red|,){0,40}") {
            for kept in [declarations(&css), stylesheet(&css)] {
                prop_assert!(!kept.contains(['<', '\\', '"', '@']) || kept.starts_with("@media"), "{}", kept);
                prop_assert!(!kept.contains("url"), "{}", kept);
            }
            prop_assert_eq!(declarations(&declarations(&css)), declarations(&css));
        }
    }
}
