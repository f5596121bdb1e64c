//! What a link's text is marked with, piece by piece.
use super::*;

/// The marks of a text that arrives in these parts, with tags between them, each ten octets after the other. What
/// begins with `~` may be out of sight.
fn marks(href: &str, parts: &[&str]) -> Vec<(usize, String)> {
    let mut link = LinkText::new(Link::new(href, "/compose").unwrap());
    let mut marks = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        link.divide();
        for piece in pieces(part) {
            let hidden = piece.contains('~');
            marks.extend(link.read(&piece.replace('~', ""), number * 10, hidden));
        }
    }
    marks.extend(link.finish());
    marks.into_iter().map(|mark| (mark.at, mark.host)).collect()
}

#[test]
fn every_word_that_misleads_is_marked_where_it_begins() {
    let evil = "https://evil.example/";
    let host = || "evil.example".to_owned();
    for (parts, expected) in [
        (&["bank.example"][..], vec![(0, host())]),
        (&["Log in at ", "bank.example", " now"], vec![(10, host())]),
        (&["Log in at", " bank", ".", "example"], vec![(10, host())]),
        (
            &["bank.example", "bank.example"],
            vec![(10, host()), (0, host())],
        ),
        (&["evil.example/", "bank", ".example"], vec![(10, host())]),
        (&["ev", "il.ex", "ample", "/bank"], vec![]),
        (
            &["evil.example", " bank.example", "|", "x bank.example"],
            vec![(10, host()), (30, host())],
        ),
        (&["bank.com", ".evil.example"], vec![(0, host())]),
        (&["https://bank.com-", "x.evil.example"], vec![(0, host())]),
        (
            &["~evil.", "bank", ".example"],
            vec![(10, host()), (0, host())],
        ),
        (&["~evil", ".example"], vec![]),
        (
            &["~ev", "~il", "~.ex", "~am", "~ple"],
            vec![
                (40, host()),
                (30, host()),
                (20, host()),
                (10, host()),
                (0, host()),
            ],
        ),
        (&["~Rea", "~d", " ~o", "~n", "~ he", "~re"], vec![]),
        (&["evil.example"], vec![]),
        (&["Read on", " here"], vec![]),
    ] {
        assert_eq!(marks(evil, parts), expected, "{parts:?}");
    }
}

#[test]
fn what_may_be_out_of_sight_completes_no_host() {
    let marks = |host: &str, parts: &[&str]| marks(&format!("https://{host}/"), parts);
    let mark = |at: usize, host: &str| vec![(at, host.to_owned())];
    for (host, parts, expected) in [
        (
            "evilbank.example",
            &["~evil", "bank.example"][..],
            mark(10, "evilbank.example"),
        ),
        (
            "bankevil.example",
            &["bank", "~evil", ".example"],
            mark(0, "bankevil.example"),
        ),
        ("bank.example", &["bank", "~", ".example"], vec![]),
        ("bank.example", &["~www.", "bank.example"], vec![]),
        ("bank.example", &["~bank", ".example"], vec![]),
        ("evilbank.example", &["evil", "bank.example"], vec![]),
    ] {
        assert_eq!(marks(host, parts), expected, "{parts:?}");
    }
}

#[test]
fn a_dot_behind_a_tag_ends_a_host_that_begins_elsewhere() {
    let evil = "https://evil.example/";
    let at = |places: &[usize]| -> Vec<(usize, String)> {
        let marks = places.iter().map(|at| (*at, "evil.example".to_owned()));
        marks.collect()
    };
    for (parts, expected) in [
        (&["bank", "~ ", ".example"][..], &[20][..]),
        (&["bank", "~|", ".example"], &[20]),
        (&["bank", " .example"], &[10]),
        (&["bank ", "\u{2024}example"], &[10]),
        (&["bank", " ~x", ".example"], &[10, 20]),
        (&["bank", " ~evil", ".example"], &[20]),
        (&["bank", " ~x/", ".example"], &[20]),
        (&["bank ", ".", "example"], &[10]),
        (&[".example"], &[0]),
        (&[".example", "bank"], &[0]),
        (&[".5 stars"], &[0]),
        (&["What's new in .NET 10"], &[]),
        (&["Read on ", "... here"], &[]),
        (&["x/", ".config"], &[]),
        (&["bank.com ", ".evil.example"], &[0]),
    ] {
        let mut found = marks(evil, parts);
        found.sort();
        assert_eq!(found, at(expected), "{parts:?}");
    }
    for parts in [&["shop", ".example"][..], &["~www", ".shop", ".example"]] {
        assert_eq!(marks("https://shop.example/", parts), [], "{parts:?}");
    }
}

#[test]
fn a_dot_before_a_tag_begins_a_host_that_ends_elsewhere() {
    let evil = "https://evil.example/";
    let mark = |at: usize| vec![(at, "evil.example".to_owned())];
    for (parts, expected) in [
        (&["Log in ", "at ", "bank.", " com/x"][..], mark(20)),
        (&["bank.", "~ ", "com"], mark(0)),
        (&["BANK. ", "COM"], mark(0)),
        (&["bank", "~ ", ".", "~ ", "com"], mark(0)),
        (&["(https://bank. ", "com)"], mark(0)),
        (&[".", " com"], mark(0)),
        (&["New arrivals. ", "Shop now"], vec![]),
        (&["bank. ", "example"], vec![]),
        (&["bank. com"], vec![]),
        (&["Read on... ", "com"], vec![]),
        (&["Sale! ", "50. ", "20"], vec![]),
    ] {
        assert_eq!(marks(evil, parts), expected, "{parts:?}");
    }
    assert_eq!(marks("https://www.shop.com/", &["shop. ", "com"]), []);
}

#[test]
fn a_name_in_several_pieces_that_are_seen_is_no_claim() {
    for (href, parts) in [
        ("http://www.shop.com/", &["http://www.", "shop", ".com"][..]),
        (
            "https://www.shop.com/p",
            &["https://www.", "shop", ".com/p"],
        ),
        ("https://www.shop.com/", &["www.", "shop", ".com"]),
        ("https://my.shop.com/", &["my", ".shop", ".com"]),
        (
            "https://shop.example/p",
            &["https://", "~shop.example", "/p"],
        ),
        ("https://shop.com/a", &["https://shop.", "com/a"]),
        ("http://www.shop.com/", &["http://www.", "~shop", ".com"]),
        ("mailto:ana@shop.com", &["ana@", "shop", ".com"]),
    ] {
        assert_eq!(marks(href, parts), [], "{parts:?}");
    }
}

#[test]
fn no_length_of_text_hides_a_claim() {
    let before = "x ".repeat(5000);
    let evil = "https://evil.example/";
    assert_eq!(marks(evil, &[&before, "bank.example"]).len(), 1);
    let word = format!("{}/bank.example", "x".repeat(5000));
    assert_eq!(marks(evil, &[&word]), [(0, "evil.example".to_owned())]);
    let mut letters = vec!["x"; 40];
    letters.push("bank.example");
    assert_eq!(marks(evil, &letters).len(), 41);
    let path = format!("evil.example/{}", "x".repeat(400));
    assert_eq!(marks(evil, &["~bank.com.", &path]).len(), 1);
}

#[test]
fn a_number_is_read_as_a_whole() {
    let text = ["Call ", "+1 555", " 0100"];
    assert_eq!(marks("tel:+15550100", &text), []);
    assert_eq!(
        marks("tel:+4900000000", &text),
        [(10, "tel:+4900000000".to_owned())]
    );
}
