//! The Secret Service as gnome-keyring does it, each test on a session bus and with a home of its own.
//!
//! They need programs that `cargo xtask test` installs. Plain `cargo test` lists them as ignored; with the
//! feature `interop` they run, and a missing program is a failure.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at what it did not expect")]

mod absence;
mod contract;
mod daemon;
mod keeping;
mod leapp_desktop;
mod locking;
#[path = "../parts/processes.rs"]
mod processes;
mod session;
mod sharing;
