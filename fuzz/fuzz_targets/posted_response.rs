//! A SAML response, as the library reads it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_core::fuzzing::posted_response(bytes));
