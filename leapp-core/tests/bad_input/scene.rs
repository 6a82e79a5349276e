//! Two users, a profile that both want, and backends that can be made to fail.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_types::SdkConfig;
use leapp_core::aws::{GetSessionToken, Sts};
use leapp_core::{
    AccessKeyId, AccountId, Event, Events, Leapp, MemorySink, MemoryVault, ProfileName, Session, SessionId,
    Vault, VaultItem, VaultKey,
};
use leapp_testkit::aws::FakeAws;
use leapp_testkit::clock::ManualClock;

use crate::gate::Gate;

pub(crate) struct Scene {
    pub(crate) aws: FakeAws,
    pub(crate) account: AccountId,
    pub(crate) vault: Arc<Gate<MemoryVault>>,
    pub(crate) sink: Arc<Gate<MemorySink>>,
    pub(crate) leapp: Leapp,
    pub(crate) events: Events,
}

impl Scene {
    /// The sessions `alice` and `bob` are inactive; both have the profile `default`.
    pub(crate) async fn new() -> Self {
        let clock = Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000)));
        let (vault, sink) = (Arc::<Gate<MemoryVault>>::default(), Arc::<Gate<MemorySink>>::default());
        let builder = Leapp::builder(vault.clone()).with_sink(sink.clone()).with_seed(1);
        let leapp = builder.with_clock(clock.clone()).build().unwrap();
        let events = leapp.events();
        let account = AccountId::parse("111122223333").unwrap();
        let scene = Self { aws: FakeAws::new(clock), account, vault, sink, leapp, events };
        for name in ["alice", "bob"] {
            let user = scene.aws.add_user(&scene.account, name);
            let place = VaultKey::new(session(name), VaultItem::AccessKey);
            scene.vault.put(&place, &scene.aws.add_access_key(&user).to_record()).await.unwrap();
            let definition = Session::new(session(name), GetSessionToken::new(scene.sts()));
            scene.leapp.add(definition.with_profile(profile())).await.unwrap();
        }
        scene
    }

    pub(crate) fn sts(&self) -> Sts {
        let region = aws_types::region::Region::new("eu-west-1");
        let config = SdkConfig::builder().region(region).http_client(self.aws.http_client());
        Sts::from_sdk_config(&config.build()).unwrap()
    }

    /// The key id that the profile gives.
    pub(crate) fn published(&self) -> Option<AccessKeyId> {
        self.sink.inner.read(&profile()).map(|published| published.credentials.access_key_id().clone())
    }

    /// The key id that the handle of a session gives.
    pub(crate) async fn given(&self, name: &str) -> AccessKeyId {
        let live = self.leapp.credentials(&session(name)).unwrap();
        live.current().await.unwrap().access_key_id().clone()
    }

    /// Reads events up to one that a test waits for. Nothing may be withdrawn, expired or stopped on the way there.
    pub(crate) async fn until(&mut self, is_it: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = tokio::time::timeout(Duration::from_secs(10), self.events.next()).await;
            let event = event.expect("an event within ten seconds").unwrap();
            let takes_away =
                matches!(event, Event::Withdrawn { .. } | Event::Expired { .. } | Event::Stopped { .. });
            assert!(!takes_away, "{event:?}");
            if is_it(&event) {
                return event;
            }
        }
    }
}

pub(crate) fn session(name: &str) -> SessionId {
    SessionId::parse(name).unwrap()
}

pub(crate) fn profile() -> ProfileName {
    ProfileName::parse("default").unwrap()
}
