//! A file of the token cache: read whole, replaced whole, and never a half-written one in its place.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

/// A login has some 5 KB.
const MOST_BYTES: usize = 64 * 1024;
/// The file beside it is held for one write.
const LOOK_EVERY: Duration = Duration::from_millis(5);
const MOST_LOOKS: usize = 1000;

/// The whole content; none when there is no file.
pub(super) fn read(path: &Path) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // Before it is opened: opening a pipe waits for somebody to write.
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(io::Error::other("it is not a regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut content = Zeroizing::new(Vec::with_capacity(MOST_BYTES + 1));
    File::open(path)?.take(MOST_BYTES as u64 + 1).read_to_end(&mut content)?;
    if content.len() > MOST_BYTES {
        return Err(io::Error::other("it is larger than 64 KiB"));
    }
    Ok(Some(content))
}

/// Puts this content in its place: written beside it first, for its owner only, and exchanged as a whole.
///
/// What a writer that was killed left beside it is written over by the next.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = resolved(path);
    if let Some(folder) = path.parent() {
        private_folder().create(folder)?;
    }
    let beside = beside(&path);
    let file = take(&beside)?;
    let written = write(&file, content).and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Takes it away when its content is the one, and what a killed writer left beside it.
pub(super) fn remove_if(path: &Path, is_it: impl FnOnce(&[u8]) -> bool) -> io::Result<()> {
    let path = resolved(path);
    let beside = beside(&path);
    if !path.try_exists()? {
        return Ok(());
    }
    let _held = take(&beside)?;
    let removed = match read(&path)? {
        Some(content) if is_it(&content) => fs::remove_file(&path),
        _ => Ok(()),
    };
    let tidied = fs::remove_file(&beside);
    removed.and(tidied)
}

/// A link stays one, and leads to the content, even when it leads to nothing yet.
fn resolved(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| match (fs::read_link(path), path.parent()) {
        (Ok(target), Some(folder)) => folder.join(target),
        _ => path.to_path_buf(),
    })
}

/// One name for all writers: what is left there is found.
fn beside(path: &Path) -> PathBuf {
    path.with_extension("json.leapp")
}

/// Opens the file beside, and holds it against others that write.
fn take(beside: &Path) -> io::Result<File> {
    for _ in 0..MOST_LOOKS {
        // What else may stand there: a link, a pipe, another name of somebody's file.
        match fs::symlink_metadata(beside) {
            Ok(metadata) if !is_a_file_of_one_name(&metadata) => fs::remove_file(beside)?,
            _ => {}
        }
        let file = private_file().open(beside)?;
        match file.try_lock() {
            // Whoever held it before may have put it in its place, and then it is not to be written in any more.
            Ok(()) if is_at(&file, beside)? => return Ok(file),
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_EVERY),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::ResourceBusy, "somebody else goes on writing it"))
}

fn write(mut file: &File, content: &[u8]) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.set_len(0)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(unix)]
fn is_a_file_of_one_name(metadata: &Metadata) -> bool {
    metadata.is_file() && std::os::unix::fs::MetadataExt::nlink(metadata) == 1
}

#[cfg(not(unix))]
fn is_a_file_of_one_name(metadata: &Metadata) -> bool {
    metadata.is_file()
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let held = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (held.dev(), held.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Elsewhere a file that is open is not replaced under its holder.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Opening a pipe that somebody put there in this moment waits for nobody.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    options
}
