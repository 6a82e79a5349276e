//! A world on the machine's own time, which other people's programs visit, and SDK clients to ask what came of it.

use std::fmt::Debug;
use std::sync::Arc;

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{BehaviorVersion, Region, SharedHttpClient};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role_with_saml::{AssumeRoleWithSAMLError, AssumeRoleWithSamlOutput};
use leapp_core::{AccountId, RoleArn, SystemClock};
use leapp_testkit::aws::{FakeAws, LoopbackServer, RoleSpec, SamlProviderArn};

pub(crate) type Outcome = Result<AssumeRoleWithSamlOutput, SdkError<AssumeRoleWithSAMLError>>;

pub(crate) struct Lab {
    pub(crate) aws: FakeAws,
    pub(crate) server: LoopbackServer,
    pub(crate) account: AccountId,
}

impl Lab {
    pub(crate) async fn new() -> Self {
        Self::of(FakeAws::new(Arc::new(SystemClock::new()))).await
    }

    /// Around a world that is there.
    pub(crate) async fn of(aws: FakeAws) -> Self {
        let server = aws.listen().await.unwrap();
        Self::at_server(aws, server)
    }

    /// Around a world that answers already.
    pub(crate) fn at_server(aws: FakeAws, server: LoopbackServer) -> Self {
        Self { aws, server, account: AccountId::parse("111122223333").unwrap() }
    }

    /// The address of one of its pages.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.server.endpoint_url())
    }

    /// A role that trusts a SAML provider.
    pub(crate) fn role(&self, name: &str, provider: &SamlProviderArn) -> RoleArn {
        self.aws.add_role(RoleSpec::new(&self.account, name).with_trusted(provider.clone()))
    }

    pub(crate) fn oidc(&self) -> aws_sdk_ssooidc::Client {
        let config = aws_sdk_ssooidc::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-west-1"))
            .endpoint_url(self.server.endpoint_url())
            .retry_config(RetryConfig::disabled())
            .http_client(plain_http());
        aws_sdk_ssooidc::Client::from_conf(config.build())
    }

    /// Takes a response in base64 to STS.
    pub(crate) async fn redeem(&self, role: &RoleArn, provider: &SamlProviderArn, response: &str) -> Outcome {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-west-1"))
            .endpoint_url(self.server.endpoint_url())
            .retry_config(RetryConfig::disabled())
            .http_client(plain_http());
        let call = aws_sdk_sts::Client::from_conf(config.build()).assume_role_with_saml();
        let call = call.role_arn(role.as_str()).principal_arn(provider.as_str());
        call.saml_assertion(response).send().await
    }
}

fn plain_http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

/// The ARN of the session that a response opened.
#[track_caller]
pub(crate) fn assert_accepted(outcome: Outcome) -> String {
    let output = outcome.map_err(|error| error.message().map(str::to_owned)).unwrap();
    output.assumed_role_user().unwrap().arn().to_owned()
}

#[track_caller]
pub(crate) fn assert_refused<T: Debug, E: ProvideErrorMetadata>(
    outcome: Result<T, SdkError<E>>,
    code: &str,
    words: &str,
) {
    let error = outcome.err().unwrap();
    let message = error.message().unwrap_or_default();
    assert_eq!(error.code(), Some(code), "{message}");
    assert!(message.contains(words), "{message:?}, not {words:?}");
}
