//! Values, token by token.
use cssparser::{ParseError, Parser, Token};

type Refused = ParseError<()>;

/// Larger numbers only serve to push things out of sight.
const MAX_NUMBER: f32 = 10_000.0;
const MAX_TOKENS: usize = 60;
/// Functions in each other.
const MAX_DEPTH: usize = 4;
const UNITS: [&str; 20] = [
    "px", "em", "rem", "ex", "ch", "pt", "pc", "in", "cm", "mm", "q", "vw", "vh", "vmin", "vmax",
    "deg", "grad", "rad", "turn", "fr",
];
const DISPLAYS: [&str; 15] = [
    "block",
    "inline",
    "inline-block",
    "none",
    "list-item",
    "table",
    "inline-table",
    "table-row",
    "table-cell",
    "table-row-group",
    "table-header-group",
    "table-footer-group",
    "table-column",
    "table-column-group",
    "table-caption",
];

fn refuse<T>() -> Result<T, Refused> {
    Err(ParseError::unexpected_token())
}

/// The value of `property`, written anew, `!important` included.
pub(super) fn read(property: &str, input: &mut Parser<'_>) -> Result<String, Refused> {
    let mut writer = Writer {
        property,
        out: String::new(),
        tokens: 0,
    };
    let important = writer.sequence(input, 0)?;
    let Writer {
        mut out, tokens, ..
    } = writer;
    if tokens == 0 || (property == "background" && tokens != 1) {
        return refuse();
    }
    if important {
        out.push_str("!important");
    }
    Ok(out)
}

struct Writer<'p> {
    property: &'p str,
    out: String,
    /// Tokens outside functions.
    tokens: usize,
}

impl Writer<'_> {
    /// Up to the end of the value or of the function; true after `!important`.
    fn sequence(&mut self, input: &mut Parser<'_>, depth: usize) -> Result<bool, Refused> {
        loop {
            let Ok(token) = input.next_including_whitespace_and_comments() else {
                return Ok(false);
            };
            let token = token.clone();
            if matches!(token, Token::WhiteSpace(_) | Token::Comment(_)) {
                continue;
            }
            if depth == 0 && matches!(token, Token::Delim('!')) {
                input
                    .expect_ident_matching("important")
                    .map_err(|_| ParseError::unexpected_token())?;
                input
                    .expect_exhausted()
                    .map_err(|_| ParseError::unexpected_token())?;
                return Ok(true);
            }
            if depth == 0 {
                self.tokens += 1;
            }
            if self.tokens > MAX_TOKENS || self.out.len() > 1024 {
                return refuse();
            }
            self.token(&token, input, depth)?;
        }
    }

    fn token(
        &mut self,
        token: &Token<'_>,
        input: &mut Parser<'_>,
        depth: usize,
    ) -> Result<(), Refused> {
        match token {
            Token::Ident(name) => self.ident(name),
            Token::Number { value, .. } => self.number(*value, ""),
            Token::Percentage { unit_value, .. } => self.number(unit_value * 100.0, "%"),
            Token::Dimension { value, unit, .. } => {
                let unit = UNITS.iter().find(|known| unit.eq_ignore_ascii_case(known));
                self.number(*value, unit.ok_or_else(ParseError::unexpected_token)?)
            }
            Token::Hash(digits) | Token::IDHash(digits) => self.colour(digits),
            Token::Comma => self.glue(","),
            Token::Delim('/') => self.glue("/"),
            Token::Delim(operator @ ('+' | '-' | '*')) if depth > 0 => {
                self.word(operator.encode_utf8(&mut [0; 4]));
                Ok(())
            }
            Token::QuotedString(text) if depth == 0 => self.quoted(text),
            Token::Function(name) => self.function(&name.to_ascii_lowercase(), input, depth),
            _ => refuse(),
        }
    }

    fn word(&mut self, text: &str) {
        let glued = self.out.is_empty() || self.out.ends_with([',', '/', '(']);
        if !glued {
            self.out.push(' ');
        }
        self.out.push_str(text);
    }

    fn glue(&mut self, text: &str) -> Result<(), Refused> {
        if self.out.is_empty() {
            return refuse();
        }
        self.out.push_str(text);
        Ok(())
    }

    fn ident(&mut self, name: &str) -> Result<(), Refused> {
        let plain = !name.is_empty()
            && name.len() <= 40
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !name.starts_with("--")
            && !name.eq_ignore_ascii_case("url");
        let lower = name.to_ascii_lowercase();
        let shown = self.property != "display" || DISPLAYS.contains(&lower.as_str());
        // Letters in another order make a host name read as another.
        let turns = self.property == "unicode-bidi" && lower.contains("override");
        if !plain || !shown || turns {
            return refuse();
        }
        // Names of fonts are written as they stand, the rest means the same in any case.
        let as_it_stands = matches!(self.property, "font" | "font-family");
        self.word(if as_it_stands { name } else { &lower });
        Ok(())
    }

    /// Less than nothing would move text to where other text stands, or close the space between two words.
    fn is_never_negative(&self) -> bool {
        self.property.starts_with("margin")
            || matches!(self.property, "text-indent" | "word-spacing")
    }

    fn number(&mut self, value: f32, unit: &str) -> Result<(), Refused> {
        let never_negative = self.is_never_negative();
        if !value.is_finite() || value.abs() > MAX_NUMBER || (never_negative && value < 0.0) {
            return refuse();
        }
        let rounded = (value * 1000.0).round() / 1000.0;
        let unsigned_zero = if rounded == 0.0 { 0.0 } else { rounded };
        self.word(&format!("{unsigned_zero}{unit}"));
        Ok(())
    }

    fn colour(&mut self, digits: &str) -> Result<(), Refused> {
        if !matches!(digits.len(), 3 | 4 | 6 | 8)
            || !digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return refuse();
        }
        self.word(&format!("#{digits}"));
        Ok(())
    }

    fn quoted(&mut self, text: &str) -> Result<(), Refused> {
        let plain = text.len() <= 80
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.'));
        if !plain || text.is_empty() || !matches!(self.property, "font" | "font-family") {
            return refuse();
        }
        self.word(&format!("'{text}'"));
        Ok(())
    }

    fn function(
        &mut self,
        name: &str,
        input: &mut Parser<'_>,
        depth: usize,
    ) -> Result<(), Refused> {
        let is_colour = matches!(name, "rgb" | "rgba" | "hsl" | "hsla");
        // What a sum comes to is not known here.
        let is_sum = name == "calc" && !self.is_never_negative();
        if depth >= MAX_DEPTH || !(is_colour || is_sum) {
            return refuse();
        }
        self.word(name);
        self.out.push('(');
        input.parse_nested_block(|input| self.sequence(input, depth + 1))?;
        self.out.push(')');
        Ok(())
    }
}
