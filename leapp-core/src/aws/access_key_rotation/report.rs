//! What a host is told of a user's keys, and of what became of them.

use std::time::SystemTime;

use crate::AccessKeyId;

/// A rotation that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RotatedKey {
    /// The key that was deleted.
    pub old: AccessKeyId,
    /// The key that the vault holds.
    pub new: AccessKeyId,
    /// Another process, or another task, has done it while this one waited.
    pub is_by_another: bool,
}

/// What became of a rotation that was begun before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resumed {
    /// It was finished.
    Finished(RotatedKey),
    /// Nothing was under way.
    Nothing,
    /// The vault holds the key that it held before, or one that somebody put there since.
    RolledBack {
        /// The new key that was deleted again, if there was one.
        deleted: Option<AccessKeyId>,
    },
}

/// The keys of the user behind a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RotationStatus {
    /// The user's ARN.
    pub user_arn: String,
    /// Its keys at IAM, in IAM's order.
    pub keys: Vec<AccessKeyStatus>,
    /// A rotation was begun and is not finished.
    pub is_under_way: bool,
}

/// One access key of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessKeyStatus {
    /// Its id.
    pub access_key_id: AccessKeyId,
    /// What it is to the vault.
    pub role: KeyRole,
    /// False when it was put out of use.
    pub is_active: bool,
    /// When it was made.
    pub create_date: SystemTime,
    /// When it signed a request last. IAM takes a while to know.
    pub last_use: LastUse,
}

/// What a key at IAM is to the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyRole {
    /// The vault holds it; it signs the session's requests.
    InVault,
    /// A rotation made it, and nobody got to know its secret. The next rotation deletes it.
    Lost,
    /// It is none of this library's.
    Other,
    /// The vault holds its successor. The next rotation deletes it.
    Replaced,
    /// A rotation made it, and the vault keeps it until it takes the old one's place.
    Successor,
}

/// When a key was last used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LastUse {
    /// At this time.
    At(SystemTime),
    /// Never, as far as IAM knows.
    Never,
    /// IAM does not say.
    Unknown,
}
