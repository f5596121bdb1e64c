#![no_main]
//! A built Content-Disposition reads back as the name that is shown; any other is read without harm.

use posta::mime::{Parameters, content_disposition, display_filename};

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    let foreign = Parameters::parse(raw);
    std::hint::black_box((foreign.get("filename"), foreign.get("name")));
    let Ok(name) = std::str::from_utf8(raw) else {
        return;
    };
    let built = content_disposition(true, name);
    let read = Parameters::parse(built.as_bytes());
    assert_eq!(read.value, "inline");
    assert_eq!(
        read.get("filename"),
        Some(display_filename(name)),
        "{built}"
    );
});
