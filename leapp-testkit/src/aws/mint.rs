//! Made-up ids and secrets, the same in every run.

use leapp_core::{AccessKey, AccessKeyId, Secret};

use super::auth::SigningKey;
use super::principal::Principal;
use super::world::Key;

const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const HEX: &[u8] = b"0123456789abcdef";

pub(super) struct Mint {
    random: fastrand::Rng,
}

impl Mint {
    /// The seed is fixed: a failure that depends on a value comes back in the next run.
    pub(super) fn new() -> Self {
        Self { random: fastrand::Rng::with_seed(0x1ea9_95ee_d000_0001) }
    }

    /// Four letters of type and sixteen characters, as AWS forms them.
    #[expect(clippy::expect_used, reason = "twenty letters and digits are an access key id")]
    pub(super) fn access_key_id(&mut self, prefix: &str) -> AccessKeyId {
        AccessKeyId::parse(&format!("{prefix}{}", self.text(BASE32, 16))).expect("an access key id")
    }

    #[expect(clippy::expect_used, reason = "the id begins with AKIA and the secret is one line")]
    pub(super) fn access_key(&mut self, principal: Principal) -> (AccessKey, Key) {
        let secret_access_key = self.secret_access_key();
        let access_key =
            AccessKey::new(self.access_key_id("AKIA"), secret_access_key.clone()).expect("an access key");
        let signing_key = SigningKey::new(secret_access_key);
        (access_key, Key { signing_key, principal, session: None })
    }

    pub(super) fn secret_access_key(&mut self) -> Secret {
        Secret::new(self.text(BASE64, 40))
    }

    pub(super) fn session_token(&mut self, size: usize) -> Secret {
        const LIKE_AWS: &str = "IQoJb3JpZ2luX2VjE";
        Secret::new(format!("{LIKE_AWS}{}", self.text(BASE64, size.saturating_sub(LIKE_AWS.len()))))
    }

    /// A private key of the curve P-256: between one and half of the curve's order.
    pub(super) fn p256_scalar(&mut self) -> [u8; 32] {
        let mut scalar = [0; 32];
        self.random.fill(&mut scalar);
        scalar[0] &= 0x7f;
        scalar[31] |= 1;
        scalar
    }

    pub(super) fn key_id(&mut self) -> String {
        self.text(HEX, 40)
    }

    pub(super) fn signin_token(&mut self) -> Secret {
        Secret::new(self.text(BASE64URL, 640))
    }

    pub(super) fn console_cookie(&mut self) -> Secret {
        Secret::new(self.text(BASE64URL, 64))
    }

    /// 32 characters of base32: the twenty bytes that RFC 4226 recommends.
    pub(super) fn totp_seed(&mut self) -> Secret {
        Secret::new(self.text(BASE32, 32))
    }

    /// A unique id of a user (`AIDA`) or a role (`AROA`).
    pub(super) fn unique_id(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.text(BASE32, 17))
    }

    pub(super) fn request_id(&mut self) -> String {
        let mut id = String::with_capacity(36);
        for length in [8, 4, 4, 4, 12] {
            if !id.is_empty() {
                id.push('-');
            }
            self.push_text(&mut id, HEX, length);
        }
        id
    }

    /// So many characters of an alphabet.
    pub(super) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        let mut text = String::with_capacity(length);
        self.push_text(&mut text, alphabet, length);
        text
    }

    fn push_text(&mut self, text: &mut String, alphabet: &[u8], length: usize) {
        for _ in 0..length {
            text.push(char::from(alphabet[self.random.usize(..alphabet.len())]));
        }
    }
}
