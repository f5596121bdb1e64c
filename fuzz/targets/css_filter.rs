#![no_main]
//! CSS of an attribute and of a style element, through the only door it has.

mod harmless;

use harmless::assert_harmless;
use posta::mime::{Limits, sanitise};

libfuzzer_sys::fuzz_target!(|css: &str| {
    let attribute = css.replace('&', "&amp;").replace('"', "&quot;");
    let html = format!("<style>{css}</style><p class=a style=\"{attribute}\">x");
    if let Some(safe) = sanitise(&html, &[], None, "/compose", &Limits::default()) {
        assert_harmless(&safe.body.to_string(), &safe.style.to_string());
    }
});
