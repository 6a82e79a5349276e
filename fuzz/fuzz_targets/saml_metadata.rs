//! Metadata of a SAML identity provider.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_testkit::aws::fuzzing::saml_metadata(bytes));
