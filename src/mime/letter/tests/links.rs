//! A link says where it leads, however its words are wrapped.
use super::*;

/// Where the links of a letter are said to lead, phrase by phrase.
fn marks(html: &str) -> Vec<Option<String>> {
    let letter = letter(html);
    let phrases = letter.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(phrases) | Block::Heading(phrases) | Block::Preformatted(phrases) => {
            Some(phrases)
        }
        _ => None,
    });
    let links = phrases.flatten().filter_map(|phrase| phrase.link.clone());
    links.map(|link| link.mark).collect()
}

#[test]
fn a_lying_link_is_marked_wherever_its_words_stand() {
    let evil = Some("evil.example".to_owned());
    for (html, expected) in [
        (
            "<p>Hello</p><pre><a href=https://evil.example/>https://bank.example/\n</a></pre>",
            vec![evil.clone()],
        ),
        (
            "<a href=https://evil.example/>https://bank.example/<blockquote type=cite>x</blockquote></a>",
            vec![evil.clone(), evil.clone()],
        ),
        (
            "<a href=https://evil.example/><p>https://bank.example/<p>some text</a>",
            vec![evil.clone(), evil.clone()],
        ),
        (
            "<a href=https://evil.example/>https://www.bank.com<br>.evil.example</a>",
            vec![evil.clone(), evil.clone()],
        ),
        // What is not shown neither completes nor divides a name.
        (
            "<a href=https://evilbank.example/><i hidden>evil</i>bank.example</a>",
            vec![Some("evilbank.example".to_owned())],
        ),
        (
            "<a href=https://bankevil.example/>bank<span style='font-size:0'>evil</span>.example</a>",
            vec![Some("bankevil.example".to_owned())],
        ),
        (
            "<a href=https://evil.example/>bank<img src=https://x.example/y alt=''>.example</a>",
            vec![evil.clone()],
        ),
        (
            "<a href=https://evil.example/>bank<hr tabindex=-1>.example</a>",
            vec![evil.clone()],
        ),
        (
            "<a href=https://evil.example/><p>bank<p>.example</a>",
            vec![evil.clone(), evil.clone()],
        ),
        (
            "<a href=https://evil.example/><table><tr><td>bank<td>.example</table></a>",
            vec![evil.clone(), evil.clone()],
        ),
        (
            "bank<a href=https://evil.example/>.example</a>",
            vec![evil.clone()],
        ),
        (
            "<a href=https://evil.example/>bank</a><a href=https://evil.example/>.example</a>",
            vec![None, evil.clone()],
        ),
        (
            "<a href=https://evil.example/>bank\u{2024}example</a>",
            vec![evil.clone()],
        ),
        (
            "<pre><a href=https://evil.example/>bank&#x2028;.example</a></pre>",
            vec![evil.clone()],
        ),
        (
            "<a href=https://honest.example/><p>New arrivals<p>What's new in .NET 10</a>",
            vec![None, None],
        ),
        (
            "<a href=https://honest.example/><b>honest</b>.example</a>",
            vec![None],
        ),
        (
            "<a href=https://honest.example/><p>Read on<p>honest.example</a>",
            vec![None, None],
        ),
        (
            "<a href=https://honest.example/>here</a> <a href=https://evil.example/>bank.example</a>",
            vec![None, evil.clone()],
        ),
    ] {
        assert_eq!(marks(html), expected, "{html}");
    }
    let turned = letter("<a href=https://evil.example/>\u{202E}evil.example/moc.knab</a>");
    assert_eq!(
        shape(&turned.blocks),
        "p(evil.example/moc.knab<https://evil.example/>)"
    );
}
