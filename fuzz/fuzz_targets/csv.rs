//! What is promised stands in the test that runs the corpus, too.

#![no_main]

#[path = "../../crates/nn/tests/doors/csv.rs"]
mod door;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| door::check(bytes));
