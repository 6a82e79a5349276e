//! An HTTP client that can be shut: nothing gets through, as when the network is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

#[derive(Clone, Debug, Default)]
pub(crate) struct Valve(Arc<AtomicBool>);

#[derive(Debug)]
struct Client {
    valve: Valve,
    inner: SharedHttpClient,
}

#[derive(Debug)]
struct Connector {
    valve: Valve,
    inner: SharedHttpConnector,
}

impl Valve {
    pub(crate) fn shut(&self, shut: bool) {
        self.0.store(shut, Ordering::SeqCst);
    }

    /// Puts the valve on a client.
    pub(crate) fn on(&self, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Client { valve: self.clone(), inner })
    }
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { valve: self.valve.clone(), inner })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if self.valve.0.load(Ordering::SeqCst) {
            return HttpConnectorFuture::ready(Err(ConnectorError::io("the network is cut off".into())));
        }
        self.inner.call(request)
    }
}
