//! The temporary file: one name while it is written and one when it is complete, one owner, gone when it is not needed.

use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use leapp_core::{Error, ErrorKind};

use super::Protocol;
use crate::fault;
use crate::place::Place;
use crate::platform::{self, Owner};

/// A complete and durable file under the second of the temporary names; whatever has that name at the end is removed.
#[derive(Debug)]
pub(super) struct Temp<'a> {
    pub(super) path: &'a Path,
    is_kept: Cell<bool>,
}

impl<'a> Temp<'a> {
    /// Writes the file, with the owner of the one it will replace.
    ///
    /// After a failed `fsync` the system may have dropped what it could not write: the file is given up, never synced again.
    pub(super) fn write(protocol: &Protocol<'a>, owner: Option<&Owner>, bytes: &[u8]) -> Result<Self, Error> {
        let (path, ready) = (protocol.place.temp.as_path(), protocol.place.ready.as_path());
        sweep(protocol.place)?;
        let mut file = (protocol.create_temp)(path).map_err(|e| fault::io("create", path, e))?;
        let mut temp = Self { path, is_kept: Cell::new(false) };
        if let Some(owner) = owner {
            owner.give(&file).map_err(|e| fault::io("keep the owner of", &protocol.place.target, e))?;
        }
        file.write_all(bytes).map_err(|e| fault::io("write", path, e))?;
        file.sync_all().map_err(|e| fault::io("sync", path, e))?;
        // Where locks are known to one machine only, a writer on another may have begun its own under the name.
        if !platform::has_name(&file, path) {
            let message = format!("another writer has taken `{}` away", path.display());
            return Err(Error::new(ErrorKind::Busy, message));
        }
        // A file that is open keeps its name on Windows.
        drop(file);
        fs::rename(path, ready).map_err(|e| fault::io("rename", path, e))?;
        temp.path = ready;
        Ok(temp)
    }
}

impl Temp<'_> {
    /// Leaves what has the name now for the next process to look at.
    pub(super) fn keep(&self) {
        self.is_kept.set(true);
    }
}

impl Drop for Temp<'_> {
    fn drop(&mut self) {
        if self.is_kept.get() {
            return;
        }
        // Nothing to tell anybody: a file that stays is swept by the next write or the next open.
        let _ = platform::remove(self.path);
    }
}

/// Creates the file for its owner only, and never opens one that is there.
pub(super) fn create(path: &Path) -> io::Result<File> {
    platform::for_owner_only(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Removes what a killed process left, which is ours alone. The caller holds the lock.
fn sweep(place: &Place) -> Result<(), Error> {
    [&place.temp, &place.ready, &place.aside].into_iter().try_for_each(|path| remove(path))
}

/// Removes a leftover, if there is one.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    match platform::remove(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(fault::io("remove the leftover", path, e)),
        _ => Ok(()),
    }
}
