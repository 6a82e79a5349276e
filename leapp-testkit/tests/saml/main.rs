//! SAML against the fake AWS: `AssumeRoleWithSAML` by the real SDK through both fronts, and the pages by a small browser.
#![expect(clippy::print_stdout, reason = "tables name the case that failed")]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[macro_use]
#[path = "../fronts/mod.rs"]
mod fronts;
mod lab;
#[path = "../fronts/refusal.rs"]
mod refusal;

mod accepted;
mod bounds;
mod browser;
mod conditions;
mod document;
mod metadata;
mod pages;
mod session;
mod signature;
mod simplesamlphp;
mod trust;
mod vectors;
