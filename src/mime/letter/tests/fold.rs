//! What is older stands folded behind the answer.
use super::*;

fn folded(html: &str) -> String {
    shape(&fold(letter(html).blocks))
}

#[test]
fn what_is_older_is_folded_behind_the_answer() {
    for (html, expected) in [
        (
            "<div>Mine</div><div class=gmail_quote><div class=gmail_attr>On Monday Ana wrote:<br></div><blockquote class=gmail_quote>hers</blockquote></div>",
            "p(Mine)~[p(On Monday Ana wrote:)>[p(hers)]]",
        ),
        (
            "<p>Mine</p><div class=moz-cite-prefix>Le lundi, Ana a écrit :</div><blockquote type=cite>hers</blockquote>",
            "p(Mine)~[p(Le lundi, Ana a écrit :)>[p(hers)]]",
        ),
        (
            "<div class=WordSection1><p class=MsoNormal>Mine</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Ana</p></div></div><p class=MsoNormal>hers</p></div>",
            "p(Mine)~[p(**From:** Ana/hers)]",
        ),
        (
            "<div>Mine</div><div id=appendonsend></div><hr tabindex=-1><div id=divRplyFwdMsg><b>From:</b> Ana</div><div>hers</div>",
            "p(Mine)~[p(**From:** Ana/hers)]",
        ),
        // Answered between the lines, below, or not at all.
        (
            "<blockquote type=cite>hers</blockquote><p>mine</p><blockquote type=cite>more</blockquote><p>mine</p>",
            ">[p(hers)]p(mine)>[p(more)]p(mine)",
        ),
        (
            "<blockquote type=cite>hers</blockquote>mine",
            ">[p(hers)]p(mine)",
        ),
        (
            "<div class=gmail_quote>Ana wrote:<blockquote type=cite>hers</blockquote></div>",
            "p(Ana wrote:)>[p(hers)]",
        ),
        (
            "Ana wrote:<blockquote type=cite>hers</blockquote>",
            "p(Ana wrote:)>[p(hers)]",
        ),
        // A signature stays, and folds nothing open that stands below it.
        (
            "mine<div>--<br>Mihai</div><div class=gmail_quote>Ana wrote:<blockquote class=gmail_quote>hers</blockquote></div>",
            "p(mine/--/Mihai)~[p(Ana wrote:)>[p(hers)]]",
        ),
        (
            "mine<blockquote type=cite>hers</blockquote><div>--<br>Mihai</div>",
            "p(mine)~[>[p(hers)]]p(--/Mihai)",
        ),
    ] {
        assert_eq!(folded(html), expected, "{html}");
    }
}

fn of_text(text: &str) -> String {
    let lines = crate::mime::lines(text, false, false);
    shape(&fold(text_blocks_of(&lines, "/compose")))
}

#[test]
fn plain_text_folds_like_a_letter() {
    for (text, expected) in [
        ("one\ntwo\n\nthree", "p(one/two)p(three)"),
        ("> a\n>> b\nmine", ">[p(a)>[p(b)]]p(mine)"),
        (
            "mine\n\nOn Monday Ana wrote:\n> hers\n>\n> more",
            "p(mine)~[p(On Monday Ana wrote:)>[p(hers)p(more)]]",
        ),
        ("mine\n\n> hers", "p(mine)~[>[p(hers)]]"),
        (
            "mine\n\n-- \nMihai\n\nAna wrote:\n> hers\n\n_______________\na list",
            "p(mine)p(--/Mihai)~[p(Ana wrote:)>[p(hers)]]p(_______________/a list)",
        ),
        ("> hers\n> more", ">[p(hers/more)]"),
        ("Ana wrote:\n> hers", "p(Ana wrote:)>[p(hers)]"),
        (
            "mine\n\n-----Original Message-----\nFrom: Ana\n\nhers",
            "p(mine)~[p(-----Original Message-----/From: Ana)p(hers)]",
        ),
        (
            "mine\n________________________________\nFrom: Ana <ana@example.org>\nhers",
            "p(mine)~[p(________________________________/From: Ana <ana@example.org</compose?mailto=mailto%3Aana%40example%2Eorg>>/hers)]",
        ),
        (
            "mine\n> hers\n\n_______________\na list",
            "p(mine)~[>[p(hers)]]p(_______________/a list)",
        ),
        // Broken for its length, and not.
        (
            "I am sorry to have to inform you that your message could not\nbe delivered.  \nSee below",
            "p(I am sorry to have to inform you that your message could not /be delivered./See below)",
        ),
        (
            "I am sorry to have to inform you that your message could not\n- be delivered\n- be read",
            "p(I am sorry to have to inform you that your message could not/- be delivered/- be read)",
        ),
        (">>>>>>>>>> deep\nmine", ">[>[>[>[>[p(deep)]]]]]p(mine)"),
        ("", ""),
    ] {
        assert_eq!(of_text(text), expected, "{text}");
    }
}

#[test]
fn an_opened_letter_hides_nothing() {
    let blocks = letter("mine<blockquote type=cite>hers</blockquote>").blocks;
    assert_eq!(unfold(fold(blocks.clone())), blocks);
}
