//! One writer at a time, among those that use this library.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use leapp_core::{Error, ErrorKind};

use crate::{fault, platform};

/// Short, since a writer that goes on without a pause leaves only a moment between two locks.
const POLL: Duration = Duration::from_millis(1);

/// A lock on a file beside the credentials file, which itself is replaced at each write and so cannot carry one.
///
/// The system releases it when the process ends, however it ends. The file stays: removing it would let two writers
/// lock two files of one name.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock.
    pub(crate) fn acquire(path: &Path, wait: Duration) -> Result<Self, Error> {
        let polls = wait.as_millis() / POLL.as_millis();
        for _ in 0..=polls {
            if let Some(lock) = Self::try_acquire(path)? {
                return Ok(lock);
            }
            sleep(POLL);
        }
        let message = format!("another process holds the lock `{}`", path.display());
        Err(Error::new(ErrorKind::Busy, message))
    }

    /// The lock, or `None` when another writer has it.
    pub(crate) fn try_acquire(path: &Path) -> Result<Option<Self>, Error> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = platform::for_owner_only(&mut options)
            .open(path)
            .map_err(|e| fault::io("open the lock file", path, e))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(fault::io("lock", path, e)),
        }
    }
}
