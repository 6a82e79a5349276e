//! What goes over the wire to sign-in: an HTTP client that notes the addresses it is given.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// Method and address of each request.
pub(crate) type Addresses = Arc<Mutex<Vec<String>>>;

#[derive(Debug)]
pub(crate) struct Noting {
    pub(crate) client: SharedHttpClient,
    pub(crate) addresses: Addresses,
}

#[derive(Debug)]
struct Connector {
    behind: SharedHttpConnector,
    addresses: Addresses,
}

impl HttpClient for Noting {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let behind = self.client.http_connector(settings, components);
        SharedHttpConnector::new(Connector { behind, addresses: self.addresses.clone() })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.addresses.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
        self.behind.call(request)
    }
}
