//! Linux and macOS exchange two files in one step, so that what was displaced can be looked at.
//!
//! On macOS this is `RENAME_SWAP` and, for a free name, `RENAME_EXCL`. Network file systems and old ones have neither.

use std::io;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::Moved;

pub(crate) fn exchange(temp: &Path, target: &Path) -> io::Result<Moved> {
    rename(temp, target, RenameFlags::EXCHANGE)
}

/// Gives a file a name that must be free, in one step.
pub(super) fn rename_to_free_name(temp: &Path, target: &Path) -> io::Result<Moved> {
    rename(temp, target, RenameFlags::NOREPLACE)
}

fn rename(from: &Path, to: &Path, flags: RenameFlags) -> io::Result<Moved> {
    match renameat_with(CWD, from, CWD, to, flags) {
        Ok(()) => Ok(Moved::Done),
        Err(Errno::EXIST) if flags == RenameFlags::NOREPLACE => Ok(Moved::Raced),
        Err(Errno::NOENT) if flags == RenameFlags::EXCHANGE => Ok(Moved::Raced),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(Moved::Unsupported),
        Err(e) => Err(e.into()),
    }
}
