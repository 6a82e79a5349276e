//! What a system refuses only for a moment.
//!
//! On Windows a file that somebody has open can be refused to others, as virus scanners, indexers and Python programs have it for a
//! moment. Elsewhere nobody is in anybody's way.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
const HELD: [i32; 2] = [32, 33];

/// Two seconds in all.
pub(crate) const TRIES: u32 = 400;
pub(crate) const BETWEEN_TRIES: Duration = Duration::from_millis(5);

/// Opens a file to read it.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    patiently(|| File::open(path))
}

/// Removes a file.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    patiently(|| fs::remove_file(path))
}

/// Whether a rename was refused because somebody has the file open that is to be replaced. File systems that cannot put another
/// in the place of an open one say that the permission is missing.
pub(crate) fn is_in_use(e: &io::Error) -> bool {
    is_held(e) || (cfg!(windows) && e.kind() == io::ErrorKind::PermissionDenied)
}

/// Whether a file was refused because somebody has it open and lets others do less with it.
pub(crate) fn is_held(e: &io::Error) -> bool {
    cfg!(windows) && e.raw_os_error().is_some_and(|code| HELD.contains(&code))
}

fn patiently<T>(attempt: impl Fn() -> io::Result<T>) -> io::Result<T> {
    for _ in 1..TRIES {
        match attempt() {
            Err(e) if is_held(&e) => sleep(BETWEEN_TRIES),
            outcome => return outcome,
        }
    }
    attempt()
}

#[cfg(all(test, windows))]
mod tests {
    use std::fs::OpenOptions;
    use std::os::windows::fs::OpenOptionsExt;
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    /// As a program does that lets nobody else have the file.
    fn hold(path: &Path) -> File {
        OpenOptions::new().write(true).create(true).truncate(false).share_mode(0).open(path).unwrap()
    }

    #[test]
    fn a_file_that_somebody_keeps_to_himself_is_waited_for() {
        for attempt in [|path: &Path| open(path).map(drop), remove] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("credentials");
            let holder = hold(&path);
            assert!(is_held(&File::open(&path).unwrap_err()));
            let (started, starts) = mpsc::channel();
            let waiting = thread::spawn(move || {
                started.send(()).unwrap();
                attempt(&path)
            });
            starts.recv().unwrap();
            sleep(BETWEEN_TRIES * 3);
            drop(holder);
            waiting.join().unwrap().unwrap();
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("credentials");
        assert_eq!(open(&missing).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert!(!is_in_use(&io::ErrorKind::NotFound.into()));
    }
}
