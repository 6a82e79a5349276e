//! A world with one SAML provider, a clock that stands still, and SDK clients that sign nothing.

use std::ops::Deref;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use aws_sdk_sts::Client;
use aws_sdk_sts::config::Credentials;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role_with_saml::builders::AssumeRoleWithSAMLFluentBuilder;
use aws_sdk_sts::operation::assume_role_with_saml::{AssumeRoleWithSAMLError, AssumeRoleWithSamlOutput};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use data_encoding::BASE64;
use leapp_core::{AccountId, RoleArn, Secret};
use leapp_testkit::aws::{FakeAws, RoleSpec, SamlAssertionSpec, SamlKey, SamlProvider, SamlProviderArn};

use crate::fronts::Fronts;
use crate::refusal::assert_refused;

/// Nearly every world's: making one takes longer than the test.
static KEY: LazyLock<SamlKey> = LazyLock::new(SamlKey::generate);

pub(crate) type Outcome = Result<AssumeRoleWithSamlOutput, SdkError<AssumeRoleWithSAMLError, HttpResponse>>;

pub(crate) struct Lab {
    fronts: Fronts,
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
        let fronts = Fronts::new();
        let account = AccountId::parse("111122223333").unwrap();
        let corp = add_corp(&fronts.aws, &account);
        let spec = RoleSpec::new(&account, "Dev").with_max_session_duration(Duration::from_secs(43_200));
        let role = fronts.aws.add_role(spec.with_trusted(corp.arn().clone()));
        Self { fronts, account, corp, role }
    }

    pub(crate) async fn on_loopback() -> Self {
        let mut lab = Self::in_process();
        lab.fronts.listen().await;
        lab
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
        Client::from_conf(self.sts_config().build())
    }

    pub(crate) fn client_of(&self, credentials: Credentials) -> Client {
        Client::from_conf(self.sts_config().credentials_provider(credentials).build())
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
}

impl Deref for Lab {
    type Target = Fronts;

    fn deref(&self) -> &Fronts {
        &self.fronts
    }
}

#[track_caller]
pub(crate) fn assert_invalid(outcome: Outcome, words: &str) {
    assert_refused(outcome, "InvalidIdentityToken", 400, words);
}

#[track_caller]
pub(crate) fn assert_accepted(outcome: Outcome) -> AssumeRoleWithSamlOutput {
    outcome.map_err(|error| error.message().map(str::to_owned)).unwrap()
}
