#![no_main]
//! Addresses as headers carry them and as people type them; a field reads back what it shows.

#[allow(dead_code, reason = "one of its doors is used here")]
#[path = "../../tests/corpus/pipeline.rs"]
mod pipeline;

use posta::mime::{Address, Header};

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    let field = [b"From: ", raw, b"\r\n\r\n"].concat();
    for address in Header::parse(&field).from {
        pipeline::person(&address);
    }
    let Ok(typed) = std::str::from_utf8(raw) else {
        return;
    };
    for address in Address::parse_list(typed).unwrap_or_default() {
        pipeline::person(&address);
        let field = address.to_field();
        let again = Address::parse_list(&field);
        assert_eq!(
            again.map(|list| list.iter().map(|one| one.addr.clone()).collect::<Vec<_>>()),
            Ok(vec![address.addr]),
            "{field}"
        );
    }
});
