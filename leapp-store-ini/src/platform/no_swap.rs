//! Systems where two files are not exchanged: the file is looked at again, then replaced.
//!
//! Windows' `ReplaceFile` would hand out what it displaced, and keep the rights of it. But it moves the old file away
//! before it puts the new one there: for a moment there is none, and a process that is killed then leaves none behind.

use std::io;
use std::path::Path;

use super::Moved;

pub(crate) fn exchange(_temp: &Path, _target: &Path) -> io::Result<Moved> {
    Ok(Moved::Unsupported)
}

pub(super) fn rename_to_free_name(_temp: &Path, _target: &Path) -> io::Result<Moved> {
    Ok(Moved::Unsupported)
}
