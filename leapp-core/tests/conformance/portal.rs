//! What the harnesses of IAM Single Sign-On share: an instance with one person, who confirms every page.

use std::sync::Arc;

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;
use leapp_core::aws::{LoginFlow, LoginHost, LoginPage, LoginPrompt, PortalLogin, Sso};
use leapp_core::{AccountId, Error, ErrorKind, MemoryVault, Region, Secret, SessionId};
use leapp_testkit::aws::{FakeAws, IdentityCenterSpec};
use leapp_testkit::clock::ManualClock;

use crate::scene::start;

pub(crate) const START_URL: &str = "https://d-1234567890.awsapps.com/start";

pub(crate) struct Portal {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) session: SessionId,
    pub(crate) account: AccountId,
}

impl Portal {
    pub(crate) fn new() -> Self {
        let clock = ManualClock::new(start());
        let aws = FakeAws::new(Arc::new(clock.clone()));
        let account = AccountId::parse("111122223333").unwrap();
        let spec = IdentityCenterSpec::new(START_URL, &Region::parse("eu-west-1").unwrap())
            .with_user("alice", Secret::new("made up for a test"))
            .with_account(&account, "Development", "dev@example.com")
            .with_permission_set("ReadOnly", std::time::Duration::from_secs(3600))
            .with_assignment("alice", &account, "ReadOnly");
        aws.add_identity_center(spec);
        let session = SessionId::parse("company").unwrap();
        Self { clock, aws, vault: Arc::new(MemoryVault::new()), session, account }
    }

    pub(crate) fn login(&self, start_url: &str) -> PortalLogin {
        PortalLogin::new(sso(self.aws.http_client()), self.session.clone(), start_url).unwrap()
    }

    pub(crate) fn host(&self) -> LoginHost {
        LoginHost::new(self.vault.clone(), Confirms(self.aws.clone()))
            .with_clock(Arc::new(self.clock.clone()))
            .with_flow(LoginFlow::DeviceCode)
    }
}

/// The person.
#[derive(Debug)]
struct Confirms(FakeAws);

#[async_trait]
impl LoginPrompt for Confirms {
    async fn show(&self, page: &LoginPage) -> Result<(), Error> {
        let user_code = page.user_code.as_ref();
        let user_code =
            user_code.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "a page without a code"))?;
        self.0.approve_device(user_code, "alice")
    }
}

pub(crate) fn sso(client: SharedHttpClient) -> Sso {
    let region = aws_types::region::Region::from_static("eu-west-1");
    Sso::from_sdk_config(&SdkConfig::builder().region(region).http_client(client).build()).unwrap()
}
