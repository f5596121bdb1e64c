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
fn a_host_in_pieces_is_marked_where_its_dot_stands() {
    for inside in [
        "bank<span style='font-size:0'> </span>.example",
        "bank<span style='display:none'> </span>.example",
        "bank<span style='display:none'>|</span>.example",
        "bank<span style='display:none'>&nbsp;</span>.example",
        "<style>.x{display:none}</style>bank<span class=x> </span>.example",
        "bank<span style='display:none'> x</span>.example",
        "<style>br{display:none}</style>bank<br>.example",
        "<style>p{display:inline}</style><p>bank<p>.example",
        "<style>div{float:left}</style><div>bank</div><div>.example</div>",
        "<span style='float:right'>.example</span><span style='float:left'>bank</span>",
        "<span dir=rtl><bdi>.example</bdi><bdi>bank</bdi></span>",
        "<table><tr><td>bank<td>.example</table>",
        "<i style='display:inline-block'>bank </i><i style='display:inline-block'> .example</i>",
        "bank</a><a href=https://evil.example/>.example",
        "</a>bank<a href=https://evil.example/>.example",
    ] {
        let shown = body(&format!("<a href=https://evil.example/>{inside}</a>"));
        let marked = "[evil.example]&nbsp;</bdi>.example";
        assert!(shown.contains(marked), "{inside}: {shown}");
    }
    for inside in [
        "bank&#11;.example",
        "bank&#12;.example",
        "bank&#x1f;.example",
        "bank&#x2028;.example",
        "bank&#x2029;.example",
        "bank\u{2024}example",
        "bank\u{fe52}example",
    ] {
        let shown = body(&format!("<a href=https://evil.example/>{inside}</a>"));
        assert!(shown.contains("]&nbsp;</bdi>bank"), "{inside}: {shown}");
    }
    let apart = "<a href=https://evil.example/><td>bank.<br style='float:left'>com</a>";
    assert!(
        body(apart).contains("]&nbsp;</bdi>bank."),
        "{}",
        body(apart)
    );
    assert!(!body("<p style='word-spacing:-.25em'>").contains("word-spacing"));
}

#[test]
fn honest_links_have_no_host_beside_them() {
    for html in [
        "<style>p{margin:0}.m{display:none}</style><a href='http://www.shop.com/'><span>http://www.<span class=SpellE>shop</span>.com</span></a>",
        "<a href=https://www.shop.com/p>https://www.<b>shop</b>.com/p</a>",
        "<a href=https://www.shop.com/>www.<b>shop</b>.com</a>",
        "<a href=https://my.shop.com/>my<b>.shop</b>.com</a>",
        "<a href=https://shop.example/>https://<b style='color:#111'>shop.example</b>/p</a>",
        "<a href=https://shop.com/a><span style='color:#15c'>https://shop.</span><span style='color:#15c'>com/a</span></a>",
        "<a href=mailto:ana@shop.com>ana@<span class=SpellE>shop</span>.com</a>",
        "<a href=https://shop.example/><b>shop</b>.example</a>",
        "<a href=https://shop.example/>shop<small>.example</small><font size=1>/p</font></a>",
        "<a href=https://shop.example/>New arrivals.<br>Shop now</a>",
        "<a href=https://shop.example/>What's new in .NET 10</a>",
    ] {
        let shown = body(html);
        assert!(!shown.contains("class=\"link-host\""), "{shown}");
    }
}

#[test]
fn a_printed_host_stands_before_its_word_also_in_what_is_folded() {
    let html = "answer<div class=gmail_quote><a href=https://evil.example/>bank.example";
    let sanitised = sanitise_folded(html, &[], None, "/compose", &Limits::default()).unwrap();
    let shown = sanitised.body.0;
    assert!(shown.contains("]&nbsp;</bdi>bank.example</a>"), "{shown}");
}

#[test]
fn long_words_in_many_pieces_take_little_time() {
    let tags = "<b style='color:#fff'>x.y</b>".repeat(4);
    let more = |piece: &str| format!("<b>{piece}</b>").repeat(27);
    for word in [
        format!("{tags}{} ", more(&format!("b.c/{}", "x".repeat(60)))),
        format!(
            "evil.example/{tags}{} ",
            more(&format!("b.c/{}", "x".repeat(60)))
        ),
        format!("{tags}{} ", more(&format!("_{}.", "x".repeat(60)))),
        format!("{tags}{} ", more(&format!("_{}.", "é".repeat(30)))),
        format!("{tags}{} ", more("b.c")),
    ] {
        let words = word.repeat(950_000 / word.len());
        let html = format!("<a href=https://evil.example/>{words}");
        let begun = CpuTime::now();
        let _ = sanitise(&html, &[], None, "/compose", &Limits::default());
        let took = begun.elapsed();
        // A second and a half where nothing else runs.
        assert!(took < Duration::from_secs(3), "{took:?}: {word}");
    }
}

#[test]
fn nothing_in_a_style_attribute_is_more_important_than_a_printed_host() {
    let style = "<p style=\"opacity:0.9!important;color:red\">";
    assert!(body(style).contains("opacity:0.9!important;"));
    let marked = format!("{style}<a href=https://evil.example/>bank.example</a>");
    assert!(body(&marked).contains("style=\"opacity:0.9;color:red;\""));
}
