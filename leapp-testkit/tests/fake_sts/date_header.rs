//! The time of a signature in a `Date` header, as signers write it that have no `X-Amz-Date`.

use std::time::{Duration, SystemTime};

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use data_encoding::HEXLOWER;
use http::Uri;
use leapp_core::AccessKey;
use sha2::{Digest, Sha256};

use crate::lab::{Lab, Tamper};
use crate::refusal::assert_refused;

const SIGNED_HEADERS: &str = "content-type;date;host";

/// `Tue, 14 Nov 2023 22:13:20 GMT`
fn http_date(time: SystemTime) -> String {
    DateTime::from(time).fmt(Format::HttpDate).unwrap()
}

/// `20231114T221320Z`
fn basic(time: SystemTime) -> String {
    DateTime::from(time).fmt(Format::DateTime).unwrap().replace(['-', ':'], "")
}

/// Signs as of a time that stands in no other header than `Date`.
fn sign_by_date(request: &mut HttpRequest, key: &AccessKey, time: SystemTime, date: &str) {
    for name in ["x-amz-date", "authorization"] {
        request.headers_mut().remove(name);
    }
    let host = request.uri().parse::<Uri>().unwrap().authority().unwrap().to_string();
    request.headers_mut().insert("date", date.to_owned());
    let content_type = request.headers().get("content-type").unwrap();
    let hash = |bytes: &[u8]| HEXLOWER.encode(&Sha256::digest(bytes));
    let payload = hash(request.body().bytes().unwrap());
    let canonical = format!(
        "POST\n/\n\ncontent-type:{content_type}\ndate:{date}\nhost:{host}\n\n{SIGNED_HEADERS}\n{payload}"
    );
    let basic = basic(time);
    let scope = format!("{}/eu-west-1/sts/aws4_request", &basic[..8]);
    let text = format!("AWS4-HMAC-SHA256\n{basic}\n{scope}\n{}", hash(canonical.as_bytes()));
    let signing_key = generate_signing_key(key.secret_access_key().expose(), time, "eu-west-1", "sts");
    let signature = calculate_signature(signing_key, text.as_bytes());
    let credential = format!("{}/{scope}", key.access_key_id().as_str());
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={SIGNED_HEADERS}, Signature={signature}"
    );
    request.headers_mut().insert("authorization", authorization);
}

/// Alice asks who she is, signed by a `Date` and then changed.
macro_rules! send {
    ($lab:ident, $time:expr, $date:expr, $change:expr) => {{
        let (key, time, date) = ($lab.key.clone(), $time, $date);
        let change: fn(&mut HttpRequest) = $change;
        let sign = move |request: &mut HttpRequest| {
            sign_by_date(request, &key, time, &date);
            change(request);
        };
        $lab.client().get_caller_identity().customize().interceptor(Tamper(Box::new(sign))).send().await
    }};
}

on_both_fronts! {
    async fn a_date_header_serves_in_place_of_x_amz_date(lab) {
        let now = lab.now();

        for date in [http_date(now), http_date(now).replace("GMT", "-0000"), basic(now)] {
            println!("{date}");
            let identity = send!(lab, now, date, |_| ()).unwrap();
            assert_eq!(identity.arn(), Some("arn:aws:iam::111122223333:user/alice"));
        }
    }

    async fn a_date_header_is_signed_like_any_other(lab) {
        let later = |request: &mut HttpRequest| {
            let date = request.headers().get("date").unwrap().replace(":20 ", ":21 ");
            request.headers_mut().insert("date", date);
        };

        let result = send!(lab, lab.now(), http_date(lab.now()), later);

        assert_refused(result, "SignatureDoesNotMatch", 403, "does not match the signature you provided");
    }

    async fn x_amz_date_goes_before_a_date_header(lab) {
        let both = |request: &mut HttpRequest| {
            request.headers_mut().insert("x-amz-date", "20231114T221321Z");
        };

        let result = send!(lab, lab.now(), http_date(lab.now()), both);

        assert_refused(result, "SignatureDoesNotMatch", 403, "does not match the signature you provided");
    }

    async fn a_date_header_may_be_off_by_five_minutes(lab) {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        let second = Duration::from_secs(1);

        for time in [lab.now() - minutes(5), lab.now() + minutes(5)] {
            send!(lab, time, http_date(time), |_| ()).unwrap();
        }
        for (time, words) in [
            (lab.now() - minutes(5) - second, "Signature expired: 20231114T220819Z is now earlier"),
            (lab.now() + minutes(5) + second, "Signature not yet current: 20231114T221821Z is still later"),
        ] {
            assert_refused(send!(lab, time, http_date(time), |_| ()), "SignatureDoesNotMatch", 403, words);
        }
    }

    async fn a_date_header_that_is_no_time_is_refused(lab) {
        for date in ["Tue, 14 Nov 2023 22:13:20 +0100", "Tuesday", "2023-11-14T22:13:20Z"] {
            let result = send!(lab, lab.now(), date.to_owned(), |_| ());
            assert_refused(result, "IncompleteSignature", 400, "basic format");
        }
    }
}
