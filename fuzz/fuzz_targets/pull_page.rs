//! libFuzzer's way in to `pull_page`; what must hold stands in `crates/fuzzed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzzed::run("pull_page", input));
