#![no_main]
//! Everything that opening a message makes of its octets.

#[path = "../../tests/corpus/pipeline.rs"]
mod pipeline;

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    pipeline::read_through(raw);
});
