//! A world with one user, a clock that stands still, and SDK clients for it.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_sts::Client;
use aws_sdk_sts::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::{
    BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents, SharedHttpClient,
};
use aws_sdk_sts::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use leapp_core::{AccessKey, AccountId, Clock as _, RoleArn};
use leapp_testkit::aws::{FakeAws, LoopbackServer, RoleSpec, UserArn};
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

pub(crate) struct Lab {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) server: Option<LoopbackServer>,
    pub(crate) account: AccountId,
    pub(crate) alice: UserArn,
    pub(crate) key: AccessKey,
}

/// What an error answer said.
#[derive(Debug, PartialEq)]
pub(crate) struct Refused {
    pub(crate) code: String,
    pub(crate) status: u16,
    pub(crate) message: String,
}

impl Lab {
    pub(crate) fn in_process() -> Self {
        let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        let aws = FakeAws::new(Arc::new(clock.clone()));
        let account = AccountId::parse("111122223333").unwrap();
        let alice = aws.add_user(&account, "alice");
        let key = aws.add_access_key(&alice);
        Self { clock, aws, server: None, account, alice, key }
    }

    pub(crate) async fn on_loopback() -> Self {
        let mut lab = Self::in_process();
        lab.server = Some(lab.aws.listen().await.unwrap());
        lab
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// A client of alice's.
    pub(crate) fn client(&self) -> Client {
        self.client_of(long_lived(&self.key))
    }

    pub(crate) fn client_of(&self, credentials: Credentials) -> Client {
        Client::from_conf(self.config(credentials).build())
    }

    pub(crate) fn config(&self, credentials: Credentials) -> aws_sdk_sts::config::Builder {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-west-1"))
            .retry_config(RetryConfig::disabled())
            .time_source(Shown(self.clock.clone(), 0))
            .credentials_provider(credentials);
        match &self.server {
            Some(server) => config.endpoint_url(server.endpoint_url()).http_client(plain_http()),
            None => config.http_client(self.aws.http_client()),
        }
    }

    /// A role that trusts its account and allows twelve hours.
    pub(crate) fn role(&self, name: &str) -> RoleArn {
        self.aws.add_role(self.spec(name))
    }

    pub(crate) fn spec(&self, name: &str) -> RoleSpec {
        RoleSpec::new(&self.account, name).with_max_session_duration(Duration::from_secs(43_200))
    }

    /// A session of a role, obtained by a client.
    pub(crate) async fn assume(&self, client: &Client, role: &RoleArn) -> Credentials {
        let call = client.assume_role().role_arn(role.as_str()).role_session_name("session");
        temporary(call.send().await.unwrap().credentials.as_ref())
    }
}

/// A clock that is off by some seconds.
#[derive(Debug)]
pub(crate) struct Shown(pub(crate) ManualClock, pub(crate) i64);

impl TimeSource for Shown {
    fn now(&self) -> SystemTime {
        let off = Duration::from_secs(self.1.unsigned_abs());
        if self.1 < 0 { self.0.now() - off } else { self.0.now() + off }
    }
}

/// Changes a request after it was signed.
pub(crate) struct Tamper(pub(crate) Box<dyn Fn(&mut HttpRequest) + Send + Sync>);

impl Debug for Tamper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tamper")
    }
}

impl Intercept for Tamper {
    fn name(&self) -> &'static str {
        "tamper"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        (self.0)(context.request_mut());
        Ok(())
    }
}

pub(crate) fn plain_http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

pub(crate) fn long_lived(key: &AccessKey) -> Credentials {
    Credentials::new(key.access_key_id().as_str(), key.secret_access_key().expose(), None, None, "test")
}

pub(crate) fn temporary(set: Option<&aws_sdk_sts::types::Credentials>) -> Credentials {
    let set = set.unwrap();
    let token = Some(set.session_token.clone());
    Credentials::new(&set.access_key_id, &set.secret_access_key, token, None, "test")
}

#[expect(deprecated, reason = "the service still answers it")]
pub(crate) fn packed_policy_size(answer: &AssumeRoleOutput) -> Option<i32> {
    answer.packed_policy_size()
}

pub(crate) fn refused<T, E>(result: Result<T, SdkError<E, HttpResponse>>) -> Refused
where
    T: Debug,
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let error = result.err().unwrap();
    let status = error.raw_response().unwrap().status().as_u16();
    let text = |text: Option<&str>| text.unwrap().to_owned();
    Refused { code: text(error.code()), status, message: text(error.message()) }
}

/// Fails unless the answer was this refusal; the words only have to be in the message.
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
    let refused = refused(result);
    assert_eq!((refused.code.as_str(), refused.status), (code, status), "{refused:?}");
    assert!(refused.message.contains(words), "{refused:?}, not {words:?}");
}
