//! Parameters in the address: of a `GET`, and of a `POST` with or without a body.

use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use crate::lab::{Lab, Tamper, long_lived};
use crate::refusal::assert_refused;
use crate::tampering::sign_again;

const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// A request with this method, query and body, in place of the SDK's.
fn put(request: &mut HttpRequest, method: &str, query: &str, body: &'static str) {
    let address = request.uri().trim_end_matches('/').to_owned();
    request.set_uri(format!("{address}/?{query}")).unwrap();
    request.set_method(method).unwrap();
    request.headers_mut().insert("content-length", body.len().to_string());
    *request.body_mut() = SdkBody::from(body);
}

/// What alice gets for it, signed by her and then changed.
macro_rules! send {
    ($lab:ident, $method:expr, $query:expr, $body:expr, $change:expr) => {{
        let (identity, method, query, body) = (long_lived(&$lab.key).into(), $method, $query, $body);
        let change: fn(&mut HttpRequest) = $change;
        let make = move |request: &mut HttpRequest| {
            put(request, method, query, body);
            sign_again(request, &identity, "sts");
            change(request);
        };
        $lab.client().get_caller_identity().customize().interceptor(Tamper(Box::new(make))).send().await
    }};
}

fn is_alice(identity: &GetCallerIdentityOutput) -> bool {
    identity.arn() == Some("arn:aws:iam::111122223333:user/alice")
}

on_both_fronts! {
    async fn parameters_in_the_address_serve(lab) {
        for (method, query, body) in [
            ("GET", IDENTITY, ""),
            ("POST", IDENTITY, ""),
            ("POST", "Version=2011-06-15", "Action=GetCallerIdentity"),
            ("POST", "Action=GetCallerIdentity", "Version=2011-06-15"),
        ] {
            println!("{method} {query} {body}");
            assert!(is_alice(&send!(lab, method, query, body, |_| ()).unwrap()));
        }
    }

    async fn parameters_in_the_address_are_signed(lab) {
        let more = |request: &mut HttpRequest| {
            let address = format!("{}&DurationSeconds=900", request.uri());
            request.set_uri(address).unwrap();
        };

        for method in ["GET", "POST"] {
            let result = send!(lab, method, IDENTITY, "", more);
            assert_refused(result, "SignatureDoesNotMatch", 403, "does not match the signature you provided");
        }
    }

    async fn the_body_goes_before_the_address(lab) {
        let (unknown, known) = ("Action=GetRoles&Version=2011-06-15", IDENTITY);

        assert!(is_alice(&send!(lab, "POST", unknown, known, |_| ()).unwrap()));
        assert_refused(send!(lab, "POST", known, unknown, |_| ()), "InvalidAction", 400, "operation GetRoles");
    }
}
