//! What turns an identity into temporary credentials.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::{
    Answer, Challenge, Coordinator, Error, Grant, LeaseKey, Login, SamlAssertion, SessionCredentials,
    SessionId, Vault,
};

/// A kind of session, ready to obtain credentials: one AWS call and its inputs.
///
/// # Contract
/// - **one attempt**: [`issue`](Self::issue) calls the service at most once, and once more only where it refused nothing but
///   the duration. It does not retry, cache or sleep: the engine does.
/// - **expiration is the service's**: the set expires when the service said, not when this machine computed.
/// - **asks before it calls**: when an answer is needed and none is given, it returns the challenge without calling the service.
/// - **source is stable**: [`source`](Self::source) gives the same answer for the life of the value.
/// - **cache key covers the inputs**: two values that would ask for different sets never have the same [`cache_key`](Self::cache_key).
/// - **secrets stay hidden**: neither `Debug`, nor an error, nor a log line holds a secret or a part of it.
#[async_trait]
pub trait SessionProvider: Debug + Send + Sync {
    /// The session whose credentials sign this one's request, if any (role chaining).
    fn source(&self) -> Option<&SessionId> {
        None
    }

    /// What kind of session this is.
    fn kind(&self) -> SessionKind;

    /// How long its sets are asked to last, where it says so. Sources may leave less:
    /// [`Plan`](crate::engine::Plan) tells.
    fn duration(&self) -> Option<Duration> {
        None
    }

    /// How far apart the calls are that share the service's patience; `None` when each session's own limit is enough.
    ///
    /// The driver takes a turn at the [`Coordinator`] before each attempt, and waits for it in place of the provider.
    fn pace(&self) -> Option<&Pace> {
        None
    }

    /// A digest of every input of the request, when a set may be kept in the vault and reused; `None` when it never is.
    ///
    /// A kept set whose key differs is dropped, so an edited definition or a replaced access key never gets the old set.
    async fn cache_key(&self, request: &IssueRequest<'_>) -> Result<Option<CacheKey>, Error> {
        let _ = request;
        Ok(None)
    }

    /// Makes one attempt to obtain credentials.
    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error>;

    /// Wipes what it keeps in memory from one attempt to the next, such as an answer that is half of what it needs.
    ///
    /// Called when nothing is under way any more: the session has what it asked for, was stopped, or failed for good. Must
    /// not block.
    fn forget(&self) {}
}

/// What one attempt works with.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct IssueRequest<'a> {
    /// The session the credentials are for.
    pub session: &'a SessionId,
    /// The wall time at which the attempt begins; requests are signed with it.
    pub now: SystemTime,
    /// The vault that holds the session's long-lived secrets.
    pub vault: &'a dyn Vault,
    /// The same vault, for what has to go on when the attempt is ended: to store what was obtained for good.
    pub shared_vault: Option<&'a Arc<dyn Vault>>,
    /// What the source has, when [`SessionProvider::source`] names one.
    pub source: Option<&'a Source>,
    /// The answer to the challenge an attempt before this one returned.
    pub answer: Option<&'a Answer>,
    /// What the session had, when the service no longer accepts it: it must not be given again.
    pub rejected: Option<&'a Grant>,
    /// What is rejected was itself obtained in the place of something rejected: another renewal is no use, a person is to be
    /// asked.
    pub renewal_is_no_help: bool,
    /// Who goes first when several processes could; without one, this process is alone.
    pub coordinator: Option<&'a dyn Coordinator>,
}

/// What a source session has, and whose it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Source {
    /// Credentials or a login.
    pub grant: Grant,
    /// Whose it is; AWS caps what a role's credentials obtain at one hour.
    pub principal: Principal,
}

/// What an attempt comes to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Issued {
    /// A SAML identity provider vouches for a person, for as long as the assertion lasts.
    Assertion {
        /// The response.
        assertion: SamlAssertion,
        /// When it ends.
        expiration: SystemTime,
    },
    /// The service gave credentials.
    Credentials(SessionCredentials),
    /// A person is logged in, or the login was renewed.
    Login(Login),
    /// What was obtained before still serves, and the service was not called.
    Reused(Grant),
    /// A person, or a [`Responder`](crate::Responder), must answer first.
    Challenge(Challenge),
}

/// What a host shows of a kind of session, and what the engine needs to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionKind {
    /// What people call it, such as `IAM User`.
    pub name: &'static str,
    /// Whose credentials its sets are.
    pub principal: Principal,
    /// When its sets are replaced.
    pub refresh: Refresh,
}

/// Whose credentials a set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Principal {
    /// A federated user's, from `GetFederationToken`. They call no STS action but `GetCallerIdentity`.
    FederatedUser,
    /// A person's, logged in at a portal: not AWS credentials, so they sign nothing and are published nowhere.
    Person,
    /// A role session's. Assuming a role with them is role chaining, which AWS limits to one hour.
    Role,
    /// A user's.
    User,
}

/// When a set of credentials is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refresh {
    /// When another session needs it, and not before: for a login whose minutes are not worth a person's attention by
    /// themselves. While one is at hand, each [reused](Self::Reuse) set that it can obtain is replaced with it, so that nobody
    /// is asked again for that one.
    OnDemand,
    /// Shortly before it expires: for sets that cost a person's attention.
    Reuse,
    /// Early and often: after at most 20 minutes or a third of the lifetime.
    Rotate,
}

/// Calls that take turns, those of other sessions and processes among them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pace {
    /// What they share.
    pub key: LeaseKey,
    /// How far apart they are.
    pub spacing: Duration,
}

/// A digest of a request's inputs. Not a secret: it is compared, not used.
///
/// ```
/// use leapp_core::CacheKey;
///
/// assert_ne!(CacheKey::of(["ab", "c"]), CacheKey::of(["a", "bc"]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheKey(String);

impl SessionKind {
    /// A kind whose sets belong to `principal` and are replaced as `refresh` says.
    pub const fn new(name: &'static str, principal: Principal, refresh: Refresh) -> Self {
        Self { name, principal, refresh }
    }
}

impl Pace {
    /// Calls that share a key and are so far apart.
    pub const fn new(key: LeaseKey, spacing: Duration) -> Self {
        Self { key, spacing }
    }
}

impl CacheKey {
    /// The digest of a list of inputs. No secret may be among them.
    pub fn of<'a>(inputs: impl IntoIterator<Item = &'a str>) -> Self {
        // Each input carries its length, so that no two lists run together to the same text; and stays on one line.
        Self(inputs.into_iter().map(|input| format!("{}:{};", input.len(), input.escape_debug())).collect())
    }

    /// The digest's text: one line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'a> IssueRequest<'a> {
    /// A request without a source and without an answer.
    pub fn new(session: &'a SessionId, now: SystemTime, vault: &'a dyn Vault) -> Self {
        Self {
            session,
            now,
            vault,
            shared_vault: None,
            source: None,
            answer: None,
            rejected: None,
            renewal_is_no_help: false,
            coordinator: None,
        }
    }

    /// Adds the vault in a form that outlives the attempt. It must be the same one.
    #[must_use]
    pub fn with_shared_vault(self, shared_vault: Option<&'a Arc<dyn Vault>>) -> Self {
        Self { shared_vault, ..self }
    }

    /// Adds what the source has.
    #[must_use]
    pub fn with_source(self, source: Option<&'a Source>) -> Self {
        Self { source, ..self }
    }

    /// Adds the answer to an earlier challenge.
    #[must_use]
    pub fn with_answer(self, answer: Option<&'a Answer>) -> Self {
        Self { answer, ..self }
    }

    /// Adds what the service no longer accepts.
    #[must_use]
    pub fn with_rejected(self, rejected: Option<&'a Grant>) -> Self {
        Self { rejected, ..self }
    }

    /// Says that what is rejected came in the place of something rejected.
    #[must_use]
    pub fn with_renewal_no_help(self, renewal_is_no_help: bool) -> Self {
        Self { renewal_is_no_help, ..self }
    }

    /// Adds who goes first when several processes could.
    #[must_use]
    pub fn with_coordinator(self, coordinator: Option<&'a dyn Coordinator>) -> Self {
        Self { coordinator, ..self }
    }
}

impl Source {
    /// Says whose this is.
    pub fn new(grant: impl Into<Grant>, principal: Principal) -> Self {
        Self { grant: grant.into(), principal }
    }
}
