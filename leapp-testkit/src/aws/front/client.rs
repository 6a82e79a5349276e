//! The front inside the process.

use std::future::pending;
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
use crate::aws::fault::Delivery;

pub(in crate::aws) fn in_process(aws: FakeAws) -> SharedHttpClient {
    SharedHttpClient::new(InProcess(aws))
}

#[derive(Clone, Debug)]
struct InProcess(FakeAws);

impl InProcess {
    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let body = request.body().bytes().map(Bytes::copy_from_slice);
        let body = body.ok_or_else(|| ConnectorError::user("the fake AWS takes no streaming body".into()))?;
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let response = match self.0.handle(&request.map(|_| body)) {
            Delivery::Answer { response, after } => {
                if !after.is_zero() {
                    self.0.clock.sleep(after).await;
                }
                response
            }
            Delivery::Cut { .. } => {
                return Err(broken(io::ErrorKind::UnexpectedEof, "the fake AWS cut its answer short"));
            }
            Delivery::Dropped => {
                return Err(broken(io::ErrorKind::ConnectionReset, "the fake AWS dropped the connection"));
            }
            Delivery::OutOfReach => {
                return Err(broken(io::ErrorKind::NetworkUnreachable, "the fake AWS is out of reach"));
            }
            Delivery::Silence => pending().await,
        };
        HttpResponse::try_from(response.map(SdkBody::from))
            .map_err(|error| ConnectorError::user(error.into()))
    }
}

fn broken(kind: io::ErrorKind, message: &'static str) -> ConnectorError {
    ConnectorError::io(io::Error::new(kind, message).into())
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().answer(request))
    }
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
