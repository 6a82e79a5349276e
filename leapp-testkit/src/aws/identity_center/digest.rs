//! Secrets are kept, and looked up, by their digest: nothing that is found in the world opens anything.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// The SHA-256 of a secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    pub(super) fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Compares in a time that does not depend on where the two differ.
    pub(super) fn is_of(&self, text: &str) -> bool {
        bool::from(self.0.ct_eq(&Self::of(text).0))
    }

    pub(super) fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// As RFC 7636 writes a code challenge.
    pub(super) fn base64url(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }
}
