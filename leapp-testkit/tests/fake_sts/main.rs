//! The fake AWS, asked by the real SDK through both of its fronts.
#![expect(clippy::print_stdout, reason = "tables name the case that failed")]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[macro_use]
#[path = "../fronts/mod.rs"]
mod fronts;
mod lab;
#[path = "../fronts/refusal.rs"]
mod refusal;

mod address;
mod assume_role;
mod authentication;
mod bounds;
mod chaining;
mod date_header;
mod deliveries;
mod faults;
mod foreign_issuer;
mod get_access_key_info;
mod get_federation_token;
mod get_session_token;
mod identity;
mod mfa;
mod oidc_discovery;
mod oidc_token_page;
mod partitions;
mod presigned;
mod protocol;
mod record;
mod session_limits;
mod session_tags;
mod session_terms;
mod tampering;
mod web;
mod web_identity;
mod web_identity_claims;
mod web_identity_trust;
