//! Codes and tokens, made of what can stand in an address as it is.

use leapp_core::Secret;

use crate::aws::mint::Mint;

const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// So many characters that nobody guesses, as far as a test goes.
pub(super) fn secret(mint: &mut Mint, length: usize) -> Secret {
    Secret::new(mint.text(BASE64URL, length))
}

/// So many of them that are no secret.
pub(super) fn id(mint: &mut Mint, length: usize) -> String {
    mint.text(BASE64URL, length)
}
