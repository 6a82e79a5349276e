//! The front over TLS: whom its authority vouches for, and what a page links to.
#![cfg(feature = "tls")]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod rust_sdk;

use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64;
use leapp_core::{AccountId, ErrorKind, Secret, SystemClock};
use leapp_testkit::aws::{FakeAws, IdentityCenterSpec, TlsServer};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const HOST: &str = "oidc.eu-west-1.amazonaws.com";
const START_URL: &str = "https://d-1234567890.awsapps.com/start";

fn aws() -> FakeAws {
    let aws = FakeAws::new(Arc::new(SystemClock::new()));
    let region = leapp_core::Region::parse("eu-west-1").unwrap();
    let account = AccountId::parse("111122223333").unwrap();
    aws.add_user(&account, "alice");
    aws.add_identity_center(IdentityCenterSpec::new(START_URL, &region).with_user("alice", Secret::new("x")));
    aws
}

/// An answer to one request from a client that trusts this authority alone.
async fn ask(server: &TlsServer, ca: &str, host: &str, request: &str) -> Result<String, std::io::Error> {
    let base64: String = ca.lines().filter(|line| !line.starts_with('-')).collect();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(BASE64.decode(base64.as_bytes()).unwrap())).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let connector = TlsConnector::from(Arc::new(config.with_no_client_auth()));
    let stream = TcpStream::connect(server.endpoint_url().replace("https://", "")).await?;
    let mut stream = connector.connect(ServerName::try_from(host.to_owned()).unwrap(), stream).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // The server closes without TLS's own goodbye when it is the client that asked to close.
    let _ = stream.read_to_end(&mut answer).await;
    Ok(String::from_utf8(answer).unwrap())
}

fn post(path: &str, host: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn it_answers_under_its_names_and_under_no_other() {
    let server = aws().listen_tls(0, &[HOST]).await.unwrap();
    let request = post("/client/register", HOST, r#"{"clientName":"test","clientType":"public"}"#);

    for host in [HOST, "127.0.0.1"] {
        let answer = ask(&server, server.ca_certificate(), host, &request).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("clientSecret"), "{answer}");
    }
    let refused = ask(&server, server.ca_certificate(), "sts.amazonaws.com", &request).await.unwrap_err();
    assert!(refused.to_string().contains("not valid for name"), "{refused}");
}

#[tokio::test]
async fn every_server_has_an_authority_of_its_own() {
    let (server, other) = (aws().listen_tls(0, &[]).await.unwrap(), aws().listen_tls(0, &[]).await.unwrap());

    let refused = ask(&server, other.ca_certificate(), "127.0.0.1", "").await.unwrap_err();

    assert!(refused.to_string().contains("invalid peer certificate"), "{refused}");
    assert!(ask(&other, other.ca_certificate(), "127.0.0.1", &post("/", "x", "")).await.is_ok());
}

#[tokio::test]
async fn its_pages_are_at_https_whatever_the_name() {
    let aws = aws();
    let tls = aws.listen_tls(0, &[HOST]).await.unwrap();
    for host in [HOST, "127.0.0.1:4711"] {
        let request = post("/client/register", host, r#"{"clientName":"test","clientType":"public"}"#);
        let client = ask(&tls, tls.ca_certificate(), HOST, &request).await.unwrap();
        let of =
            |name: &str| client.split(&format!("\"{name}\":\"")).nth(1).unwrap().split('"').next().unwrap();
        let (id, secret) = (of("clientId"), of("clientSecret"));
        let body = format!(r#"{{"clientId":"{id}","clientSecret":"{secret}","startUrl":"{START_URL}"}}"#);

        let request = post("/device_authorization", host, &body);
        let answer = ask(&tls, tls.ca_certificate(), HOST, &request).await.unwrap();

        assert!(answer.contains(&format!("\"verificationUri\":\"https://{host}/device\"")), "{answer}");
    }
}

#[tokio::test]
async fn what_does_not_speak_tls_hears_no_http() {
    let server = aws().listen_tls(0, &[]).await.unwrap();
    let mut stream = TcpStream::connect(server.endpoint_url().replace("https://", "")).await.unwrap();
    stream.write_all(post("/", "x", "").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
    let _ = read.unwrap();
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
}

#[tokio::test]
async fn an_outage_and_a_shutdown_close_it() {
    let aws = aws();
    let server = aws.listen_tls(0, &[]).await.unwrap();
    let ca = server.ca_certificate().to_owned();
    aws.outage(true);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(ask(&server, &ca, "127.0.0.1", &post("/", "x", "")).await.is_err());
    aws.outage(false);
    assert!(ask(&server, &ca, "127.0.0.1", &post("/", "x", "")).await.is_ok());
    let address = server.endpoint_url().replace("https://", "");
    server.shutdown().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_name_that_no_certificate_can_have_is_refused() {
    let error = aws().listen_tls(0, &["b\u{fc}cher.example"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
