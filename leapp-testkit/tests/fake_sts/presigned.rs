//! Addresses signed in advance, as Kubernetes on AWS uses them.

use std::time::{Duration, SystemTime};

use aws_sdk_sts::config::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::lab::{Lab, long_lived};

const QUERY: &str = "/?Action=GetCallerIdentity&Version=2011-06-15";

/// The path and query of an address signed for `GET`.
fn presign(lab: &Lab, credentials: Credentials, at: SystemTime, lasts: Duration) -> String {
    presign_for("GET", lab, credentials, at, lasts)
}

fn presign_for(method: &str, lab: &Lab, credentials: Credentials, at: SystemTime, lasts: Duration) -> String {
    let identity = credentials.into();
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(lasts);
    let params = v4::SigningParams::builder().identity(&identity).region("eu-west-1").name("sts");
    let params = params.time(at).settings(settings).build().unwrap().into();
    let url = format!("{}{QUERY}", lab.server.as_ref().unwrap().endpoint_url());
    let signable = SignableRequest::new(method, &url, std::iter::empty(), SignableBody::Bytes(b"")).unwrap();
    let (instructions, _) = sign(signable, &params).unwrap().into_parts();
    let added = instructions.params().iter().map(|(name, value)| {
        let value = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
        format!("&{name}={value}")
    });
    format!("{QUERY}{}", added.collect::<String>())
}

/// What the server answers to a `GET` with these headers.
async fn get(lab: &Lab, target: &str, headers: &str) -> String {
    ask(lab, "GET", target, headers).await
}

async fn ask(lab: &Lab, method: &str, target: &str, headers: &str) -> String {
    let url = lab.server.as_ref().unwrap().endpoint_url();
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn has(answer: &str, status: &str, words: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    assert!(answer.contains(words), "{answer}");
}

#[tokio::test]
async fn an_address_signed_in_advance_serves_until_it_expires() {
    let lab = Lab::on_loopback().await;
    let target = presign(&lab, long_lived(&lab.key), lab.now(), Duration::from_secs(900));
    has(&get(&lab, &target, "").await, "200", "user/alice");
    lab.clock.advance(Duration::from_secs(900));
    has(&get(&lab, &target, "").await, "200", "user/alice");
    lab.clock.advance(Duration::from_secs(1));
    has(&get(&lab, &target, "").await, "403", "Signature expired");
    assert_eq!(lab.aws.requests()[0].access_key_id(), Some(lab.key.access_key_id()));
}

/// `POST` is the method of every operation in the API's model, and what botocore signs unless told.
#[tokio::test]
async fn an_address_signed_for_a_post_serves_a_post() {
    let lab = Lab::on_loopback().await;
    let target = presign_for("POST", &lab, long_lived(&lab.key), lab.now(), Duration::from_secs(60));
    has(&ask(&lab, "POST", &target, "content-length: 0\r\n").await, "200", "user/alice");
    has(&get(&lab, &target, "").await, "403", "SignatureDoesNotMatch");
}

#[tokio::test]
async fn an_address_serves_a_quarter_of_an_hour_whatever_it_says() {
    for seconds in [60, 7 * 86_400] {
        let lab = Lab::on_loopback().await;
        let target = presign(&lab, long_lived(&lab.key), lab.now(), Duration::from_secs(seconds));
        lab.clock.advance(Duration::from_secs(900));
        has(&get(&lab, &target, "").await, "200", "user/alice");
        lab.clock.advance(Duration::from_secs(1));
        has(&get(&lab, &target, "").await, "403", "- 15 min.)");
    }
}

#[tokio::test]
async fn an_address_of_a_session_carries_its_token() {
    let lab = Lab::on_loopback().await;
    let set = lab.client().get_session_token().send().await.unwrap().credentials;
    let set = crate::lab::temporary(set.as_ref());
    let target = presign(&lab, set, lab.now(), Duration::from_secs(60));
    has(&get(&lab, &target, "").await, "200", "user/alice");
    let parameters = target.split('&').filter(|parameter| !parameter.starts_with("X-Amz-Security-Token="));
    let without = parameters.collect::<Vec<_>>().join("&");
    assert_ne!(without, target);
    has(&get(&lab, &without, "").await, "403", "InvalidClientTokenId");
}

#[tokio::test]
async fn an_address_that_was_changed_or_signed_for_too_long_is_refused() {
    let lab = Lab::on_loopback().await;
    let target = presign(&lab, long_lived(&lab.key), lab.now(), Duration::from_secs(60));
    let longer = target.replace("X-Amz-Expires=60", "X-Amz-Expires=61");
    has(&get(&lab, &longer, "").await, "403", "SignatureDoesNotMatch");
    let more = format!("{target}&DurationSeconds=900");
    has(&get(&lab, &more, "").await, "403", "SignatureDoesNotMatch");
    let for_ever = target.replace("X-Amz-Expires=60", "X-Amz-Expires=604801");
    has(&get(&lab, &for_ever, "").await, "400", "X-Amz-Expires");
    let early =
        presign(&lab, long_lived(&lab.key), lab.now() + Duration::from_secs(301), Duration::from_secs(60));
    has(&get(&lab, &early, "").await, "403", "Signature not yet current");
}

#[tokio::test]
async fn a_request_is_signed_in_one_place() {
    let lab = Lab::on_loopback().await;
    let target = presign(&lab, long_lived(&lab.key), lab.now(), Duration::from_secs(60));
    has(&get(&lab, &target, "authorization: AWS4-HMAC-SHA256 x\r\n").await, "400", "not in both");
}
