//! What of a letter is folded, and what it looks like on dark grounds.
use super::*;

#[test]
fn a_theme_that_was_chosen_decides_for_the_device() {
    let html = "<style>@media screen and (prefers-color-scheme: dark){p{color:#fff}}@media (prefers-color-scheme: light){p{color:#000}}</style>";
    let style = clean(html).style;
    let dark = style.in_scheme(true).0;
    assert_eq!(
        dark,
        "@media screen and (min-width:0px){p{color:#fff;}\n}\n@media (max-width:0px){p{color:#000;}\n}\n"
    );
    assert!(
        style
            .in_scheme(false)
            .0
            .contains("(min-width:0px){p{color:#000;}")
    );
}

fn folded(html: &str) -> String {
    assert_harmless(html);
    let sanitised = sanitise_folded(html, &[], None, "/compose", &Limits::default());
    let body = sanitised.unwrap().body.0;
    body.replace("<details class=\"earlier\"><summary>···</summary>", "{")
        .replace("</details>", "}")
}

#[test]
fn what_is_older_than_the_answer_is_folded() {
    for (html, expected) in [
        (
            "<div>Mine</div><blockquote type=cite>hers</blockquote>",
            "<div>Mine</div>{<blockquote>hers</blockquote>}",
        ),
        (
            "<p>Mine<div class=gmail_quote>Ana:<blockquote class=gmail_quote>hers</blockquote></div>",
            "<p>Mine</p>{<div class=\"m-gmail_quote\">Ana:<blockquote class=\"m-gmail_quote\">hers</blockquote></div>}",
        ),
        (
            "<div><p>Mine</p><div><div style='border-top:solid #E1E1E1 1.0pt'>From: Ana</div></div><p>hers</div>",
            "<div><p>Mine</p>{<div><div style=\"border-top:solid #E1E1E1 1pt;\">From: Ana</div></div><p>hers</p>}</div>",
        ),
        (
            "Mine<div id=divRplyFwdMsg>From: Ana</div>hers",
            "Mine{<div>From: Ana</div>hers}",
        ),
        (
            "<blockquote type=cite>hers</blockquote>mine",
            "<blockquote>hers</blockquote>mine",
        ),
        (
            "Mine<blockquote type=cite>hers</blockquote>more",
            "Mine<blockquote>hers</blockquote>more",
        ),
        (
            "<a href=https://a.example>Mine<blockquote type=cite>hers",
            "<a href=\"https://a.example/\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">Mine<blockquote>hers</blockquote></a>",
        ),
        (
            "<div class=earlier>x</div>",
            "<div class=\"m-earlier\">x</div>",
        ),
    ] {
        assert_eq!(folded(html), expected, "{html}");
    }
    let open = body("Mine<blockquote type=cite>hers</blockquote>");
    assert_eq!(open, "Mine<blockquote>hers</blockquote>");
}

#[test]
fn a_letter_says_whether_it_is_made_for_dark_grounds() {
    for (html, dark) in [
        ("<meta name=Color-Scheme content='light dark'>x", true),
        (
            "<meta name=supported-color-schemes content='light dark'>x",
            true,
        ),
        ("<meta name=color-scheme content=light>x", false),
        (
            "<style>@media (prefers-color-scheme: dark){.a{background:#111!important;color:#eee}}</style>",
            true,
        ),
        (
            "<style>@media (prefers-color-scheme: dark){.a{display:none}}.b{background:red}</style>",
            false,
        ),
        (
            "<style>@media (prefers-color-scheme: dark){.a{background:url(x)}}</style>",
            false,
        ),
        ("<style>p{background:#111}</style>", false),
    ] {
        assert_eq!(clean(html).dark, dark, "{html}");
    }
}
