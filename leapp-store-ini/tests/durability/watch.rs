//! Sees what happens in a folder while it happens, so that a kill can come in the middle of it.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{CreateFlags, Reader, WatchFlags, add_watch, init};
use rustix::io::Errno;

#[derive(Debug)]
pub(crate) struct Watch {
    queue: OwnedFd,
}

impl Watch {
    pub(crate) fn new(folder: &Path) -> Self {
        let queue = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).unwrap();
        let changes = WatchFlags::CREATE
            | WatchFlags::MODIFY
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::MOVE
            | WatchFlags::DELETE;
        add_watch(&queue, folder, changes).unwrap();
        Self { queue }
    }

    /// Forgets what has happened.
    pub(crate) fn forget(&self) {
        self.take(usize::MAX);
    }

    /// Waits for so many changes, or until there is none for a while.
    pub(crate) fn wait_for(&self, changes: usize, quiet: Duration) {
        let mut missing = changes - self.take(changes);
        let quiet = Timespec::try_from(quiet).unwrap();
        while missing > 0 {
            let mut queue = [PollFd::new(&self.queue, PollFlags::IN)];
            if poll(&mut queue, Some(&quiet)).unwrap() == 0 {
                return;
            }
            missing -= self.take(missing);
        }
    }

    /// Takes as many changes as there are, at most so many.
    fn take(&self, most: usize) -> usize {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&self.queue, &mut buffer);
        for taken in 0..most {
            match reader.next() {
                Ok(_) => {}
                Err(Errno::AGAIN) => return taken,
                Err(e) => panic!("{e}"),
            }
        }
        most
    }
}
