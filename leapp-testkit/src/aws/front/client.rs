//! The front inside the process.

use std::io;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use hyper::body::Bytes;

use crate::aws::FakeAws;
use crate::aws::router::Unanswered;

pub(in crate::aws) fn in_process(aws: FakeAws) -> SharedHttpClient {
    SharedHttpClient::new(InProcess(aws))
}

#[derive(Clone, Debug)]
struct InProcess(FakeAws);

impl InProcess {
    fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body = request.body().bytes().map(Bytes::copy_from_slice);
        let body = body.ok_or_else(|| ConnectorError::user("the fake AWS takes no streaming body".into()))?;
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let response = self.0.handle(&request.map(|_| body)).map_err(|unanswered| {
            let (kind, message) = match unanswered {
                Unanswered::Dropped => {
                    (io::ErrorKind::ConnectionReset, "the fake AWS dropped the connection")
                }
                Unanswered::OutOfReach => (io::ErrorKind::NetworkUnreachable, "the fake AWS is out of reach"),
            };
            ConnectorError::io(io::Error::new(kind, message).into())
        })?;
        HttpResponse::try_from(response.map(SdkBody::from))
            .map_err(|error| ConnectorError::user(error.into()))
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(self.answer(request))
    }
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
