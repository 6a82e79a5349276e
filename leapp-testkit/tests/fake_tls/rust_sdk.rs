//! The AWS SDK for Rust over HTTPS, at AWS's own host names: only their addresses and the port are the server's.

use std::net::{IpAddr, Ipv4Addr};

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region, SharedHttpClient};
use aws_sdk_sts::error::ProvideErrorMetadata;
use aws_sdk_sts::operation::get_caller_identity::{GetCallerIdentityError, GetCallerIdentityOutput};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use leapp_core::{AccessKey, AccountId};
use leapp_testkit::aws::{FakeAws, TlsServer};

use crate::{HOST, START_URL, aws};

const STS: &str = "sts.eu-west-1.amazonaws.com";
const OTHER_REGION: &str = "sts.eu-central-1.amazonaws.com";

type Answer = Result<GetCallerIdentityOutput, SdkError<GetCallerIdentityError, HttpResponse>>;

/// Every name is this machine's.
#[derive(Clone, Debug)]
struct Here;

impl ResolveDns for Here {
    fn resolve_dns<'a>(&'a self, _: &'a str) -> DnsFuture<'a> {
        DnsFuture::ready(Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]))
    }
}

/// A client that trusts this authority alone.
fn https(ca_certificate: &str) -> SharedHttpClient {
    let store = TrustStore::empty().with_pem_certificate(ca_certificate.as_bytes());
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(TlsContext::builder().with_trust_store(store).build().unwrap())
        .build_with_resolver(Here)
}

fn endpoint_url(server: &TlsServer, host: &str) -> String {
    server.endpoint_url().replace("127.0.0.1", host)
}

fn key(aws: &FakeAws) -> AccessKey {
    aws.add_access_key(&aws.add_user(&AccountId::parse("111122223333").unwrap(), "alice"))
}

async fn identity(server: &TlsServer, host: &str, ca_certificate: &str, key: &AccessKey) -> Answer {
    let (id, secret) = (key.access_key_id().as_str(), key.secret_access_key().expose());
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(endpoint_url(server, host))
        .http_client(https(ca_certificate))
        .credentials_provider(Credentials::new(id, secret, None, None, "test"));
    aws_sdk_sts::Client::from_conf(config.build()).get_caller_identity().send().await
}

#[tokio::test]
async fn the_rust_sdk_is_answered_over_https() {
    let aws = aws();
    let key = key(&aws);
    let server = aws.listen_tls(0, &[STS, OTHER_REGION]).await.unwrap();
    let ca = server.ca_certificate();

    for host in [STS, "127.0.0.1"] {
        let answer = identity(&server, host, ca, &key).await.unwrap();
        assert_eq!(answer.arn(), Some("arn:aws:iam::111122223333:user/alice"), "{host}");
    }
    let refused = identity(&server, OTHER_REGION, ca, &key).await.unwrap_err();
    assert_eq!(refused.raw_response().unwrap().status().as_u16(), 403);
    assert_eq!(refused.code(), Some("SignatureDoesNotMatch"), "the name says which Region is asked");
}

#[tokio::test]
async fn the_rust_sdk_sends_nothing_to_whom_it_does_not_trust() {
    let aws = aws();
    let key = key(&aws);
    let (server, other) =
        (aws.listen_tls(0, &[STS]).await.unwrap(), aws.listen_tls(0, &[STS]).await.unwrap());

    for (host, ca) in [(STS, other.ca_certificate()), (OTHER_REGION, server.ca_certificate())] {
        let error = identity(&server, host, ca, &key).await.unwrap_err();
        assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
    }
    assert!(aws.requests().is_empty());
    identity(&server, STS, server.ca_certificate(), &key).await.unwrap();
    assert_eq!(aws.requests().len(), 1);
}

#[tokio::test]
async fn the_rust_sdk_signs_a_person_in_over_https() {
    let aws = aws();
    let server = aws.listen_tls(0, &[HOST]).await.unwrap();
    let config = aws_sdk_ssooidc::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint_url(&server, HOST))
        .http_client(https(server.ca_certificate()));
    let oidc = aws_sdk_ssooidc::Client::from_conf(config.build());
    let client = oidc.register_client().client_name("test").client_type("public").send().await.unwrap();
    let (id, secret) = (client.client_id().unwrap(), client.client_secret().unwrap());
    let start = oidc.start_device_authorization().client_id(id).client_secret(secret).start_url(START_URL);
    let device = start.send().await.unwrap();
    assert!(device.verification_uri().unwrap().starts_with(&format!("https://{HOST}:")));
    aws.approve_device(device.user_code().unwrap(), "alice").unwrap();

    let create = oidc.create_token().client_id(id).client_secret(secret);
    let create = create.grant_type("urn:ietf:params:oauth:grant-type:device_code");
    let token = create.device_code(device.device_code().unwrap()).send().await.unwrap();

    assert!(token.access_token().is_some());
}
