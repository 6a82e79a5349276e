//! A sealed file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_vault::fuzzing::sealed_file(bytes));
