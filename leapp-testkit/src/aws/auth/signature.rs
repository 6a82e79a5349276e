//! The signature: made again with the key AWS holds, and compared.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::SigningOutput;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningInstructions, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use http::header::HOST;
use hyper::body::Bytes;
use leapp_core::Secret;
use subtle::ConstantTimeEq;

use super::authorization::{AMZ_DATE, Authorization, SECURITY_TOKEN, malformed_date};
use crate::aws::refusal::Refusal;
use crate::aws::timestamp::parse_amz_date;

/// Refuses a request that was not signed with this secret, or was changed since.
pub(super) fn check(
    request: &http::Request<Bytes>,
    authorization: &Authorization<'_>,
    secret_access_key: &Secret,
) -> Result<(), Refusal> {
    let time = parse_amz_date(authorization.amz_date).ok_or_else(malformed_date)?;
    let again = sign_again(request, authorization, secret_access_key, time).ok_or_else(mismatch)?;
    let (instructions, signature) = again.into_parts();
    // The signer adds host, time and session token by itself, so the signature alone says nothing of a list without them.
    let list = format!(" SignedHeaders={},", authorization.signed_headers);
    let is_list =
        instructions.headers().any(|(name, value)| name == "authorization" && value.contains(&list));
    let is_signature = bool::from(signature.as_bytes().ct_eq(authorization.signature.as_bytes()));
    if is_list && is_signature { Ok(()) } else { Err(mismatch()) }
}

/// None when the request cannot have been signed as it is.
fn sign_again(
    request: &http::Request<Bytes>,
    authorization: &Authorization<'_>,
    secret_access_key: &Secret,
    time: SystemTime,
) -> Option<SigningOutput<SigningInstructions>> {
    let identity = identity(request, authorization, secret_access_key);
    let mut settings = SigningSettings::default();
    // The client chose what it signed; the list is in its header.
    settings.excluded_headers = None;
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(authorization.region)
        .name(authorization.service)
        .time(time)
        .settings(settings);
    let parameters = parameters.build().ok()?.into();
    let headers = signed_headers(request, authorization)?.into_iter();
    let body = SignableBody::Bytes(request.body());
    let signable = SignableRequest::new(request.method().as_str(), uri(request), headers, body).ok()?;
    sign(signable, &parameters).ok()
}

fn mismatch() -> Refusal {
    const MESSAGE: &str = "The request signature we calculated does not match the signature you provided. Check your \
                           AWS Secret Access Key and signing method. Consult the service documentation for details.";
    Refusal::signature_does_not_match(MESSAGE)
}

/// The signer adds the session token to what it signs by itself, when the identity has one.
fn identity(
    request: &http::Request<Bytes>,
    authorization: &Authorization<'_>,
    secret_access_key: &Secret,
) -> Identity {
    let token = request.headers().get(SECURITY_TOKEN).and_then(|value| value.to_str().ok());
    let (id, secret) = (authorization.access_key_id, secret_access_key.expose());
    Credentials::new(id, secret, token.map(str::to_owned), None, "fake AWS").into()
}

/// The signed headers as they came, apart from those that the signer adds; none when one is not text.
fn signed_headers<'a>(
    request: &'a http::Request<Bytes>,
    authorization: &Authorization<'a>,
) -> Option<Vec<(&'a str, &'a str)>> {
    let mut headers = Vec::new();
    for name in authorization.signed_headers.split(';') {
        let is_added = name == AMZ_DATE || name == SECURITY_TOKEN;
        let is_in_address = name == HOST.as_str() && !request.headers().contains_key(HOST);
        if is_added || is_in_address {
            continue;
        }
        for value in request.headers().get_all(name) {
            headers.push((name, value.to_str().ok()?));
        }
    }
    Some(headers)
}

/// The signer insists on an absolute address, and a connection's request has none; the `Host` header overrides it.
fn uri(request: &http::Request<Bytes>) -> String {
    if request.uri().authority().is_some() {
        return request.uri().to_string();
    }
    format!("http://loopback{}", request.uri())
}
