//! A user, a role of his and a role of that role, started; and a browser.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_sts::config::Credentials;
use aws_types::SdkConfig;
use leapp_core::aws::{AssumeRole, Console, ConsoleSignIn, GetSessionToken, Sts};
use leapp_core::{
    AccessKey, AccessKeyId, AccountId, Clock, Error, Leapp, MemoryVault, Secret, Session, SessionCredentials,
    SessionId, Vault, VaultItem, VaultKey,
};
use leapp_testkit::aws::{ConsoleSession, FakeAws, Partition, RoleSpec, WebIdentityClaims};
use leapp_testkit::clock::ManualClock;

use crate::browser;
use crate::wire::{Addresses, Noting};

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

pub(crate) struct Scene {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) leapp: Leapp,
    key: AccessKey,
    config: SdkConfig,
    addresses: Addresses,
}

impl Scene {
    /// In the partition of a Region: `alice`, `deploy` assumed by her, `chained` assumed by `deploy`.
    pub(crate) async fn new(region: &str) -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let aws = FakeAws::new(Arc::new(clock.clone()));
        let account = AccountId::parse("111122223333").unwrap();
        aws.add_account(&account, Partition::of_region(region));
        let alice = aws.add_user(&account, "alice");
        let key = aws.add_access_key(&alice);
        let (deploy, chained) = (
            aws.add_role(RoleSpec::new(&account, "Deploy")),
            aws.add_role(RoleSpec::new(&account, "Chained")),
        );
        let addresses = Addresses::default();
        let config = SdkConfig::builder()
            .region(aws_types::region::Region::new(region.to_owned()))
            .http_client(Noting { client: aws.http_client(), addresses: addresses.clone() })
            .build();
        let sts = Sts::from_sdk_config(&config).unwrap();
        let vault = MemoryVault::new();
        vault.put(&VaultKey::new(id("alice"), VaultItem::AccessKey), &key.to_record()).await.unwrap();
        let leapp = Leapp::builder(vault).with_clock(Arc::new(clock.clone())).with_seed(1).build().unwrap();
        let sessions = vec![
            Session::new(id("alice"), GetSessionToken::new(sts.clone())),
            Session::new(id("deploy"), AssumeRole::new(sts.clone(), id("alice"), deploy)),
            Session::new(id("chained"), AssumeRole::new(sts, id("deploy"), chained)),
        ];
        leapp.add_all(sessions).await.unwrap();
        for session in ["alice", "deploy", "chained"] {
            leapp.start(&id(session)).await.unwrap();
        }
        Self { clock, aws, leapp, key, config, addresses }
    }

    pub(crate) fn console(&self) -> Console {
        Console::from_sdk_config(&self.config).unwrap()
    }

    pub(crate) async fn url(&self, session: &str, sign_in: &ConsoleSignIn) -> Result<Secret, Error> {
        self.console().sign_in_url(&self.leapp, &id(session), sign_in).await
    }

    /// Has a browser follow a login address, and says where it is then.
    pub(crate) async fn follow(&self, url: &Secret) -> ConsoleSession {
        let server = self.aws.listen().await.unwrap();
        let (endpoint, url) = (server.endpoint_url(), url.expose().to_owned());
        let answer = tokio::task::spawn_blocking(move || browser::get(&endpoint, &url)).await.unwrap();
        server.shutdown().await;
        let [session] = &self.aws.console_sessions()[..] else { panic!("it is not let in: {answer}") };
        let led_to = format!("\r\nlocation: {}\r\n", session.destination());
        assert!(answer.starts_with("HTTP/1.1 302 ") && answer.contains(&led_to), "{answer}");
        session.clone()
    }

    /// Credentials of `GetFederationToken`, for the user.
    pub(crate) async fn federation_token(&self) -> SessionCredentials {
        let (id, secret) = (self.key.access_key_id().as_str(), self.key.secret_access_key().expose());
        let key = Credentials::new(id, secret, None, None, "test");
        let answer = self.client(key).get_federation_token().name("alice").send().await.unwrap();
        parse(answer.credentials.unwrap())
    }

    /// An hour of a role, for a web identity.
    pub(crate) async fn web_identity(&self) -> SessionCredentials {
        let account = AccountId::parse("111122223333").unwrap();
        let provider = self.aws.add_oidc_provider(&account, "https://token.example.com", &["a"]);
        let role = self.aws.add_role(RoleSpec::new(&account, "Web").with_trusted(provider.trust()));
        let token = provider.token_at(&WebIdentityClaims::new("a", "me"), self.now());
        let nobody = Credentials::new("ASIAIOSFODNN7EXAMPLE", "none", None, None, "test");
        let call = self.client(nobody).assume_role_with_web_identity().web_identity_token(token.expose());
        let answer = call.role_arn(role.as_str()).role_session_name("me").send().await.unwrap();
        parse(answer.credentials.unwrap())
    }

    fn client(&self, credentials: Credentials) -> aws_sdk_sts::Client {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(aws_sdk_sts::config::BehaviorVersion::v2026_01_12())
            .region(self.config.region().cloned())
            .http_client(self.aws.http_client())
            .time_source(aws_smithy_async::time::StaticTimeSource::new(self.now()))
            .credentials_provider(credentials);
        aws_sdk_sts::Client::from_conf(config.build())
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// Methods and addresses of what sign-in was asked.
    pub(crate) fn asked_of_sign_in(&self) -> Vec<String> {
        let mut addresses = self.addresses.lock().unwrap().clone();
        addresses.retain(|address| address.contains("signin"));
        addresses
    }

    pub(crate) fn calls(&self, action: &str) -> usize {
        self.aws.requests().iter().filter(|request| request.action() == action).count()
    }
}

fn parse(set: aws_sdk_sts::types::Credentials) -> SessionCredentials {
    SessionCredentials::new(
        AccessKeyId::parse(&set.access_key_id).unwrap(),
        Secret::new(set.secret_access_key),
        Secret::new(set.session_token),
        set.expiration.try_into().unwrap(),
    )
    .unwrap()
}

pub(crate) fn id(name: &str) -> SessionId {
    SessionId::parse(name).unwrap()
}
