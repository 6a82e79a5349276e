//! The one error type, and the kinds a host tells apart.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// What went wrong, in the terms of what a host does next.
///
/// `Display` says what was attempted on what, in one line, without the cause; the cause is [`source`](StdError::source).
/// No error holds a secret. Clones are cheap: every caller that waited for one attempt gets the same error.
///
/// ```
/// use leapp_core::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Unreachable, "cannot reach sts.eu-west-1.amazonaws.com");
/// assert!(error.is_retryable());
/// assert!(!error.needs_person());
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of [`Error`], each named for what the host should treat differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The identity is known and not allowed. Change a policy; trying again does not help.
    AccessDenied,
    /// Something of that name exists already. Choose another name or remove it first.
    AlreadyExists,
    /// Another process holds it, or changes it all the time. It is tried again later.
    Busy,
    /// The caller, or a person, ended it. Nothing is wrong.
    Cancelled,
    /// The local clock and the service's differ by more than a signature allows. Set the clock.
    ClockSkew,
    /// Stored data cannot be understood. It was left as it is; look at it, or replace it.
    Corrupt,
    /// What was to be used is past its expiration. Obtain a new one.
    Expired,
    /// The service does not believe the web identity token or the SAML assertion: its issuer, its audience or its signature is
    /// not one that the account knows. Correct the provider in IAM, or take the token from the provider that IAM knows.
    IdentityRefused,
    /// The web identity token is past its expiration. Whoever writes it has to renew it; it is read again later.
    IdentityTokenExpired,
    /// Something depends on it, or holds it. Stop or remove that first.
    InUse,
    /// An input breaks a rule that is known before any call. Correct the input.
    InvalidInput,
    /// A vault or a keychain is locked. Unlock it; trying again by itself would only make it ask again.
    Locked,
    /// The MFA code was not accepted, or has been used before. Answer with the device's next one; after a refusal of the
    /// service, start again first.
    MfaRefused,
    /// The session is not started, so it has nothing to give. Start it.
    NotActive,
    /// Something named does not exist: a session, a vault item, a file's folder.
    NotFound,
    /// The target was written by someone else, and is left alone.
    NotOurs,
    /// Stored data is an older copy of what was there before, or is gone. Put the newest back, or accept what is there.
    OlderCopy,
    /// The access portal is out of order, and says so. Nobody has to do anything: it is tried again later, and what was
    /// obtained is used until it expires.
    PortalDown,
    /// A role session asked for more than the hour that role chaining allows. Ask for less, or assume the role from a user.
    RoleChainingLimit,
    /// The service answered, but not as its documentation says.
    Service,
    /// The service asks for fewer calls. It is tried again later.
    Throttled,
    /// The backend cannot hold a value of this size; or the session's policies and tags take more room than the service has.
    /// Ask for less.
    TooLarge,
    /// A local resource failed: a disk is full, a file is read-only, a thread is gone.
    Unavailable,
    /// The request did not reach the service. It is tried again soon.
    Unreachable,
    /// This backend, platform or build does not do that.
    Unsupported,
    /// What an ARN names is in another partition (`aws`, `aws-cn`, `aws-us-gov`, ..) than the service that would be called, and
    /// nothing crosses partitions. Call the service in a Region of that partition, as somebody who is known there.
    WrongPartition,
}

impl Error {
    /// An error of a kind. The message is lower-case, has no full stop and no secret, and says what was attempted on what.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner { kind, message: message.into(), source: None }))
    }

    /// The same error with the cause beneath it.
    ///
    /// The cause must not hold a secret, in `Display` or in `Debug`.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let (kind, message) = match Arc::try_unwrap(self.0) {
            Ok(inner) => (inner.kind, inner.message),
            Err(shared) => (shared.kind, shared.message.clone()),
        };
        Self(Arc::new(Inner { kind, message, source: Some(source.into()) }))
    }

    /// What the host should treat it as.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// True when the same request may succeed later without anybody changing anything.
    ///
    /// The engine retries exactly these.
    pub fn is_retryable(&self) -> bool {
        use ErrorKind as Kind;
        match self.kind() {
            Kind::Busy
            | Kind::ClockSkew
            | Kind::IdentityTokenExpired
            | Kind::PortalDown
            | Kind::Service
            | Kind::Throttled
            | Kind::Unavailable
            | Kind::Unreachable => true,
            Kind::AccessDenied
            | Kind::AlreadyExists
            | Kind::Cancelled
            | Kind::Corrupt
            | Kind::Expired
            | Kind::IdentityRefused
            | Kind::InUse
            | Kind::InvalidInput
            | Kind::Locked
            | Kind::MfaRefused
            | Kind::NotActive
            | Kind::NotFound
            | Kind::NotOurs
            | Kind::OlderCopy
            | Kind::RoleChainingLimit
            | Kind::TooLarge
            | Kind::Unsupported
            | Kind::WrongPartition => false,
        }
    }

    /// True when only a person can mend it: a code to enter, a keychain to unlock, a clock to set, an older copy to accept.
    pub fn needs_person(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::ClockSkew | ErrorKind::Locked | ErrorKind::MfaRefused | ErrorKind::OlderCopy
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, message, source } = &*self.0;
        let mut debug = f.debug_struct("Error");
        debug.field("kind", kind).field("message", message);
        if let Some(source) = source {
            debug.field("source", source);
        }
        debug.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
