//! A world with one SAML provider, a clock that stands still, and SDK clients that sign nothing.

use std::fmt::Debug;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_sts::Client;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role_with_saml::builders::AssumeRoleWithSAMLFluentBuilder;
use aws_sdk_sts::operation::assume_role_with_saml::{AssumeRoleWithSAMLError, AssumeRoleWithSamlOutput};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use data_encoding::BASE64;
use leapp_core::{AccountId, Clock as _, RoleArn, Secret};
use leapp_testkit::aws::{
    FakeAws, LoopbackServer, RoleSpec, SamlAssertionSpec, SamlKey, SamlProvider, SamlProviderArn,
};
use leapp_testkit::clock::ManualClock;

/// Runs one test body twice: inside the process and on loopback.
macro_rules! on_both_fronts {
    ($(async fn $name:ident($lab:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn check($lab: Lab) $body

            #[tokio::test]
            async fn in_process() {
                check(Lab::in_process()).await;
            }

            #[tokio::test]
            async fn on_loopback() {
                check(Lab::on_loopback().await).await;
            }
        }
    )+};
}

/// Nearly every world's: making one takes longer than the test.
static KEY: LazyLock<SamlKey> = LazyLock::new(SamlKey::generate);

pub(crate) type Outcome = Result<AssumeRoleWithSamlOutput, SdkError<AssumeRoleWithSAMLError, HttpResponse>>;

pub(crate) struct Lab {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) server: Option<LoopbackServer>,
    pub(crate) account: AccountId,
    pub(crate) corp: SamlProvider,
    /// Trusts the provider and allows twelve hours.
    pub(crate) role: RoleArn,
}

impl Lab {
    pub(crate) fn in_process() -> Self {
        Self::with(|aws, account| aws.add_saml_provider_with_key(account, "Corp", &KEY))
    }

    /// Its provider's key is nobody else's, and not made yet.
    pub(crate) fn with_own_key() -> Self {
        Self::with(|aws, account| aws.add_saml_provider(account, "Corp"))
    }

    fn with(add_corp: impl FnOnce(&FakeAws, &AccountId) -> SamlProvider) -> Self {
        let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        let aws = FakeAws::new(Arc::new(clock.clone()));
        let account = AccountId::parse("111122223333").unwrap();
        let corp = add_corp(&aws, &account);
        let spec = RoleSpec::new(&account, "Dev").with_max_session_duration(Duration::from_secs(43_200));
        let role = aws.add_role(spec.with_trusted(corp.arn().clone()));
        Self { clock, aws, server: None, account, corp, role }
    }

    pub(crate) async fn on_loopback() -> Self {
        let mut lab = Self::in_process();
        lab.server = Some(lab.aws.listen().await.unwrap());
        lab
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    pub(crate) fn after(&self, seconds: u64) -> SystemTime {
        self.now() + Duration::from_secs(seconds)
    }

    /// What AWS accepts for alice and the role.
    pub(crate) fn spec(&self) -> SamlAssertionSpec {
        SamlAssertionSpec::new("alice").with_role(&self.role, self.corp.arn())
    }

    /// A client without credentials.
    pub(crate) fn client(&self) -> Client {
        Client::from_conf(self.config().build())
    }

    pub(crate) fn client_of(&self, credentials: Credentials) -> Client {
        Client::from_conf(self.config().credentials_provider(credentials).build())
    }

    pub(crate) fn call(&self, saml_assertion: &Secret) -> AssumeRoleWithSAMLFluentBuilder {
        self.call_as(&self.role, self.corp.arn(), saml_assertion.expose())
    }

    pub(crate) fn call_as(
        &self,
        role: &RoleArn,
        provider: &SamlProviderArn,
        saml_assertion: &str,
    ) -> AssumeRoleWithSAMLFluentBuilder {
        let call = self.client().assume_role_with_saml().role_arn(role.as_str());
        call.principal_arn(provider.as_str()).saml_assertion(saml_assertion)
    }

    /// Answers a response that the provider made from this.
    pub(crate) async fn redeem(&self, spec: SamlAssertionSpec) -> Outcome {
        self.call(&self.corp.respond(&spec)).send().await
    }

    /// Answers a document of one's own.
    pub(crate) async fn redeem_document(&self, document: &str) -> Outcome {
        self.call(&Secret::new(BASE64.encode(document.as_bytes()))).send().await
    }

    /// The provider's response as text.
    pub(crate) fn document(&self, spec: &SamlAssertionSpec) -> String {
        String::from_utf8(BASE64.decode(self.corp.respond(spec).expose().as_bytes()).unwrap()).unwrap()
    }

    fn config(&self) -> aws_sdk_sts::config::Builder {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-west-1"))
            .retry_config(RetryConfig::disabled())
            .time_source(Shown(self.clock.clone()));
        match &self.server {
            Some(server) => config
                .endpoint_url(server.endpoint_url())
                .http_client(aws_smithy_http_client::Builder::new().build_http()),
            None => config.http_client(self.aws.http_client()),
        }
    }
}

#[derive(Debug)]
struct Shown(ManualClock);

impl TimeSource for Shown {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}

/// Fails unless the answer was this refusal; the words only have to be in the message.
#[track_caller]
pub(crate) fn assert_refused(outcome: Outcome, code: &str, status: u16, words: &str) {
    let error = outcome.err().unwrap();
    let found = (error.code().unwrap(), error.raw_response().unwrap().status().as_u16());
    let message = error.message().unwrap();
    assert_eq!(found, (code, status), "{message}");
    assert!(message.contains(words), "{message:?}, not {words:?}");
}

#[track_caller]
pub(crate) fn assert_invalid(outcome: Outcome, words: &str) {
    assert_refused(outcome, "InvalidIdentityToken", 400, words);
}

#[track_caller]
pub(crate) fn assert_accepted(outcome: Outcome) -> AssumeRoleWithSamlOutput {
    outcome.map_err(|error| error.message().map(str::to_owned)).unwrap()
}
