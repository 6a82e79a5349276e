//! Outside checks of the fake AWS by programs that nobody here wrote: a browser clicks through its pages, another
//! implementation of XML signatures reads what it signs and signs what it reads, and users of another identity
//! provider come in.
//!
//! They need programs that `cargo xtask test` installs. Plain `cargo test` lists them as ignored; with the feature
//! `interop` they run, and a missing program is a failure.
#![cfg(feature = "serve")]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod authorize_page;
mod device_page;
mod framing;
mod key;
mod lab;
mod node;
mod other_identity_provider;
mod person;
mod saml_pages;
mod signatures;
mod site;
mod xmlsec;
