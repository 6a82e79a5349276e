//! An instance with two people, a clock that stands still, and SDK clients for it.

use std::fmt::Debug;
use std::ops::Deref;
use std::time::Duration;

use aws_sdk_ssooidc::config::retry::RetryConfig;
use aws_sdk_ssooidc::config::{BehaviorVersion, Region};
use aws_sdk_ssooidc::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ssooidc::operation::create_token::builders::CreateTokenFluentBuilder;
use aws_sdk_ssooidc::operation::create_token::{CreateTokenError, CreateTokenOutput};
use aws_sdk_ssooidc::operation::register_client::RegisterClientOutput;
use aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationOutput;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use leapp_core::{AccountId, Secret};
use leapp_testkit::aws::IdentityCenterSpec;

use crate::fronts::Fronts;

pub(crate) const START_URL: &str = "https://d-1234567890.awsapps.com/start";
pub(crate) const ALIAS: &str = "https://example.awsapps.com/start";
pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(crate) const ACCESS: &str = "sso:account:access";
pub(crate) const PASSWORD: &str = "correct horse & <battery>";

pub(crate) struct Lab {
    fronts: Fronts,
    pub(crate) development: AccountId,
    pub(crate) production: AccountId,
}

/// A result of SSO-OIDC's `CreateToken`.
pub(crate) type Created = Result<CreateTokenOutput, SdkError<CreateTokenError, HttpResponse>>;

impl Lab {
    pub(crate) fn in_process() -> Self {
        Self::with(|spec| spec)
    }

    pub(crate) async fn on_loopback() -> Self {
        let mut lab = Self::in_process();
        lab.fronts.listen().await;
        lab
    }

    /// The usual instance, changed. Alice has two roles in Development and one in Production, bob has one.
    pub(crate) fn with(change: impl FnOnce(IdentityCenterSpec) -> IdentityCenterSpec) -> Self {
        let fronts = Fronts::new();
        let [development, production] =
            ["111122223333", "444455556666"].map(|digits| AccountId::parse(digits).unwrap());
        let region = leapp_core::Region::parse("eu-west-1").unwrap();
        let spec = IdentityCenterSpec::new(START_URL, &region)
            .with_alias(ALIAS)
            .with_user("alice", Secret::new(PASSWORD))
            .with_user("bob", Secret::new("bob's"))
            .with_account(&development, "Development", "dev@example.com")
            .with_account(&production, "Production", "prod@example.com")
            .with_permission_set("Admin", Duration::from_secs(12 * 3600))
            .with_permission_set("ReadOnly", Duration::from_secs(3600))
            .with_assignment("alice", &development, "Admin")
            .with_assignment("alice", &development, "ReadOnly")
            .with_assignment("alice", &production, "ReadOnly")
            .with_assignment("bob", &development, "ReadOnly");
        fronts.aws.add_identity_center(change(spec));
        Self { fronts, development, production }
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn oidc(&self) -> aws_sdk_ssooidc::Client {
        self.oidc_in("eu-west-1")
    }

    pub(crate) fn oidc_in(&self, region: &'static str) -> aws_sdk_ssooidc::Client {
        let mut config = aws_sdk_ssooidc::Config::builder();
        config.set_endpoint_url(self.endpoint_url());
        let config = config
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region))
            .retry_config(RetryConfig::disabled())
            .http_client(self.http_client());
        aws_sdk_ssooidc::Client::from_conf(config.build())
    }

    pub(crate) fn portal(&self) -> aws_sdk_sso::Client {
        self.portal_in("eu-west-1")
    }

    pub(crate) fn portal_in(&self, region: &'static str) -> aws_sdk_sso::Client {
        let mut config = aws_sdk_sso::Config::builder();
        config.set_endpoint_url(self.endpoint_url());
        let config = config
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region))
            .retry_config(RetryConfig::disabled())
            .http_client(self.http_client());
        aws_sdk_sso::Client::from_conf(config.build())
    }

    /// A client that may refresh.
    pub(crate) async fn register(&self) -> RegisterClientOutput {
        self.oidc()
            .register_client()
            .client_name("tool")
            .client_type("public")
            .scopes(ACCESS)
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn start_device(&self, client: &RegisterClientOutput) -> StartDeviceAuthorizationOutput {
        let call = self.oidc().start_device_authorization().start_url(START_URL);
        let call =
            call.set_client_id(client.client_id.clone()).set_client_secret(client.client_secret.clone());
        call.send().await.unwrap()
    }

    pub(crate) fn create_token(
        &self,
        client: &RegisterClientOutput,
        grant: &str,
    ) -> CreateTokenFluentBuilder {
        let call = self.oidc().create_token().grant_type(grant);
        call.set_client_id(client.client_id.clone()).set_client_secret(client.client_secret.clone())
    }

    pub(crate) async fn poll(&self, client: &RegisterClientOutput, device_code: &str) -> Created {
        self.create_token(client, DEVICE_CODE).device_code(device_code).send().await
    }

    pub(crate) async fn refresh(&self, client: &RegisterClientOutput, refresh_token: &str) -> Created {
        self.create_token(client, "refresh_token").refresh_token(refresh_token).send().await
    }

    /// Signs a person in by a device code.
    pub(crate) async fn sign_in(&self, client: &RegisterClientOutput, user: &str) -> CreateTokenOutput {
        let device = self.start_device(client).await;
        self.aws.approve_device(device.user_code().unwrap(), user).unwrap();
        self.poll(client, device.device_code().unwrap()).await.unwrap()
    }

    /// Alice's access token.
    pub(crate) async fn access_token(&self) -> String {
        self.sign_in(&self.register().await, "alice").await.access_token.unwrap()
    }

    /// True when the portal takes the token.
    pub(crate) async fn is_valid(&self, access_token: &str) -> bool {
        match self.portal().list_accounts().access_token(access_token).send().await {
            Ok(_) => true,
            Err(error) => {
                assert!(error.as_service_error().unwrap().is_unauthorized_exception(), "{error:?}");
                false
            }
        }
    }
}

impl Deref for Lab {
    type Target = Fronts;

    fn deref(&self) -> &Fronts {
        &self.fronts
    }
}

/// Fails unless the answer was this refusal; the words only have to be in the document.
#[track_caller]
pub(crate) fn assert_refused<T, E>(
    result: Result<T, SdkError<E, HttpResponse>>,
    code: &str,
    status: u16,
    words: &str,
) where
    T: Debug,
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let error = result.err().unwrap();
    let response = error.raw_response().unwrap();
    let document = std::str::from_utf8(response.body().bytes().unwrap()).unwrap();
    assert_eq!((error.code(), response.status().as_u16()), (Some(code), status), "{document}");
    assert!(document.contains(words), "{document}, not {words:?}");
}
