//! Linux exchanges two files in one step, so that what was displaced can be looked at.

use std::io;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::Moved;

pub(crate) fn exchange(temp: &Path, target: &Path) -> io::Result<Moved> {
    match renameat_with(CWD, temp, CWD, target, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(Moved::Done),
        Err(Errno::NOENT) => Ok(Moved::Raced),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(Moved::Unsupported),
        Err(e) => Err(e.into()),
    }
}
