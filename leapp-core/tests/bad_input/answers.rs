//! What the service, or somebody on the way to it, answers in place of credentials: each the kind that a host can act on.

use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use leapp_core::aws::{GetSessionToken, Sts};
use leapp_core::{
    AccessKey, AccessKeyId, Error, ErrorKind, IssueRequest, MemoryVault, Secret, SessionProvider, Vault,
    VaultItem, VaultKey,
};

use crate::scene::session;

/// Answers everything with one text.
#[derive(Clone, Debug)]
struct Answers(u16, String);

/// The configuration of a host whose every call is answered so.
pub(crate) fn answered(status: u16, text: impl Into<String>) -> SdkConfig {
    let region = aws_types::region::Region::new("eu-west-1");
    SdkConfig::builder().region(region).http_client(Answers(status, text.into())).build()
}

impl HttpClient for Answers {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Answers {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let Self(status, text) = self.clone();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(
            StatusCode::try_from(status).unwrap(),
            SdkBody::from(text),
        )))
    }
}

async fn failure(status: u16, text: impl Into<String>) -> Error {
    let vault = MemoryVault::new();
    let key =
        AccessKey::new(AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE").unwrap(), Secret::new("secret")).unwrap();
    vault.put(&VaultKey::new(session("alice"), VaultItem::AccessKey), &key.to_record()).await.unwrap();
    let provider = GetSessionToken::new(Sts::from_sdk_config(&answered(status, text)).unwrap());
    let alice = session("alice");
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
    provider.issue(&IssueRequest::new(&alice, now, &vault)).await.unwrap_err()
}

/// An error as the Query protocol puts it.
fn refusal(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>{message}</Message></Error><RequestId>0</RequestId></ErrorResponse>"
    )
}

#[tokio::test]
async fn what_aws_names_is_told_by_its_name() {
    let mfa = "MultiFactorAuthentication failed with invalid MFA one time pass code.";
    let policy = "User is not authorized: the policy asks for MultiFactorAuthentication to be present";
    for (status, code, message, kind) in [
        (403, "AccessDenied", mfa, ErrorKind::MfaRefused),
        (403, "AccessDenied", policy, ErrorKind::AccessDenied),
        (
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            ErrorKind::AccessDenied,
        ),
        (403, "ExpiredToken", "The security token included in the request is expired", ErrorKind::Expired),
        (400, "ExpiredTokenException", "", ErrorKind::Expired),
        (403, "RequestExpired", "", ErrorKind::ClockSkew),
        (403, "RequestInTheFuture", "", ErrorKind::ClockSkew),
        (403, "RequestTimeTooSkewed", "", ErrorKind::ClockSkew),
        (
            403,
            "SignatureDoesNotMatch",
            "Signature expired: 20300317T174640Z is now earlier",
            ErrorKind::ClockSkew,
        ),
        (403, "SignatureDoesNotMatch", "Signature not yet current: 20300317T174640Z", ErrorKind::ClockSkew),
        (403, "SignatureDoesNotMatch", "The request signature does not match", ErrorKind::AccessDenied),
        (400, "RequestTimeout", "", ErrorKind::Service),
        (400, "RequestTimeoutException", "", ErrorKind::Service),
        (400, "PriorRequestNotComplete", "", ErrorKind::Throttled),
        (400, "Throttling", "Rate exceeded", ErrorKind::Throttled),
        (400, "RequestLimitExceeded", "", ErrorKind::Throttled),
        (503, "SlowDown", "", ErrorKind::Throttled),
        (429, "SomethingElse", "", ErrorKind::Throttled),
        (
            400,
            "ValidationError",
            "DurationSeconds exceeds the 1 hour limit for role chaining",
            ErrorKind::RoleChainingLimit,
        ),
        (
            400,
            "ValidationError",
            "Member must have value less than or equal to 129600",
            ErrorKind::InvalidInput,
        ),
        (500, "InternalFailure", "", ErrorKind::Service),
        (503, "ServiceUnavailable", "", ErrorKind::Service),
    ] {
        let error = failure(status, refusal(code, message)).await;
        assert_eq!(error.kind(), kind, "{code} ({status}): {message}");
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(cause.starts_with(&format!("{code} ({status})")), "{cause}");
    }
}

/// AWS puts a name on what it refuses. A captive portal and a proxy do not, and may let the next request through.
#[tokio::test]
async fn what_nobody_names_may_pass() {
    for (status, kind) in [
        (400, ErrorKind::Service),
        (401, ErrorKind::Service),
        (403, ErrorKind::Service),
        (407, ErrorKind::Service),
        (429, ErrorKind::Throttled),
        (502, ErrorKind::Service),
    ] {
        for text in ["", "<html><body>Please log in</body></html>", "{\"message\":\"denied\"}"] {
            let error = failure(status, text).await;
            assert_eq!(error.kind(), kind, "{status}: {text}");
            assert!(error.is_retryable());
        }
    }
}

#[tokio::test]
async fn a_success_that_is_none_is_said_to_be_none() {
    let cut = "<GetSessionTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetSessionTokenResult>";
    let empty = format!("{cut}</GetSessionTokenResult></GetSessionTokenResponse>");
    for text in ["", "<html><body>Please log in</body></html>", cut, &empty] {
        let error = failure(200, text).await;
        assert_eq!(error.kind(), ErrorKind::Service, "{text}");
        assert!(error.to_string().contains("`alice`"), "{error}");
    }
}
