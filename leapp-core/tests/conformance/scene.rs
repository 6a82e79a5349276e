//! What the harnesses share: a world with one user, and STS over it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use leapp_core::aws::Sts;
use leapp_core::{AccessKey, AccountId, MemoryVault, SessionId, Vault, VaultItem, VaultKey};
use leapp_testkit::aws::{FakeAws, UserArn};
use leapp_testkit::clock::ManualClock;

use crate::service::Service;

pub(crate) struct Scene {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) service: Service,
    pub(crate) account: AccountId,
    pub(crate) alice: UserArn,
    pub(crate) key: AccessKey,
    pub(crate) session: SessionId,
    pub(crate) vault: MemoryVault,
}

impl Scene {
    /// A user whose access key is in the vault.
    pub(crate) fn new() -> Self {
        let clock = ManualClock::new(start());
        let aws = FakeAws::new(Arc::new(clock.clone()));
        let service = Service::over(aws.http_client());
        let account = AccountId::parse("111122223333").unwrap();
        let alice = aws.add_user(&account, "alice");
        let key = aws.add_access_key(&alice);
        let session = SessionId::parse("alice").unwrap();
        let vault = vault_with(&session, &key);
        Self { clock, aws, service, account, alice, key, session, vault }
    }

    /// STS in a Region, over the service with planted secrets.
    pub(crate) fn sts(&self, region: &'static str) -> Sts {
        sts(region, SharedHttpClient::new(self.service.clone()))
    }

    /// The same, at the FIPS or dual-stack endpoint.
    pub(crate) fn sts_variant(&self, fips: bool, dual_stack: bool) -> Sts {
        sts_variant("eu-west-1", SharedHttpClient::new(self.service.clone()), fips, dual_stack)
    }
}

/// The beginning of a time step, so that MFA codes can be counted from here.
pub(crate) fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_020)
}

pub(crate) fn sts(region: &'static str, client: SharedHttpClient) -> Sts {
    sts_variant(region, client, false, false)
}

/// STS at its FIPS or dual-stack endpoint.
pub(crate) fn sts_variant(
    region: &'static str,
    client: SharedHttpClient,
    fips: bool,
    dual_stack: bool,
) -> Sts {
    let region = aws_types::region::Region::new(region);
    let config =
        SdkConfig::builder().region(region).http_client(client).use_fips(fips).use_dual_stack(dual_stack);
    Sts::from_sdk_config(&config.build()).unwrap()
}

pub(crate) fn vault_with(session: &SessionId, key: &AccessKey) -> MemoryVault {
    let vault = MemoryVault::new();
    let place = VaultKey::new(session.clone(), VaultItem::AccessKey);
    now(async { vault.put(&place, &key.to_record()).await.unwrap() });
    vault
}

/// Awaits in a harness's constructor, which runs on a runtime and is no `async fn`.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
}
