//! A world file.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| leapp_testkit::aws::fuzzing::world_file(text));
