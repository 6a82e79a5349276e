//! A conversation with SSO-OIDC and the portal.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_testkit::aws::fuzzing::identity_center(bytes));
