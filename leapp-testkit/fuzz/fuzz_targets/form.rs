//! A body as parameters.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| leapp_testkit::aws::fuzzing::form(body));
