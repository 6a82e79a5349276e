//! `Authorization` and `X-Amz-Date`, one line each.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| leapp_testkit::aws::fuzzing::authorization(text));
