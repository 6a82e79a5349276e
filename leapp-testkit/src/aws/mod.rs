//! A fake AWS that checks what it is sent.
//!
//! What it answers, as the services do as far as a client can tell:
//!
//! - STS: the operations that issue credentials or say whose they are. Every signature is verified against the key it
//!   gave out; trust, MFA codes, tags and every documented bound are held.
//! - IAM: what a user does with the access keys of its own. Changes spread at once, or
//!   [after a while](FakeAws::with_key_propagation).
//! - SAML ([`SamlProvider`]) and OpenID Connect ([`OidcProvider`]): identity providers that sign, and damage what they
//!   sign when a test asks for it.
//! - IAM Identity Center ([`IdentityCenterSpec`]): SSO-OIDC, the portal, and the pages where a person decides.
//! - Sign-in: `/federation`, from credentials to a [`ConsoleSession`].
//!
//! It refuses with AWS's codes and words, and fails as told ([`Fault`]). Time is the clock's it was made with, so hours
//! pass in no time. [`FakeAws::requests`] says what was asked and what was checked.
//!
//! One world, two fronts: [`FakeAws::http_client`] answers inside the process, for simulated time;
//! [`FakeAws::listen`] answers on loopback, for programs in any language.
//!
//! What it leaves out: OAuth 2.0 access tokens as web identities, permission policies (a role's trust decides alone),
//! Regions that are switched off, quotas.

mod account;
mod answer;
mod auth;
mod checks;
mod fault;
mod form;
mod front;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod iam;
mod identity_center;
mod incoming;
mod issued;
mod known;
#[cfg(test)]
mod long_requests;
mod mfa;
mod mint;
mod oidc;
mod page_policy;
mod principal;
mod query;
#[cfg(test)]
mod random_requests;
mod record;
mod refusal;
mod role;
mod router;
mod saml;
mod service;
mod session_terms;
mod sign_in;
mod string_like;
mod sts;
mod timestamp;
mod world;
#[cfg(feature = "serve")]
mod world_file;
mod xml;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use leapp_core::{AccessKey, AccessKeyId, AccountId, Clock, Error, RoleArn};

// The public interface is:
pub use account::Partition;
pub use fault::Fault;
pub use front::LoopbackServer;
#[cfg(feature = "tls")]
pub use front::TlsServer;
pub use identity_center::IdentityCenterSpec;
pub use mfa::MfaDevice;
pub use oidc::{OidcFailure, OidcProvider, TokenDamage, WebIdentityClaims, WebIdentityTrust};
pub use principal::UserArn;
pub use record::Request;
pub use role::{RoleSpec, Trusted};
pub use saml::{SamlAssertionSpec, SamlDamage, SamlKey, SamlProvider, SamlProviderArn, SamlSigning};
pub use sign_in::ConsoleSession;
#[cfg(feature = "serve")]
pub use world_file::{MadeAssignment, MadeIdentityCenter, MadeUser, MadeWorld, WorldFile};

use world::World;

/// A hundred years: beyond it dates cannot be written as AWS writes them.
const MOST_CLOCK_OFFSET: i64 = 100 * 365 * 86_400;

/// A fake AWS: a world of accounts, users, keys, roles and identity providers made by the test, and the services in
/// front of it.
///
/// Clones share one world. What it makes up (key ids, secrets, session tokens) follows from the order of the calls, so
/// a test sees the same values in every run; none of it is fit to protect anything.
///
/// ```
/// use std::sync::Arc;
/// use std::time::{Duration, SystemTime};
///
/// use leapp_core::AccountId;
/// use leapp_testkit::aws::{FakeAws, Fault, RoleSpec};
/// use leapp_testkit::clock::ManualClock;
///
/// let aws = FakeAws::new(Arc::new(ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000))));
/// let account = AccountId::parse("111122223333")?;
/// let alice = aws.add_user(&account, "alice");
/// let key = aws.add_access_key(&alice);
/// let role = aws.add_role(RoleSpec::new(&account, "Deploy").with_trusted(alice).requiring_mfa());
/// aws.fail_next(Fault::Throttle, 2);
///
/// // Give `aws.http_client()` to an SDK client and let it sign with the key.
/// assert_eq!(role.as_str(), "arn:aws:iam::111122223333:role/Deploy");
/// assert!(key.access_key_id().as_str().starts_with("AKIA"));
/// assert!(aws.requests().is_empty());
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone)]
pub struct FakeAws {
    clock: Arc<dyn Clock>,
    world: Arc<Mutex<World>>,
    outage: front::Outage,
}

impl FakeAws {
    /// An empty world whose time is the clock's.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, world: Arc::new(Mutex::new(World::new())), outage: front::Outage::new() }
    }

    /// Lets every change to an access key that IAM makes take so long, on the clock of the world, until services know of it:
    /// a new key is refused until then, a deleted or inactive one works. IAM itself lists it at once.
    #[must_use]
    pub fn with_key_propagation(self, duration: Duration) -> Self {
        self.world().access_keys.propagation = duration;
        self
    }

    /// Lets `ListAccessKeys` show a change to a user's keys so long after it was made.
    #[must_use]
    pub fn with_key_list_delay(self, duration: Duration) -> Self {
        self.world().access_keys.list_delay = duration;
        self
    }

    /// Lets `GetAccessKeyLastUsed` tell of a use so long after it; until then of nothing. AWS takes hours.
    #[must_use]
    pub fn with_last_used_delay(self, duration: Duration) -> Self {
        self.world().access_keys.last_used_delay = duration;
        self
    }

    /// Places an account in a partition. One that is not placed is in `aws`.
    pub fn add_account(&self, account_id: &AccountId, partition: Partition) {
        self.world().accounts.place(account_id, partition);
    }

    /// Makes an IAM user, or finds the one of that name.
    pub fn add_user(&self, account_id: &AccountId, user_name: &str) -> UserArn {
        let world = &mut *self.world();
        let user = world.user_arn(account_id, user_name);
        world.add_user(&user);
        user
    }

    /// Renames a user, or moves it to another path. It stays the same one: its keys, what they obtained, its MFA devices and its
    /// unique id are the new name's.
    ///
    /// # Panics
    /// When another user has that name already.
    pub fn rename_user(&self, user: &UserArn, user_name: &str) -> UserArn {
        self.world().rename_user(user, user_name)
    }

    /// The account's root user.
    pub fn root_user(&self, account_id: &AccountId) -> UserArn {
        UserArn::root(self.world().accounts.partition(account_id), account_id)
    }

    /// Gives a user one more access key.
    pub fn add_access_key(&self, user: &UserArn) -> AccessKey {
        let world = &mut *self.world();
        let now = self.now(world);
        world.add_access_key(user, now)
    }

    /// Deletes an access key; from then on it is unknown. Sets that it obtained stay valid, as in AWS.
    pub fn delete_access_key(&self, access_key_id: &AccessKeyId) {
        self.world().delete_access_key(access_key_id);
    }

    /// Puts an access key out of use, as `UpdateAccessKey` does.
    pub fn deactivate_access_key(&self, access_key_id: &AccessKeyId) {
        let world = &mut *self.world();
        let now = self.now(world);
        world.access_keys.set_active(access_key_id.as_str(), false, now);
    }

    /// Gives a user one more virtual MFA device.
    pub fn add_mfa_device(&self, user: &UserArn) -> MfaDevice {
        self.world().add_mfa_device(user)
    }

    /// Makes a role, or replaces the one of that name; it keeps its unique id then.
    ///
    /// # Panics
    /// When the specification's name is not one that a role can have.
    pub fn add_role(&self, spec: RoleSpec) -> RoleArn {
        self.world().add_role(spec)
    }

    /// Deletes a role; from then on it cannot be assumed.
    pub fn delete_role(&self, role_arn: &RoleArn) {
        self.world().delete_role(role_arn);
    }

    /// Begins or ends an outage: while it lasts no request reaches the service.
    ///
    /// On loopback connections are refused; the client inside the process reports an I/O error.
    pub fn outage(&self, begins: bool) {
        if begins { self.outage.begin() } else { self.outage.end() }
    }

    /// Makes the next `times` requests fail in this way; scripts queue up behind each other.
    pub fn fail_next(&self, fault: Fault, times: usize) {
        self.world().script.fail_next(None, fault, times);
    }

    /// Makes the next `times` requests for one operation fail in this way: `CreateToken`, `GetRoleCredentials`.
    pub fn fail_next_of(&self, action: &str, fault: Fault, times: usize) {
        self.world().script.fail_next(Some(action), fault, times);
    }

    /// Makes so many percent of the requests fail that no script decides, each in one of these ways.
    ///
    /// The same seed and the same requests give the same failures. No percent, or no faults, ends it.
    pub fn fail_at_random(&self, seed: u64, percent: u8, faults: &[Fault]) {
        self.world().script.fail_at_random(seed, percent, faults);
    }

    /// Sets the service's clock ahead of the world's by so many seconds, at most a hundred years; behind it when
    /// negative.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.world().clock_offset = seconds.clamp(-MOST_CLOCK_OFFSET, MOST_CLOCK_OFFSET);
    }

    /// Sets the size of the session tokens issued from now on, within 64 to 4096 bytes; 800 at first.
    pub fn set_session_token_size(&self, bytes: usize) {
        self.world().session_token_size = bytes.clamp(64, 4096);
    }

    /// What was asked of late, oldest first: the last 10,000 requests. Those that an outage kept away are not among them.
    pub fn requests(&self) -> Vec<Request> {
        self.world().record.requests()
    }

    /// An HTTP client that answers inside the process, at once and in simulated time.
    ///
    /// It signs nothing and opens no socket: give it to an SDK client and leave the endpoint alone.
    pub fn http_client(&self) -> SharedHttpClient {
        front::in_process(self.clone())
    }

    /// Answers on loopback, on a port of the system's choice, until the server is shut down or dropped.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`](leapp_core::ErrorKind::Unavailable) when no port can be opened.
    pub async fn listen(&self) -> Result<LoopbackServer, Error> {
        self.listen_on(0).await
    }

    /// Answers on a loopback port of one's choice.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`](leapp_core::ErrorKind::Unavailable) when the port cannot be opened.
    pub async fn listen_on(&self, port: u16) -> Result<LoopbackServer, Error> {
        LoopbackServer::open(self.clone(), port).await
    }

    fn is_in_outage(&self) -> bool {
        self.outage.lasts()
    }

    /// The service's time.
    fn now(&self, world: &World) -> SystemTime {
        let (now, by) = (self.clock.now(), Duration::from_secs(world.clock_offset.unsigned_abs()));
        let moved = if world.clock_offset < 0 { now.checked_sub(by) } else { now.checked_add(by) };
        moved.unwrap_or(now)
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for FakeAws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAws").field("clock", &self.clock).finish_non_exhaustive()
    }
}
