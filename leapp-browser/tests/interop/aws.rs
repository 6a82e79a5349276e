//! A fake AWS with an identity provider where alice may log in, and STS to take her response to.

use std::sync::Arc;

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_sdk_sts::error::ProvideErrorMetadata;
use leapp_core::{AccountId, RoleArn, Secret, SystemClock};
use leapp_testkit::aws::{FakeAws, LoopbackServer, RoleSpec, SamlAssertionSpec, SamlProviderArn};

use crate::person::PASSWORD;

pub(crate) struct Aws {
    pub(crate) fake: FakeAws,
    pub(crate) account: AccountId,
    server: LoopbackServer,
}

impl Aws {
    pub(crate) async fn start() -> Self {
        let fake = FakeAws::new(Arc::new(SystemClock::new()));
        let server = fake.listen().await.unwrap();
        Self { fake, server, account: AccountId::parse("111122223333").unwrap() }
    }

    /// Its own identity provider knows alice, and lets her into a role.
    pub(crate) fn with_corp(&self) -> (RoleArn, SamlProviderArn) {
        let corp = self.fake.add_saml_provider(&self.account, "Corp");
        let role = self.role(corp.arn());
        let spec = SamlAssertionSpec::new("alice").with_role(&role, corp.arn());
        corp.add_user("alice", Secret::new(PASSWORD), spec);
        (role, corp.arn().clone())
    }

    pub(crate) fn role(&self, provider: &SamlProviderArn) -> RoleArn {
        self.fake.add_role(RoleSpec::new(&self.account, "Dev").with_trusted(provider.clone()))
    }

    /// The address of one of its pages.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.server.endpoint_url())
    }

    /// Takes a response to STS, and gives the ARN of the session that it opens.
    pub(crate) async fn redeem(&self, role: &RoleArn, provider: &SamlProviderArn, assertion: &str) -> String {
        self.ask(role, provider, assertion).await.unwrap()
    }

    /// Takes a response to STS: the ARN of the session that it opens, or what STS says instead.
    pub(crate) async fn ask(
        &self,
        role: &RoleArn,
        provider: &SamlProviderArn,
        assertion: &str,
    ) -> Result<String, String> {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-west-1"))
            .endpoint_url(self.server.endpoint_url())
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        let call = aws_sdk_sts::Client::from_conf(config.build()).assume_role_with_saml();
        let call = call.role_arn(role.as_str()).principal_arn(provider.as_str()).saml_assertion(assertion);
        let output = call.send().await.map_err(|error| error.message().unwrap_or_default().to_owned())?;
        Ok(output.assumed_role_user().unwrap().arn().to_owned())
    }
}
