//! A user with an MFA device and a role, and every secret there is.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_types::SdkConfig;
use leapp_core::aws::{AssumeRole, GetSessionToken, Sts};
use leapp_core::{
    AccessKey, AccountId, Answer, Clock, Error, IssueRequest, MemoryVault, Principal, Secret,
    SessionCredentials, SessionId, Source, TokenCode, Vault, VaultItem, VaultKey,
};
use leapp_testkit::aws::{FakeAws, MfaDevice, RoleSpec};
use leapp_testkit::clock::ManualClock;

use crate::heard::Heard;

pub(crate) struct Scene {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) account: AccountId,
    pub(crate) key: AccessKey,
    pub(crate) device: MfaDevice,
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) heard: Heard,
    pub(crate) secrets: Vec<String>,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_020));
        let aws = FakeAws::new(Arc::new(clock.clone()));
        let account = AccountId::parse("111122223333").unwrap();
        let alice = aws.add_user(&account, "alice");
        let (key, device) = (aws.add_access_key(&alice), aws.add_mfa_device(&alice));
        let secrets =
            [key.secret_access_key(), device.seed()].map(|secret| secret.expose().to_owned()).into();
        let vault = Arc::new(vault_with(&key).await);
        Self { clock, aws, account, key, device, vault, heard: Heard::default(), secrets }
    }

    pub(crate) fn sts(&self) -> Sts {
        let region = aws_types::region::Region::new("eu-west-1");
        let config = SdkConfig::builder().region(region).http_client(self.aws.http_client());
        Sts::from_sdk_config(&config.build()).unwrap()
    }

    pub(crate) fn user(&self) -> GetSessionToken {
        GetSessionToken::new(self.sts()).with_mfa(self.device.serial_number().clone())
    }

    pub(crate) fn role(&self, spec: RoleSpec) -> AssumeRole {
        AssumeRole::new(self.sts(), alice(), self.aws.add_role(spec))
    }

    pub(crate) fn deploy(&self) -> AssumeRole {
        self.role(RoleSpec::new(&self.account, "Deploy"))
    }

    /// The device's code at a time; one more secret.
    pub(crate) fn code_at(&mut self, time: SystemTime) -> TokenCode {
        let code = self.device.code_at(time);
        self.secrets.push(code.expose().to_owned());
        code
    }

    /// A code that was not used yet.
    pub(crate) fn fresh_code(&mut self) -> TokenCode {
        self.clock.advance(Duration::from_secs(30));
        self.code_at(self.clock.now())
    }

    /// The parts of a set; two more secrets.
    pub(crate) fn learn(&mut self, set: &SessionCredentials) {
        let secrets = [set.secret_access_key(), set.session_token()];
        self.secrets.extend(secrets.map(Secret::expose).map(str::to_owned));
    }

    /// One attempt of the user's session.
    pub(crate) async fn try_user(
        &mut self,
        place: &str,
        vault: &MemoryVault,
        code: TokenCode,
        now: SystemTime,
    ) -> Result<SessionCredentials, Error> {
        let (session, answer) = (alice(), Answer::TokenCode(code));
        let request = IssueRequest::new(&session, now, vault).with_answer(Some(&answer));
        let provider = self.user();
        let outcome = self.heard.attempt(place, &provider, &request).await;
        if let Ok(set) = &outcome {
            self.learn(set);
        }
        outcome
    }

    /// One attempt of a role's session.
    pub(crate) async fn try_role(
        &mut self,
        place: &str,
        provider: &AssumeRole,
        source: &SessionCredentials,
        now: SystemTime,
    ) -> Result<SessionCredentials, Error> {
        let (session, vault) = (SessionId::parse("deploy").unwrap(), self.vault.clone());
        let source = Source::new(source.clone(), Principal::User);
        let request = IssueRequest::new(&session, now, &*vault).with_source(Some(&source));
        let outcome = self.heard.attempt(place, provider, &request).await;
        if let Ok(set) = &outcome {
            self.learn(set);
        }
        outcome
    }
}

pub(crate) fn alice() -> SessionId {
    SessionId::parse("alice").unwrap()
}

pub(crate) async fn vault_with(key: &AccessKey) -> MemoryVault {
    let vault = MemoryVault::new();
    vault.put(&VaultKey::new(alice(), VaultItem::AccessKey), &key.to_record()).await.unwrap();
    vault
}
