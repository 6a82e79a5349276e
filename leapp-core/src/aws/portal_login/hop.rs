//! One step from a company's address towards AWS's: the head of an answer, and nothing of its body.

use std::time::Duration;

use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::context;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::ser_de::DeserializeResponse;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::Error;
use crate::aws::refusal::{self, NoError};
use crate::aws::sts::unlogged;

/// Time for the whole call.
const CALL: Duration = Duration::from_secs(10);

/// What a host answers.
#[derive(Debug)]
pub(super) struct Hop {
    pub(super) status: u16,
    pub(super) location: Option<String>,
}

/// Asks a host over HTTPS. Nothing is sent along.
pub(super) async fn ask(
    http: &SharedHttpClient,
    method: http::Method,
    authority: &str,
    target: &str,
) -> Result<Hop, Error> {
    let operation = Operation::builder()
        .service_name("start-url")
        .operation_name("resolve")
        .http_client(http.clone())
        .endpoint_url(&format!("https://{authority}"))
        .no_auth()
        .no_retry()
        .timeout_config(TimeoutConfig::builder().operation_timeout(CALL).build())
        .serializer(|(method, target): (http::Method, String)| {
            let request = http::Request::builder().method(method).uri(target).body(SdkBody::empty())?;
            HttpRequest::try_from(request).map_err(Into::into)
        })
        .deserializer_impl::<Hop, NoError>(HeadOnly)
        .build();
    let hop = unlogged(operation.invoke((method, target.to_owned()))).await;
    hop.map_err(|failure| refusal::of(&format!("a request to {authority}"), &failure, |kind| kind))
}

/// The body of an answer may have no end.
#[derive(Debug)]
struct HeadOnly;

impl DeserializeResponse for HeadOnly {
    fn deserialize_streaming_with_config(
        &self,
        response: &mut HttpResponse,
        _: &ConfigBag,
    ) -> Option<Result<context::Output, OrchestratorError<context::Error>>> {
        let location = response.headers().get("location").map(str::to_owned);
        Some(Ok(context::Output::erase(Hop { status: response.status().as_u16(), location })))
    }

    fn deserialize_nonstreaming_with_config(
        &self,
        _: &HttpResponse,
        _: &ConfigBag,
    ) -> Result<context::Output, OrchestratorError<context::Error>> {
        Err(OrchestratorError::other("the head of the answer was not looked at"))
    }
}
