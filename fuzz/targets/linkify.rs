#![no_main]
//! Plain text with its links, flowed and not.

#[allow(dead_code, reason = "one of its doors is used here")]
#[path = "../../tests/corpus/pipeline.rs"]
mod pipeline;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for (flowed, del_sp) in [(false, false), (true, false), (true, true)] {
        pipeline::plain(text, flowed, del_sp);
    }
});
