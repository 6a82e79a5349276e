//! From a keychain's errors to this library's, without what they may carry.
//!
//! Two of `keyring-core`'s errors hold the bytes that could not be read, which are a secret, and show them in `Debug`.
//! None of them is kept as a source or printed; only the platform's own error beneath it is, where that holds no value.

use std::time::Duration;

use keyring_core::Error as StoreError;
use leapp_core::{Error, ErrorKind, VaultKey};
use zeroize::Zeroize;

use crate::items::Failure;
use crate::platform;
use crate::quirks::Quirks;

/// What is being done to which item.
#[derive(Clone)]
pub(crate) struct Attempt {
    what: &'static str,
    key: VaultKey,
}

impl Attempt {
    pub(crate) fn new(what: &'static str, key: VaultKey) -> Self {
        Self { what, key }
    }

    pub(crate) fn name(&self) -> String {
        self.key.to_string()
    }

    /// The whole error, for whoever asked.
    pub(crate) fn failed(&self, failure: Failure) -> Error {
        failed(self.what, &self.name(), failure)
    }
}

/// What was being done to the item of which name, and why it came to nothing.
pub(crate) fn failed(what: &str, name: &str, failure: Failure) -> Error {
    let Failure { kind, why, is_not_here: _, source } = failure;
    let error = Error::new(kind, format!("cannot {what} `{name}` in the keychain: {why}"));
    match source {
        Some(source) => error.with_source(source),
        None => error,
    }
}

/// Maps a store's failure. That nothing is there is not a failure, and is the caller's to see.
pub(crate) fn map(failure: StoreError, quirks: &Quirks) -> Failure {
    match failure {
        StoreError::NoStorageAccess(source) if quirks.cannot_be_locked => {
            let why = "this process, or this logon session, is not allowed to";
            Failure::new(ErrorKind::AccessDenied, why).with_source(source)
        }
        StoreError::NoStorageAccess(source) => {
            let why = "it is locked, or access was refused; unlock it, and allow this program to use it";
            Failure::new(ErrorKind::Locked, why).with_source(source)
        }
        StoreError::PlatformFailure(source) => {
            let (kind, why) =
                platform::explain(&*source).unwrap_or((ErrorKind::Unavailable, "the system's store failed"));
            Failure::new(kind, why).with_source(source)
        }
        StoreError::BadEncoding(mut bytes) | StoreError::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            Failure::new(ErrorKind::Corrupt, "the item was not written by this library")
        }
        StoreError::TooLong(_, _) => {
            Failure::new(ErrorKind::TooLarge, "the value is larger than the store can hold")
        }
        StoreError::NoEntry => Failure::new(ErrorKind::NotFound, "there is no such item"),
        StoreError::Ambiguous(_) => {
            Failure::new(ErrorKind::Corrupt, "several items have this name; remove all but one")
        }
        StoreError::BadStoreFormat(_) => Failure::new(
            ErrorKind::Corrupt,
            "the store itself cannot be read; look at it with the system's program",
        ),
        StoreError::Invalid(_, _) => {
            Failure::new(ErrorKind::InvalidInput, "the store refuses the name or the value")
        }
        StoreError::NotSupportedByStore(_) => {
            Failure::new(ErrorKind::Unsupported, "the store does not do that")
        }
        _ => Failure::new(ErrorKind::Unavailable, "the store failed in a way unknown here"),
    }
}

/// A keychain that does not answer is nearly always one that waits for a person to unlock it.
pub(crate) fn timed_out(timeout: Duration) -> Failure {
    let why = format!("no answer within {timeout:?}; it may wait for a person to unlock it");
    Failure::new(ErrorKind::Locked, why)
}

pub(crate) fn others_are_first(timeout: Duration) -> Failure {
    let why = format!("others were changing it for {timeout:?}; try again");
    Failure::new(ErrorKind::Busy, why)
}

pub(crate) fn thread_is_gone() -> Failure {
    Failure::new(ErrorKind::Unavailable, "the keychain's thread has ended; open the vault anew")
}
