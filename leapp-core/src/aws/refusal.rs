//! What AWS answers when it does not do what it was asked, as this library's errors.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{DispatchFailure, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::{Error, ErrorKind, SessionId};

/// More of a message than this helps nobody.
const MESSAGE_LIMIT: usize = 600;

/// The service's own words: code, message and status.
#[derive(Debug)]
struct Refusal {
    status: u16,
    code: String,
    message: String,
}

/// Turns a failed call into an error that says which call of which session failed.
///
/// The SDK's error is not kept as the source: its `Debug` holds the whole response, and a response to a request that was
/// signed wrongly repeats the request, session token included.
pub(super) fn error<E: ProvideErrorMetadata>(
    action: &str,
    session: &SessionId,
    failure: &SdkError<E, HttpResponse>,
) -> Error {
    let error = |kind, what: &str| Error::new(kind, format!("{action} for session `{session}` {what}"));
    match failure {
        SdkError::ConstructionFailure(_) => error(ErrorKind::InvalidInput, "could not be put together"),
        SdkError::TimeoutError(_) => error(ErrorKind::Service, "was not answered in time"),
        SdkError::DispatchFailure(failure) => {
            let (kind, what) = dispatch(failure);
            let cause = failure.as_connector_error().map(|cause| chain(cause)).unwrap_or_default();
            error(kind, what).with_source(cause)
        }
        SdkError::ServiceError(refused) => {
            let refusal = Refusal::read(refused.err(), refused.raw());
            error(refusal.kind(), "was refused").with_source(refusal)
        }
        _ => error(ErrorKind::Service, "got an answer that is not one"),
    }
}

fn dispatch(failure: &DispatchFailure) -> (ErrorKind, &'static str) {
    if failure.is_user() {
        (ErrorKind::InvalidInput, "could not be sent")
    } else {
        (ErrorKind::Unreachable, "did not reach the service")
    }
}

/// An error and its causes as text. The connector's errors name hosts and system errors, nothing of the request.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl Refusal {
    fn read(error: &impl ProvideErrorMetadata, response: &HttpResponse) -> Self {
        // What follows the first line may be the request that was signed, token and all.
        let message = error.message().unwrap_or_default().lines().next().unwrap_or_default();
        let message = message.split("The Canonical String").next().unwrap_or_default().trim_end();
        Self {
            status: response.status().as_u16(),
            code: error.code().unwrap_or("no error code").to_owned(),
            message: message.chars().take(MESSAGE_LIMIT).collect(),
        }
    }

    /// By code first, then by what AWS says only in words, then by status.
    ///
    /// See [Common errors](https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html).
    fn kind(&self) -> ErrorKind {
        match self.code.as_str() {
            _ if self.says("MultiFactorAuthentication") => ErrorKind::MfaRefused,
            "ExpiredToken" | "ExpiredTokenException" => ErrorKind::Expired,
            "RequestExpired" | "RequestTimeTooSkewed" => ErrorKind::ClockSkew,
            "SignatureDoesNotMatch" if self.says("Signature expired") || self.says("not yet current") => {
                ErrorKind::ClockSkew
            }
            "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "RequestLimitExceeded"
            | "TooManyRequestsException"
            | "SlowDown" => ErrorKind::Throttled,
            "ValidationError" if self.says("role chaining") => ErrorKind::RoleChainingLimit,
            _ => match self.status {
                401 | 403 => ErrorKind::AccessDenied,
                429 => ErrorKind::Throttled,
                400..=499 => ErrorKind::InvalidInput,
                _ => ErrorKind::Service,
            },
        }
    }

    fn says(&self, words: &str) -> bool {
        self.message.contains(words)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, code, message } = self;
        write!(f, "{code} ({status}): {message}")
    }
}

impl std::error::Error for Refusal {}
