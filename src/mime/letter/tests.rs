use super::*;
use crate::mime::Sanitised;
use crate::mime::testing::CpuTime;
use proptest::prelude::*;
use std::fmt::Write;
use std::time::Duration;

mod fold;
mod links;

fn letter(html: &str) -> Letter {
    read(html, "/compose", &Limits::default()).unwrap_or_else(|| panic!("over a cap: {html}"))
}

/// Blocks as marks: `p` paragraph, `h` heading, `>` quote, `*` list, `-` item, `t` table, `r` row, `c` cell, `~` folded.
fn shape(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        let written = match block {
            Block::Open(group) => write!(out, "{}[", sign(*group)),
            Block::Close(_) => write!(out, "]"),
            Block::Paragraph(phrases) => write!(out, "p({})", words(phrases)),
            Block::Heading(phrases) => write!(out, "h({})", words(phrases)),
            Block::Preformatted(phrases) => write!(out, "pre({})", words(phrases)),
            Block::Picture(picture) => write!(out, "img({})", picture.content_id),
            Block::Rule => write!(out, "hr"),
        };
        written.unwrap();
    }
    out
}

fn sign(group: Group) -> String {
    match group {
        Group::Quote => ">".to_owned(),
        Group::Inset => "i".to_owned(),
        Group::Earlier => "earlier".to_owned(),
        Group::Folded => "~".to_owned(),
        Group::Bullets => "*".to_owned(),
        Group::Numbers { from } => from.to_string(),
        Group::Item => "-".to_owned(),
        Group::Table => "t".to_owned(),
        Group::Row => "r".to_owned(),
        Group::Cell => "c".to_owned(),
    }
}

fn words(phrases: &[Phrase]) -> String {
    let mut out = String::new();
    for phrase in phrases {
        for words in &phrase.words {
            let look = words.look;
            let mut text = words.text.replace('\n', "/");
            for (on, mark) in [
                (look.bold, "**"),
                (look.italic, "_"),
                (look.struck, "~~"),
                (look.code, "`"),
            ] {
                if on {
                    text = format!("{mark}{text}{mark}");
                }
            }
            out.push_str(&text);
        }
        if let Some(link) = &phrase.link {
            out.push_str(&format!("<{}>", link.href));
            if let Some(mark) = &link.mark {
                out.push_str(&format!("[{mark}]"));
            }
        }
    }
    out
}

fn read_shape(html: &str) -> String {
    shape(&letter(html).blocks)
}

#[test]
fn what_people_write_keeps_its_shape() {
    for (html, expected) in [
        // Gmail: each line a division, an empty one between paragraphs.
        (
            "<div dir=ltr>Hi Ana,<div><br></div><div>one</div><div>two<br></div><div><br></div><div>Bye</div></div>",
            "p(Hi Ana,)p(one/two)p(Bye)",
        ),
        // Outlook: each line a paragraph without space.
        (
            "<p class=MsoNormal>Hi<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>one<o:p></o:p></p><p class=MsoNormal>two</p>",
            "p(Hi)p(one/two)",
        ),
        (
            "<p>a <b>b <i>c</i></b>&nbsp;d</p>\n<p>e<br>f</p>",
            "p(a **b **_**c**_\u{a0}d)p(e/f)",
        ),
        ("<h1>T</h1>x<hr>y", "h(T)p(x)hrp(y)"),
        (
            "<ul><li>a<li>b<ol start=3><li>c</ol></ul>",
            "*[-[p(a)]-[p(b)3[-[p(c)]]]]",
        ),
        ("<ul><ul><li>a</ul>text</ul>", "*[-[*[-[p(a)]]p(text)]]"),
        ("<pre>a\n  b</pre>c", "pre(a/  b)p(c)"),
        ("<p>x <code>y</code> <s>z</s>", "p(x `y` ~~z~~)"),
        // MJML: cells without a size for their text, and what is in them with one.
        (
            "<div style='font-size:0px'>gone<div style='font-size:13px'>x <a href=https://a.example style='mso-hide:all'>go</a></div> gone</div>",
            "p(x go<https://a.example/>)",
        ),
        // Google Docs: bold that is none.
        (
            "<b style='font-weight:normal' id=docs-internal-guid-1><p>x <b>y</b></p></b>",
            "p(x **y**)",
        ),
        (
            "<blockquote type=cite>a<blockquote type=cite>b</blockquote></blockquote>c",
            ">[p(a)>[p(b)]]p(c)",
        ),
        (
            "<table><tr><th>A<th>B<tr><td>1<td></table>",
            "t[r[c[p(**A**)]c[p(**B**)]]r[c[p(1)]c[]]]",
        ),
        (
            "<table><tr><td>only<td>places</table>x",
            "p(only)p(places)p(x)",
        ),
        (
            "<table><tr><td>a<table><tr><td>b</table></table>",
            "p(a)p(b)",
        ),
        ("a<img src='cid:x%20y' alt=z>b", "p(a)img(x y)p(b)"),
        (
            "<div style=display:none>secret</div><span style='font-size:0'>x</span>shown",
            "p(shown)",
        ),
        (
            "<script>x</script><style>p{}</style><title>t</title><select><option>o</select>shown",
            "p(shown)",
        ),
        ("", ""),
    ] {
        assert_eq!(read_shape(html), expected, "{html}");
    }
}

#[test]
fn links_say_where_they_lead() {
    for (html, expected) in [
        (
            "see <a href=https://a.example/x>this <b>one</b></a>.",
            "p(see this **one**<https://a.example/x>.)",
        ),
        (
            "<a href=https://evil.example/>bank.example</a>",
            "p(bank.example<https://evil.example/>[evil.example])",
        ),
        ("<a href='javascript:xss()'>x</a>", "p(x)"),
        (
            "<a href=mailto:a@b.example>write</a>",
            "p(write</compose?mailto=mailto%3Aa%40b%2Eexample>)",
        ),
        (
            "<a href=https://a.example/><img src=https://a.example/i.png alt='Read on'></a>",
            "p(Read on<https://a.example/>)",
        ),
        (
            "<a href=https://evil.example/><p>bank.example</p></a>x",
            "p(bank.example<https://evil.example/>[evil.example])p(x)",
        ),
    ] {
        assert_eq!(read_shape(html), expected, "{html}");
    }
}

const PROSE: &str = "We start on Thursday at eight. The weather looks dry until Sunday, so two days should be enough for all of it.";

#[test]
fn letters_of_people_are_not_designed() {
    let signature = format!(
        "<table><tr><td><img src=https://a.example/logo.png width=120></td><td bgcolor='#eeeeee'>Mihai Ionescu<br>Roofs<br>{PROSE}</td></tr></table>"
    );
    let news = format!(
        "<table width=600 bgcolor='#eee'><tr><td>{}</table>",
        PROSE.repeat(20)
    );
    for html in [
        format!("<p>{PROSE}</p>"),
        format!("<body bgcolor='#FFFFFF'><div style='background-color:#fff'>{PROSE}</div>"),
        format!("<div>OK, thanks!</div>{signature}"),
        format!(
            "<div>{PROSE}</div><blockquote type=cite><style>@media (max-width:600px){{p{{}}}}</style>{news}</blockquote>"
        ),
        format!(
            "<div>Look</div><div class=gmail_quote>Ana wrote:<blockquote class=gmail_quote>{news}</blockquote></div>"
        ),
        format!(
            "<p>{PROSE}</p><table><tr><th>Tiles<th>Price<tr><td>Red<td>12<tr><td>Brown<td>14</table>"
        ),
        format!("<p>{PROSE}{PROSE}{PROSE}</p><img src=cid:photo><img src=cid:other>"),
        format!("<p>Hello</p><p><img src=https://a.example/x.png width=20 height=20> {PROSE}</p>"),
        format!(
            "<p>{PROSE}</p><div class=gmail_signature><table><tr><td>{PROSE}{PROSE}{PROSE}</table></div>"
        ),
    ] {
        assert!(!letter(&html).designed, "{html}");
    }
}

#[test]
fn what_is_laid_out_is_designed() {
    for html in [
        format!("<table width=600><tr><td>{PROSE}</table>"),
        format!("<table><tr><td><table><tr><td><h1>Six soups</h1><td>{PROSE}</table></table><p>Unsubscribe"),
        format!("<body bgcolor='#f4f4f4'><p>{PROSE}"),
        format!("<div style='max-width:600px;margin:0 auto'><p>{PROSE}</p></div>"),
        format!("<div style='float:left;width:50%'>{PROSE}</div><div style='float:left'>{PROSE}</div>"),
        format!("<style>@media only screen and (max-width:480px){{.a{{width:100%}}}}</style><p>{PROSE}"),
        "<a href=https://a.example/><img src=https://a.example/offer.png></a>".to_owned(),
        "<p>Confirm your address</p><a style='background:#06f;padding:12px' href=https://a.example/>Confirm</a><table><tr><td>"
            .to_owned()
            + &PROSE.repeat(12),
    ] {
        assert!(letter(&html).designed, "{html}");
    }
}

#[test]
fn remote_pictures_are_counted_as_the_frame_counts_them() {
    let html = "<img src=//a.example/1><img src=https://b.example/2 width=1 height=1><img src=cid:x><img src=data:image/png;base64,x>";
    let found = letter(html).remote;
    assert_eq!((found.pictures, found.trackers), (1, 1));
}

fn vectors() -> Vec<String> {
    let mut all = Vec::new();
    for (file, key) in [
        ("handmade/html-attack.json", "html"),
        ("handmade/html-benign.json", "html"),
        ("html/dompurify-expect.json", "payload"),
        ("html/dompurify-suite.json", "payload"),
        ("html/owasp-vectors.json", "payload"),
    ] {
        let text = std::fs::read_to_string(format!("tests/corpora/{file}")).unwrap();
        let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
        let found = vectors.as_array().unwrap().iter();
        all.extend(found.map(|vector| vector[key].as_str().unwrap().to_owned()));
    }
    all
}

/// Links lead where they may, groups stand in each other as HTML wants it, and the frame agrees on what is too much.
fn assert_sound(html: &str) {
    let limits = Limits::default();
    let letter = read(html, "/compose", &limits);
    let sanitised = crate::mime::sanitise(html, &[], None, "/compose", &limits);
    let Some(letter) = letter else {
        return assert!(sanitised.is_none(), "{html}");
    };
    if let Some(Sanitised { remote, .. }) = sanitised {
        assert_eq!(letter.remote, remote, "{html}");
    }
    for blocks in [letter.blocks.clone(), fold(letter.blocks)] {
        assert_well_formed(&blocks, html);
    }
}

fn assert_well_formed(blocks: &[Block], html: &str) {
    let mut open: Vec<Group> = Vec::new();
    for block in blocks {
        if let Block::Close(group) = block {
            assert_eq!(open.pop(), Some(*group), "{html}");
            continue;
        }
        let fits = match open.last() {
            Some(Group::Bullets | Group::Numbers { .. }) => {
                matches!(block, Block::Open(Group::Item))
            }
            Some(Group::Table) => matches!(block, Block::Open(Group::Row)),
            Some(Group::Row) => matches!(block, Block::Open(Group::Cell)),
            _ => !matches!(block, Block::Open(Group::Row | Group::Cell)),
        };
        assert!(fits, "{block:?} in {open:?}: {html}");
        match block {
            Block::Open(group) => open.push(*group),
            Block::Paragraph(phrases) | Block::Heading(phrases) | Block::Preformatted(phrases) => {
                let links = phrases.iter().filter_map(|phrase| phrase.link.as_ref());
                for link in links {
                    let leads = ["http://", "https://", "tel:", "/compose?mailto=mailto%3A"];
                    assert!(
                        leads.iter().any(|lead| link.href.starts_with(lead)),
                        "{html}"
                    );
                    assert_eq!(link.is_ours, link.href.starts_with("/compose"), "{html}");
                    assert!(link.mark.as_ref().is_none_or(|mark| !mark.contains('\n')));
                }
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "{html}");
}

#[test]
fn every_attack_is_only_words() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 384 + vectors_benign() + 223 + 444 + 780);
    for html in &vectors {
        assert_sound(html);
    }
}

fn vectors_benign() -> usize {
    let text = std::fs::read_to_string("tests/corpora/handmade/html-benign.json").unwrap();
    let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
    vectors.as_array().unwrap().len()
}

#[test]
fn the_caps_of_the_frame_are_those_of_the_letter() {
    for html in [
        "<div>".repeat(300),
        "<p>x</p>".repeat(60_000),
        "x".repeat((1 << 20) + 1),
    ] {
        assert!(read(&html, "/compose", &Limits::default()).is_none());
    }
    assert!(read(&"<div>".repeat(200), "/compose", &Limits::default()).is_some());
}

#[test]
fn bombs_take_little_time() {
    let begun = CpuTime::now();
    for piece in [
        "<div>x</div>",
        "<b><i><u><a href=x>",
        "<blockquote>x</blockquote>",
        "<ul><li>x",
        "<svg>",
        "<",
        "<!--",
        "<table><tr><td>x</table>",
        "<table>x",
        "<p><b>x",
        "<a href=https://a.example>x",
        "<li>",
        "<td>",
        "&nbsp;",
        "<br>",
        "<pre>\n",
        "<span style='display:none'>",
        "</p>",
        "<img src=https://a.example/x>",
    ] {
        read(
            &piece.repeat(400_000 / piece.len()),
            "/compose",
            &Limits::default(),
        );
    }
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
}

proptest! {
    #[test]
    fn any_tags_are_a_letter(
        html in "((<|</)(p|b|i|a|a href=https://a.example|div|table|tr|td|th|tbody|ul|ol|li|dl|dd|font|h1|pre|blockquote|svg|style|br|hr|body|div class=gmail_quote|div id=divRplyFwdMsg|span style=display:none)>|x| |\n|&nbsp;){0,60}",
    ) {
        assert_sound(&html);
    }

    #[test]
    fn any_text_is_a_letter(text in "((> ){0,3}[a-z:@_. -]{0,12}\n){0,20}|\\PC{0,80}") {
        let blocks = text_blocks_of(&crate::mime::lines(&text, false, false), "/compose");
        assert_well_formed(&blocks, &text);
        assert_well_formed(&fold(blocks), &text);
    }
}

#[test]
fn the_writers_own_words_and_what_is_sent_on_stay_open() {
    let shown = |html: &str| shape(&fold(letter(html).blocks));
    assert_eq!(
        shown(
            "<p>Pay into this account:</p><blockquote style='margin:0 0 0 40px'>RO49</blockquote>"
        ),
        "p(Pay into this account:)i[p(RO49)]"
    );
    let forward = "FYI<div class=gmail_quote>---------- Forwarded message ---------<br>From: Ana<p>hers</div>";
    assert!(!shown(forward).contains('~'), "{}", shown(forward));
}
