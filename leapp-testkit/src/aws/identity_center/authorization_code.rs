//! Authorization codes with proof keys: RFC 6749 and RFC 7636.

use std::time::{Duration, SystemTime};

use subtle::ConstantTimeEq;

use super::digest::Digest;

/// The longest that RFC 6749 recommends.
pub(super) const LIFETIME: Duration = Duration::from_secs(600);

#[derive(Clone)]
pub(super) struct AuthorizationCode {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) code_challenge: String,
    pub(super) instance: usize,
    pub(super) user: String,
    pub(super) expires_at: SystemTime,
    /// The login that it was traded for. A code is good for one.
    pub(super) login: Option<u64>,
}

/// True for what a SHA-256 looks like in base64url.
pub(super) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl AuthorizationCode {
    pub(super) fn is_proved_by(&self, code_verifier: &str) -> bool {
        let is_shaped = (43..=128).contains(&code_verifier.len())
            && code_verifier
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'));
        let challenge = Digest::of(code_verifier).base64url();
        is_shaped && bool::from(challenge.as_bytes().ct_eq(self.code_challenge.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> AuthorizationCode {
        AuthorizationCode {
            client_id: String::new(),
            redirect_uri: String::new(),
            code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
            instance: 0,
            user: String::new(),
            expires_at: SystemTime::UNIX_EPOCH,
            login: None,
        }
    }

    #[test]
    fn the_example_of_rfc_7636_is_proved() {
        let code = example();

        assert!(is_challenge(&code.code_challenge));
        assert!(code.is_proved_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!code.is_proved_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"));
        assert!(!code.is_proved_by(""));
    }

    #[test]
    fn a_verifier_has_as_many_characters_as_the_rfc_asks() {
        let is_proved = |verifier: &str| {
            let code_challenge = Digest::of(verifier).base64url();
            let code = AuthorizationCode { code_challenge, ..example() };
            code.is_proved_by(verifier)
        };

        assert!(is_proved(&"v".repeat(43)) && is_proved(&"v".repeat(128)));
        assert!(!is_proved(&"v".repeat(42)) && !is_proved(&"v".repeat(129)) && !is_proved(&" ".repeat(43)));
    }
}
