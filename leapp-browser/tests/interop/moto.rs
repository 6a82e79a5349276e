//! A session from a login page to credentials with nothing of ours in between but what is tested: NanoIDP lets alice
//! in, and moto is STS.
//!
//! Unlike AWS, moto believes any response. But it reads it: role, session name and duration are what it found there.
//! It can read one role only, where there are several it fails.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_types::SdkConfig;
use leapp_core::aws::{AssumeRoleWithSaml, Sts};
use leapp_core::{Clock, Leapp, MemoryVault, Session, SessionId, Started, SystemClock};

use crate::nanoidp::{self, offline};
use crate::person::alice;
use crate::server::{Server, installed};

/// The only one whose sessions moto finds again.
const ACCOUNT: &str = "123456789012";
const ALICE: &str = "arn:aws:sts::123456789012:assumed-role/Dev/alice@example.com";
const A_MINUTE: Duration = Duration::from_secs(60);
const TWO_HOURS: Duration = Duration::from_secs(7200);
const REGION: Region = Region::from_static("eu-west-1");

fn start() -> Server {
    let program = installed("LEAPP_INTEROP_VENV").join("bin/moto_server");
    Server::start(tempfile::tempdir().unwrap(), &program, &["-H", "127.0.0.1", "-p", "0"], &[])
}

fn plain_http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

/// Whose an access key is, says moto.
async fn owner(moto: &Server, credentials: Credentials) -> String {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(REGION)
        .endpoint_url(&moto.origin)
        .retry_config(RetryConfig::disabled())
        .credentials_provider(credentials)
        .http_client(plain_http());
    let caller = aws_sdk_sts::Client::from_conf(config.build()).get_caller_identity().send().await.unwrap();
    caller.arn().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_login_at_one_opens_a_session_at_the_other() {
    let (idp, moto) = (nanoidp::Idp::start(ACCOUNT, &["Dev"]), start());
    let config = SdkConfig::builder().region(REGION).endpoint_url(&moto.origin).http_client(plain_http());
    let sts = Sts::from_sdk_config(&config.build()).unwrap();
    // It names no role, and asks for an hour: the response knows better.
    let federated = AssumeRoleWithSaml::new(sts, idp.login_url("urn:amazon:webservices"));
    let leapp = Leapp::builder(MemoryVault::new()).with_responder(alice(offline())).build().unwrap();
    let corp = SessionId::parse("corp").unwrap();
    leapp.add(Session::new(corp.clone(), federated)).await.unwrap();

    let started = leapp.start(&corp).await.unwrap();

    assert!(matches!(started, Started::Active), "{started:?}");
    let set = leapp.credentials(&corp).unwrap().current().await.unwrap();
    let [id, secret, token] =
        [set.access_key_id().as_str(), set.secret_access_key().expose(), set.session_token().expose()];
    let hers = Credentials::new(id, secret, Some(token.to_owned()), None, "leapp");
    assert_eq!(owner(&moto, hers).await, ALICE);
    assert_eq!(set.metadata().arn.as_deref(), Some(ALICE));
    let left = set.remaining_at(SystemClock::new().now());
    assert!((TWO_HOURS - A_MINUTE..=TWO_HOURS).contains(&left), "{left:?}");

    let anybodys = Credentials::new("AKIAIOSFODNN7EXAMPLE", secret, None, None, "anybody");
    assert_ne!(owner(&moto, anybodys).await, ALICE);
}
