//! `getSigninToken`: the one call, by POST.

use std::fmt;
use std::time::Duration;

use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::timeout::TimeoutConfig;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::aws::refusal::{self, NoError};
use crate::aws::sts::unlogged;
use crate::{Error, ErrorKind, Secret, SessionCredentials};

const ACTION: &str = "getSigninToken";
/// Time for the whole call.
const CALL: Duration = Duration::from_secs(20);

/// What the request says of the credentials; the names are sign-in's own.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Session<'a> {
    session_id: &'a str,
    session_key: &'a str,
    session_token: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    signin_token: String,
}

/// A status, and what came with it.
struct Reply {
    status: u16,
    body: Zeroizing<Vec<u8>>,
}

/// A request's body, which must not show in a debug line.
struct Form(Zeroizing<String>);

/// Exchanges credentials for a sign-in token.
pub(super) async fn signin_token(
    http: &SharedHttpClient,
    endpoint: &str,
    set: &SessionCredentials,
    duration: Option<Duration>,
) -> Result<Secret, Error> {
    let operation = Operation::builder()
        .service_name("signin")
        .operation_name(ACTION)
        .http_client(http.clone())
        .endpoint_url(endpoint)
        .no_auth()
        .no_retry()
        .timeout_config(TimeoutConfig::builder().operation_timeout(CALL).build())
        .serializer(|form: Form| {
            HttpRequest::try_from(
                http::Request::post(super::PATH)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(SdkBody::from(form.0.as_str()))?,
            )
            .map_err(Into::into)
        })
        .deserializer::<Reply, NoError>(|response: &HttpResponse| {
            let body = response.body().bytes().unwrap_or_default().to_vec();
            Ok(Reply { status: response.status().as_u16(), body: Zeroizing::new(body) })
        })
        .build();
    let what = format!("{ACTION} with {}", set.access_key_id());
    let reply = unlogged(operation.invoke(form(set, duration)?)).await;
    let reply = reply.map_err(|failure| refusal::of(&what, &failure, |kind| kind))?;
    reply.read(&what)
}

impl Reply {
    fn read(self, what: &str) -> Result<Secret, Error> {
        let kind = match self.status {
            200 => {
                let document: Document = serde_json::from_slice(&self.body).map_err(|error| {
                    // Its line and column; not its text, which holds the token.
                    let place = format!("at line {} column {}", error.line(), error.column());
                    Error::new(ErrorKind::Service, format!("{what} got an answer that is not one, {place}"))
                })?;
                return Ok(Secret::new(document.signin_token));
            }
            429 => ErrorKind::Throttled,
            // Sign-in gives no reason. What was asked for has been looked at before.
            400..=499 => ErrorKind::AccessDenied,
            _ => ErrorKind::Service,
        };
        Err(Error::new(kind, format!("{what} was refused with status {}", self.status)))
    }
}

fn form(set: &SessionCredentials, duration: Option<Duration>) -> Result<Form, Error> {
    let session = Session {
        session_id: set.access_key_id().as_str(),
        session_key: set.secret_access_key().expose(),
        session_token: set.session_token().expose(),
    };
    // Escaped, a character takes six bytes at most; at full size at once, no half-grown copy is left behind.
    let lengths = [session.session_id, session.session_key, session.session_token].map(str::len);
    let mut json = Zeroizing::new(Vec::with_capacity(6 * lengths.iter().sum::<usize>() + 64));
    let cannot = |error: Box<dyn std::error::Error + Send + Sync>| {
        Error::new(ErrorKind::InvalidInput, "the credentials cannot be sent to sign-in").with_source(error)
    };
    serde_json::to_writer(&mut *json, &session).map_err(|error| cannot(error.into()))?;
    let json = std::str::from_utf8(&json).map_err(|error| cannot(error.into()))?;
    let mut form = Zeroizing::new(String::with_capacity(3 * json.len() + 96));
    form.push_str("Action=getSigninToken");
    if let Some(duration) = duration {
        push(&mut form, "&SessionDuration=", &duration.as_secs().to_string());
    }
    push(&mut form, "&Session=", json);
    Ok(Form(form))
}

/// Adds a name and a value, the value percent-encoded.
pub(super) fn push(text: &mut String, name: &str, value: &str) {
    text.push_str(name);
    utf8_percent_encode(value, NON_ALPHANUMERIC).for_each(|part| text.push_str(part));
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Form(redacted)")
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, body: _ } = self;
        f.debug_struct("Reply").field("status", status).finish_non_exhaustive()
    }
}
