//! A request as it came, whichever front it came through.

use std::cell::OnceCell;
use std::time::SystemTime;

use http::Method;
use http::header::HOST;
use http::uri::Scheme;
use hyper::body::Bytes;

use super::form::Form;

/// One request, and what the router knows of it.
pub(super) struct Incoming<'a> {
    pub(super) request: &'a http::Request<Bytes>,
    pub(super) now: SystemTime,
    pub(super) request_id: String,
    query: OnceCell<Form>,
    body_form: OnceCell<Form>,
    parameters: OnceCell<Form>,
}

impl<'a> Incoming<'a> {
    pub(super) fn new(request: &'a http::Request<Bytes>, now: SystemTime, request_id: String) -> Self {
        let (query, body_form, parameters) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { request, now, request_id, query, body_form, parameters }
    }

    pub(super) fn method(&self) -> &Method {
        self.request.method()
    }

    pub(super) fn path(&self) -> &str {
        self.request.uri().path()
    }

    /// The parameters in the address.
    pub(super) fn query(&self) -> &Form {
        self.query.get_or_init(|| Form::parse(self.request.uri().query().unwrap_or_default().as_bytes()))
    }

    /// The parameters in the body.
    pub(super) fn body_form(&self) -> &Form {
        self.body_form.get_or_init(|| Form::parse(self.request.body()))
    }

    /// The parameters of the query protocol: those in the body, and those in the address that the body does not name.
    ///
    /// botocore merges them in this order when it signs an address in advance.
    pub(super) fn parameters(&self) -> &Form {
        if *self.method() == Method::GET {
            return self.query();
        }
        let Some(query) = self.request.uri().query() else { return self.body_form() };
        self.parameters.get_or_init(|| Form::parse_all(&[self.request.body(), query.as_bytes()]))
    }

    /// What a page's form sends: in the body, or in the address of a `GET`.
    pub(super) fn form(&self) -> &Form {
        if *self.method() == Method::GET { self.query() } else { self.body_form() }
    }

    /// A header that is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    /// The host that was asked for: the header's on a connection, the address's inside the process.
    pub(super) fn host(&self) -> &str {
        self.header(HOST.as_str()).or_else(|| self.request.uri().host()).unwrap_or_default()
    }

    /// Where the caller reached the fake: what its own pages link to.
    pub(super) fn origin(&self) -> String {
        let of_connection = self.request.extensions().get::<Scheme>().map(Scheme::as_str);
        let scheme = of_connection.or_else(|| self.request.uri().scheme_str()).unwrap_or("https");
        format!("{scheme}://{}", self.host())
    }
}
