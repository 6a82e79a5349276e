//! On Windows a file that anybody has open, we too, may not be replaced. One that has a second name stays there.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::refused;

/// The right to remove or rename a file.
const DELETE: u32 = 0x0001_0000;

/// The file that is about to be displaced, under a second name beside it.
#[derive(Debug)]
pub(crate) struct Hold {
    aside: Option<PathBuf>,
}

impl Hold {
    /// Takes hold of a file, unless somebody has it open who would be in the way of removing the second name.
    ///
    /// Where a file has one name only, as on FAT, nothing is held, and what was displaced is not looked at.
    pub(crate) fn take(target: &Path, aside: &Path) -> io::Result<Self> {
        OpenOptions::new().access_mode(DELETE).open(target)?;
        match fs::hard_link(target, aside) {
            Ok(()) => Ok(Self { aside: Some(aside.to_path_buf()) }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(e),
            Err(_) => Ok(Self { aside: None }),
        }
    }

    /// The file once it is displaced.
    pub(crate) fn release(self) -> Option<File> {
        self.aside.as_ref().and_then(|path| refused::open(path).ok())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(path) = &self.aside {
            // Nothing to tell anybody: a name that stays is swept by the next write or the next open.
            let _ = refused::remove(path);
        }
    }
}
