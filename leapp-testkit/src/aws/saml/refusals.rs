//! What STS says no with when it is SAML that is wrong.

use http::StatusCode;

use crate::aws::refusal::Refusal;

/// The words of the part of AWS that reads responses; STS passes them on.
pub(super) fn invalid_response(message: &str, request_id: &str) -> Refusal {
    from_discovery(message, "AuthSamlInvalidSamlResponseException", request_id)
}

pub(super) fn unknown_provider(request_id: &str) -> Refusal {
    from_discovery("Specified provider doesn't exist", "AuthSamlManifestNotFoundException", request_id)
}

pub(in crate::aws) fn invalid_identity_token(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidIdentityToken", StatusCode::BAD_REQUEST, message)
}

pub(in crate::aws) fn response_expired() -> Refusal {
    expired("Response has expired")
}

pub(super) fn redeemed_too_late() -> Refusal {
    expired("Token must be redeemed within 5 minutes of issuance")
}

pub(super) fn idp_rejected_claim(status: &str) -> Refusal {
    let message = format!("The identity provider reported that authentication failed: {status}");
    Refusal::new("IDPRejectedClaim", StatusCode::FORBIDDEN, message)
}

pub(in crate::aws) fn not_authorized() -> Refusal {
    Refusal::access_denied("Not authorized to perform sts:AssumeRoleWithSAML")
}

fn expired(message: &str) -> Refusal {
    Refusal::new("ExpiredTokenException", StatusCode::BAD_REQUEST, message)
}

fn from_discovery(message: &str, code: &str, request_id: &str) -> Refusal {
    invalid_identity_token(format!(
        "{message} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: {code}; Request ID: \
         {request_id}; Proxy: null)"
    ))
}
