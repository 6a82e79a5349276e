//! What the portal says no with.

use http::StatusCode;

use crate::aws::refusal::Refusal;

pub(super) fn forbidden() -> Refusal {
    Refusal::new("ForbiddenException", StatusCode::FORBIDDEN, "No access")
}

pub(super) fn internal_server() -> Refusal {
    Refusal::new("InternalServerException", StatusCode::INTERNAL_SERVER_ERROR, "Internal error")
}

pub(super) fn invalid_request(message: &str) -> Refusal {
    Refusal::new("InvalidRequestException", StatusCode::BAD_REQUEST, message)
}

pub(super) fn method_not_allowed() -> Refusal {
    Refusal::new("MethodNotAllowedException", StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
}

pub(super) fn resource_not_found() -> Refusal {
    Refusal::new("ResourceNotFoundException", StatusCode::NOT_FOUND, "Account not found")
}

pub(super) fn service_unavailable() -> Refusal {
    Refusal::new("ServiceUnavailableException", StatusCode::SERVICE_UNAVAILABLE, "Service unavailable")
}

pub(super) fn too_many_requests() -> Refusal {
    Refusal::new("TooManyRequestsException", StatusCode::TOO_MANY_REQUESTS, "HTTP 429 Unknown Code")
}

pub(super) fn unauthorized() -> Refusal {
    Refusal::new("UnauthorizedException", StatusCode::UNAUTHORIZED, "Session token not found or invalid")
}
