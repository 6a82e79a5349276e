//! What differs between systems, each under one name.

use std::fs;
use std::io;
use std::path::Path;

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "rename_only.rs")]
mod exchange;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "other.rs")]
mod rights;

pub(crate) use exchange::exchange;
pub(crate) use rights::{create_private_folder, for_owner_only, keep_owner, sync_folder, wide_mode};

/// How putting one file in the place of another went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    Done,
    /// Another program made or removed the target a moment ago.
    Raced,
    /// This system or file system cannot do it.
    Unsupported,
}

/// Gives a file a name that must be free.
///
/// A hard link fails when the name is taken, on every system; where there are no hard links, it is looked at before.
pub(crate) fn move_to_free_name(temp: &Path, target: &Path) -> io::Result<Moved> {
    match fs::hard_link(temp, target) {
        Ok(()) => {
            // The file is there. A temporary name that stays behind is swept when the file is next opened.
            let _ = fs::remove_file(temp);
            Ok(Moved::Done)
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(Moved::Raced),
        Err(_) if fs::symlink_metadata(target).is_ok() => Ok(Moved::Raced),
        Err(_) => fs::rename(temp, target).map(|()| Moved::Done),
    }
}
