//! What SSO-OIDC says no with: a name for the SDK, and the word of OAuth for everyone else.

use http::StatusCode;

use crate::aws::refusal::Refusal;

pub(in crate::aws::identity_center) fn access_denied() -> Refusal {
    refusal("AccessDeniedException", "Access denied")
}

pub(in crate::aws::identity_center) fn authorization_pending() -> Refusal {
    refusal("AuthorizationPendingException", "Authorization is still pending")
}

pub(in crate::aws::identity_center) fn expired_token() -> Refusal {
    refusal("ExpiredTokenException", "Device code has expired")
}

pub(super) fn internal_server() -> Refusal {
    Refusal::new("InternalServerException", StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
}

pub(super) fn invalid_client() -> Refusal {
    Refusal::new("InvalidClientException", StatusCode::UNAUTHORIZED, "Invalid client provided")
}

pub(super) fn invalid_client_metadata(message: &str) -> Refusal {
    refusal("InvalidClientMetadataException", message)
}

pub(in crate::aws::identity_center) fn invalid_grant() -> Refusal {
    refusal("InvalidGrantException", "Invalid grant provided")
}

pub(in crate::aws::identity_center) fn invalid_refresh_token() -> Refusal {
    refusal("InvalidGrantException", "Invalid refresh token provided")
}

pub(super) fn invalid_redirect_uri() -> Refusal {
    refusal("InvalidRedirectUriException", "Invalid redirect URI provided")
}

pub(super) fn invalid_request(message: &str) -> Refusal {
    refusal("InvalidRequestException", message)
}

pub(super) fn invalid_scope() -> Refusal {
    refusal("InvalidScopeException", "Invalid scope provided")
}

pub(super) fn service_unavailable() -> Refusal {
    Refusal::new("ServiceUnavailableException", StatusCode::SERVICE_UNAVAILABLE, "Service unavailable")
}

pub(in crate::aws::identity_center) fn slow_down() -> Refusal {
    refusal("SlowDownException", "Slow down")
}

pub(super) fn unauthorized_client() -> Refusal {
    refusal("UnauthorizedClientException", "Client is not authorized for this grant type")
}

pub(super) fn unknown_operation() -> Refusal {
    Refusal::new("UnknownOperationException", StatusCode::NOT_FOUND, "")
}

pub(super) fn unsupported_grant_type() -> Refusal {
    refusal("UnsupportedGrantTypeException", "Unsupported grant type provided")
}

/// OAuth's word for it.
pub(super) fn word(code: &str) -> &'static str {
    match code {
        "AccessDeniedException" => "access_denied",
        "AuthorizationPendingException" => "authorization_pending",
        "ExpiredTokenException" => "expired_token",
        "InvalidClientException" => "invalid_client",
        "InvalidClientMetadataException" => "invalid_client_metadata",
        "InvalidGrantException" => "invalid_grant",
        "InvalidRedirectUriException" => "invalid_redirect_uri",
        "InvalidRequestException" => "invalid_request",
        "InvalidScopeException" => "invalid_scope",
        "SlowDownException" => "slow_down",
        "UnauthorizedClientException" => "unauthorized_client",
        "UnsupportedGrantTypeException" => "unsupported_grant_type",
        _ => "server_error",
    }
}

fn refusal(code: &'static str, message: &str) -> Refusal {
    Refusal::new(code, StatusCode::BAD_REQUEST, message)
}
