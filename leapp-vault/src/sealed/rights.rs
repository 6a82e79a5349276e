//! Modes and owners, where a system has them.

#[cfg(unix)]
pub(super) use unix::{create_private_folder, for_owner_only, keep_owner, narrow, sync_folder};

#[cfg(not(unix))]
pub(super) use other::{create_private_folder, for_owner_only, keep_owner, narrow, sync_folder};

#[cfg(unix)]
mod unix {
    use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
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
        DirBuilder::new().recursive(true).mode(0o700).create(folder)
    }

    /// Takes away what others may do with a file.
    pub(crate) fn narrow(path: &Path) -> io::Result<()> {
        let mode = match fs::metadata(path) {
            Ok(metadata) => metadata.mode() & 0o7777,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(e),
        };
        if mode & 0o077 == 0 {
            return Ok(());
        }
        fs::set_permissions(path, Permissions::from_mode(mode & 0o700))
    }

    /// Gives the new file the owner of the one it replaces. The group is a courtesy: the mode gives it no rights.
    pub(crate) fn keep_owner(new: &File, old: &Path) -> io::Result<()> {
        let old = match fs::metadata(old) {
            Ok(old) => old,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(e),
        };
        let mine = new.metadata()?;
        if mine.gid() != old.gid() {
            let _ = fchown(new, None, Some(old.gid()));
        }
        if mine.uid() != old.uid() {
            fchown(new, Some(old.uid()), None)?;
        }
        Ok(())
    }

    /// Makes a rename in the folder durable.
    pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
}

/// Systems without modes and owners: a file has the rights of its folder, which is in the user's profile.
#[cfg(not(unix))]
mod other {
    use std::fs::{self, File, OpenOptions};
    use std::io;
    use std::path::Path;

    pub(crate) fn for_owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    pub(crate) fn narrow(_path: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn keep_owner(_new: &File, _old: &Path) -> io::Result<()> {
        Ok(())
    }

    /// A folder cannot be opened as a file here; the file system orders renames itself.
    pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
        Ok(())
    }
}
