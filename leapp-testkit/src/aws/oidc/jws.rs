//! JSON Web Signatures in their compact form. The made-up providers sign by ES256.

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Map, Value};

use super::jwk::Jwk;

/// A signed token that was taken apart; nothing in it is believed yet.
pub(super) struct Jws<'t> {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    signed: &'t str,
    signature: Vec<u8>,
}

impl<'t> Jws<'t> {
    pub(super) fn parse(token: &'t str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
        Some(Self { header: object(header)?, claims: object(claims)?, signed, signature })
    }

    pub(super) fn algorithm(&self) -> Option<&str> {
        self.header.get("alg").and_then(Value::as_str)
    }

    pub(super) fn is_signed_by(&self, key: &Jwk) -> bool {
        self.algorithm()
            .is_some_and(|algorithm| key.verifies(algorithm, self.signed.as_bytes(), &self.signature))
    }
}

pub(super) fn encode(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

pub(super) fn signature(signed: &str, key: &SigningKey) -> String {
    let signature: Signature = key.sign(signed.as_bytes());
    BASE64URL_NOPAD.encode(&signature.to_bytes())
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let text = BASE64URL_NOPAD.decode(part.as_bytes()).ok()?;
    match serde_json::from_slice(&text).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}
