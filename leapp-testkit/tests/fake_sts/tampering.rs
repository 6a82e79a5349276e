//! The verifier verifies: whatever is changed after signing is noticed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use crate::lab::{Lab, Tamper, long_lived, temporary};
use crate::refusal::assert_refused;

type Change = fn(&mut HttpRequest);

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided.";

fn replace(request: &mut HttpRequest, header: &'static str, from: &str, to: &str) {
    let value = request.headers().get(header).unwrap();
    assert!(value.contains(from), "{header}: {value} has no {from}");
    let value = value.replacen(from, to, 1);
    request.headers_mut().insert(header, value);
}

fn in_authorization(request: &mut HttpRequest, from: &str, to: &str) {
    replace(request, "authorization", from, to);
}

const CHANGES: [(&str, Change, &str); 19] = [
    (
        "one digit of the signature",
        |request| {
            let header = request.headers().get("authorization").unwrap().to_owned();
            let flipped = if header.ends_with('0') { '1' } else { '0' };
            let kept = &header[..header.len() - 1];
            request.headers_mut().insert("authorization", format!("{kept}{flipped}"));
        },
        MISMATCH,
    ),
    (
        "no signature at all",
        |request| {
            let header = request.headers().get("authorization").unwrap().to_owned();
            let kept = header.split("Signature=").next().unwrap();
            request.headers_mut().insert("authorization", format!("{kept}Signature="));
        },
        MISMATCH,
    ),
    (
        "a signed header is gone",
        |request| {
            request.headers_mut().remove("x-amz-user-agent").unwrap();
        },
        MISMATCH,
    ),
    (
        "a signed header is another",
        |request| {
            request.headers_mut().insert("x-amz-user-agent", "another");
        },
        MISMATCH,
    ),
    (
        "a signed header came twice",
        |request| {
            request.headers_mut().append("x-amz-user-agent", "another");
        },
        MISMATCH,
    ),
    (
        "the body, at the same length",
        |request| {
            let body = std::str::from_utf8(request.body().bytes().unwrap()).unwrap();
            let changed = body.replace("session", "Session");
            assert_ne!(changed, body);
            *request.body_mut() = SdkBody::from(changed);
        },
        MISMATCH,
    ),
    ("the method", |request| request.set_method("PUT").unwrap(), MISMATCH),
    (
        "the path",
        |request| {
            let uri = request.uri().trim_end_matches('/').to_owned();
            request.set_uri(format!("{uri}/other")).unwrap();
        },
        MISMATCH,
    ),
    (
        "the query",
        |request| {
            let uri = request.uri().to_owned();
            request.set_uri(format!("{uri}?a=b")).unwrap();
        },
        MISMATCH,
    ),
    (
        "the Region of the scope",
        |request| {
            in_authorization(request, "/eu-west-1/", "/eu-west-2/");
        },
        "",
    ),
    (
        "the service of the scope",
        |request| in_authorization(request, "/sts/", "/iam/"),
        "scoped to correct service: 'sts'",
    ),
    (
        "the day of the scope",
        |request| {
            in_authorization(request, "/20231114/", "/20231113/");
        },
        "Date in Credential scope does not match YYYYMMDD",
    ),
    (
        "the end of the scope",
        |request| {
            in_authorization(request, "/aws4_request", "/aws5_request");
        },
        "valid terminator: 'aws4_request'",
    ),
    ("the time", |request| replace(request, "x-amz-date", "T221320Z", "T221321Z"), MISMATCH),
    (
        "the host is not signed",
        |request| {
            in_authorization(request, ";host;", ";");
        },
        "'Host' or ':authority' must be a 'SignedHeader'",
    ),
    (
        "the time is not signed",
        |request| {
            in_authorization(request, "x-amz-date;", "");
        },
        MISMATCH,
    ),
    (
        "the signed headers in another order",
        |request| {
            in_authorization(request, "content-length;content-type;", "content-type;content-length;");
        },
        MISMATCH,
    ),
    (
        "a signed header is listed twice",
        |request| {
            in_authorization(request, ";host;", ";host;host;");
        },
        MISMATCH,
    ),
    (
        "the session token is not signed",
        |request| {
            in_authorization(request, "x-amz-security-token;", "");
        },
        MISMATCH,
    ),
];

const ILL_FORMED: [(&str, Change, &str); 5] = [
    (
        "another algorithm",
        |request| {
            in_authorization(request, "AWS4-HMAC-SHA256", "AWS3-HMAC-SHA256");
        },
        "Unsupported AWS 'algorithm'",
    ),
    ("no credential", |request| in_authorization(request, "Credential=", "C="), "requires 'Credential'"),
    ("a short scope", |request| in_authorization(request, "/sts", ""), "exactly 5 slash-delimited"),
    (
        "no time",
        |request| {
            request.headers_mut().remove("x-amz-date").unwrap();
        },
        "requires existence of either a 'X-Amz-Date'",
    ),
    (
        "a time in words",
        |request| {
            request.headers_mut().insert("x-amz-date", "20231114 at noon");
        },
        "basic format",
    ),
];

/// Alice's session calls `AssumeRole`, changed on its way.
macro_rules! send {
    ($lab:ident, $client:ident, $role:ident, $change:expr) => {
        $client
            .assume_role()
            .role_arn($role.as_str())
            .role_session_name("session")
            .customize()
            .interceptor(Tamper(Box::new($change)))
            .send()
            .await
    };
}

on_both_fronts! {
    async fn every_change_is_refused(lab) {
        let role = lab.role("Deploy");
        let set = lab.client().get_session_token().send().await.unwrap();
        let client = lab.client_of(temporary(set.credentials()));

        send!(lab, client, role, |_| ()).unwrap();
        for (name, change, words) in CHANGES {
            println!("{name}");
            assert_refused(send!(lab, client, role, change), "SignatureDoesNotMatch", 403, words);
        }
        send!(lab, client, role, |_| ()).unwrap();
    }

    async fn an_ill_formed_authorization_is_refused(lab) {
        let role = lab.role("Deploy");
        let client = lab.client();

        for (name, change, words) in ILL_FORMED {
            println!("{name}");
            assert_refused(send!(lab, client, role, change), "IncompleteSignature", 400, words);
        }
    }

    async fn a_session_token_cannot_be_left_out(lab) {
        let role = lab.role("Deploy");
        let set = lab.client().get_session_token().send().await.unwrap();
        let client = lab.client_of(temporary(set.credentials()));
        let change = |request: &mut HttpRequest| {
            request.headers_mut().remove("x-amz-security-token").unwrap();
        };

        assert_refused(send!(lab, client, role, change), "InvalidClientTokenId", 403, "");
    }

    async fn another_users_key_id_is_refused(lab) {
        let role = lab.role("Deploy");
        let bob = lab.aws.add_access_key(&lab.aws.add_user(&lab.account, "bob"));
        let client = lab.client();
        let (from, to) = (lab.key.access_key_id().clone(), bob.access_key_id().clone());
        let change = move |request: &mut HttpRequest| in_authorization(request, from.as_str(), to.as_str());

        assert_refused(send!(lab, client, role, change), "SignatureDoesNotMatch", 403, "");
    }

    async fn an_address_with_parameters_is_verified_too(lab) {
        let identity = long_lived(&lab.key).into();
        let address = |request: &mut HttpRequest| {
            let uri = format!("{}?Action=GetCallerIdentity&Version=2011-06-15", request.uri());
            request.set_uri(uri).unwrap();
            request.set_method("GET").unwrap();
            request.headers_mut().insert("content-length", "0");
            *request.body_mut() = SdkBody::empty();
        };
        let unsigned = lab.client().get_caller_identity().customize().interceptor(Tamper(Box::new(address)));
        assert_refused(unsigned.send().await, "SignatureDoesNotMatch", 403, MISMATCH);

        let signed = move |request: &mut HttpRequest| {
            address(request);
            sign_again(request, &identity, "sts");
        };
        let signed = lab.client().get_caller_identity().customize().interceptor(Tamper(Box::new(signed)));
        assert_eq!(signed.send().await.unwrap().account(), Some("111122223333"));
    }

    async fn a_right_signature_for_another_service_is_refused(lab) {
        let role = lab.role("Deploy");
        let client = lab.client();

        for (service, expected) in [("sts", None), ("s3", Some("correct service: 'sts'"))] {
            let identity = long_lived(&lab.key).into();
            let change = move |request: &mut HttpRequest| sign_again(request, &identity, service);
            match (send!(lab, client, role, change), expected) {
                (result, Some(words)) => assert_refused(result, "SignatureDoesNotMatch", 403, words),
                (result, None) => drop(result.unwrap()),
            }
        }
    }
}

#[tokio::test]
async fn every_byte_of_the_authorization_counts() {
    let lab = Lab::in_process();
    let client = lab.client();
    let length = Arc::new(AtomicUsize::new(usize::MAX));

    for at in 0.. {
        let seen = length.clone();
        let change = move |request: &mut HttpRequest| {
            let mut header = request.headers().get("authorization").unwrap().as_bytes().to_vec();
            seen.store(header.len(), Ordering::Relaxed);
            if let Some(byte) = header.get_mut(at) {
                *byte = b'~';
            }
            request.headers_mut().insert("authorization", String::from_utf8(header).unwrap());
        };
        let call = client.get_caller_identity().customize().interceptor(Tamper(Box::new(change)));
        match call.send().await {
            Err(error) => assert!(error.as_service_error().is_some(), "{at}: {error:?}"),
            Ok(_) => {
                assert_eq!(at, length.load(Ordering::Relaxed), "a changed byte was taken");
                break;
            }
        }
    }
}

/// Signs a request as it is by now.
pub(crate) fn sign_again(
    request: &mut HttpRequest,
    identity: &aws_smithy_runtime_api::client::identity::Identity,
    service: &str,
) {
    let parameters = v4::SigningParams::builder()
        .identity(identity)
        .region("eu-west-1")
        .name(service)
        .time(UNIX_EPOCH + Duration::from_secs(1_700_000_000))
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let headers = [("content-type", request.headers().get("content-type").unwrap())];
    let body = SignableBody::Bytes(request.body().bytes().unwrap());
    let signable =
        SignableRequest::new(request.method(), request.uri().to_owned(), headers.into_iter(), body).unwrap();
    let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
    for (name, value) in instructions.headers() {
        request.headers_mut().insert(name.to_owned(), value.to_owned());
    }
}
