//! Where STS is asked: the hosts that requests go to, as the SDK makes them of what was configured.
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "console/wire.rs"]
mod wire;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_types::SdkConfig;
use leapp_core::aws::{EndpointSettings, GetRoleCredentials, GetSessionToken, Sso, Sts};
use leapp_core::{
    AccountId, CacheKey, ErrorKind, IssueRequest, Login, MemoryVault, Principal, Secret, SessionId,
    SessionProvider, Source, Vault, VaultItem, VaultKey,
};
use leapp_testkit::aws::FakeAws;
use leapp_testkit::clock::ManualClock;

use wire::{Addresses, Noting};

struct Scene {
    vault: MemoryVault,
    session: SessionId,
    config: SdkConfig,
    addresses: Addresses,
}

impl Scene {
    async fn new(region: &str) -> Self {
        let aws = FakeAws::new(Arc::new(ManualClock::new(now())));
        let account = AccountId::parse("111122223333").unwrap();
        aws.add_account(&account, leapp_testkit::aws::Partition::of_region(region));
        let alice = aws.add_user(&account, "alice");
        let (vault, session) = (MemoryVault::new(), SessionId::parse("alice").unwrap());
        let key = aws.add_access_key(&alice).to_record();
        vault.put(&VaultKey::new(session.clone(), VaultItem::AccessKey), &key).await.unwrap();
        let addresses = Addresses::default();
        let config = SdkConfig::builder()
            .region(aws_types::region::Region::new(region.to_owned()))
            .http_client(Noting { client: aws.http_client(), addresses: addresses.clone() })
            .build();
        Self { vault, session, config, addresses }
    }

    fn sts(&self) -> Sts {
        Sts::from_sdk_config(&self.config).unwrap()
    }

    /// The address that a call goes to, and the key under which its set would be kept.
    async fn called(&self, sts: Sts) -> (String, CacheKey) {
        let provider = GetSessionToken::new(sts);
        let request = IssueRequest::new(&self.session, now(), &self.vault);
        let key = provider.cache_key(&request).await.unwrap().unwrap();
        provider.issue(&request).await.unwrap();
        (self.addresses.lock().unwrap().pop().unwrap(), key)
    }
}

/// The address that the portal is called at. The fake knows no such login; where it was asked is what counts.
async fn portal_called(scene: &Scene, sso: Sso) -> String {
    let account = AccountId::parse("111122223333").unwrap();
    let provider = GetRoleCredentials::new(sso, scene.session.clone(), account, "Dev").unwrap();
    let login = Login::new(Secret::new("token"), now() + Duration::from_secs(3600)).unwrap();
    let source = Source::new(login, Principal::Person);
    let request = IssueRequest::new(&scene.session, now(), &scene.vault).with_source(Some(&source));
    provider.issue(&request).await.unwrap_err();
    let address = scene.addresses.lock().unwrap().pop().unwrap();
    address.strip_suffix("/federation/credentials?role_name=Dev&account_id=111122223333").unwrap().to_owned()
}

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

fn settings(environment: &[(&str, &str)]) -> EndpointSettings {
    let find = |name: &str| {
        environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    EndpointSettings::read(find, |_| None, |_, _| None).unwrap()
}

#[tokio::test]
async fn each_switch_leads_to_a_host_of_its_own_and_no_two_share_what_is_kept() {
    let scene = Scene::new("us-east-1").await;
    let mut keys = Vec::new();
    for (sts, host) in [
        (scene.sts(), "sts.us-east-1.amazonaws.com"),
        (scene.sts().with_fips(), "sts-fips.us-east-1.amazonaws.com"),
        (scene.sts().with_dual_stack(), "sts.us-east-1.api.aws"),
        (scene.sts().with_fips().with_dual_stack(), "sts-fips.us-east-1.api.aws"),
        (scene.sts().with_global_endpoint().unwrap(), "sts.amazonaws.com"),
        (scene.sts().with_endpoint_url("https://sts.example.com"), "sts.example.com"),
    ] {
        let (address, key) = scene.called(sts).await;
        assert_eq!(address, format!("POST https://{host}/"));
        assert!(!keys.contains(&key), "{host}");
        keys.push(key);
    }
}

#[tokio::test]
async fn every_open_partition_is_asked_in_its_own_domain() {
    for (region, host) in [
        ("eu-west-1", "sts.eu-west-1.amazonaws.com"),
        ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
        ("eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"),
    ] {
        let scene = Scene::new(region).await;
        assert_eq!(scene.called(scene.sts()).await.0, format!("POST https://{host}/"));
    }
}

#[tokio::test]
async fn what_the_environment_says_is_followed() {
    let scene = Scene::new("eu-west-1").await;
    for (environment, host) in [
        (&[][..], "sts.eu-west-1.amazonaws.com"),
        (&[("AWS_USE_FIPS_ENDPOINT", "false")], "sts.eu-west-1.amazonaws.com"),
        (&[("AWS_USE_DUALSTACK_ENDPOINT", "true")], "sts.eu-west-1.api.aws"),
        (&[("AWS_STS_REGIONAL_ENDPOINTS", "legacy")], "sts.amazonaws.com"),
        (&[("AWS_ENDPOINT_URL_STS", "https://own.example.com")], "own.example.com"),
    ] {
        let sts = scene.sts().with_endpoint_settings(&settings(environment)).unwrap();
        assert_eq!(scene.called(sts).await.0, format!("POST https://{host}/"), "{environment:?}");
    }
}

#[tokio::test]
async fn no_other_partition_has_a_global_endpoint() {
    let scene = Scene::new("cn-north-1").await;
    let error = scene.sts().with_global_endpoint().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    // A setting that is meant for all profiles is not an error in this one.
    let legacy = settings(&[("AWS_STS_REGIONAL_ENDPOINTS", "legacy")]);
    let sts = scene.sts().with_endpoint_settings(&legacy).unwrap();
    assert_eq!(scene.called(sts).await.0, "POST https://sts.cn-north-1.amazonaws.com.cn/");
}

#[tokio::test]
async fn the_portal_is_asked_where_the_settings_say() {
    let scene = Scene::new("eu-west-1").await;
    for (environment, host) in [
        (&[][..], "portal.sso.eu-west-1.amazonaws.com"),
        (&[("AWS_USE_DUALSTACK_ENDPOINT", "true")], "portal.sso.eu-west-1.api.aws"),
        (&[("AWS_USE_FIPS_ENDPOINT", "true")], "portal.sso-fips.eu-west-1.amazonaws.com"),
        (&[("AWS_ENDPOINT_URL_SSO", "https://sso.example.com")], "sso.example.com"),
        (&[("AWS_ENDPOINT_URL_SSO_OIDC", "https://oidc.example.com")], "portal.sso.eu-west-1.amazonaws.com"),
    ] {
        let sso = Sso::from_sdk_config(&scene.config).unwrap().with_endpoint_settings(&settings(environment));
        assert_eq!(portal_called(&scene, sso).await, format!("GET https://{host}"), "{environment:?}");
    }
}
