#![no_main]
//! Names of files.

#[allow(dead_code, reason = "one of its doors is used here")]
#[path = "../../tests/corpus/pipeline.rs"]
mod pipeline;

libfuzzer_sys::fuzz_target!(|name: &str| pipeline::name(name));
