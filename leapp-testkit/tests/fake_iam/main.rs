//! The fake AWS's IAM, asked through both of its fronts by a client that signs as the SDKs do.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[macro_use]
#[path = "../fronts/mod.rs"]
mod fronts;
mod lab;

mod access_keys;
mod callers;
mod faults;
mod propagation;
mod signatures;
