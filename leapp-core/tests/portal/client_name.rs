//! The name under which a client asks to be let in: what the person reads on the portal's page.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use leapp_core::ErrorKind;
use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::aws::PortalLogin;

use crate::scene::{CODE, START_URL, Scene, id, sso};

#[tokio::test]
async fn the_client_is_called_leapp_unless_the_host_names_it() {
    for flow in [DeviceCode, CODE] {
        for named in [None, Some("Accounts of the company, by Alice's tool \u{2014} \u{1f511}")] {
            let scene = Scene::new();
            let wire = Overheard::over(scene.aws.http_client());
            let portal = PortalLogin::new(sso(wire.client()), id("company"), START_URL).unwrap();
            let portal = match named {
                Some(name) => portal.with_client_name(name).unwrap(),
                None => portal,
            };
            scene.log_in(&portal, flow).await.unwrap();
            assert_eq!(wire.client_names(), [named.unwrap_or("leapp")], "{flow:?}");
        }
    }
}

#[tokio::test]
async fn a_client_name_is_one_line_of_256_bytes_at_most() {
    let scene = Scene::new();
    let longest = "n".repeat(256);
    for name in ["n", &longest] {
        scene.portal().with_client_name(name).unwrap();
    }
    for name in ["", &format!("{longest}n"), &"\u{e4}".repeat(129), "two\nlines", "a\u{1b}[2J", "a\0"] {
        let error = scene.portal().with_client_name(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name:?}");
        assert!(!error.to_string().chars().any(char::is_control), "{error:?} writes to the terminal itself");
    }
}

/// A client that remembers what was sent through it.
#[derive(Clone)]
struct Overheard {
    inner: SharedHttpClient,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Overheard {
    fn over(inner: SharedHttpClient) -> Self {
        Self { inner, sent: Arc::default() }
    }

    fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// The names that clients were registered with.
    fn client_names(&self) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        let said = sent.iter().filter_map(|body| serde_json::from_str::<serde_json::Value>(body).ok());
        said.filter_map(|body| body["clientName"].as_str().map(str::to_owned)).collect()
    }
}

impl HttpClient for Overheard {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Listening { connector, sent: self.sent.clone() })
    }
}

struct Listening {
    connector: SharedHttpConnector,
    sent: Arc<Mutex<Vec<String>>>,
}

impl HttpConnector for Listening {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if let Some(body) = request.body().bytes() {
            self.sent.lock().unwrap().push(String::from_utf8_lossy(body).into_owned());
        }
        self.connector.call(request)
    }
}

impl fmt::Debug for Overheard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Overheard")
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listening")
    }
}
