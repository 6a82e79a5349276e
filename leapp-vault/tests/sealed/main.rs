//! The sealed file: its contract, its format, and what is done to it from outside.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test says where")]

mod contract;
#[cfg(unix)]
mod crash;
mod damage;
mod data_key;
mod format;
mod leaks;
mod mixed_up;
mod older_copies;
mod passphrases;
mod processes;
#[cfg(unix)]
mod rights;
mod scene;
