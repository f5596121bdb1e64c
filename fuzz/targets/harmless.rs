//! The oracle of HTML and CSS: what came out, read by a parser that knows nothing of how it was made.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

struct Harmless<'a>(&'a str);

impl TokenSink for Harmless<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.tag(&tag),
            Token::CommentToken(text) => panic!("a comment: {text} in {}", self.0),
            Token::DoctypeToken(_) => panic!("a doctype in {}", self.0),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

const RUNS_OR_FETCHES: [&str; 24] = [
    "applet",
    "audio",
    "base",
    "button",
    "embed",
    "form",
    "frame",
    "frameset",
    "iframe",
    "input",
    "link",
    "math",
    "meta",
    "noscript",
    "object",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "video",
];

impl Harmless<'_> {
    fn tag(&self, tag: &Tag) {
        let out = self.0;
        assert!(
            !RUNS_OR_FETCHES.contains(&&*tag.name),
            "<{}> in {out}",
            tag.name
        );
        if tag.kind == TagKind::EndTag {
            return;
        }
        for attribute in &tag.attrs {
            let (name, value) = (&*attribute.name.local, &*attribute.value);
            assert!(!name.starts_with("on"), "{name} in {out}");
            match name {
                "href" => assert!(
                    starts(
                        value,
                        &["http://", "https://", "tel:", "/compose?mailto=mailto%3A"]
                    ),
                    "{out}"
                ),
                "src" => assert!(starts(value, &["data:image/"]), "{out}"),
                "srcset" | "action" | "formaction" | "background" | "poster" | "ping" | "data"
                | "xlink:href" | "id" | "name" => {
                    panic!("{name} in {out}")
                }
                "style" => assert_css_harmless(value),
                _ => {}
            }
        }
    }
}

fn starts(value: &str, beginnings: &[&str]) -> bool {
    beginnings
        .iter()
        .any(|beginning| value.starts_with(beginning))
}

/// Fails on what runs, fetches, breaks out, or lies over the page.
pub fn assert_harmless(body: &str, style: &str) {
    let tokenizer = Tokenizer::new(Harmless(body), TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(body));
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    // Our own rules, on a line of their own: of a message's no at-rule but @media stays.
    let is_ours = |line: &&str| line.starts_with("@layer posta{");
    for line in style.lines().filter(|line| !is_ours(line)) {
        assert_css_harmless(line);
    }
}

/// Strings may hold any words; there are none but the names of fonts.
pub fn assert_css_harmless(css: &str) {
    let lower = css.to_ascii_lowercase();
    for forbidden in [
        "url(",
        "@import",
        "expression(",
        "javascript:",
        "-moz-binding:",
        "behavior:",
        "position:",
        "<",
        "\\",
        "image-set(",
        "@font-face",
    ] {
        assert!(!lower.contains(forbidden), "{forbidden} in {css}");
    }
}
