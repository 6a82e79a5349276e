//! Where IAM is called.

use std::sync::Arc;
use std::time::Duration;

use aws_types::SdkConfig;
use leapp_core::aws::{AccessKeyRotation, EndpointSettings, Iam, Sts};
use leapp_core::{Clock, ErrorKind, SystemClock, Vault, VaultItem};
use leapp_testkit::aws::FakeAws;
use leapp_testkit::clock::AcceleratedClock;

use crate::scene::{Scene, alice, held, place};

fn config(region: &'static str) -> aws_types::sdk_config::Builder {
    SdkConfig::builder().region(aws_types::region::Region::from_static(region))
}

/// Over HTTP, each service at the address that the environment has for it, and with the machine's time.
#[tokio::test]
async fn the_environment_says_where_iam_is() {
    let clock = SystemClock::new();
    let aws = FakeAws::new(Arc::new(clock.clone()));
    let account = leapp_core::AccountId::parse("111122223333").unwrap();
    let key = aws.add_access_key(&aws.add_user(&account, "team/alice"));
    let vault = Arc::new(leapp_core::MemoryVault::new());
    vault.put(&place(VaultItem::AccessKey), &key.to_record()).await.unwrap();
    let server = aws.listen().await.unwrap();
    let variable = |name: &str| {
        ["AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL_STS"].contains(&name).then(|| server.endpoint_url())
    };
    let settings = EndpointSettings::read(variable, |_| None, |_, _| None).unwrap();
    let config = config("eu-west-1").http_client(aws_smithy_http_client::Builder::new().build_http()).build();
    let iam = Iam::from_sdk_config(&config).unwrap().with_endpoint_settings(&settings);
    let sts = Sts::from_sdk_config(&config).unwrap().with_endpoint_settings(&settings).unwrap();

    let rotation = AccessKeyRotation::new(iam, sts, alice(), vault.clone())
        .with_clock(Arc::new(AcceleratedClock::new(clock.clone(), 100)))
        .with_grace(Duration::ZERO);
    let rotated = rotation.rotate().await.unwrap();

    assert_eq!(held(&*vault).await.access_key_id(), &rotated.new);
    let status = rotation.status().await.unwrap();
    assert_eq!(status.user_arn, "arn:aws:iam::111122223333:user/team/alice");
    assert_eq!(status.keys.len(), 1);
    assert!(status.keys[0].create_date <= clock.now(), "in the time of AWS");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_a_partition_does_not_have_is_unsupported() {
    let scene = Scene::new().await;
    for (region, iam, kind) in [
        ("eu-west-1", Iam::with_fips as fn(Iam) -> Iam, None),
        ("eu-west-1", Iam::with_dual_stack, None),
        ("us-iso-east-1", Iam::with_dual_stack, Some(ErrorKind::Unsupported)),
        ("eusc-de-east-1", Iam::with_fips, Some(ErrorKind::Unsupported)),
    ] {
        let config = config(region).http_client(scene.aws.http_client()).build();
        let iam = iam(Iam::from_sdk_config(&config).unwrap());
        let shown = format!("{iam:?}");
        // STS is the user's own, and IAM that of another partition: its calls are not even made.
        let rotation = AccessKeyRotation::new(iam, scene.sts(), alice(), scene.vault.clone())
            .with_clock(Arc::new(scene.clock.clone()));
        let outcome = scene.run(rotation.status()).await;
        match kind {
            None => drop(outcome.unwrap()),
            Some(_) => assert_eq!(outcome.unwrap_err().kind(), ErrorKind::WrongPartition, "{shown}"),
        }
    }
}

#[test]
fn a_configuration_without_a_region_or_a_client_is_refused() {
    for config in [config("eu-west-1").build(), SdkConfig::builder().build()] {
        let error = Iam::from_sdk_config(&config).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().starts_with("the SDK configuration for IAM has no "), "{error}");
    }
}
