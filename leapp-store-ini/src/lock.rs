//! One writer at a time, among those that use this library.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, sleep};
use std::time::Duration;

use leapp_core::{Error, ErrorKind};

use crate::{fault, platform};

/// Short, since a writer that goes on without a pause leaves only a moment between two locks.
const POLL: Duration = Duration::from_millis(1);

/// As many threads wait in line, at most. One goes on waiting when its caller does not any more, until the lock is free.
const MAX_IN_LINE: usize = 8;

static IN_LINE: AtomicUsize = AtomicUsize::new(0);

/// A lock on a file beside the credentials file, which itself is replaced at each write and so cannot carry one.
///
/// The system releases it when the process ends, however it ends. The file stays: removing it would let two writers
/// lock two files of one name.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock: in the system's line, first come, first served. Whoever asks now and then instead may be unlucky for long
    /// where many write.
    pub(crate) fn acquire(path: &Path, wait: Duration) -> Result<Self, Error> {
        if let Some(lock) = Self::try_acquire(path)? {
            return Ok(lock);
        }
        let lock = match Place::in_line() {
            Some(place) => Self::wait_in_line(place, path, wait)?,
            None => Self::poll(path, wait)?,
        };
        lock.ok_or_else(|| {
            Error::new(ErrorKind::Busy, format!("another process holds the lock `{}`", path.display()))
        })
    }

    /// The lock, or `None` when another writer has it.
    pub(crate) fn try_acquire(path: &Path) -> Result<Option<Self>, Error> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) if !platform::has_name(&file, path) => Ok(None),
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(fault::io("lock", path, e)),
        }
    }

    fn wait_in_line(place: Place, path: &Path, wait: Duration) -> Result<Option<Self>, Error> {
        let file = open(path)?;
        let (taken, is_taken) = mpsc::channel();
        let waiter = thread::Builder::new().name("leapp-lock".to_owned());
        let line = move || {
            let outcome = platform::lock(&file).map(|()| file);
            drop(place);
            // When nobody waits any more, the lock goes with the file.
            let _ = taken.send(outcome);
        };
        waiter.spawn(line).map_err(|e| fault::io("wait for", path, e))?;
        let file = match is_taken.recv_timeout(wait) {
            Ok(outcome) => outcome.map_err(|e| fault::io("lock", path, e))?,
            Err(RecvTimeoutError::Timeout) => return Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                let gone = io::Error::other("the thread that waited for it is gone");
                return Err(fault::io("lock", path, gone));
            }
        };
        // Somebody may have removed the file meanwhile: others lock the next one of that name.
        if platform::has_name(&file, path) { Ok(Some(Self { _file: file })) } else { Self::try_acquire(path) }
    }

    fn poll(path: &Path, wait: Duration) -> Result<Option<Self>, Error> {
        let polls = wait.as_millis() / POLL.as_millis();
        for _ in 0..=polls {
            if let Some(lock) = Self::try_acquire(path)? {
                return Ok(Some(lock));
            }
            sleep(POLL);
        }
        Ok(None)
    }
}

fn open(path: &Path) -> Result<File, Error> {
    // A pipe would keep whoever opens it waiting.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(fault::unfit(path, "is not a regular file"));
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    platform::for_owner_only(&mut options).open(path).map_err(|e| fault::io("open the lock file", path, e))
}

/// One of the few places for those who wait in line.
struct Place;

impl Place {
    fn in_line() -> Option<Self> {
        let one_more = |count: usize| (count < MAX_IN_LINE).then_some(count + 1);
        IN_LINE.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok().map(|_| Self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        IN_LINE.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_gives_up_waiting_takes_nothing_with_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = Lock::acquire(&path, Duration::ZERO).unwrap();
        for _ in 0..3 * MAX_IN_LINE {
            let error = Lock::acquire(&path, Duration::from_millis(2)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Busy);
            assert!(error.to_string().contains("lock`"), "{error}");
        }
        assert!(IN_LINE.load(Ordering::Relaxed) <= MAX_IN_LINE);
        drop(held);
        // Those who are still in line let it go at once.
        Lock::acquire(&path, Duration::from_secs(60)).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_whose_file_was_removed_meanwhile_is_taken_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = Lock::acquire(&path, Duration::ZERO).unwrap();
        let waiting = thread::spawn({
            let path = path.clone();
            move || Lock::acquire(&path, Duration::from_secs(60)).unwrap()
        });
        while IN_LINE.load(Ordering::Relaxed) == 0 {
            thread::yield_now();
        }
        std::fs::remove_file(&path).unwrap();
        drop(held);
        let taken = waiting.join().unwrap();
        assert!(
            Lock::try_acquire(&path).unwrap().is_none(),
            "the file of that name is the one that is locked"
        );
        drop(taken);
    }
}
