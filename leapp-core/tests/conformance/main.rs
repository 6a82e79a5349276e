//! The session kinds and the responder of this crate keep their contracts, over a fake AWS.
#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod assume_role;
mod assume_role_with_saml;
mod command_saml_assertion;
mod command_token_code;
mod get_federation_token;
mod get_role_credentials;
mod get_session_token;
mod login_responder;
mod portal;
mod scene;
mod service;
mod totp;
mod vault_totp;
mod web_identity;
