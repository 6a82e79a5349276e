//! What turns an identity into temporary credentials.

use std::fmt::Debug;
use std::time::SystemTime;

use async_trait::async_trait;

use crate::{Answer, Challenge, Error, SessionCredentials, SessionId, Vault};

/// A kind of session, ready to obtain credentials: one AWS call and its inputs.
///
/// # Contract
/// - **one attempt**: [`issue`](Self::issue) calls the service at most once. It does not retry, cache or sleep: the engine does.
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

    /// A digest of every input of the request, when a set may be kept in the vault and reused; `None` when it never is.
    ///
    /// A kept set whose key differs is dropped, so an edited definition or a replaced access key never gets the old set.
    async fn cache_key(&self, request: &IssueRequest<'_>) -> Result<Option<CacheKey>, Error> {
        let _ = request;
        Ok(None)
    }

    /// Makes one attempt to obtain credentials.
    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error>;
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
    /// The source's credentials, when [`SessionProvider::source`] names one.
    pub source: Option<&'a SourceCredentials>,
    /// The answer to the challenge an attempt before this one returned.
    pub answer: Option<&'a Answer>,
}

/// A source's credentials, and what they are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SourceCredentials {
    /// The credentials.
    pub credentials: SessionCredentials,
    /// What they are those of; AWS caps what a role's credentials obtain at one hour.
    pub principal: Principal,
}

/// What an attempt comes to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Issued {
    /// The service gave credentials.
    Credentials(SessionCredentials),
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
    /// A role session's. Assuming a role with them is role chaining, which AWS limits to one hour.
    Role,
    /// A user's.
    User,
}

/// When a set of credentials is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refresh {
    /// Shortly before it expires: for sets that cost a person's attention.
    Reuse,
    /// Early and often: after at most 20 minutes or a third of the lifetime.
    Rotate,
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
        Self { session, now, vault, source: None, answer: None }
    }

    /// Adds the source's credentials.
    #[must_use]
    pub fn with_source(self, source: Option<&'a SourceCredentials>) -> Self {
        Self { source, ..self }
    }

    /// Adds the answer to an earlier challenge.
    #[must_use]
    pub fn with_answer(self, answer: Option<&'a Answer>) -> Self {
        Self { answer, ..self }
    }
}

impl SourceCredentials {
    /// Says whose credentials these are.
    pub fn new(credentials: SessionCredentials, principal: Principal) -> Self {
        Self { credentials, principal }
    }
}
