use super::*;
use proptest::prelude::*;

/// A value with its own octets, as a test writes it down.
#[derive(Clone, Debug, PartialEq)]
enum Written {
    Nil,
    Atom(String),
    Text(Vec<u8>),
    List(Vec<Written>),
}

use Written::{List, Nil};

fn atom(text: &str) -> Written {
    Written::Atom(text.to_owned())
}

fn text(text: &str) -> Written {
    Written::Text(text.as_bytes().to_vec())
}

fn written(values: Values<'_>) -> Vec<Written> {
    let one = |value| match value {
        Value::Nil => Nil,
        Value::Atom(octets) => Written::Atom(String::from_utf8_lossy(octets).into_owned()),
        Value::Text(octets) => Written::Text(octets.to_vec()),
        Value::List(values) => List(written(values)),
    };
    values.map(one).collect()
}

fn values(input: &str) -> Vec<Written> {
    written(read(input.as_bytes()).values())
}

/// As a server writes it: strings quoted where they may be, else as literals.
fn wire(value: &Written, out: &mut Vec<u8>) {
    match value {
        Nil => out.extend(b"NIL"),
        Written::Atom(atom) => out.extend(atom.as_bytes()),
        Written::Text(text) if text.iter().any(|c| matches!(c, b'\r' | b'\n')) => {
            out.extend(format!("{{{}}}\r\n", text.len()).as_bytes());
            out.extend(text);
        }
        Written::Text(text) => {
            out.push(b'"');
            for c in text {
                if matches!(c, b'"' | b'\\') {
                    out.push(b'\\');
                }
                out.push(*c);
            }
            out.push(b'"');
        }
        List(values) => {
            out.push(b'(');
            for value in values {
                wire(value, out);
                out.push(b' ');
            }
            out.push(b')');
        }
    }
}

fn any_value() -> impl Strategy<Value = Written> {
    let leaf = prop_oneof![
        Just(Nil),
        "[A-MO-Z\\\\$0-9][A-Z0-9.]{0,8}".prop_map(Written::Atom),
        "BODY\\[[A-Z (.)]{0,9}\\](<[0-9]>)?".prop_map(Written::Atom),
        proptest::collection::vec(any::<u8>(), 0..12).prop_map(Written::Text),
    ];
    leaf.prop_recursive(6, 60, 8, |inner| {
        proptest::collection::vec(inner, 0..8).prop_map(List)
    })
}

#[test]
fn every_kind_of_value_is_read() {
    let read =
        values("(UID 7 BODY[HEADER.FIELDS (DATE FROM)]<0> {4}\r\na\")( X nil \"q \\\"w\\\\\" ())");
    let list = vec![
        atom("UID"),
        atom("7"),
        atom("BODY[HEADER.FIELDS (DATE FROM)]<0>"),
        text("a\")("),
        atom("X"),
        Nil,
        text("q \"w\\"),
        List(vec![]),
    ];
    assert_eq!(read, [List(list)]);
    assert_eq!(values("~{2}\r\nab c"), [text("ab"), atom("c")]);
}

#[test]
fn broken_input_costs_only_what_is_broken() {
    assert_eq!(
        values(") a (b \"c"),
        [atom("a"), List(vec![atom("b"), text("c")])]
    );
    assert_eq!(values("{9}\r\nab"), [text("ab")]);
    assert_eq!(values("{x} {5"), [atom("{x}"), atom("{5")]);
    assert_eq!(
        values("(\\Seen foo[ bar)"),
        [List(vec![atom("\\Seen"), atom("foo["), atom("bar")])]
    );
    assert_eq!(values("BODY[1"), [atom("BODY[1")]);
    assert_eq!(values("\"a\\b\\"), [text("a\\b\\")]);
    assert_eq!(
        values("\"open\r\nb (((c"),
        [
            text("open"),
            atom("b"),
            List(vec![List(vec![List(vec![atom("c")])])])
        ]
    );
}

#[test]
fn only_strings_with_escapes_are_copied() {
    let tokens = read(b"\"plain\" \"\\\"\" {1}\r\nx");
    let borrowed: Vec<bool> = tokens
        .values()
        .map(|value| matches!(value, Value::Text(Cow::Borrowed(_))))
        .collect();
    assert_eq!(borrowed, [true, false, true]);
}

#[test]
fn depth_costs_no_stack() {
    let deep = "(".repeat(100_000) + "a" + &")".repeat(100_000) + " b";
    let tokens = read(deep.as_bytes());
    let (mut values, mut depth) = (tokens.values(), 0);
    while let Some(Value::List(inner)) = values.next() {
        assert_eq!(values.next(), (depth == 0).then_some(Value::Atom(b"b")));
        values = inner;
        depth += 1;
    }
    assert_eq!(depth, DEEPEST);
}

proptest! {
    #[test]
    fn what_a_server_writes_is_read_as_it_was_meant(values in proptest::collection::vec(any_value(), 0..6)) {
        let mut octets = Vec::new();
        for value in &values {
            wire(value, &mut octets);
            octets.push(b' ');
        }
        prop_assert_eq!(written(read(&octets).values()), values);
    }

    #[test]
    fn any_octets_are_read(input in proptest::collection::vec(any::<u8>(), 0..200)) {
        written(read(&input).values());
    }

    #[test]
    fn any_shape_is_read(input in "[()\"\\\\{}0-9a\\[\\]\r\n ~B]{0,60}") {
        written(read(input.as_bytes()).values());
    }
}
