//! On Unix an open file stays readable when another takes its name.

use std::fs::File;
use std::io;
use std::path::Path;

use super::refused;

/// The file that is about to be displaced, open.
#[derive(Debug)]
pub(crate) struct Hold(File);

impl Hold {
    /// Takes hold of a file; the second name is not needed.
    pub(crate) fn take(target: &Path, _aside: &Path) -> io::Result<Self> {
        refused::open(target).map(Self)
    }

    /// The file once it is displaced.
    pub(crate) fn release(self) -> Option<File> {
        Some(self.0)
    }
}
