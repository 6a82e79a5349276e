//! Making tokens, sound ones and damaged ones.

use std::time::SystemTime;

use leapp_core::Secret;
use p256::ecdsa::SigningKey;
use serde_json::{Value, json};

use super::jws::{encode, signature};
use super::{OidcProvider, WebIdentityClaims};

/// What is wrong with a token on purpose. What is wrong with its claims is said by the [`WebIdentityClaims`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenDamage {
    /// It says that it is not signed (`alg: none`), and is not.
    AlgorithmNone,
    /// Its subject was changed after it was signed.
    ChangedSubject,
    /// It does not name the key that signed it.
    NoKey,
    /// It names another algorithm (`RS256`) than the one that signed it.
    OtherAlgorithm,
    /// It was signed by a key that is not the provider's, under the name of the one that is.
    OtherKey,
    /// It names a key that the provider does not have.
    UnknownKey,
}

impl OidcProvider {
    /// A token with these claims, made at this time.
    pub fn token_at(&self, claims: &WebIdentityClaims, time: SystemTime) -> Secret {
        self.made(claims, time, None)
    }

    /// A token with these claims, made at this time and damaged.
    pub fn damaged_token_at(
        &self,
        claims: &WebIdentityClaims,
        time: SystemTime,
        damage: TokenDamage,
    ) -> Secret {
        self.made(claims, time, Some(damage))
    }

    fn made(&self, claims: &WebIdentityClaims, time: SystemTime, damage: Option<TokenDamage>) -> Secret {
        let payload = claims.payload(self.issuer_url(), time);
        let header = match damage {
            Some(TokenDamage::AlgorithmNone) => json!({ "alg": "none", "typ": "JWT" }),
            Some(TokenDamage::OtherAlgorithm) => {
                json!({ "alg": "RS256", "kid": &*self.key_id, "typ": "JWT" })
            }
            Some(TokenDamage::NoKey) => json!({ "alg": "ES256", "typ": "JWT" }),
            Some(TokenDamage::UnknownKey) => json!({ "alg": "ES256", "kid": "unknown", "typ": "JWT" }),
            _ => json!({ "alg": "ES256", "kid": &*self.key_id, "typ": "JWT" }),
        };
        let header = encode(&header);
        let signed = format!("{header}.{}", encode(&payload));
        let token = match damage {
            Some(TokenDamage::AlgorithmNone) => format!("{signed}."),
            Some(TokenDamage::ChangedSubject) => {
                let changed = format!("{header}.{}", encode(&with_another_subject(payload)));
                format!("{changed}.{}", signature(&signed, &self.key))
            }
            Some(TokenDamage::OtherKey) => format!("{signed}.{}", signature(&signed, &other_key())),
            Some(TokenDamage::NoKey | TokenDamage::OtherAlgorithm | TokenDamage::UnknownKey) | None => {
                format!("{signed}.{}", signature(&signed, &self.key))
            }
        };
        Secret::new(token)
    }
}

fn with_another_subject(mut payload: Value) -> Value {
    payload["sub"] = "somebody else".into();
    payload
}

#[expect(clippy::expect_used, reason = "the scalar is below the curve's order")]
fn other_key() -> SigningKey {
    SigningKey::from_slice(&[1; 32]).expect("a private key")
}
