//! The stand-alone server, started as a program, and the file that describes its world.
#![cfg(feature = "serve")]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod identity_providers;
mod oidc_token;
mod program;
mod run;
mod tls;
mod world_file;
mod world_file_errors;
