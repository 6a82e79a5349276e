//! Modes and owners.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;

/// Files that these options create are their owner's only.
pub(crate) fn for_owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    // Asked first: through a link to a folder, or in a read-only one, creating fails although nothing is missing.
    if fs::metadata(folder).is_ok_and(|metadata| metadata.is_dir()) {
        return Ok(());
    }
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && fs::metadata(folder).is_err();
    let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // A file is only as durable as the names of the folders that lead to it.
    let synced = missing.iter().try_for_each(|made| match made.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
        _ => sync_folder(Path::new(".")),
    });
    synced.inspect_err(|_| {
        // A folder that stayed would not be synced by the next attempt.
        missing.iter().for_each(|made| drop(fs::remove_dir(made)));
    })
}

/// Whose a file is.
#[derive(Debug)]
pub(crate) struct Owner {
    user: u32,
    group: u32,
}

impl Owner {
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self { user: metadata.uid(), group: metadata.gid() })
    }

    /// Gives the new file to the owner of the one it replaces. The group is a courtesy: the mode gives it no rights.
    pub(crate) fn give(&self, new: &File) -> io::Result<()> {
        let Self { user, group } = Self::of(new)?;
        if group != self.group {
            let _ = fchown(new, None, Some(self.group));
        }
        if user != self.user {
            fchown(new, Some(self.user), None)?;
        }
        Ok(())
    }
}

/// True when a path still leads to the open file.
pub(crate) fn has_name(file: &File, path: &Path) -> bool {
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let named = fs::metadata(path).map(identity);
    named.is_ok_and(|named| file.metadata().is_ok_and(|own| identity(own) == named))
}

/// The permission bits of a file that not its owner alone can read or write.
pub(crate) fn wide_mode(path: &Path) -> Option<u32> {
    let mode = fs::metadata(path).ok()?.mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Makes a rename in the folder durable. On macOS `sync_all` is `F_FULLFSYNC`, which waits for the disk's own memory too.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
