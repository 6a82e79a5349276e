//! Where long-lived secrets live.

use std::fmt;
use std::fmt::Debug;

use async_trait::async_trait;

use crate::{Error, Secret, SessionId};

/// Keeps secrets: an OS keychain, a sealed file, memory.
///
/// Backends that block move themselves off the async runtime. A keychain may wait minutes for a person: such a backend
/// times out towards its caller.
///
/// # Contract
/// - **round trip**: `get` after `put` gives the text that was put, unchanged, whatever its characters.
/// - **put replaces**: the last `put` of a key wins.
/// - **absent is none**: `get` of what was never put is `Ok(None)`. Locked, denied and unavailable are errors, never `None`.
/// - **delete is idempotent**: deleting what is not there succeeds, and what was deleted is gone.
/// - **keys do not collide**: two keys that differ in session or item never share a value.
/// - **large values survive**: 12 KiB come back unchanged; a backend that cannot hold a value says `TooLarge` and keeps the old one.
/// - **concurrent puts do not tear**: a `get` beside several `put`s gives one of the values put, whole.
/// - **secrets stay hidden**: neither `Debug`, nor an error, nor a log line holds a value or a part of it.
#[async_trait]
pub trait Vault: Debug + Send + Sync {
    /// Stores a secret under a key, in place of what was there.
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error>;

    /// The secret under a key; `None` when there is none.
    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error>;

    /// Removes what is under a key, if anything.
    async fn delete(&self, key: &VaultKey) -> Result<(), Error>;
}

/// Names one secret: of which session, and which of its items.
///
/// Prints as `SESSION/ITEM`. No item's name holds a `/`, so the text is one to one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VaultKey {
    session: SessionId,
    item: VaultItem,
}

/// The kinds of secret a session may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum VaultItem {
    /// The IAM user's [`AccessKey`](crate::AccessKey).
    AccessKey,
    /// A rotation of the access key that is under way: the old key and what it has made, until the old one is deleted.
    AccessKeyRotation,
    /// The key of an encrypted file that holds secrets itself.
    DataKey,
    /// A login at an IAM Identity Center portal: its tokens, and the client they were given to.
    PortalLogin,
    /// A set of temporary credentials that is reused until it expires.
    SessionCredentials,
    /// The seed of a TOTP device.
    TotpSeed,
}

impl VaultItem {
    /// All that there are, for whoever goes through everything that a session may have in a vault.
    pub const ALL: &[Self] = &[
        Self::AccessKey,
        Self::AccessKeyRotation,
        Self::DataKey,
        Self::PortalLogin,
        Self::SessionCredentials,
        Self::TotpSeed,
    ];
}

impl VaultKey {
    /// Names an item of a session.
    pub fn new(session: SessionId, item: VaultItem) -> Self {
        Self { session, item }
    }

    /// The session it belongs to.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// Which of the session's items it is.
    pub fn item(&self) -> VaultItem {
        self.item
    }
}

impl VaultItem {
    /// The item's name in a key's text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessKey => "access-key",
            Self::AccessKeyRotation => "access-key-rotation",
            Self::DataKey => "data-key",
            Self::PortalLogin => "portal-login",
            Self::SessionCredentials => "session-credentials",
            Self::TotpSeed => "totp-seed",
        }
    }
}

impl fmt::Display for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.session, self.item.as_str())
    }
}
