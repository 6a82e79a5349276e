//! What an operation on a file failed with, in the terms of the contract.

use std::io;
use std::path::Path;

use leapp_core::{Error, ErrorKind};

use crate::platform;

/// An error that names what was attempted and where.
///
/// `Busy` is a file that another program keeps to itself. `Unavailable` covers what the machine refuses (permission, a full disk, a failed `fsync`): it may end by itself.
pub(crate) fn io(attempt: &str, path: &Path, source: io::Error) -> Error {
    let kind = match source.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::InvalidFilename | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
            ErrorKind::InvalidInput
        }
        _ if platform::is_held(&source) => ErrorKind::Busy,
        _ => ErrorKind::Unavailable,
    };
    Error::new(kind, format!("cannot {attempt} `{}`", path.display())).with_source(source)
}

/// An error for a path that cannot be one of AWS's files.
pub(crate) fn unfit(path: &Path, reason: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("the file `{}` {reason}", path.display()))
}
