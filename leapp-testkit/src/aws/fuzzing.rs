//! Doors for the fuzz targets. Not part of the stable interface.
#![expect(clippy::expect_used, clippy::panic, reason = "a fuzz target stops at what must not be")]

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderName, HeaderValue, Method, Request, Uri};
use hyper::body::Bytes;
use leapp_core::AccountId;

use super::fault::Delivery;
use super::form::Form;
use super::{FakeAws, RoleSpec};
use crate::clock::ManualClock;

/// A world with one of each, and the id of its access key.
fn world() -> (FakeAws, String) {
    let aws = FakeAws::new(clock());
    let account = AccountId::parse("111122223333").expect("twelve digits");
    let alice = aws.add_user(&account, "alice");
    let key = aws.add_access_key(&alice);
    aws.add_mfa_device(&alice);
    aws.add_role(RoleSpec::new(&account, "Deploy"));
    (aws, key.access_key_id().as_str().to_owned())
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000)))
}

pub fn authorization(text: &str) {
    let (aws, key) = world();
    let (authorization, date) = text.split_once('\n').unwrap_or((text, "20231114T221320Z"));
    let body = Bytes::from_static(b"Action=GetCallerIdentity&Version=2011-06-15");
    let mut request = Request::new(body);
    *request.method_mut() = Method::POST;
    add_header(&mut request, "authorization", &authorization.replace("KEY", &key));
    add_header(&mut request, "x-amz-date", date);
    add_header(&mut request, "host", "sts.us-east-1.amazonaws.com");
    assert_answered(&aws, &request);
}

pub fn form(body: &[u8]) {
    let form = Form::parse(body);
    for list in ["Tags", "PolicyArns", ""] {
        let members = form.members(list);
        assert!(members.iter().all(|name| name.starts_with(list)));
    }
}

pub fn request(bytes: &[u8]) {
    let (aws, key) = world();
    let split = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or(bytes.len());
    let (head, body) = bytes.split_at(split);
    let head = String::from_utf8_lossy(head).replace("KEY", &key);
    let mut lines = head.lines();
    let (method, uri) = lines.next().and_then(|line| line.split_once(' ')).unwrap_or(("POST", "/"));
    let mut request = Request::new(Bytes::copy_from_slice(body.get(2..).unwrap_or_default()));
    *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap_or(Method::POST);
    *request.uri_mut() = uri.parse::<Uri>().unwrap_or_default();
    for (name, value) in lines.take(90).filter_map(|line| line.split_once(": ")) {
        add_header(&mut request, name, value);
    }
    assert_answered(&aws, &request);
}

#[cfg(feature = "serve")]
pub fn world_file(text: &str) {
    match super::WorldFile::parse("w", text) {
        Ok(file) => drop(file.make(clock())),
        Err(error) => {
            let error = error.to_string();
            assert!(error.starts_with("w, line "), "{error}");
        }
    }
}

fn add_header(request: &mut Request<Bytes>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
        request.headers_mut().append(name, value);
    }
}

fn assert_answered(aws: &FakeAws, request: &Request<Bytes>) {
    let Delivery::Answer { response, .. } = aws.handle(request) else { panic!("no answer") };
    assert!(response.status().as_u16() < 500, "{}", response.status());
    assert!(response.headers().contains_key("x-amzn-requestid"));
}
