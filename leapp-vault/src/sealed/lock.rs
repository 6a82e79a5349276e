//! One writer at a time, among processes.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use leapp_core::{Error, ErrorKind};

use super::place::Place;
use super::{fault, rights};

/// Short, since a writer that goes on without a pause leaves only a moment between two locks.
const POLL: Duration = Duration::from_millis(1);

/// A lock on a file beside the sealed one, which itself is replaced at each write and so cannot carry one.
///
/// The system releases it when the process ends, however it ends. The file stays: removing it would let two writers
/// lock two files of one name.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock, and blocks.
    pub(super) fn acquire(place: &Place, patience: Duration) -> Result<Self, Error> {
        for _ in 0..=polls(patience) {
            if let Some(lock) = Self::try_acquire(place)? {
                return Ok(lock);
            }
            sleep(POLL);
        }
        Err(held(&place.lock))
    }

    /// Waits for the lock, and does not block.
    pub(super) async fn acquire_async(place: &Place, patience: Duration) -> Result<Self, Error> {
        for _ in 0..=polls(patience) {
            if let Some(lock) = Self::try_acquire(place)? {
                return Ok(lock);
            }
            tokio::time::sleep(POLL).await;
        }
        Err(held(&place.lock))
    }

    /// The lock, or `None` when another writer has it.
    pub(super) fn try_acquire(place: &Place) -> Result<Option<Self>, Error> {
        let path = place.lock.as_path();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = rights::open_regular(rights::for_owner_only(&mut options), path)
            .map_err(|e| fault::io("open the lock file", path, e))?;
        // Made by root, it is to keep nobody out. Where it cannot be given away it is no worse than before.
        let _ = rights::keep_owner(&file, &place.target);
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(fault::io("lock", path, e)),
        }
    }
}

fn polls(patience: Duration) -> u128 {
    patience.as_millis() / POLL.as_millis()
}

fn held(path: &Path) -> Error {
    Error::new(ErrorKind::Busy, format!("another process holds the lock `{}`", path.display()))
}
