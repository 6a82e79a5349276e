//! Programs to watch and to copy from: see the `examples` folder, and `cargo run --example NAME`.

/// The project's front page; its programs are compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct FrontPage;
