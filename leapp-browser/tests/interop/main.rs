//! Logins with Debian's Chromium, at the fake AWS's identity provider, at those that others wrote, and at pages
//! made for the purpose. A script stands in for the person.
//!
//! They need programs that `cargo xtask test` installs. Plain `cargo test` lists them as ignored; with the
//! feature `interop` they run, and a missing program is a failure.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod aws;
mod contract;
mod ending;
mod federation;
mod key;
mod moto;
mod nanoidp;
mod other_identity_provider;
mod person;
mod processes;
mod server;
mod silence;
mod simplesamlphp;
mod site;
mod taking;
mod visitor;
