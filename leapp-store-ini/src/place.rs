//! Where the file really is, and the names beside it.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use leapp_core::{Error, ErrorKind};

use crate::{fault, platform};

/// As many links as Linux follows in one path.
const MAX_LINKS: usize = 40;

/// The file behind any links, with the lock and the temporary file beside it: a rename works within one folder.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) target: PathBuf,
    pub(crate) lock: PathBuf,
    /// Where the new text is written. Always the same name, so that what a killed process left is found by the next.
    pub(crate) temp: PathBuf,
    /// The new file once it is complete, and after the exchange the old one, which may be somebody else's by then.
    pub(crate) ready: PathBuf,
    /// The second name of a file that is being replaced, on systems that need one.
    pub(crate) aside: PathBuf,
    pub(crate) folder: PathBuf,
}

impl Place {
    /// Makes the folder of the path, for the user only, when it is missing.
    pub(crate) fn prepare_folder(path: &Path) -> Result<(), Error> {
        let folder = folder(path);
        platform::create_private_folder(folder).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => fault::unfit(path, "lies behind a file, not in a folder"),
            _ => fault::io("create the folder", folder, e),
        })
    }

    /// Follows links to the file, which need not exist.
    pub(crate) fn resolve(path: &Path) -> Result<Self, Error> {
        let target = follow(path)?;
        let name = target.file_name().ok_or_else(|| fault::unfit(path, "has no file name"))?;
        Ok(Self {
            lock: target.with_file_name(concat(&[name, OsStr::new(".leapp-lock")])),
            temp: target.with_file_name(concat(&[OsStr::new("."), name, OsStr::new(".leapp-tmp")])),
            ready: target.with_file_name(concat(&[OsStr::new("."), name, OsStr::new(".leapp-new")])),
            aside: target.with_file_name(concat(&[OsStr::new("."), name, OsStr::new(".leapp-old")])),
            folder: folder(&target).to_path_buf(),
            target,
        })
    }

    /// A name for a text of somebody else's that would be lost else.
    pub(crate) fn rescued(&self, number: usize) -> PathBuf {
        let name = self.target.file_name().unwrap_or_default();
        self.target.with_file_name(concat(&[name, OsStr::new(&format!(".leapp-rescued-{number}"))]))
    }

    /// Whether a killed process left something, or a writer is at work.
    pub(crate) fn has_leftovers(&self) -> bool {
        [&self.temp, &self.ready, &self.aside].into_iter().any(|path| path.symlink_metadata().is_ok())
    }

    /// Refuses a file whose owner took the right to write away: replacing it would get around that.
    pub(crate) fn check_writable(&self) -> Result<(), Error> {
        match fs::metadata(&self.target) {
            Ok(metadata) if metadata.permissions().readonly() => {
                let message = format!("cannot write `{}`: it is read-only", self.target.display());
                Err(Error::new(ErrorKind::Unavailable, message))
            }
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(fault::io("look at", &self.target, e)),
            _ => Ok(()),
        }
    }
}

/// A relative link counts from the folder it is in. The path is not tidied: `..` behind a linked folder is the system's to resolve.
fn follow(path: &Path) -> Result<PathBuf, Error> {
    let mut target = path.to_path_buf();
    for _ in 0..=MAX_LINKS {
        let metadata = match fs::symlink_metadata(&target) {
            Ok(metadata) => metadata,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(target),
            Err(e) => return Err(fault::io("look at", &target, e)),
        };
        if metadata.is_symlink() {
            let link = fs::read_link(&target).map_err(|e| fault::io("read the link", &target, e))?;
            target = folder(&target).join(link);
        } else if metadata.is_file() {
            return Ok(target);
        } else {
            let reason = if metadata.is_dir() { "is a folder" } else { "is not a regular file" };
            return Err(fault::unfit(&target, reason));
        }
    }
    Err(fault::unfit(path, "is a link that leads back to itself"))
}

/// The folder that a path is in.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

fn concat(parts: &[&OsStr]) -> OsString {
    parts.iter().copied().collect()
}
