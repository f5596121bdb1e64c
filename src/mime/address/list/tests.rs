use super::*;

fn typed(text: &str) -> Vec<(Option<String>, String)> {
    Address::parse_list(text)
        .unwrap()
        .into_iter()
        .map(|a| (a.name, a.addr))
        .collect()
}

fn one(name: &str, addr: &str) -> (Option<String>, String) {
    ((!name.is_empty()).then(|| name.to_owned()), addr.to_owned())
}

#[test]
fn people_separate_with_commas_semicolons_lines_and_spaces() {
    let expected = vec![
        one("", "a@b.example"),
        one("C", "c@d.example"),
        one("", "e@f.example"),
    ];
    for text in [
        "a@b.example, C <c@d.example>, e@f.example",
        "a@b.example; C <c@d.example>;e@f.example;",
        "a@b.example\r\nC <c@d.example>\n\n e@f.example\n",
    ] {
        assert_eq!(typed(text), expected, "{text:?}");
    }
    assert_eq!(
        typed("a@b.example e@f.example"),
        [one("", "a@b.example"), one("", "e@f.example")]
    );
    assert_eq!(typed(" ,;\r\n"), []);
}

#[test]
fn names_may_be_quoted_or_stand_in_a_comment() {
    assert_eq!(
        typed(r#""Pop, Ana \"A\"" <a@b.example>"#),
        [one("Pop, Ana \"A\"", "a@b.example")]
    );
    assert_eq!(
        typed("a@b.example (Ana (the) Pop)"),
        [one("Ana (the) Pop", "a@b.example")]
    );
    assert_eq!(
        typed("Ana (home) <a@b.example>"),
        [one("Ana", "a@b.example")]
    );
    assert_eq!(
        typed("Müller <m@b.example>"),
        [one("Müller", "m@b.example")]
    );
}

#[test]
fn groups_give_their_members() {
    assert_eq!(
        typed("Team: a@b.example, C <c@d.example>;"),
        [one("", "a@b.example"), one("C", "c@d.example")]
    );
    assert_eq!(typed("undisclosed-recipients:;"), []);
    assert_eq!(typed("mailto:a@b.example"), [one("", "a@b.example")]);
}

#[test]
fn quoted_locals_idn_and_literals_are_addresses() {
    for addr in [
        "\"a b\"@c.example",
        "a@bücher.example",
        "user@localhost",
        "a@[192.0.2.1]",
        "a@[IPv6:2001:db8::1]",
    ] {
        assert_eq!(typed(addr), [one("", addr)], "{addr}");
        assert_eq!(typed(&format!("N <{addr}>")), [one("N", addr)], "{addr}");
    }
    assert_eq!(typed("a @ b.example"), [one("", "a@b.example")]);
}

#[test]
fn every_bad_piece_is_named() {
    let errors =
        Address::parse_list("a@b.example, nobody, x@y@z.example; Ana a@b.example, <>").unwrap_err();
    let named: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        named,
        [
            "not an address: nobody",
            "not an address: x@y@z.example",
            "not an address: Ana a@b.example",
            "not an address: <>",
        ]
    );
}

#[test]
fn control_characters_and_open_quotes_are_refused() {
    for text in [
        "a\u{0}@b.example",
        "\"a\r\nBcc: x\" <a@b.example>",
        "a@b.example\u{2028}Bcc",
        "Ana <a@b.example\r\n>",
        "\u{85}Ana <a@b.example>",
        "\"Ana <a@b.example>",
        "Ana <a@b.example",
        "a@b..example",
        ".a@b.example",
        "a@-b.example",
        "a@[1.2.3]",
    ] {
        assert!(Address::parse_list(text).is_err(), "{text:?}");
    }
    assert!(Address::parse_list(&format!("{}@b.example", "a".repeat(65))).is_err());
}

#[test]
fn more_than_a_thousand_addresses_are_refused() {
    let list = |count: usize| {
        (0..count)
            .map(|i| format!("u{i}@b.example"))
            .collect::<Vec<_>>()
            .join(",")
    };
    assert_eq!(typed(&list(1000)).len(), 1000);
    assert_eq!(
        Address::parse_list(&list(1001)),
        Err(vec![AddressError::TooMany])
    );
}

#[test]
fn headers_are_read_tolerantly() {
    let read = |value: &str| -> Vec<_> {
        parse_header(value, 1000)
            .into_iter()
            .map(|a| (a.name, a.addr))
            .collect()
    };
    assert_eq!(
        read("\"a@b.example\" (comment) <@relay.example:c@d.example>"),
        [one("a@b.example", "c@d.example")]
    );
    assert_eq!(
        read("=?utf-8?Q?A,?= <a@b.example>"),
        [one("A,", "a@b.example")]
    );
    assert_eq!(
        read("=?utf-8?Q?x=3Cbank=40bank.example=3E?= <y@evil.example>"),
        [one("x<bank@bank.example>", "y@evil.example")]
    );
    assert_eq!(
        read("support@paypal.example <x@evil.example>"),
        [one("support@paypal.example", "x@evil.example")]
    );
    assert_eq!(
        read("Group: a@b.example, c@d.example;"),
        [one("", "a@b.example"), one("", "c@d.example")]
    );
    assert_eq!(read("undisclosed-recipients:;"), []);
    assert_eq!(read("<>"), []);
    assert_eq!(read("\"Ana <a@b.example"), []);
    assert_eq!(
        read("a@b.example, c@d.example"),
        [one("", "a@b.example"), one("", "c@d.example")]
    );
}
