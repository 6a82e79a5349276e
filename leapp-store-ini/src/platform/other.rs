//! Systems without modes and owners: a file has the rights of its folder, which is in the user's profile.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

pub(crate) fn for_owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Whose a file is.
#[derive(Debug)]
pub(crate) struct Owner;

impl Owner {
    pub(crate) fn of(_file: &File) -> io::Result<Self> {
        Ok(Self)
    }

    pub(crate) fn give(&self, _new: &File) -> io::Result<()> {
        Ok(())
    }
}

/// Who removes a file that is open makes its name unusable until it is closed.
pub(crate) fn has_name(_file: &File, _path: &Path) -> bool {
    true
}

pub(crate) fn wide_mode(_path: &Path) -> Option<u32> {
    None
}

/// A folder cannot be opened as a file here; the file system orders renames itself.
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
