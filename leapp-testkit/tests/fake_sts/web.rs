//! What a browser or a small HTTP client asks, through either front.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

use crate::lab::{Lab, Tamper};

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) cookie: Option<String>,
    pub(crate) body: String,
}

impl Page {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }

    /// Fails unless the page says no with this status and these words.
    #[track_caller]
    pub(crate) fn assert_refused(&self, status: u16, words: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.body.contains(words), "{self:?}, not {words:?}");
        assert_eq!((&self.location, &self.cookie), (&None, &None));
    }
}

pub(crate) async fn get(lab: &Lab, host: &str, target: &str) -> Page {
    send(lab, "GET", host, target, "").await
}

/// The SDK's client carries the request, which is made from nothing: neither address nor signature is the SDK's.
pub(crate) async fn send(lab: &Lab, method: &'static str, host: &str, target: &str, body: &str) -> Page {
    let address = match &lab.server {
        Some(server) => format!("{}{target}", server.endpoint_url()),
        None => format!("https://{host}{target}"),
    };
    let (host, body) = (host.to_owned(), body.to_owned());
    let make = move |request: &mut HttpRequest| {
        let mut made = HttpRequest::new(SdkBody::from(body.as_str()));
        made.set_method(method).unwrap();
        made.set_uri(address.as_str()).unwrap();
        made.headers_mut().insert("host", host.clone());
        made.headers_mut().insert("content-length", body.len().to_string());
        *request = made;
    };
    let error = lab
        .client()
        .get_caller_identity()
        .customize()
        .interceptor(Tamper(Box::new(make)))
        .send()
        .await
        .err()
        .unwrap();
    let response = error.raw_response().unwrap();
    let header = |name: &str| response.headers().get(name).map(str::to_owned);
    Page {
        status: response.status().as_u16(),
        location: header("location"),
        cookie: header("set-cookie"),
        body: String::from_utf8(response.body().bytes().unwrap().to_vec()).unwrap(),
    }
}
