//! A user whose access key is in a vault, and a clock that goes on by itself while somebody waits.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use leapp_core::aws::{AccessKeyRotation, Iam, Sts};
use leapp_core::{
    AccessKey, AccessKeyId, AccountId, Clock, LocalCoordinator, MemoryVault, SessionId, Vault, VaultItem,
    VaultKey,
};
use leapp_testkit::aws::{FakeAws, UserArn};
use leapp_testkit::clock::ManualClock;

pub(crate) struct Scene {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) account: AccountId,
    pub(crate) alice: UserArn,
    pub(crate) key: AccessKey,
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) coordinator: LocalCoordinator,
}

impl Scene {
    /// The user's access key is in the vault, for the session `alice`.
    pub(crate) async fn new() -> Self {
        Self::with_key_propagation(Duration::ZERO).await
    }

    pub(crate) async fn with_key_propagation(propagation: Duration) -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let aws = FakeAws::new(Arc::new(clock.clone())).with_key_propagation(propagation);
        let account = AccountId::parse("111122223333").unwrap();
        let alice = aws.add_user(&account, "alice");
        let key = aws.add_access_key(&alice);
        let vault = Arc::new(MemoryVault::new());
        vault.put(&place(VaultItem::AccessKey), &key.to_record()).await.unwrap();
        Self { clock, aws, account, alice, key, vault, coordinator: LocalCoordinator::new() }
    }

    pub(crate) fn rotation(&self) -> AccessKeyRotation {
        self.rotation_over(self.vault.clone(), self.aws.http_client())
    }

    pub(crate) fn rotation_over(
        &self,
        vault: impl Vault + 'static,
        http: SharedHttpClient,
    ) -> AccessKeyRotation {
        self.rotation_in("eu-west-1", vault, http)
    }

    pub(crate) fn rotation_in(
        &self,
        region: &'static str,
        vault: impl Vault + 'static,
        http: SharedHttpClient,
    ) -> AccessKeyRotation {
        let region = aws_types::region::Region::from_static(region);
        let config = SdkConfig::builder().region(region).http_client(http).build();
        let (iam, sts) = (Iam::from_sdk_config(&config).unwrap(), Sts::from_sdk_config(&config).unwrap());
        self.rotation_with(iam, sts, alice(), vault)
    }

    /// The same for another session of the same vault.
    pub(crate) fn rotation_of(&self, session: SessionId) -> AccessKeyRotation {
        let region = aws_types::region::Region::from_static("eu-west-1");
        let config = SdkConfig::builder().region(region).http_client(self.aws.http_client()).build();
        self.rotation_with(Iam::from_sdk_config(&config).unwrap(), self.sts(), session, self.vault.clone())
    }

    fn rotation_with(
        &self,
        iam: Iam,
        sts: Sts,
        session: SessionId,
        vault: impl Vault + 'static,
    ) -> AccessKeyRotation {
        AccessKeyRotation::new(iam, sts, session, vault)
            .with_clock(Arc::new(self.clock.clone()))
            .with_coordinator(self.coordinator.clone())
    }

    pub(crate) fn sts(&self) -> Sts {
        let region = aws_types::region::Region::from_static("eu-west-1");
        let config = SdkConfig::builder().region(region).http_client(self.aws.http_client());
        Sts::from_sdk_config(&config.build()).unwrap()
    }

    /// Runs something to its end, while whoever sleeps is woken as if the time had passed.
    pub(crate) async fn run<F: Future>(&self, future: F) -> F::Output {
        tokio::select! {
            biased;
            outcome = future => outcome,
            () = self.time_passes() => unreachable!("time does not end"),
        }
    }

    async fn time_passes(&self) {
        loop {
            // On the machine's time, which stands still in these tests but for time-outs.
            tokio::time::sleep(Duration::from_millis(20)).await;
            if let Some(wake) = self.clock.next_wake() {
                self.clock.advance(wake);
            }
        }
    }

    /// The key that the vault holds.
    pub(crate) async fn held(&self) -> AccessKey {
        held(&*self.vault).await
    }

    /// Whose key it is, to STS, once everything has spread.
    pub(crate) async fn identity(&self, key: &AccessKey) -> Option<String> {
        let credentials = aws_sdk_sts::config::Credentials::new(
            key.access_key_id().as_str(),
            key.secret_access_key().expose(),
            None,
            None,
            "test",
        );
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
            .region(aws_sdk_sts::config::Region::from_static("eu-west-1"))
            .credentials_provider(credentials)
            .time_source(aws_smithy_async::time::StaticTimeSource::new(self.clock.now()))
            .http_client(self.aws.http_client());
        let client = aws_sdk_sts::Client::from_conf(config.build());
        client.get_caller_identity().send().await.ok()?.arn
    }

    /// The ids that IAM lists, by an observer that leaves no trace in what is tested.
    pub(crate) async fn listed(&self) -> Vec<AccessKeyId> {
        let status = self.run(self.rotation().status()).await.unwrap();
        status.keys.into_iter().map(|key| key.access_key_id).collect()
    }

    /// Nothing is left over: one key at IAM, which is the vault's, and works.
    pub(crate) async fn assert_settled(&self, case: &str) {
        let held = self.held().await;
        assert_eq!(self.listed().await, [held.access_key_id().clone()], "{case}");
        assert_eq!(self.identity(&held).await.as_deref(), Some(self.alice.as_str()), "{case}");
        let pending = self.vault.get(&place(VaultItem::AccessKeyRotation)).await.unwrap();
        assert!(pending.is_none(), "{case}: something is still under way");
    }

    /// How many requests of an action reached the service.
    pub(crate) fn calls(&self, action: &str) -> usize {
        self.aws.requests().iter().filter(|request| request.action() == action).count()
    }
}

/// What an error says of its cause.
pub(crate) fn cause(error: &leapp_core::Error) -> String {
    std::error::Error::source(error).unwrap().to_string()
}

pub(crate) fn alice() -> SessionId {
    SessionId::parse("alice").unwrap()
}

pub(crate) fn place(item: VaultItem) -> VaultKey {
    VaultKey::new(alice(), item)
}

pub(crate) async fn held(vault: &dyn Vault) -> AccessKey {
    let record = vault.get(&place(VaultItem::AccessKey)).await.unwrap().unwrap();
    AccessKey::from_record(&record).unwrap()
}
