//! One call of IAM's Query API: a form, signed; a document, or a refusal.
//!
//! Four operations do not pay for aws-sdk-iam, whose one crate compiles nearly as long as all of feature `aws`.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_types::timeout::TimeoutConfig;
use form_urlencoded::Serializer;
use roxmltree::{Document, Node};
use zeroize::Zeroizing;

use super::{Iam, answers};
use crate::aws::refusal;
use crate::aws::sts::{Signer, unlogged};
use crate::{Error, ErrorKind, SessionId};

const VERSION: &str = "2010-05-08";
const CONTENT_TYPE: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
/// Time for the whole call.
pub(in crate::aws) const CALL: Duration = Duration::from_secs(20);

/// Who calls, for which session, and when.
#[derive(Clone, Copy, Debug)]
pub(in crate::aws) struct Caller<'a> {
    pub(in crate::aws) session: &'a SessionId,
    pub(in crate::aws) signer: Signer<'a>,
    pub(in crate::aws) now: SystemTime,
}

/// What was read of an answer.
pub(super) struct Answer<T> {
    pub(super) value: T,
    /// When IAM gave it, by its own clock, where it said so.
    pub(super) at: Option<SystemTime>,
}

/// A document, which may hold a secret.
pub(super) struct Reply {
    document: Zeroizing<Vec<u8>>,
    at: Option<SystemTime>,
}

/// What IAM said no with.
#[derive(Debug)]
struct Refused(ErrorMetadata);

impl Iam {
    /// Makes one call, and reads its document from its root on, which says what it is the answer to.
    pub(super) async fn call<T>(
        &self,
        action: &'static str,
        parameters: &[(&str, &str)],
        caller: Caller<'_>,
        read: impl FnOnce(Node<'_, '_>) -> Option<T>,
    ) -> Result<Answer<T>, Error> {
        let (session, endpoint) = (caller.session, self.endpoint()?);
        let Some(credentials) = caller.signer.credentials() else {
            return Err(Error::new(ErrorKind::InvalidInput, format!("{action} needs credentials")));
        };
        let mut form = Serializer::new(String::new());
        let form = form.append_pair("Action", action).append_pair("Version", VERSION);
        let form = form.extend_pairs(parameters).finish();
        let region = self.partition.global_region();
        let request =
            signed(&endpoint, region, &form, &credentials.into(), caller.now).map_err(|source| {
                let message = format!("{action} for session `{session}` could not be signed");
                Error::new(ErrorKind::InvalidInput, message).with_source(source)
            })?;
        let operation = Operation::builder()
            .service_name("iam")
            .operation_name(action)
            .http_client(self.http.clone())
            .endpoint_url(&endpoint)
            .no_auth()
            .no_retry()
            .timeout_config(TimeoutConfig::builder().operation_timeout(CALL).build())
            .serializer(|request: Signed| Ok(request.0))
            .deserializer::<Reply, Refused>(reply)
            .build();
        let reply = unlogged(operation.invoke(Signed(request))).await;
        let reply = reply.map_err(|failure| refusal::error(action, session, &failure))?;
        let document = std::str::from_utf8(&reply.document).ok();
        let document = document.and_then(|text| Document::parse(text).ok());
        let root = document.as_ref().map(Document::root_element);
        let root = root.filter(|root| root.tag_name().name().strip_suffix("Response") == Some(action));
        let value = root.and_then(read).ok_or_else(|| {
            let message = format!("{action} for session `{session}` got an answer that is not one");
            Error::new(ErrorKind::Service, message)
        })?;
        Ok(Answer { value, at: reply.at })
    }
}

/// A request whose headers must not show in a debug line.
struct Signed(HttpRequest);

fn signed(
    endpoint: &str,
    region: &str,
    form: &str,
    identity: &Identity,
    now: SystemTime,
) -> Result<HttpRequest, BoxError> {
    let parameters = v4::SigningParams::builder()
        .identity(identity)
        .region(region)
        .name("iam")
        .time(now)
        .settings(SigningSettings::default())
        .build()?
        .into();
    let url = format!("{endpoint}/");
    let body = SignableBody::Bytes(form.as_bytes());
    let signable = SignableRequest::new("POST", url.as_str(), [CONTENT_TYPE].into_iter(), body)?;
    let (instructions, _) = sign(signable, &parameters)?.into_parts();
    // The path alone: the host is the endpoint's.
    let mut request = http::Request::post("/").header(CONTENT_TYPE.0, CONTENT_TYPE.1);
    for (name, value) in instructions.headers() {
        request = request.header(name, value);
    }
    Ok(HttpRequest::try_from(request.body(SdkBody::from(form))?)?)
}

fn reply(response: &HttpResponse) -> Result<Reply, OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        let at =
            response.headers().get("date").and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        let at = at.and_then(|date| SystemTime::try_from(date).ok());
        return Ok(Reply { document: Zeroizing::new(body.to_vec()), at });
    }
    let mut metadata = ErrorMetadata::builder();
    if let Some((code, message)) = std::str::from_utf8(body).ok().and_then(answers::refusal) {
        metadata = metadata.code(code).message(message);
    }
    Err(OrchestratorError::operation(Refused(metadata.build())))
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signed(redacted)")
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply(redacted)")
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IAM refused with {}", self.0.code().unwrap_or("no error code"))
    }
}

impl std::error::Error for Refused {}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}
