//! A credentials file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_store_ini::fuzzing::credentials_file(bytes));
