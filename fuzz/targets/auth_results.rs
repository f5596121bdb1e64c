#![no_main]
//! Authentication-Results: none but the own server is believed.

use posta::mime::{Authentication, Header, Verdict};

libfuzzer_sys::fuzz_target!(|value: &[u8]| {
    let message = [
        b"Authentication-Results: ",
        value,
        b"\r\nFrom: ana@example.org\r\n\r\n",
    ]
    .concat();
    let from = Header::parse(&message).from;
    let own = Authentication::read(&message, "mx.example.org");
    std::hint::black_box((
        own.verdict(&from),
        own.signed_by(&from),
        own.passes_dmarc(&from),
    ));
    let names_us = String::from_utf8_lossy(&message)
        .to_ascii_lowercase()
        .contains("mx.example.org");
    if !names_us {
        assert_ne!(own.verdict(&from), Verdict::Verified);
    }
});
