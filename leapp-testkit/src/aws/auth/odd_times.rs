//! Times that nobody signs at, with a key that exists: the signing key of every one of them is derived.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use http::StatusCode;
use hyper::body::Bytes;
use leapp_core::AccountId;

use crate::aws::FakeAws;
use crate::aws::fault::Delivery;
use crate::clock::ManualClock;

const OPERATION: &str = "Action=GetCallerIdentity&Version=2011-06-15";

fn status(aws: &FakeAws, request: http::Request<Bytes>) -> StatusCode {
    match aws.handle(&request) {
        Delivery::Answer { response, .. } => response.status(),
        other => panic!("{other:?}"),
    }
}

/// The same in the header and in the query.
fn requests(access_key_id: &str, date: &str) -> [http::Request<Bytes>; 2] {
    let day = date.get(..8).unwrap_or(date);
    let credential = format!("{access_key_id}/{day}/us-east-1/sts/aws4_request");
    let header =
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, Signature=00");
    let with_header = http::Request::post("/").header("authorization", header).header("x-amz-date", date);
    let query = form_urlencoded::Serializer::new(OPERATION.to_owned())
        .append_pair("X-Amz-Algorithm", "AWS4-HMAC-SHA256")
        .append_pair("X-Amz-Credential", &credential)
        .append_pair("X-Amz-Date", date)
        .append_pair("X-Amz-Expires", "604800")
        .append_pair("X-Amz-SignedHeaders", "host")
        .append_pair("X-Amz-Signature", "00")
        .finish();
    let with_query = http::Request::get(format!("/?{query}"));
    [with_header.body(Bytes::from_static(OPERATION.as_bytes())), with_query.body(Bytes::new())]
        .map(Result::unwrap)
}

#[test]
fn odd_times_are_refused() {
    let far = UNIX_EPOCH + Duration::from_secs(253_402_300_799);
    for now in [UNIX_EPOCH, UNIX_EPOCH + Duration::from_secs(1_700_000_000), far] {
        let aws = FakeAws::new(Arc::new(ManualClock::new(now)));
        let alice = aws.add_user(&AccountId::parse("111122223333").unwrap(), "alice");
        let key = aws.add_access_key(&alice);
        for date in [
            "00000101T000000Z",
            "00010101T000000Z",
            "-0010101T000000Z",
            "+1970101T000000Z",
            "19691231T235959Z",
            "20231114T235960Z",
            "20230229T000000Z",
            "99991231T235959Z",
            "99991231T240000Z",
            "20231114",
            "",
        ] {
            for request in requests(key.access_key_id().as_str(), date) {
                let status = status(&aws, request);
                assert!(
                    [StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN].contains(&status),
                    "{date}: {status}"
                );
            }
        }
    }
}
