//! Where the file really is, and the names beside it.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use leapp_core::Error;

use super::{fault, rights};

/// As many links as Linux follows in one path.
const MAX_LINKS: usize = 40;

/// The file behind any links, and what stands beside it: a rename works within one folder.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) target: PathBuf,
    /// The generation that was seen last.
    pub(super) record: PathBuf,
    pub(super) lock: PathBuf,
    /// Always the same name, so that what a killed process left is found, and removed, by the next.
    pub(super) temp: PathBuf,
    pub(super) folder: PathBuf,
}

impl Place {
    /// Follows links to the file, which need not exist. Its folder is made, for the user only, when it is missing.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let made = folder(path);
        rights::create_private_folder(made).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => fault::unfit(path, "lies behind a file, not in a folder"),
            _ => fault::io("create the folder", made, e),
        })?;
        if path.as_os_str().is_empty() {
            return Err(fault::unfit(path, "has no file name"));
        }
        // The process may go to another folder later.
        let path = &std::path::absolute(path).map_err(|e| fault::io("find", path, e))?;
        let target = follow(path)?;
        let name = target.file_name().ok_or_else(|| fault::unfit(path, "has no file name"))?;
        let beside = |parts: &[&OsStr]| target.with_file_name(parts.iter().copied().collect::<OsString>());
        Ok(Self {
            record: beside(&[name, OsStr::new(".leapp-generation")]),
            lock: beside(&[name, OsStr::new(".leapp-lock")]),
            temp: beside(&[OsStr::new("."), name, OsStr::new(".leapp-tmp")]),
            folder: folder(&target).to_path_buf(),
            target,
        })
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

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_stays_where_it_was() {
        let place = Place::open(Path::new("secrets.sealed")).unwrap();
        for path in [&place.target, &place.record, &place.lock, &place.temp, &place.folder] {
            assert!(path.is_absolute(), "{}", path.display());
        }
    }
}
