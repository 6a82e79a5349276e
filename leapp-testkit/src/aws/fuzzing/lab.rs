//! A world with one of each, and the questions that are put to it.
#![expect(clippy::expect_used, clippy::panic, reason = "a fuzz target stops at what must not be")]

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use hyper::body::Bytes;
use leapp_core::AccountId;

use crate::aws::fault::Delivery;
use crate::aws::{FakeAws, RoleSpec};
use crate::clock::ManualClock;

pub(in crate::aws) struct Lab {
    pub(in crate::aws) aws: FakeAws,
    pub(in crate::aws) account: AccountId,
    pub(super) access_key_id: String,
}

/// It stands still, so an input does the same in every run.
pub(in crate::aws) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000)))
}

/// Puts what is known only when the world is made in the place of its name.
pub(in crate::aws) fn fill<'v>(text: &str, values: impl IntoIterator<Item = (&'v str, &'v str)>) -> String {
    values.into_iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// A `POST` of the query protocol.
pub(in crate::aws) fn form_request(parameters: &[(&str, &str)]) -> Request<Bytes> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Version", "2011-06-15").extend_pairs(parameters);
    asking("POST", "/", form.finish().into_bytes().into())
}

/// A request whose method and address are right, or else `POST /`.
pub(super) fn asking(method: &str, target: &str, body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap_or(Method::POST);
    *request.uri_mut() = target.parse::<Uri>().unwrap_or_default();
    request
}

/// A header that is none is left out.
pub(super) fn add_header(request: &mut Request<Bytes>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
        request.headers_mut().append(name, value);
    }
}

/// The fake AWS gave what was asked for.
pub(in crate::aws) fn is_believed(response: &Response<Bytes>) -> bool {
    response.status().is_success()
}

impl Lab {
    pub(in crate::aws) fn new() -> Self {
        let aws = FakeAws::new(clock());
        let account = AccountId::parse("111122223333").expect("twelve digits");
        let alice = aws.add_user(&account, "alice");
        let key = aws.add_access_key(&alice);
        aws.add_mfa_device(&alice);
        aws.add_role(RoleSpec::new(&account, "Deploy"));
        Self { aws, account, access_key_id: key.access_key_id().as_str().to_owned() }
    }

    /// The answer, which has to be a whole one.
    pub(in crate::aws) fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let Delivery::Answer { response, .. } = self.aws.handle(request) else { panic!("no answer") };
        assert!(response.status().as_u16() < 500, "{}", response.status());
        assert!(response.headers().contains_key("x-amzn-requestid"));
        response
    }
}
