//! What AWS says no with: code, status and words.

use http::StatusCode;

use super::xml::Xml;

/// No message is longer, whatever it quotes. Escaped it is six times as long at most.
const MOST_MESSAGE_BYTES: usize = 8 << 10;

/// An error answer.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) status: StatusCode,
    message: String,
}

impl Refusal {
    pub(super) fn access_denied(message: impl Into<String>) -> Self {
        Self::new("AccessDenied", StatusCode::FORBIDDEN, message)
    }

    pub(super) fn expired_token() -> Self {
        Self::new(
            "ExpiredToken",
            StatusCode::FORBIDDEN,
            "The security token included in the request is expired",
        )
    }

    pub(super) fn idp_communication_error() -> Self {
        const MESSAGE: &str = "The request could not be fulfilled because the identity provider (IDP) that was asked to verify the \
                               incoming identity token could not be reached.";
        Self::new("IDPCommunicationError", StatusCode::BAD_REQUEST, MESSAGE)
    }

    pub(super) fn idp_rejected_claim() -> Self {
        const MESSAGE: &str = "The identity provider (IdP) reported that authentication failed.";
        Self::new("IDPRejectedClaim", StatusCode::FORBIDDEN, MESSAGE)
    }

    pub(super) fn incomplete_signature(message: impl Into<String>) -> Self {
        Self::new("IncompleteSignature", StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn internal_failure() -> Self {
        const MESSAGE: &str =
            "The request processing has failed because of an unknown error, exception or failure.";
        Self::new("InternalFailure", StatusCode::INTERNAL_SERVER_ERROR, MESSAGE)
    }

    pub(super) fn invalid_action(action: &str, version: &str) -> Self {
        let message = format!("Could not find operation {action} for version {version}");
        Self::new("InvalidAction", StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn invalid_client_token_id() -> Self {
        const MESSAGE: &str = "The security token included in the request is invalid.";
        Self::new("InvalidClientTokenId", StatusCode::FORBIDDEN, MESSAGE)
    }

    pub(super) fn invalid_identity_token(message: impl Into<String>) -> Self {
        Self::new("InvalidIdentityToken", StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn invalid_parameter_value(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterValue", StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn limit_exceeded(message: impl Into<String>) -> Self {
        Self::new("LimitExceeded", StatusCode::CONFLICT, message)
    }

    pub(super) fn malformed_policy_document(message: impl Into<String>) -> Self {
        Self::new("MalformedPolicyDocument", StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn missing_authentication_token() -> Self {
        Self::new(
            "MissingAuthenticationToken",
            StatusCode::FORBIDDEN,
            "Request is missing Authentication Token",
        )
    }

    pub(super) fn no_such_entity(message: impl Into<String>) -> Self {
        Self::new("NoSuchEntity", StatusCode::NOT_FOUND, message)
    }

    pub(super) fn packed_policy_too_large(percent: usize) -> Self {
        let message =
            format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.");
        Self::new("PackedPolicyTooLarge", StatusCode::BAD_REQUEST, message)
    }

    /// AWS documents no common code for it; this is the one its front ends answer with.
    pub(super) fn request_entity_too_large() -> Self {
        const MESSAGE: &str = "The request body is larger than the service accepts.";
        Self::new("RequestEntityTooLarge", StatusCode::PAYLOAD_TOO_LARGE, MESSAGE)
    }

    pub(super) fn service_unavailable() -> Self {
        const MESSAGE: &str = "The request has failed due to a temporary failure of the server.";
        Self::new("ServiceUnavailable", StatusCode::SERVICE_UNAVAILABLE, MESSAGE)
    }

    pub(super) fn signature_does_not_match(message: impl Into<String>) -> Self {
        Self::new("SignatureDoesNotMatch", StatusCode::FORBIDDEN, message)
    }

    pub(super) fn throttling() -> Self {
        Self::new("Throttling", StatusCode::BAD_REQUEST, "Rate exceeded")
    }

    pub(super) fn validation_error(message: impl Into<String>) -> Self {
        Self::new("ValidationError", StatusCode::BAD_REQUEST, message)
    }

    /// A web identity token's end has a code of its own, and another status than a session token's.
    pub(super) fn web_identity_expired(now: u64, expiration: u64) -> Self {
        let message = format!(
            "Token expired: current date/time {now} must be before the expiration date/time {expiration}"
        );
        Self::new("ExpiredTokenException", StatusCode::BAD_REQUEST, message)
    }

    /// What it says, for the document.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The error document of the query protocol.
    pub(super) fn document(&self, xmlns: &str, request_id: &str) -> String {
        let fault = if self.status.is_server_error() { "Receiver" } else { "Sender" };
        let error = Xml::new().text("Type", fault).text("Code", self.code).text("Message", &self.message);
        Xml::new().node("Error", error).text("RequestId", request_id).into_document("ErrorResponse", xmlns)
    }

    pub(super) fn new(code: &'static str, status: StatusCode, message: impl Into<String>) -> Self {
        Self { code, status, message: cut(message.into(), MOST_MESSAGE_BYTES) }
    }
}

/// The text, or as much of it as there is room for.
pub(super) fn cut(mut text: String, most_bytes: usize) -> String {
    const ENDING: &str = "...";
    if text.len() > most_bytes {
        text.truncate(text.floor_char_boundary(most_bytes.saturating_sub(ENDING.len())));
        text.push_str(ENDING);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_two_characters() {
        assert_eq!(cut("abcdef".to_owned(), 6), "abcdef");
        assert_eq!(cut("abcdefg".to_owned(), 6), "abc...");
        assert_eq!(cut("ab\u{e9}defg".to_owned(), 6), "ab...");
        assert_eq!(cut("abcd".to_owned(), 2), "...");
    }
}
