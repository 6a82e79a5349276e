//! From a keychain's errors to this library's, without what they may carry.
//!
//! Two of `keyring-core`'s errors hold the bytes that could not be read, which are a secret, and show them in `Debug`.
//! None of them is kept as a source or printed; only the platform's own error beneath it is, where that holds no value.

use std::time::Duration;

use keyring_core::Error as Failure;
use leapp_core::{Error, ErrorKind, VaultKey};
use zeroize::Zeroize;

use crate::quirks::Quirks;

/// What is being done to which item.
pub(crate) struct Attempt {
    what: &'static str,
    key: VaultKey,
}

impl Attempt {
    pub(crate) fn new(what: &'static str, key: VaultKey) -> Self {
        Self { what, key }
    }

    pub(crate) fn key(&self) -> &VaultKey {
        &self.key
    }

    fn failed(&self, kind: ErrorKind, why: &str) -> Error {
        let Self { what, key } = self;
        Error::new(kind, format!("cannot {what} `{key}` in the keychain: {why}"))
    }
}

/// Maps a store's failure. That nothing is there is not a failure, and is the caller's to see.
pub(crate) fn map(attempt: &Attempt, failure: Failure, quirks: &Quirks) -> Error {
    match failure {
        Failure::NoStorageAccess(source) if quirks.cannot_be_locked => {
            attempt.failed(ErrorKind::AccessDenied, "this process is not allowed to").with_source(source)
        }
        Failure::NoStorageAccess(source) => {
            attempt.failed(ErrorKind::Locked, "it is locked, or access was refused").with_source(source)
        }
        Failure::PlatformFailure(source) => {
            attempt.failed(ErrorKind::Unavailable, "the system's store failed").with_source(source)
        }
        Failure::BadEncoding(mut bytes) | Failure::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            corrupt(attempt)
        }
        Failure::TooLong(_, _) => too_large(attempt),
        Failure::NoEntry => attempt.failed(ErrorKind::NotFound, "there is no such item"),
        Failure::Ambiguous(_) => attempt.failed(ErrorKind::Corrupt, "several items have this name"),
        Failure::BadStoreFormat(_) => attempt.failed(ErrorKind::Corrupt, "the store itself cannot be read"),
        Failure::Invalid(_, _) => {
            attempt.failed(ErrorKind::InvalidInput, "the store refuses the name or the value")
        }
        Failure::NotSupportedByStore(_) => {
            attempt.failed(ErrorKind::Unsupported, "the store does not do that")
        }
        _ => attempt.failed(ErrorKind::Unavailable, "the store failed in a way unknown here"),
    }
}

pub(crate) fn corrupt(attempt: &Attempt) -> Error {
    attempt.failed(ErrorKind::Corrupt, "the item was not written by this library")
}

pub(crate) fn too_large(attempt: &Attempt) -> Error {
    attempt.failed(ErrorKind::TooLarge, "the value is larger than the store can hold")
}

/// A keychain that does not answer is nearly always one that waits for a person to unlock it.
pub(crate) fn timed_out(attempt: &Attempt, timeout: Duration) -> Error {
    attempt.failed(
        ErrorKind::Locked,
        &format!("no answer within {timeout:?}; it may wait for a person to unlock it"),
    )
}

pub(crate) fn thread_is_gone(attempt: &Attempt) -> Error {
    attempt.failed(ErrorKind::Unavailable, "the keychain's thread has ended")
}
