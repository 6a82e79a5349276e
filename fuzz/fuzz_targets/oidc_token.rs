//! A web identity token.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_testkit::aws::fuzzing::oidc_token(bytes));
