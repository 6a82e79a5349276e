//! A world with one user, a clock that stands still, and SDK clients for it.

use std::fmt::Debug;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use aws_sdk_sts::Client;
use aws_sdk_sts::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_sts::config::{ConfigBag, Credentials, Intercept, RuntimeComponents};
use aws_sdk_sts::error::BoxError;
use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use leapp_core::{AccessKey, AccountId, RoleArn};
use leapp_testkit::aws::{RoleSpec, UserArn};

use crate::fronts::Fronts;

pub(crate) struct Lab {
    fronts: Fronts,
    pub(crate) account: AccountId,
    pub(crate) alice: UserArn,
    pub(crate) key: AccessKey,
}

impl Lab {
    pub(crate) fn in_process() -> Self {
        let fronts = Fronts::new();
        let account = AccountId::parse("111122223333").unwrap();
        let alice = fronts.aws.add_user(&account, "alice");
        let key = fronts.aws.add_access_key(&alice);
        Self { fronts, account, alice, key }
    }

    pub(crate) async fn on_loopback() -> Self {
        let mut lab = Self::in_process();
        lab.listen().await;
        lab
    }

    /// A client of alice's.
    pub(crate) fn client(&self) -> Client {
        self.client_of(long_lived(&self.key))
    }

    pub(crate) fn client_of(&self, credentials: Credentials) -> Client {
        Client::from_conf(self.config(credentials).build())
    }

    pub(crate) fn config(&self, credentials: Credentials) -> aws_sdk_sts::config::Builder {
        self.sts_config().credentials_provider(credentials)
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

impl Deref for Lab {
    type Target = Fronts;

    fn deref(&self) -> &Fronts {
        &self.fronts
    }
}

impl DerefMut for Lab {
    fn deref_mut(&mut self) -> &mut Fronts {
        &mut self.fronts
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
