//! Modes and owners, where a system has them.

#[cfg(unix)]
pub(super) use unix::{
    create_private_folder, for_owner_only, keep_owner, narrow, open_regular, rename, sync_folder,
};

#[cfg(not(unix))]
pub(super) use other::{
    create_private_folder, for_owner_only, keep_owner, narrow, open_regular, rename, sync_folder,
};

#[cfg(unix)]
mod unix {
    use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
    use std::io::{self, Read};
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
    use std::path::Path;

    use rustix::fs::OFlags;

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

    /// Opens what is a file, and no link to one: a pipe would be waited for, a link could lead to somebody else's.
    pub(crate) fn open_regular(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = options.custom_flags(flags.bits().cast_signed()).open(path)?;
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a regular file")) }
    }

    /// Takes away what others may do with a file that begins so. Any other file is left as it is: it is not ours.
    pub(crate) fn narrow(path: &Path, magic: &[u8]) -> io::Result<()> {
        // What cannot be opened is told of at the first operation.
        let Ok(mut file) = open_regular(OpenOptions::new().read(true), path) else { return Ok(()) };
        let mode = file.metadata()?.mode() & 0o7777;
        let mut start = Vec::new();
        (&mut file).take(magic.len() as u64).read_to_end(&mut start)?;
        if mode & 0o077 == 0 || start != magic {
            return Ok(());
        }
        file.set_permissions(Permissions::from_mode(mode & 0o700))
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

    /// Puts a file in the place of another.
    pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
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
    use std::thread::sleep;
    use std::time::Duration;

    /// ERROR_SHARING_VIOLATION: somebody reads the new file, as a virus scanner does.
    const SHARING_VIOLATION: i32 = 32;
    /// Two seconds in all.
    const TRIES: u32 = 400;
    const BETWEEN_TRIES: Duration = Duration::from_millis(5);

    pub(crate) fn for_owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    pub(crate) fn open_regular(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
        options.open(path)
    }

    pub(crate) fn narrow(_path: &Path, _magic: &[u8]) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn keep_owner(_new: &File, _old: &Path) -> io::Result<()> {
        Ok(())
    }

    /// Puts a file in the place of another. Some file systems refuse that while anybody has the other one open, which readers and
    /// virus scanners have for a moment.
    pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
        for _ in 1..TRIES {
            match fs::rename(from, to) {
                Err(e) if is_of_a_moment(&e) => sleep(BETWEEN_TRIES),
                outcome => return outcome,
            }
        }
        fs::rename(from, to)
    }

    fn is_of_a_moment(e: &io::Error) -> bool {
        e.kind() == io::ErrorKind::PermissionDenied || e.raw_os_error() == Some(SHARING_VIOLATION)
    }

    /// A folder cannot be opened as a file here; the file system orders renames itself.
    pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
        Ok(())
    }
}
