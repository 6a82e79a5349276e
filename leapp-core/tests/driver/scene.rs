//! A user with an MFA device, roles, and the backends, each at hand for a test to look at.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_types::SdkConfig;
use leapp_core::aws::{AssumeRole, GetSessionToken, Sts};
use leapp_core::{
    AccountId, Answer, Change, Clock, CredentialSink, Error, Event, Events, Leapp, LeappBuilder, MemorySink,
    MemoryVault, ProfileName, Published, RoleArn, Session, SessionId, Vault, VaultItem, VaultKey,
};
use leapp_testkit::aws::{FakeAws, MfaDevice, RoleSpec, UserArn};
use leapp_testkit::clock::ManualClock;

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
/// What should come at once comes within this.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

pub(crate) struct Scene {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) alice: UserArn,
    pub(crate) device: MfaDevice,
    pub(crate) role: RoleArn,
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) sink: Arc<Recorder>,
}

/// A sink in memory that remembers every batch.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    pub(crate) target: MemorySink,
    pub(crate) batches: Mutex<Vec<Vec<Change>>>,
    pub(crate) failure: Mutex<Option<Error>>,
}

#[async_trait]
impl CredentialSink for Recorder {
    async fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        if let Some(error) = self.failure.lock().unwrap().clone() {
            return Err(error);
        }
        self.target.apply(changes).await?;
        self.batches.lock().unwrap().push(changes.to_vec());
        Ok(())
    }
}

impl Scene {
    /// The user's access key is in the vault, for the session `alice`.
    pub(crate) async fn new() -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let aws = FakeAws::new(Arc::new(clock.clone()));
        let account = AccountId::parse("111122223333").unwrap();
        let alice = aws.add_user(&account, "alice");
        let scene = Self {
            device: aws.add_mfa_device(&alice),
            role: aws.add_role(RoleSpec::new(&account, "Deploy")),
            vault: Arc::new(MemoryVault::new()),
            sink: Arc::new(Recorder::default()),
            clock,
            alice,
            aws,
        };
        scene.put_key().await;
        scene
    }

    /// Makes an access key of the user and puts it in the vault.
    pub(crate) async fn put_key(&self) {
        let key = self.aws.add_access_key(&self.alice);
        self.vault.put(&key_of("alice"), &key.to_record()).await.unwrap();
    }

    pub(crate) fn builder(&self) -> LeappBuilder {
        Leapp::builder(self.vault.clone())
            .with_sink(self.sink.clone())
            .with_clock(Arc::new(self.clock.clone()))
            .with_seed(1)
    }

    /// An engine with the user `alice` (without MFA) and the role `deploy`, both on profiles of their names.
    pub(crate) async fn leapp(&self) -> Leapp {
        let leapp = self.builder().build().unwrap();
        leapp.add_all(vec![self.user(), self.chained("deploy")]).await.unwrap();
        leapp
    }

    pub(crate) fn sts(&self) -> Sts {
        Sts::from_sdk_config(&self.sdk_config()).unwrap()
    }

    pub(crate) fn sdk_config(&self) -> SdkConfig {
        SdkConfig::builder()
            .region(aws_types::region::Region::from_static("eu-west-1"))
            .http_client(self.aws.http_client())
            .build()
    }

    pub(crate) fn user(&self) -> Session {
        Session::new(id("alice"), GetSessionToken::new(self.sts())).with_profile(profile("alice"))
    }

    pub(crate) fn user_with_mfa(&self) -> Session {
        let provider = GetSessionToken::new(self.sts()).with_mfa(self.device.serial_number().clone());
        Session::new(id("alice"), provider).with_profile(profile("alice"))
    }

    /// A session of the role, with the user as its source.
    pub(crate) fn chained(&self, name: &str) -> Session {
        let provider = AssumeRole::new(self.sts(), id("alice"), self.role.clone());
        Session::new(id(name), provider).with_profile(profile(name))
    }

    pub(crate) fn published(&self, name: &str) -> Option<Published> {
        self.sink.target.read(&profile(name))
    }

    /// How many requests of an action reached the service.
    pub(crate) fn calls(&self, action: &str) -> usize {
        self.aws.requests().iter().filter(|request| request.action() == action).count()
    }
}

pub(crate) fn id(name: &str) -> SessionId {
    SessionId::parse(name).unwrap()
}

pub(crate) fn profile(name: &str) -> ProfileName {
    ProfileName::parse(name).unwrap()
}

pub(crate) fn key_of(session: &str) -> VaultKey {
    VaultKey::new(id(session), VaultItem::AccessKey)
}

/// The code that the user's device shows now.
pub(crate) fn code(scene: &Scene) -> Answer {
    Answer::TokenCode(scene.device.code_at(scene.clock.now()))
}

/// Waits until an event comes that is the one.
pub(crate) async fn seen(events: &mut Events, is_it: impl Fn(&Event) -> bool) -> Event {
    let found = async {
        loop {
            let event = events.next().await.expect("the engine runs");
            if is_it(&event) {
                return event;
            }
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("the event comes")
}

pub(crate) fn is_published(name: &str) -> impl Fn(&Event) -> bool {
    let session = id(name);
    move |event| matches!(event, Event::Published { session: published, .. } if *published == session)
}
