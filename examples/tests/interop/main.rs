//! Outside checks: what other people's clients and servers say.
//!
//! They need programs that `cargo xtask test` installs. Plain `cargo test` lists them as ignored; with the feature
//! `interop` they run, and a missing component is a failure.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it expected and stops")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment and write throw-away files"
)]

mod clients;
mod components;
mod config_file;
mod export;
mod fake_aws;
mod quickstart;
mod readers;
mod refusals;
mod role_inputs;
mod rotated_key;
mod rotation;
mod rust_sdk;
mod servers;
mod sessions;
mod shared_file;
mod shared_login;
mod through_ministack;
mod through_moto;
mod web_identity;
