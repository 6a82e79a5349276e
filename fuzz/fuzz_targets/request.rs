//! A head with a line for each header, an empty line and a body.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_testkit::aws::fuzzing::request(bytes));
