#![no_main]
//! Safe HTML parsed again: a browser must find nothing in it but harmless elements and attributes.

mod harmless;

use harmless::assert_harmless;
use posta::mime::{Limits, html_to_text, read_letter, sanitise};

libfuzzer_sys::fuzz_target!(|html: &str| {
    let limits = Limits::default();
    let safe = sanitise(html, &[], None, "/compose", &limits);
    let letter = read_letter(html, "/compose", &limits);
    assert!(letter.is_some() || safe.is_none());
    std::hint::black_box(html_to_text(html, &limits));
    let Some(safe) = safe else { return };
    let body = safe.body.to_string();
    assert_harmless(&body, &safe.style.to_string());
    let again = sanitise(&body, &[], None, "/compose", &limits);
    if let Some(again) = again {
        assert_harmless(&again.body.to_string(), &again.style.to_string());
    }
});
