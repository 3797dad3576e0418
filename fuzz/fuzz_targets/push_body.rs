//! libFuzzer's way in to `push_body`; what must hold stands in `crates/fuzzed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzzed::run("push_body", input));
