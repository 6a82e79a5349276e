//! The fake AWS, asked by the real SDK through both of its fronts.
#![expect(clippy::print_stdout, reason = "tables name the case that failed")]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[macro_use]
mod lab;

mod assume_role;
mod authentication;
mod bounds;
mod chaining;
mod faults;
mod get_session_token;
mod identity;
mod mfa;
mod protocol;
mod record;
mod session_tags;
mod tampering;
