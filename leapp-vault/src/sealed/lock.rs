//! One writer at a time, among processes.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
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
        let failed = |e| fault::io("open the lock file", path, e);
        let file = match open(path, false) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => match open(path, true) {
                Ok(file) => {
                    // Made by root, it is to keep nobody out. One that was there already is nobody's to give away.
                    rights::keep_owner(&file, &place.target).map_err(failed)?;
                    file
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => open(path, false).map_err(failed)?,
                Err(e) => return Err(failed(e)),
            },
            opened => opened.map_err(failed)?,
        };
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(fault::io("lock", path, e)),
        }
    }
}

fn open(path: &Path, is_new: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    rights::open_regular(rights::for_owner_only(options.write(true).create_new(is_new)), path)
}

fn polls(patience: Duration) -> u128 {
    patience.as_millis() / POLL.as_millis()
}

fn held(path: &Path) -> Error {
    Error::new(ErrorKind::Busy, format!("another process holds the lock `{}`", path.display()))
}
