//! A folder with a credentials file that has more in it than the writer's profiles.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::made_up::SECRET;
use crate::text::{self, Rest};
use crate::writer::Writer;

/// Where files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    Disk,
    /// Where nothing waits for a disk, most of a write is what the program does itself.
    Memory,
}

#[derive(Debug)]
pub(crate) struct Scene {
    folder: TempDir,
    pub(crate) foreign: Vec<u8>,
}

impl Scene {
    /// A folder without a credentials file.
    pub(crate) fn empty(medium: Medium) -> Self {
        let folder = match medium {
            Medium::Disk => tempfile::tempdir(),
            Medium::Memory => tempfile::tempdir_in("/dev/shm"),
        };
        Self { folder: folder.unwrap(), foreign: Vec::new() }
    }

    /// A file that is not the writer's.
    pub(crate) fn new(writer: &Writer, medium: Medium) -> Self {
        Self::with((writer.foreign)(), medium)
    }

    pub(crate) fn with(foreign: Vec<u8>, medium: Medium) -> Self {
        let scene = Self { foreign, ..Self::empty(medium) };
        scene.restore();
        scene
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder().join("credentials")
    }

    /// The file as it was before the writer's time.
    #[expect(clippy::disallowed_methods, reason = "nobody reads or writes here at this moment")]
    pub(crate) fn restore(&self) {
        fs::write(self.path(), &self.foreign).unwrap();
    }

    /// What is in the file; `None` when there is none.
    pub(crate) fn read(&self) -> Option<Vec<u8>> {
        match fs::read(self.path()) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            read => Some(read.unwrap()),
        }
    }

    pub(crate) fn rest(&self, text: &[u8], is_theirs: impl Fn(&[u8]) -> bool) -> Rest {
        text::rest(text, &self.foreign, is_theirs)
    }

    /// The files beside the credentials file, but for those that always are there: a lock.
    pub(crate) fn leftovers(&self, usual: &[PathBuf]) -> Vec<Leftover> {
        // Locks stay: they are empty.
        let is_lock = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "leapp-lock");
        let others = self.names().into_iter().filter(|path| *path != self.path() && !usual.contains(path));
        let others =
            others.filter(|path| !is_lock(path) || fs::read(path).is_ok_and(|text| !text.is_empty()));
        let leftover = |path: PathBuf| Leftover {
            text: fs::read(&path).unwrap(),
            file: File::open(&path).unwrap(),
            path,
        };
        others.map(leftover).collect()
    }

    /// Everything in the folder.
    pub(crate) fn names(&self) -> Vec<PathBuf> {
        fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

/// A file that somebody left. It is held open, so that no other file is taken for it.
#[derive(Debug)]
pub(crate) struct Leftover {
    path: PathBuf,
    file: File,
    pub(crate) text: Vec<u8>,
}

impl Leftover {
    pub(crate) fn has_secret(&self) -> bool {
        memchr::memmem::find(&self.text, SECRET.as_bytes()).is_some()
    }

    /// True while it has the name it was found under: a writer may have made another of that name.
    pub(crate) fn is_there(&self) -> bool {
        let own = self.file.metadata().unwrap();
        let is_own = |now: fs::Metadata| (now.dev(), now.ino()) == (own.dev(), own.ino());
        fs::symlink_metadata(&self.path).is_ok_and(is_own)
    }
}
