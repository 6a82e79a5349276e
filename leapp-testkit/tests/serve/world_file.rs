//! What a world file makes.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_sts::Client;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sts::error::ProvideErrorMetadata;
use aws_sdk_sts::types::Tag;
use aws_smithy_async::time::StaticTimeSource;
use leapp_core::{AccessKey, Clock as _};
use leapp_testkit::aws::{MadeWorld, WorldFile};
use leapp_testkit::clock::ManualClock;

const WORLD: &str = r#"
    session_token_size = 1200
    clock_offset = 60

    [[account]]
    id = "111122223333"
    name = "Production"
    [[account]]
    id = "012345678901"
    partition = "aws-us-gov"

    [[user]]
    account = "111122223333"
    name = "alice"
    access_key = [{}, { id = "AKIAIOSFODNN7EXAMPLE", secret = "wJalrXUtnFEMI/made/up" }]
    mfa_device = [{}, { seed = "JBSWY3DPEHPK3PXP" }]
    [[user]]
    account = "012345678901"
    name = "carol"

    [[role]]
    account = "111122223333"
    name = "ops/Deploy"
    trusts = ["arn:aws:iam::111122223333:role/Later", "arn:aws:iam::111122223333:user/alice"]
    external_id = "customer:42"
    requires_mfa = true
    max_session_duration = 7200
    [[role]]
    account = "111122223333"
    name = "Later"
    trusts = ["arn:aws:iam::999999999999:root", "888888888888"]
"#;

fn clock() -> ManualClock {
    ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000))
}

fn make(text: &str) -> MadeWorld {
    WorldFile::parse("world.toml", text).unwrap().make(Arc::new(clock()))
}

fn client(made: &MadeWorld, key: &AccessKey) -> Client {
    let (id, secret) = (key.access_key_id().as_str(), key.secret_access_key().expose());
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .retry_config(RetryConfig::disabled())
        .time_source(StaticTimeSource::new(clock().now()))
        .http_client(made.aws.http_client())
        .credentials_provider(Credentials::new(id, secret, None, None, "test"));
    Client::from_conf(config.build())
}

#[tokio::test]
async fn everything_in_it_is_there() {
    let made = make(WORLD);
    let alice = &made.users[0];
    assert_eq!(alice.arn.as_str(), "arn:aws:iam::111122223333:user/alice");
    assert_eq!(made.users[1].arn.as_str(), "arn:aws-us-gov:iam::012345678901:user/carol");
    assert_eq!(made.accounts[0].1.as_deref(), Some("Production"));
    assert_eq!(alice.access_keys[1].access_key_id().as_str(), "AKIAIOSFODNN7EXAMPLE");
    assert_eq!(alice.mfa_devices[1].seed().expose(), "JBSWY3DPEHPK3PXP");
    assert_eq!(alice.mfa_devices[1].serial_number().as_str(), "arn:aws:iam::111122223333:mfa/alice-2");

    for (key, device) in alice.access_keys.iter().zip(&alice.mfa_devices) {
        let now = clock().now() + Duration::from_secs(60);
        let call = client(&made, key).assume_role().role_arn(made.roles[0].as_str());
        let call = call.role_session_name("session").external_id("customer:42").duration_seconds(7200);
        let denied = call.clone().send().await.unwrap_err();
        assert_eq!(denied.code(), Some("AccessDenied"), "without MFA");
        let call = call.serial_number(device.serial_number().as_str());
        let call = call.token_code(device.code_at(now).expose());
        let too_long = call.clone().duration_seconds(7201).send().await.unwrap_err();
        assert_eq!(too_long.code(), Some("ValidationError"));

        let set = call.send().await.unwrap().credentials.unwrap();

        assert_eq!(set.session_token().len(), 1200);
        assert_eq!(set.expiration().secs(), 1_700_000_060 + 7200, "the service is a minute ahead");
    }
}

#[tokio::test]
async fn a_role_that_trusts_others_does_not_trust_alice() {
    let made = make(WORLD);
    let call = client(&made, &made.users[0].access_keys[0]).assume_role().role_session_name("session");
    let denied = call.role_arn(made.roles[1].as_str()).send().await.unwrap_err();
    assert_eq!(denied.code(), Some("AccessDenied"));
}

#[tokio::test]
async fn a_role_has_its_terms() {
    let made = make(&format!(
        "{WORLD}
        [[role]]
        account = '111122223333'
        name = 'Own'
        source_identities = ['alice', 'ops-*']
        tag_keys = ['Project']
    "
    ));
    let call = client(&made, &made.users[0].access_keys[0]).assume_role().role_session_name("session");
    let call = call.role_arn(made.roles[2].as_str());
    let tag = |key: &str| Tag::builder().key(key).value("1").build().unwrap();

    for call in [
        call.clone(),
        call.clone().source_identity("bob"),
        call.clone().source_identity("alice").tags(tag("Cost")),
    ] {
        assert_eq!(call.send().await.unwrap_err().code(), Some("AccessDenied"));
    }
    call.source_identity("ops-1").tags(tag("Project")).send().await.unwrap();
}

#[tokio::test]
async fn faults_come_as_written() {
    let faults = "
        [[fault]]
        kind = 'Unavailable'
        action = 'AssumeRole'
        [[fault]]
        kind = 'ServerError'
        times = 2
        [random_faults]
        seed = 1
        percent = 100
        faults = [{ kind = 'Throttle' }]
    ";
    let made = make(&format!("{WORLD}{faults}"));
    let client = client(&made, &made.users[0].access_keys[0]);

    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(client.get_caller_identity().send().await.unwrap_err().code().map(str::to_owned));
    }

    assert_eq!(codes, ["InternalFailure", "InternalFailure", "Throttling"].map(|code| Some(code.to_owned())));
    let call = client.assume_role().role_arn(made.roles[0].as_str()).role_session_name("session");
    assert_eq!(call.send().await.unwrap_err().code(), Some("ServiceUnavailable"));
}

#[test]
fn an_empty_file_is_an_empty_world() {
    let made = make("");
    assert!(made.accounts.is_empty() && made.users.is_empty() && made.roles.is_empty());
}

#[test]
fn the_same_file_makes_the_same_world() {
    let ids = || make(WORLD).users[0].access_keys[0].access_key_id().clone();
    assert_eq!(ids(), ids());
}

#[test]
fn nothing_of_it_tells_a_secret() {
    let file = WorldFile::parse("world.toml", WORLD).unwrap();
    let shown = format!("{file:?} {:?}", file.make(Arc::new(clock())));
    for secret in ["wJalrXUtnFEMI/made/up", "JBSWY3DPEHPK3PXP"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
