//! A link says where it leads, whatever style does to its text.
use super::*;

#[test]
fn misleading_links_print_their_host() {
    let sanitised = clean("<p>See <a href=\"https://evil.example/\"><b>bank</b>.example</a>!</p>");
    assert!(
        sanitised.body.0.contains(
            "<b><bdi class=\"link-host\">[evil.example]&nbsp;</bdi>bank</b>.example</a>!"
        ),
        "{}",
        sanitised.body
    );
    assert!(sanitised.style.0.starts_with("@layer posta{.link-host{"));
    assert!(!body("<a href=\"https://www.bank.example/x\">bank.example</a>").contains("link-host"));
    assert!(body("<a href=\"https://evil.example/\">bank.example<p>x").contains("link-host"));
    assert!(!body("<b class=link-host>x</b>").contains("\"link-host"));
    assert_eq!(body("<a href=javascript:xss()>x</a>"), "x");
}

#[test]
fn every_word_of_a_link_is_looked_at_where_it_stands() {
    let mark = "<bdi class=\"link-host\">[evil.example]&nbsp;</bdi>";
    for (inside, expected) in [
        (
            "<span>bank.example</span> <b>bank.example</b>".to_owned(),
            format!("<span>{mark}bank.example</span> <b>{mark}bank.example</b>"),
        ),
        (
            "<img alt=\"bank.example\"> x".to_owned(),
            format!("{mark}<img alt=\"bank.example\"> x"),
        ),
        (
            format!("{}bank.example", "x ".repeat(1000)),
            format!("{}{mark}bank.example", "x ".repeat(1000)),
        ),
    ] {
        let shown = body(&format!("<a href=\"https://evil.example/\">{inside}</a>"));
        assert!(shown.contains(&expected), "{shown}");
    }
    let nested = "<a href=https://evil.example/><table><tr><td><a href=https://b.example/>b.example</a></td></tr></table>bank.example</a>";
    assert!(body(nested).contains(&format!("{mark}bank.example")));
    assert!(!body(nested).contains("[b.example]"));
    let link = "<a href=https://evil.example/>bank.example</a>";
    let many = |count: usize| {
        sanitise(
            &link.repeat(count),
            &[],
            None,
            "/compose",
            &Limits::default(),
        )
    };
    assert!(many(2000).is_some());
    assert!(many(2001).is_none());
}

#[test]
fn words_on_different_lines_are_different_words_of_a_link() {
    for html in [
        "<a href=https://evil.example/>https://www.bank.com<br>.evil.example</a>",
        "<a href=https://evil.example/><div>www.bank.com</div><div>.evil.example</div></a>",
        "<a href=https://evil.example/>www.bank.com<span style=font-size:0>.evil.example</span></a>",
    ] {
        assert!(
            body(html).contains(">[evil.example]"),
            "{html}: {}",
            body(html)
        );
    }
    for between in [
        "<img alt='' src=https://x.example/y>",
        "<img width=1 height=1 src=https://x.example/y>",
        "<br style='display:none'>",
        "<div style='display:none'></div>",
        "<p style='float:left'></p>",
        "<select><p></select>",
        "<td>",
        "</p>",
    ] {
        let html = format!("<a href=https://evil.example/>bank{between}.example</a>");
        assert!(body(&html).contains(">[evil.example]"), "{}", body(&html));
    }
    for honest in [
        "<div>Read on</div><div>evil.example</div>",
        "<p style='color:red'>Read on</p>evil.example",
        "<table><tr><td>Read on<td>evil.example</table>",
        "<img alt=Logo src=https://x.example/y>evil.example",
    ] {
        let html = format!("<a href=https://evil.example/>{honest}</a>");
        assert!(!body(&html).contains("[evil.example]"), "{}", body(&html));
    }
    let turned = body("<bdo dir=rtl>\u{202E}<a href=https://evil.example/>moc.knab</a></bdo>");
    assert!(
        !turned.contains("bdo") && !turned.contains('\u{202E}'),
        "{turned}"
    );
}

#[test]
fn hidden_text_completes_no_host() {
    for html in [
        "<a href=https://evilbank.example/><i style='display:none'>evil</i>bank.example</a>",
        "<a href=https://evilbank.example/><font color=#ffffff>evil</font>bank.example</a>",
        "<style>.x{display:none}</style><a href=https://evilbank.example/><i class=x>evil</i>bank.example</a>",
        "<a href=https://evilbank.example/><i class=x>evil</i>bank.example</a><STYLE>i{opacity:0}</STYLE>",
        "<a href=https://evilbank.example/><ruby><rp>evil</rp>bank.example</ruby></a>",
        "<a href=https://bankevil.example/>bank<span style='font-size:0'>evil</span>.example</a>",
    ] {
        assert!(
            body(html).contains("bank.example]&nbsp;</bdi>bank")
                || body(html).contains("[bankevil.example]&nbsp;</bdi>bank"),
            "{}",
            body(html)
        );
    }
    for html in [
        // The attribute does not stay: nothing is hidden.
        "<a href=https://evilbank.example/><i hidden>evil</i>bank.example</a>",
        "<a href=https://evilbank.example/><b>evil</b>bank.example</a>",
        "<a href=https://www.bank.example/><span style='color:red'>www.</span>bank.example</a>",
        "<style>b{color:red}</style><a href=https://bank.example/>Log in at <b>bank.example</b> now</a>",
    ] {
        assert!(
            !body(html).contains("class=\"link-host\""),
            "{}",
            body(html)
        );
    }
}

#[test]
fn nothing_in_a_style_attribute_is_more_important_than_a_printed_host() {
    let style = "<p style=\"opacity:0.9!important;color:red\">";
    assert!(body(style).contains("opacity:0.9!important;"));
    let marked = format!("{style}<a href=https://evil.example/>bank.example</a>");
    assert!(body(&marked).contains("style=\"opacity:0.9;color:red;\""));
}
