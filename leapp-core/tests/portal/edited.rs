//! The fake AWS with its answers changed, for what it never says by itself.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

type Edit = dyn Fn(String) -> String + Send + Sync;

/// A client that hands every answer to `edit`.
pub(crate) fn edited(
    inner: SharedHttpClient,
    edit: impl Fn(String) -> String + Send + Sync + 'static,
) -> SharedHttpClient {
    SharedHttpClient::new(Edited { inner, edit: Arc::new(edit) })
}

/// Renames the refresh token in every answer, so that nobody finds it.
pub(crate) fn without_refresh_token(inner: SharedHttpClient) -> SharedHttpClient {
    edited(inner, |answer| answer.replace("\"refreshToken\"", "\"notARefreshToken\""))
}

#[derive(Clone)]
struct Edited {
    inner: SharedHttpClient,
    edit: Arc<Edit>,
}

impl HttpClient for Edited {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { connector, edit: self.edit.clone() })
    }
}

struct Connector {
    connector: SharedHttpConnector,
    edit: Arc<Edit>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (answer, edit) = (self.connector.call(request), self.edit.clone());
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| match body.bytes().and_then(|bytes| std::str::from_utf8(bytes).ok()) {
                Some(text) => SdkBody::from(edit(text.to_owned())),
                None => body,
            }))
        })
    }
}

impl fmt::Debug for Edited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Edited")
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}
