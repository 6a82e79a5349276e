//! The fake AWS as a provider's harness needs it: it gives the expiration and the secrets that the harness planted.

use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;

/// The secret access key of every set that the service gives.
pub(crate) const SECRET_ACCESS_KEY: &str = "hunter2-hunter2/planted+secret/access+key";
/// The session token of every set that the service gives.
pub(crate) const SESSION_TOKEN: &str = "hunter2-hunter2//planted+session+token+in+base64//==";

/// An HTTP client that changes the answers of another one.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    inner: SharedHttpClient,
    expiration: Arc<Mutex<Option<SystemTime>>>,
}

impl Service {
    pub(crate) fn over(inner: SharedHttpClient) -> Self {
        Self { inner, expiration: Arc::default() }
    }

    pub(crate) fn expire_at(&self, expiration: SystemTime) {
        *self.expiration.lock().unwrap() = Some(expiration);
    }
}

impl HttpClient for Service {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { connector, expiration: self.expiration.clone() })
    }
}

#[derive(Debug)]
struct Connector {
    connector: SharedHttpConnector,
    expiration: Arc<Mutex<Option<SystemTime>>>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.connector.call(request);
        let expiration = *self.expiration.lock().unwrap();
        HttpConnectorFuture::new(async move { answer.await.map(|answer| edited(answer, expiration)) })
    }
}

fn edited(answer: HttpResponse, expiration: Option<SystemTime>) -> HttpResponse {
    answer.map(|body| {
        let text = std::str::from_utf8(body.bytes().unwrap()).unwrap().to_owned();
        let text = replace(text, "SecretAccessKey", SECRET_ACCESS_KEY);
        let text = replace(text, "SessionToken", SESSION_TOKEN);
        let text = replace_in_json(text, "secretAccessKey", &format!("{SECRET_ACCESS_KEY:?}"));
        let text = replace_in_json(text, "sessionToken", &format!("{SESSION_TOKEN:?}"));
        SdkBody::from(match expiration.map(DateTime::from) {
            None => text,
            Some(time) => {
                let text = replace(text, "Expiration", &time.fmt(Format::DateTime).unwrap());
                replace_in_json(text, "expiration", &time.to_millis().unwrap().to_string())
            }
        })
    })
}

/// Puts another text into an element, if the document has it.
fn replace(text: String, element: &str, content: &str) -> String {
    let (opening, closing) = (format!("<{element}>"), format!("</{element}>"));
    match (text.find(&opening), text.find(&closing)) {
        (Some(begin), Some(end)) => format!("{}{opening}{content}{}", &text[..begin], &text[end..]),
        _ => text,
    }
}

/// Puts another value under a name, if the document has it; what is replaced holds no comma and no brace.
fn replace_in_json(text: String, name: &str, value: &str) -> String {
    let opening = format!("\"{name}\":");
    let Some(begin) = text.find(&opening).map(|at| at + opening.len()) else { return text };
    let length = text[begin..].find([',', '}']).unwrap();
    format!("{}{value}{}", &text[..begin], &text[begin + length..])
}
