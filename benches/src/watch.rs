//! What happens in a folder, and when.

use std::io;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fd::OwnedFd;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};

use crate::rounds::now;

/// No write takes as long as this; a watch that has seen nothing until then never will.
const LONGEST: Duration = Duration::from_secs(60);

/// A folder in which a file is replaced, watched by the kernel's own account of it.
#[derive(Debug)]
pub struct Watch {
    events: Receiver<Seen>,
}

/// A name in the folder was given to another file, or is gone.
#[derive(Debug)]
#[non_exhaustive]
pub struct Seen {
    /// Which.
    pub name: String,
    /// When it was seen.
    pub at: Instant,
    /// It is gone, and not another file's.
    pub is_gone: bool,
}

impl Watch {
    /// Begins to watch a folder.
    ///
    /// # Errors
    /// What the system fails with.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        let inotify = inotify::init(CreateFlags::CLOEXEC)?;
        inotify::add_watch(
            &inotify,
            folder,
            WatchFlags::MOVED_TO | WatchFlags::DELETE | WatchFlags::ONLYDIR,
        )?;
        let (sender, events) = mpsc::channel();
        thread::spawn(move || tell(&inotify, |seen| sender.send(seen).is_ok()));
        Ok(Self { events })
    }

    /// What was seen up to the moment when this name was gone.
    ///
    /// # Errors
    /// Fails when that does not happen.
    pub fn until_gone(&self, name: &str) -> Result<Vec<Seen>, mpsc::RecvTimeoutError> {
        self.until(|seen| seen.is_gone && seen.name == name)
    }

    /// What was seen up to the moment when a file got this name.
    ///
    /// # Errors
    /// Fails when that does not happen.
    pub fn until_named(&self, name: &str) -> Result<Vec<Seen>, mpsc::RecvTimeoutError> {
        self.until(|seen| !seen.is_gone && seen.name == name)
    }

    fn until(&self, is_last: impl Fn(&Seen) -> bool) -> Result<Vec<Seen>, mpsc::RecvTimeoutError> {
        let mut all = Vec::new();
        loop {
            let seen = self.events.recv_timeout(LONGEST)?;
            let is_end = is_last(&seen);
            all.push(seen);
            if is_end {
                return Ok(all);
            }
        }
    }

    /// What was seen and not yet asked for.
    pub fn rest(&self) -> Vec<Seen> {
        self.events.try_iter().collect()
    }
}

/// Ends when the folder goes, or when nobody listens.
fn tell(inotify: &OwnedFd, mut is_heard: impl FnMut(Seen) -> bool) {
    let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
    let mut reader = inotify::Reader::new(inotify, &mut buffer);
    while let Ok(event) = reader.next() {
        let at = now();
        if event.events().contains(ReadFlags::IGNORED) {
            return;
        }
        let name = event.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !is_heard(Seen { name, at, is_gone: event.events().contains(ReadFlags::DELETE) }) {
            return;
        }
    }
}
