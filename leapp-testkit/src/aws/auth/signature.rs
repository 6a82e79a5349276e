//! The signature: made again with the key AWS holds, and compared.

use std::cell::RefCell;
use std::time::SystemTime;

use aws_lc_rs::hmac;
use aws_sigv4::sign::v4::generate_signing_key;
use data_encoding::HEXLOWER;
use hyper::body::Bytes;
use leapp_core::Secret;
use subtle::ConstantTimeEq;

use super::authorization::{AMZ_DATE, Authorization, SECURITY_TOKEN};
use super::canonical::{self, Rules};
use crate::aws::refusal::Refusal;

/// A secret access key, and the signing key last derived from it: a client signs with the same one all day.
pub(in crate::aws) struct SigningKey {
    secret_access_key: Secret,
    derived: RefCell<Option<Derived>>,
}

struct Derived {
    scope: String,
    /// It wipes itself.
    key: hmac::Key,
}

impl SigningKey {
    pub(in crate::aws) fn new(secret_access_key: Secret) -> Self {
        Self { secret_access_key, derived: RefCell::new(None) }
    }

    pub(in crate::aws) fn secret_access_key(&self) -> &Secret {
        &self.secret_access_key
    }

    fn sign(&self, authorization: &Authorization<'_>, time: SystemTime, scope: String, text: &str) -> String {
        let signature = |key: &hmac::Key| HEXLOWER.encode(hmac::sign(key, text.as_bytes()).as_ref());
        let mut derived = self.derived.borrow_mut();
        if let Some(known) = derived.as_ref().filter(|known| known.scope == scope) {
            return signature(&known.key);
        }
        let secret = self.secret_access_key.expose();
        let key = generate_signing_key(secret, time, authorization.region, authorization.service);
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_ref());
        let made = signature(&key);
        *derived = Some(Derived { scope, key });
        made
    }
}

/// Refuses a request that was not signed with this secret, or was changed since.
pub(super) fn check(
    request: &http::Request<Bytes>,
    host: &str,
    authorization: &Authorization<'_>,
    time: SystemTime,
    key: &SigningKey,
    rules: Rules,
) -> Result<(), Refusal> {
    if !is_list(authorization.signed_headers) {
        return Err(mismatch());
    }
    let canonical = canonical::text(request, host, authorization.signed_headers, rules);
    let hash = canonical::hex_sha256(canonical.ok_or_else(mismatch)?.as_bytes());
    let (date, scope) = (&authorization.amz_date, authorization.scope());
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hash}");
    let expected = key.sign(authorization, time, scope, &text);
    let is_signature = bool::from(expected.as_bytes().ct_eq(authorization.signature.as_bytes()));
    if is_signature { Ok(()) } else { Err(mismatch()) }
}

/// What a header carries that says who and when must be signed, or anybody could change it.
pub(super) fn check_signed(
    request: &http::Request<Bytes>,
    authorization: &Authorization<'_>,
) -> Result<(), Refusal> {
    let is_signed = |name: &str| authorization.signed_headers.split(';').any(|signed| signed == name);
    let is_open = |name: &&str| request.headers().contains_key(*name) && !is_signed(name);
    if [AMZ_DATE, SECURITY_TOKEN].iter().any(is_open) { Err(mismatch()) } else { Ok(()) }
}

/// Lower case, in order, none twice: as the signer writes it.
fn is_list(signed_headers: &str) -> bool {
    let names: Vec<&str> = signed_headers.split(';').collect();
    let is_name = |name: &&str| !name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_uppercase());
    names.iter().all(is_name) && names.windows(2).all(|pair| pair[0] < pair[1])
}

fn mismatch() -> Refusal {
    const MESSAGE: &str = "The request signature we calculated does not match the signature you provided. Check your \
                           AWS Secret Access Key and signing method. Consult the service documentation for details.";
    Refusal::signature_does_not_match(MESSAGE)
}
