//! A world file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| leapp_testkit::aws::fuzzing::world_file(bytes));
