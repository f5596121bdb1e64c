//! What weighs for a designed message, and what a `style` attribute says of it. Nothing here is shown: what is
//! misunderstood changes which view opens first, and no more.

/// What a picture from the web, or a link that is a button, weighs, in characters.
const PICTURE: usize = 300;
/// The most that a signature weighs.
const SIGNATURE: usize = 1200;
/// A picture that is no larger, in CSS pixels, is a sign.
pub(super) const SIGN: u16 = 64;
/// Widths of a box that is a page of its own, in CSS pixels.
const PAGE: std::ops::RangeInclusive<f32> = 320.0..=900.0;

/// Characters of a message: its own words, and what is laid out.
#[derive(Default)]
pub(super) struct Weights {
    pub own: usize,
    laid: usize,
    /// Own words before anything that is laid out.
    before: usize,
    responsive: bool,
}

impl Weights {
    /// `own_before`: own words before it.
    pub fn lay(&mut self, characters: usize, own_before: usize) {
        if self.laid == 0 {
            self.before = own_before;
        }
        self.laid += characters;
    }

    pub fn picture(&mut self) {
        self.lay(PICTURE, self.own);
    }

    /// A style sheet that knows narrow screens was written by a designer.
    pub fn style_sheet(&mut self, css: &str) {
        let rules = css.split("@media").skip(1);
        self.responsive |= rules
            .filter_map(|rule| rule.split('{').next())
            .any(|query| query.contains("-width"));
    }

    pub fn designed(&self) -> bool {
        if self.responsive {
            return true;
        }
        let signature = self.before > 0 && self.laid <= SIGNATURE;
        !signature && 3 * self.laid > self.own + self.laid
    }
}

/// What a `style` attribute says.
#[derive(Clone, Copy, Default)]
pub(super) struct Said {
    pub hidden: bool,
    /// Whether its text has no size, until an element in it gives it one.
    pub tiny: Option<bool>,
    pub ground: bool,
    pub columns: bool,
    pub page: bool,
    pub bold: bool,
    /// Of ordinary weight, whatever the element.
    pub light: bool,
    pub italic: bool,
    pub struck: bool,
    /// No space above and below.
    pub close: bool,
    /// The line that Outlook draws beside a quoted one.
    pub aside: bool,
}

impl Said {
    pub fn of(style: &str) -> Self {
        let mut said = Self::default();
        for declaration in style.split(';') {
            if let Some((name, value)) = declaration.split_once(':') {
                said.declared(&name.trim().to_ascii_lowercase(), value.trim());
            }
        }
        said
    }

    fn declared(&mut self, name: &str, value: &str) {
        let is = |word: &str| value.eq_ignore_ascii_case(word);
        match name {
            "display" => {
                self.hidden |= is("none");
                self.columns |= ["inline-block", "flex", "inline-flex", "grid", "table-cell"]
                    .into_iter()
                    .any(is);
            }
            "visibility" => self.hidden |= is("hidden"),
            "max-height" | "opacity" => self.hidden |= is_nothing(value),
            "font-size" if is_nothing(value) => self.tiny = Some(true),
            // Half of nothing is nothing.
            "font-size" if value.ends_with("rem") || !value.ends_with(['m', '%']) => {
                self.tiny = Some(false);
            }
            "background" | "background-color" => self.ground = is_ground(value),
            "background-image" => self.ground |= value.contains("url("),
            "float" => self.columns |= is("left") || is("right"),
            "column-count" | "columns" => self.columns = true,
            "width" | "max-width" => self.page |= pixels(value).is_some_and(|w| PAGE.contains(&w)),
            "font-weight" => {
                self.bold = is("bold") || is("bolder") || heavy(value);
                self.light = is("normal") || (!self.bold && value.parse::<u16>().is_ok());
            }
            "font-style" => self.italic = is("italic") || is("oblique"),
            "text-decoration" | "text-decoration-line" => {
                self.struck = value.contains("line-through");
            }
            "margin" => {
                self.close = value
                    .split_ascii_whitespace()
                    .next()
                    .is_some_and(is_nothing)
            }
            "margin-bottom" | "margin-block-end" => self.close = is_nothing(value),
            "border-left" => self.aside |= value.contains("solid") && value.contains("1.5pt"),
            _ => {}
        }
    }
}

fn heavy(value: &str) -> bool {
    value.parse::<u16>().is_ok_and(|weight| weight >= 600)
}

/// Zero, in whatever unit.
fn is_nothing(value: &str) -> bool {
    let digits = value.trim_end_matches(|c: char| !c.is_ascii_digit() && c != '.');
    digits.parse::<f32>().is_ok_and(|number| number == 0.0)
}

fn pixels(value: &str) -> Option<f32> {
    // What is no number of pixels is no fixed width.
    value.strip_suffix("px")?.trim().parse().ok()
}

/// A colour that is seen on white paper, or a picture.
pub(super) fn is_ground(value: &str) -> bool {
    let value = value.trim();
    let colour = value.split_ascii_whitespace().next().unwrap_or_default();
    let named = [
        "white",
        "transparent",
        "none",
        "inherit",
        "initial",
        "unset",
        "window",
        "",
    ];
    if value.contains("url(") {
        return true;
    }
    if named.iter().any(|name| colour.eq_ignore_ascii_case(name)) {
        return false;
    }
    if let Some(arguments) = value
        .strip_prefix("rgb")
        .and_then(|rest| rest.split_once('('))
    {
        let numbers: Vec<f32> = arguments
            .1
            .split([',', ' ', '/', ')'])
            .filter_map(|number| number.parse().ok())
            .collect();
        let clear = numbers.get(3).is_some_and(|alpha| *alpha == 0.0);
        let white = numbers.iter().take(3).all(|channel| *channel >= 251.0);
        return !clear && !white;
    }
    let digits = colour.strip_prefix('#').unwrap_or(colour);
    let white = match digits.len() {
        3 => digits.eq_ignore_ascii_case("fff"),
        6 => (0..3).all(|at| {
            let channel = digits.get(2 * at..2 * at + 2).unwrap_or_default();
            u8::from_str_radix(channel, 16).is_ok_and(|channel| channel >= 251)
        }),
        _ => false,
    };
    !white
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_in_any_spelling_is_no_ground() {
        for white in [
            "#fff",
            "#FFFFFF",
            "ffffff",
            "white",
            "rgb(255, 255, 255)",
            "transparent",
            "rgba(0,0,0,0)",
            "#fdfdfd",
            "none",
            "white none repeat",
        ] {
            assert!(!is_ground(white), "{white}");
        }
        for tint in ["#f4f4f4", "black", "rgb(0,0,0)", "#fff url(x)", "#eee"] {
            assert!(is_ground(tint), "{tint}");
        }
    }

    #[test]
    fn a_style_is_understood_as_far_as_it_matters() {
        assert!(Said::of("DISPLAY:none").hidden);
        // A button for all programs but Outlook.
        assert!(!Said::of("mso-hide:all").hidden);
        assert_eq!(Said::of("font-size:0px;color:red").tiny, Some(true));
        assert_eq!(Said::of("font-size:10px").tiny, Some(false));
        assert_eq!(Said::of("font-size:1rem").tiny, Some(false));
        assert_eq!(Said::of("font-size:2em").tiny, None);
        assert!(Said::of("font-weight: 700").bold);
        assert!(Said::of("font-weight:normal").light && !Said::of("font-weight:700").light);
        assert!(Said::of("margin:0 0 0 40px").close);
        assert!(Said::of("max-width:600px;margin:0 auto").page);
        assert!(!Said::of("max-width:100%").page);
        assert!(Said::of("border:none;border-left:solid blue 1.5pt").aside);
    }
}
