//! Who goes first among the processes of one person, by locks on files that end with whoever holds them.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::turns::Turn;
use crate::{Coordinator, Error, ErrorKind, Lease, LeaseKey, LocalCoordinator};

/// Between two looks at a lease that somebody holds. It is a look and no wait in the kernel, so that a wait can be given
/// up at any time and leaves nothing behind.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The same for a turn's file, which nobody holds for longer than a write.
const LOOK_OFTEN_EVERY: Duration = Duration::from_millis(2);
/// What is read of a turn's file: more than any turn takes.
const MOST_BYTES: u64 = 256;

/// Coordinates processes that share a folder, and the tasks in each of them. Clones are one coordinator.
///
/// Each key is one file, locked as [`File::try_lock`] does: the system gives the lock back when its holder ends, however it
/// ends. The files are empty but for the moment of the last turn; they stay, and hold no secret. The folder must be on a
/// file system of this machine, and one person's own. When it is removed it is made again.
///
/// ```
/// use leapp_core::{Coordinator, FileCoordinator, LeaseKey};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let home = tempfile::tempdir()?;
/// let coordinator = FileCoordinator::open(home.path().join("locks"))?;
/// let lease = coordinator.lease(&LeaseKey::parse("portal")?).await?;
/// // No other process that opened this folder gets this lease before it is dropped, or before this process ends.
/// drop(lease);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FileCoordinator {
    folder: PathBuf,
    /// The tasks of this process stand in line here, so that one of them looks at a file, and not each.
    leases: LocalCoordinator,
    turns: LocalCoordinator,
}

/// A locked file. The lock goes first when it is dropped, and then the place in the line.
#[derive(Debug)]
struct Held {
    file: File,
    _place: Lease,
}

impl FileCoordinator {
    /// Coordinates by the files of a folder, which is made, for its owner only, if it is not there.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when it cannot be made or looked at; [`ErrorKind::NotOurs`] when it is somebody else's or
    /// others may write in it: whoever may write there can keep everybody waiting, or have another file written.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        let folder = folder.into();
        make_private(&folder)?;
        Ok(Self { folder, leases: LocalCoordinator::new(), turns: LocalCoordinator::new() })
    }

    /// Waits until nobody holds this file, and holds it.
    async fn hold(&self, path: PathBuf, place: Lease, look_every: Duration) -> Result<Held, Error> {
        let mut file = self.open_file(&path)?;
        loop {
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => return Ok(Held { file, _place: place }),
                // Removed since it was opened: who comes next locks another file of that name.
                Ok(()) => file = self.open_file(&path)?,
                Err(TryLockError::WouldBlock) => tokio::time::sleep(look_every).await,
                Err(TryLockError::Error(source)) if source.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(source)) => return Err(failed("lock", &path, source)),
            }
        }
    }

    /// The folder may be gone: a person logged out, or something tidied up.
    fn open_file(&self, path: &Path) -> Result<File, Error> {
        let mut opened = private_file().open(path);
        if opened.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::NotFound) {
            make_private(&self.folder)?;
            opened = private_file().open(path);
        }
        opened.map_err(|source| failed("open", path, source))
    }
}

/// Makes a folder for its owner only, if it is not there, and refuses one where others may write.
fn make_private(folder: &Path) -> Result<(), Error> {
    let failed = |what: &str, source| {
        let message = format!("cannot {what} the folder {} for locks", folder.display());
        Error::new(ErrorKind::Unavailable, message).with_source(source)
    };
    private_folder().create(folder).map_err(|source: io::Error| failed("make", source))?;
    let metadata = folder.metadata().map_err(|source| failed("look at", source))?;
    if is_private(&metadata) {
        return Ok(());
    }
    let message =
        format!("the folder {} for locks is somebody else's, or others may write in it", folder.display());
    Err(Error::new(ErrorKind::NotOurs, message))
}

#[async_trait]
impl Coordinator for FileCoordinator {
    async fn lease(&self, key: &LeaseKey) -> Result<Lease, Error> {
        let place = self.leases.lease(key).await?;
        let path = self.folder.join(format!("{}.lease", key.as_str()));
        let held = self.hold(path.clone(), place, LOOK_EVERY).await?;
        // It is empty, and stays so. This freshens its time: what tidies up removes files that are old.
        held.file.set_len(0).map_err(|source| failed("write", &path, source))?;
        Ok(Lease::new(held))
    }

    async fn take_turn(&self, key: &LeaseKey, now: SystemTime, spacing: Duration) -> Result<Duration, Error> {
        let place = self.turns.lease(key).await?;
        let path = self.folder.join(format!("{}.turn", key.as_str()));
        let mut held = self.hold(path.clone(), place, LOOK_OFTEN_EVERY).await?;
        next_turn(&mut held.file, now, spacing).map_err(|source| failed("write", &path, source))
    }
}

/// A process that ends in the middle leaves what [`Turn::parse`] does not take for a turn.
fn next_turn(file: &mut File, now: SystemTime, spacing: Duration) -> io::Result<Duration> {
    let mut text = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut text)?;
    let last = std::str::from_utf8(&text).ok().and_then(Turn::parse);
    let (turn, wait) = Turn::after(last, now, spacing);
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(turn.to_text().as_bytes())?;
    Ok(wait)
}

fn failed(what: &str, path: &Path, source: io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, format!("cannot {what} the lock {}", path.display()))
        .with_source(source)
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
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A link in its place could have another file locked, or written.
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options
}

/// Whether a file is still the one of its name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let found = |metadata: io::Result<Metadata>| metadata.ok().map(|found| (found.dev(), found.ino()));
    let (held, named) = (found(file.metadata()), found(path.symlink_metadata()));
    held.is_some() && held == named
}

/// Elsewhere a file that is open cannot be removed.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

#[cfg(unix)]
fn is_private(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.is_dir() && metadata.mode() & 0o022 == 0 && metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Elsewhere a folder of a person's own is what its parent makes it.
#[cfg(not(unix))]
fn is_private(metadata: &Metadata) -> bool {
    metadata.is_dir()
}
