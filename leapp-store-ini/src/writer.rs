//! Which processes are alive, among those that have written the file.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use leapp_core::Error;

use crate::place::folder;
use crate::{fault, platform};

/// What the names of these locks end with, as that of the file's own lock does.
const ENDING: &str = ".leapp-lock";

/// A lock that a writer holds from its first publication on, under a name that stands in what it writes.
///
/// The system releases it when the process ends, however it ends. Unlike a process's number its name does not come again, and it is
/// the same in every container that shares the folder.
#[derive(Debug)]
pub(crate) struct Writer {
    name: String,
    held: Mutex<Option<Held>>,
}

#[derive(Debug)]
struct Held {
    path: PathBuf,
    file: File,
}

impl Writer {
    pub(crate) fn new() -> Self {
        // Its keys are drawn by the system: no two are the same, whichever process draws them.
        // A letter first, so that no tool takes it for a number.
        let name = format!("w{:016x}", RandomState::new().hash_one(std::process::id()));
        Self { name, held: Mutex::default() }
    }

    /// Takes the lock, unless it is held, and gives its name. The caller holds the lock of the target.
    pub(crate) fn announce(&self, target: &Path) -> Result<&str, Error> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let path = path(target, &self.name);
        // The folder may have been emptied, or the link may lead elsewhere by now.
        let is_held = held.as_ref().is_some_and(|held| held.path == path && path.exists());
        if !is_held {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            let file = platform::for_owner_only(&mut options)
                .open(&path)
                .map_err(|e| fault::io("create the lock file", &path, e))?;
            // Somebody who looks whether it is held holds it for that moment.
            platform::lock(&file).map_err(|e| fault::io("lock", &path, e))?;
            *held = Some(Held { path, file });
        }
        Ok(&self.name)
    }

    /// True when the process that took a name still runs. What cannot be told is taken for alive.
    pub(crate) fn is_alive(target: &Path, name: &str) -> bool {
        is_name(name) && is_locked(&path(target, name))
    }

    /// True when there are locks that nobody holds any more.
    pub(crate) fn has_left_some(target: &Path) -> bool {
        all(target).any(|path| !is_locked(&path))
    }

    /// Removes the locks that nobody holds any more. The caller holds the lock of the target.
    pub(crate) fn sweep(target: &Path) {
        for path in all(target).filter(|path| !is_locked(path)) {
            // One that stays is no harm: nobody holds it.
            let _ = fs::remove_file(path);
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let held = self.held.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(Held { path, file }) = held.take() {
            // On Windows an open file keeps its name; nobody else takes one that is drawn.
            drop(file);
            let _ = fs::remove_file(path);
        }
    }
}

/// All of them beside a target.
fn all(target: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder(target)).into_iter().flatten().flatten();
    entries.filter(|entry| name_of(target, &entry.file_name()).is_some()).map(|entry| entry.path())
}

fn is_locked(path: &Path) -> bool {
    // A pipe of that name would keep whoever opens it waiting.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return true;
    }
    let mut options = OpenOptions::new();
    match options.write(true).open(path) {
        Ok(file) => !matches!(file.try_lock(), Ok(())),
        Err(e) => e.kind() != std::io::ErrorKind::NotFound,
    }
}

fn path(target: &Path, name: &str) -> PathBuf {
    let mut file = prefix(target);
    file.push(name);
    file.push(ENDING);
    target.with_file_name(file)
}

fn prefix(target: &Path) -> std::ffi::OsString {
    [OsStr::new("."), target.file_name().unwrap_or_default(), OsStr::new(".")].into_iter().collect()
}

fn name_of<'a>(target: &Path, file: &'a OsStr) -> Option<&'a str> {
    let name = file.to_str()?.strip_prefix(prefix(target).to_str()?)?.strip_suffix(ENDING)?;
    is_name(name).then_some(name)
}

/// What stands in the file may be anything, and is part of a path.
fn is_name(name: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    name.strip_prefix('w').is_some_and(|digits| digits.len() == 16 && digits.bytes().all(is_digit))
}
