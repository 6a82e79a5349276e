//! A conversation with the federation endpoint.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_testkit::aws::fuzzing::sign_in(bytes));
