//! Requests that nobody would send: each gets a whole answer.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use http::header::{HeaderName, HeaderValue};
use http::{Method, Uri};
use hyper::body::Bytes;
use leapp_core::AccountId;
use proptest::collection::vec;
use proptest::prelude::*;

#[cfg(feature = "serve")]
use super::WorldFile;
use super::fault::Delivery;
use super::{FakeAws, RoleSpec};
use crate::cases::times_as_many;
use crate::clock::ManualClock;

/// A world with one of each, and the id of its access key.
fn world() -> (FakeAws, String) {
    let aws = FakeAws::new(Arc::new(ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000))));
    let account = AccountId::parse("111122223333").unwrap();
    let alice = aws.add_user(&account, "alice");
    let key = aws.add_access_key(&alice);
    aws.add_mfa_device(&alice);
    aws.add_role(RoleSpec::new(&account, "Deploy"));
    (aws, key.access_key_id().as_str().to_owned())
}

fn any_method() -> impl Strategy<Value = Method> {
    prop_oneof![
        3 => Just(Method::POST),
        2 => Just(Method::GET),
        1 => "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}".prop_map(|name| Method::from_bytes(name.as_bytes()).unwrap()),
    ]
}

fn any_path() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] =
        &["/", "/token", "/device_authorization", "/client/register", "/federation/credentials"];
    prop_oneof![3 => prop::sample::select(KNOWN).prop_map(str::to_owned), 1 => "/[ -~]{0,40}"]
}

fn any_header() -> impl Strategy<Value = (String, Vec<u8>)> {
    const KNOWN: &[&str] =
        &["authorization", "x-amz-date", "x-amz-security-token", "host", "content-type", "x-amz-target"];
    let name =
        prop_oneof![4 => prop::sample::select(KNOWN).prop_map(str::to_owned), 1 => "[a-z][a-z0-9-]{0,20}"];
    let value = prop_oneof![
        "[ -~]{0,60}".prop_map(String::into_bytes),
        vec(prop_oneof![Just(9_u8), 32..=126_u8, 128..=255_u8], 0..60),
        Just(b"20231114T221320Z".to_vec()),
        any_authorization().prop_map(String::into_bytes),
    ];
    (name, value)
}

/// Nearly right, with the key that exists in place of `KEY`.
fn any_authorization() -> impl Strategy<Value = String> {
    let part = || prop_oneof!["[ -~]{0,12}", Just("20231114".to_owned()), Just("us-east-1".to_owned())];
    (part(), part(), "sts|sso|[a-z]{0,5}", "[a-z;-]{0,30}|host|host;x-amz-date", "[0-9a-f]{0,64}").prop_map(
        |(date, region, service, headers, signature)| {
            format!(
                "AWS4-HMAC-SHA256 Credential=KEY/{date}/{region}/{service}/aws4_request, \
                 SignedHeaders={headers}, Signature={signature}"
            )
        },
    )
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let action = "AssumeRole|GetSessionToken|GetCallerIdentity|AssumeRoleWithSAML|[A-Za-z]{0,70}";
    let name = "RoleArn|RoleSessionName|DurationSeconds|SerialNumber|TokenCode|Policy|ExternalId|SourceIdentity|\
                Tags\\.member\\.[0-9]{1,11}\\.(Key|Value)|TransitiveTagKeys\\.member\\.[0-9]|PolicyArns\\.member\\.1\\.arn";
    let form =
        (action, vec((name, "[ -~]{0,40}|\\PC{0,10}|-?[0-9]{1,20}"), 0..12)).prop_map(|(action, rest)| {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.append_pair("Action", &action).append_pair("Version", "2011-06-15").extend_pairs(rest);
            form.finish().into_bytes()
        });
    prop_oneof![3 => form, 1 => vec(any::<u8>(), 0..400), 1 => "[{\\[\"a-z:0-9,\\]}]{0,200}".prop_map(String::into_bytes)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(times_as_many(256)) })]

    #[test]
    fn every_request_gets_a_whole_answer(
        method in any_method(),
        path in any_path(),
        query in "[ -~]{0,60}",
        headers in vec(any_header(), 0..8),
        body in any_body(),
    ) {
        let (aws, key) = world();
        let mut request = http::Request::new(Bytes::from(body));
        *request.method_mut() = method;
        if let Ok(uri) = format!("{path}?{query}").parse::<Uri>() {
            *request.uri_mut() = uri;
        }
        for (name, value) in headers {
            let value = String::from_utf8(value.clone()).map_or(value, |text| text.replace("KEY", &key).into_bytes());
            let Ok(value) = HeaderValue::from_bytes(&value) else { continue };
            request.headers_mut().append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value);
        }

        let Delivery::Answer { response, .. } = aws.handle(&request) else { panic!("no answer") };

        let status = response.status();
        prop_assert!(status.is_success() || status.is_redirection() || status.is_client_error(), "{status}");
        prop_assert!(response.headers().contains_key("x-amzn-requestid"));
        prop_assert!(response.headers().contains_key("date"));
        prop_assert!(response.headers().contains_key("content-type"));
        prop_assert_eq!(aws.requests().len(), 1);
    }

    #[test]
    #[cfg(feature = "serve")]
    fn any_text_is_a_world_or_an_error_of_one_line(
        lines in vec(
            "clock_offset = -?[0-9]{1,12}|\\[\\[(account|user|role|fault)\\]\\]|(id|account) = '[0-9]{11,12}'|\
             name = '[a-z/ ]{0,9}'|trusts = \\['[0-9]{12}'\\]|access_key = \\[\\{\\}\\]|[ -~]{0,30}|\\PC{0,10}",
            0..12,
        ),
    ) {
        if let Err(error) = WorldFile::parse("w", &lines.join("\n")) {
            let error = error.to_string();
            prop_assert!(error.starts_with("w, line ") && !error.contains('\n'), "{error}");
        }
    }
}
