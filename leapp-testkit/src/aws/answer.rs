//! What a service answers with, before it is put on the wire.

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use hyper::body::Bytes;
use serde_json::Value;

use super::page_policy::PagePolicy;

/// A complete answer.
#[derive(Debug)]
pub(super) struct Answer(Response<Bytes>);

impl Answer {
    pub(super) fn xml(status: StatusCode, document: String) -> Self {
        Self::new(status, "text/xml", document)
    }

    pub(super) fn json(status: StatusCode, document: &Value) -> Self {
        Self::new(status, "application/json", document.to_string())
    }

    /// Text for a program, and for nobody to keep.
    pub(super) fn text(status: StatusCode, text: String) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text).with_header("cache-control", "no-store")
    }

    /// Nothing but the status.
    pub(super) fn empty(status: StatusCode) -> Self {
        let mut answer = Self::new(status, "application/json", String::new());
        answer.0.headers_mut().remove(CONTENT_TYPE);
        answer
    }

    /// A page whose forms lead to this server, and which runs no script.
    pub(super) fn html(status: StatusCode, page: String) -> Self {
        Self::page(status, page, &PagePolicy::default())
    }

    /// A page that needs more of the browser.
    pub(super) fn page(status: StatusCode, page: String, policy: &PagePolicy) -> Self {
        Self::new(status, "text/html; charset=utf-8", page)
            .with_header("cache-control", "no-store")
            .with_header("content-security-policy", &policy.header())
            .with_header("x-frame-options", "DENY")
    }

    /// Sends the browser elsewhere.
    pub(super) fn found(address: &str) -> Self {
        Self::new(StatusCode::FOUND, "text/plain", String::new()).with_header(LOCATION.as_str(), address)
    }

    /// Sends the browser elsewhere, by `GET`.
    pub(super) fn see_other(address: &str) -> Self {
        Self::new(StatusCode::SEE_OTHER, "text/plain", String::new()).with_header(LOCATION.as_str(), address)
    }

    /// A value that cannot stand in a header is left out.
    pub(super) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers_mut().append(HeaderName::from_static(name), value);
        }
        self
    }

    pub(super) fn into_response(self) -> Response<Bytes> {
        self.0
    }

    fn new(status: StatusCode, content_type: &'static str, body: String) -> Self {
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self(response)
    }
}
