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
/// How often a lock's file may be gone when it is held at last.
const MOST_REMOVALS: usize = 100;
/// What is read of a turn's file: more than any turn takes.
const MOST_BYTES: u64 = 256;

/// Coordinates processes that share a folder, and the tasks in each of them. Clones are one coordinator.
///
/// Each key is one file, locked as [`File::try_lock`] does: the system gives the lock back when its holder ends, however it
/// ends. The files are empty but for the moment of the last turn; they stay, and hold no secret. The folder must be on a
/// file system of this machine, and one person's own. When it is removed it is made again; two may hold one lease while it is held
/// and its file removed.
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
        let mut removals = 0;
        loop {
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => return Ok(Held { file, _place: place }),
                // Removed since it was opened: who comes next locks another file of that name.
                Ok(()) if removals < MOST_REMOVALS => {
                    removals += 1;
                    tokio::time::sleep(look_every).await;
                    file = self.open_file(&path)?;
                }
                Ok(()) => return Err(failed("keep", &path, io::Error::other("it is removed all the time"))),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(look_every).await,
                Err(TryLockError::Error(source)) if source.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(source)) => return Err(failed("lock", &path, source)),
            }
        }
    }

    /// The folder may be gone, and another one in its place: something tidies up, and somebody else may come first.
    fn open_file(&self, path: &Path) -> Result<File, Error> {
        make_private(&self.folder)?;
        let file = private_file().open(path).map_err(|source| failed("open", path, source))?;
        if is_ours(&file).map_err(|source| failed("look at", path, source))? {
            return Ok(file);
        }
        let message = format!("the lock {} is somebody else's file, or has another name too", path.display());
        Err(Error::new(ErrorKind::NotOurs, message))
    }
}

/// Makes a folder for its owner only, if it is not there, and refuses one where others may write.
fn make_private(folder: &Path) -> Result<(), Error> {
    let failed = |what: &str, source| {
        let message = format!("cannot {what} the folder {} for locks", folder.display());
        Error::new(ErrorKind::Unavailable, message).with_source(source)
    };
    private_folder().create(folder).map_err(|source: io::Error| failed("make", source))?;
    // Also of a link there: whoever has it decides where it leads.
    let named = folder.symlink_metadata().map_err(|source| failed("look at", source))?;
    let metadata = folder.metadata().map_err(|source| failed("look at", source))?;
    if is_of_this_user(&named) && is_private(&metadata) {
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
        let held = self.hold(path, place, LOOK_EVERY).await?;
        freshen(&held.file);
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
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        // To read and to write, and not to delete.
        options.share_mode(1 | 2);
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

/// Elsewhere a file that is opened as these are cannot be removed.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

/// Whether a file that was opened is one of this user's, and has no other name: by a hard link any file may stand here.
#[cfg(unix)]
fn is_ours(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let metadata = file.metadata()?;
    Ok(metadata.is_file() && metadata.nlink() <= 1 && is_of_this_user(&metadata))
}

#[cfg(not(unix))]
fn is_ours(_file: &File) -> io::Result<bool> {
    Ok(true)
}

/// Gives a file that stays empty a new time: what tidies up removes files that are old. Without it, it is removed earlier.
#[cfg(unix)]
fn freshen(file: &File) {
    use rustix::fs::{Timespec, Timestamps, UTIME_NOW, futimens};
    let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
    let _ = futimens(file, &Timestamps { last_access: now, last_modification: now });
}

#[cfg(not(unix))]
fn freshen(_file: &File) {}

#[cfg(unix)]
fn is_of_this_user(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_of_this_user(_metadata: &Metadata) -> bool {
    true
}

#[cfg(unix)]
fn is_private(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.is_dir() && metadata.mode() & 0o022 == 0 && is_of_this_user(metadata)
}

/// Elsewhere a folder of a person's own is what its parent makes it.
#[cfg(not(unix))]
fn is_private(metadata: &Metadata) -> bool {
    metadata.is_dir()
}
