//! AWS's Query protocol, as STS and IAM speak it: a form with an action and a version, a document in XML.

use http::StatusCode;

use super::answer::Answer;
use super::fault::Failure;
use super::form::Form;
use super::incoming::Incoming;
use super::refusal::Refusal;
use super::xml::Xml;

/// A name, or nothing when the client sent something else in its place.
pub(super) fn action(incoming: &Incoming<'_>) -> String {
    let action = incoming.parameters().value("Action").unwrap_or_default();
    let is_name = action.len() <= 64 && action.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_name { action.to_owned() } else { String::new() }
}

/// The version of the API that a request is for.
pub(super) fn version(form: &Form) -> &str {
    form.value("Version").unwrap_or("NO_VERSION_SPECIFIED")
}

/// The document of an action that was carried out: with the children of its result, or without one.
pub(super) fn answer(action: &str, result: Option<Xml>, xmlns: &str, request_id: &str) -> Answer {
    let document = match result {
        Some(children) => Xml::new().node(&format!("{action}Result"), children),
        None => Xml::new(),
    };
    let metadata = Xml::new().text("RequestId", request_id);
    let document = document.node("ResponseMetadata", metadata);
    Answer::xml(StatusCode::OK, document.into_document(&format!("{action}Response"), xmlns))
}

/// By the [common errors](https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html).
pub(super) fn failure(failure: Failure) -> Refusal {
    match failure {
        Failure::AccessDenied => Refusal::access_denied("User is not authorized to perform this action"),
        Failure::ExpiredToken => Refusal::expired_token(),
        Failure::ServerError => Refusal::internal_failure(),
        Failure::Throttle => Refusal::throttling(),
        Failure::Unavailable => Refusal::service_unavailable(),
    }
}
