//! What AWS answers when it does not do what it was asked, as this library's errors.

use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{DispatchFailure, SdkError};
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};

use crate::{Error, ErrorKind, SessionId};

/// More of a message than this helps nobody.
const MESSAGE_LIMIT: usize = 600;

const NO_CODE: &str = "no error code";

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
    error_as(action, session, failure, |kind| kind)
}

/// The same, for an action that gives a refusal a meaning of its own.
pub(super) fn error_as<E: ProvideErrorMetadata>(
    action: &str,
    session: &SessionId,
    failure: &SdkError<E, HttpResponse>,
    meaning: impl FnOnce(ErrorKind) -> ErrorKind,
) -> Error {
    of(&format!("{action} for session `{session}`"), failure, meaning)
}

/// Turns a failed call into an error that begins with what was called.
pub(super) fn of<E: ProvideErrorMetadata>(
    call: &str,
    failure: &SdkError<E, HttpResponse>,
    meaning: impl FnOnce(ErrorKind) -> ErrorKind,
) -> Error {
    let error = |kind, what: &str| Error::new(kind, format!("{call} {what}"));
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
            error(meaning(refusal.kind()), "was refused").with_source(refusal)
        }
        _ => error(ErrorKind::Service, "got an answer that is not one"),
    }
}

/// True when the role exists, trusts the caller, and allows no session as long as the one that was asked for.
pub(super) fn exceeds_role_maximum<E: ProvideErrorMetadata>(failure: &SdkError<E, HttpResponse>) -> bool {
    let SdkError::ServiceError(refused) = failure else { return false };
    let refusal = Refusal::read(refused.err(), refused.raw());
    refusal.code == "ValidationError" && refusal.says("MaxSessionDuration")
}

/// True when the service does not know the access key that a call was signed with: not yet, or not any more.
pub(super) fn is_unknown_key(error: &Error) -> bool {
    let refusal = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Refusal>());
    refusal.is_some_and(|refusal| refusal.code == "InvalidClientTokenId")
}

/// True when the service itself said no, by name: what it was asked for was not done. A failure, its own or the network's, is
/// no such word.
pub(super) fn is_by_name(error: &Error) -> bool {
    let refusal = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Refusal>());
    let is_said = |refusal: &Refusal| (400..500).contains(&refusal.status) && refusal.code != NO_CODE;
    refusal.is_some_and(is_said) && error.kind() != ErrorKind::Service
}

/// Only what never got a connection has certainly not reached the service; the rest may count there as a call.
fn dispatch(failure: &DispatchFailure) -> (ErrorKind, &'static str) {
    let connector = failure.as_connector_error();
    if failure.is_user() {
        (ErrorKind::InvalidInput, "could not be sent")
    } else if connector.is_some_and(|error| never_connected(error)) {
        (ErrorKind::Unreachable, "did not reach the service")
    } else {
        (ErrorKind::Service, "lost its connection before it was answered")
    }
}

fn never_connected(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind as Io;
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|cause| match cause.downcast_ref::<std::io::Error>() {
        Some(io) => matches!(
            io.kind(),
            Io::AddrNotAvailable
                | Io::ConnectionRefused
                | Io::HostUnreachable
                | Io::NetworkDown
                | Io::NetworkUnreachable
        ),
        // The HTTP client's error for whatever fails before there is a connection: names, TCP, TLS, a proxy. Its type
        // is not ours to name, its words are.
        None => ["(Connect)", "connect timeout"].iter().any(|words| cause.to_string().contains(words)),
    })
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
            code: error.code().unwrap_or(NO_CODE).to_owned(),
            message: message.chars().take(MESSAGE_LIMIT).collect(),
        }
    }

    /// By code first, then by what AWS says only in words, then by status.
    ///
    /// See [Common errors](https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html).
    fn kind(&self) -> ErrorKind {
        match self.code.as_str() {
            "AccessDenied" if self.message.starts_with("MultiFactorAuthentication ") => ErrorKind::MfaRefused,
            // The last two are the portal's and SSO-OIDC's word for a token that has ended or was revoked.
            "ExpiredToken" | "ExpiredTokenException" | "InvalidGrantException" | "UnauthorizedException" => {
                ErrorKind::Expired
            }
            "AccessDeniedException" | "ForbiddenException" => ErrorKind::AccessDenied,
            // As the portal and SSO-OIDC say it; STS has other words.
            "InternalServerException" | "ServiceUnavailableException" => ErrorKind::PortalDown,
            "RequestExpired" | "RequestInTheFuture" | "RequestTimeTooSkewed" => ErrorKind::ClockSkew,
            "SignatureDoesNotMatch" if self.says("Signature expired") || self.says("not yet current") => {
                ErrorKind::ClockSkew
            }
            // AWS asks to try again when it could not read the provider's keys.
            "InvalidIdentityToken" if self.says("retrieve verification key") => ErrorKind::Service,
            // IAM's word for a user that has as many access keys as it may.
            "LimitExceeded" => ErrorKind::InUse,
            "NoSuchEntity" => ErrorKind::NotFound,
            "IDPRejectedClaim" | "InvalidIdentityToken" => ErrorKind::IdentityRefused,
            "PackedPolicyTooLarge" | "PackedPolicyTooLargeException" => ErrorKind::TooLarge,
            "IDPCommunicationError" | "RequestTimeout" | "RequestTimeoutException" => ErrorKind::Service,
            "PriorRequestNotComplete"
            | "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "RequestLimitExceeded"
            | "TooManyRequestsException"
            | "SlowDown"
            | "SlowDownException" => ErrorKind::Throttled,
            "ValidationError" if self.says("role chaining") => ErrorKind::RoleChainingLimit,
            _ => match self.status {
                429 => ErrorKind::Throttled,
                // AWS names what it refuses. This is somebody else on the way, who may think better of it.
                _ if self.code == NO_CODE => ErrorKind::Service,
                401 | 403 => ErrorKind::AccessDenied,
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

/// Of a call whose every reply is read as one: whether it is a refusal is decided afterwards.
#[derive(Debug)]
pub(super) enum NoError {}

impl fmt::Display for NoError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for NoError {}

impl ProvideErrorMetadata for NoError {
    fn meta(&self) -> &ErrorMetadata {
        match *self {}
    }
}
