//! `Authorization` and `X-Amz-Date`, one line each.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_testkit::aws::fuzzing::authorization(bytes));
