//! What a browser posts to sign-in.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_core::fuzzing::posted_form(bytes));
