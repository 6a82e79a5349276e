//! Changes to a credentials file, and the file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_store_ini::fuzzing::credentials_edit(bytes));
