//! What went wrong with a sealed file, in the words of what to do.

use std::io;
use std::path::Path;

use leapp_core::{Error, ErrorKind};

pub(super) fn io(attempt: &str, path: &Path, source: io::Error) -> Error {
    let kind = match source.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::InvalidFilename | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
            ErrorKind::InvalidInput
        }
        _ => ErrorKind::Unavailable,
    };
    Error::new(kind, format!("cannot {attempt} `{}`", path.display())).with_source(source)
}

/// A path that cannot be a sealed file.
pub(super) fn unfit(path: &Path, reason: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("sealed file `{}` {reason}", path.display()))
}

pub(super) fn unsealable(kind: ErrorKind, path: &Path, why: &str) -> Error {
    Error::new(kind, format!("cannot unseal `{}`: {why}", path.display()))
}

pub(super) fn damaged(path: &Path, what: &str) -> Error {
    unsealable(ErrorKind::Corrupt, path, &format!("{what} is damaged; it is left as it is, restore a backup"))
}

pub(super) fn truncated(path: &Path) -> Error {
    unsealable(ErrorKind::Corrupt, path, "its end is missing; it is left as it is, restore a backup")
}

pub(super) fn wrong_key(path: &Path, is_passphrase: bool) -> Error {
    let why = if is_passphrase {
        "the passphrase is wrong; open it again and give the one it was sealed with"
    } else {
        "the data key in the other vault is not the one it was sealed with; put that one back, and open it again"
    };
    unsealable(ErrorKind::Locked, path, why)
}

pub(super) fn older_copy(path: &Path, why: &str) -> Error {
    let why = format!("{why}; put the newest copy back, or accept this one");
    unsealable(ErrorKind::OlderCopy, path, &why)
}

pub(super) fn damaged_record(path: &Path) -> Error {
    let message = format!(
        "the generation record `{}` is damaged; restore it, or accept what the sealed file holds",
        path.display()
    );
    Error::new(ErrorKind::Corrupt, message)
}

pub(super) fn too_large_to_read(path: &Path) -> Error {
    unsealable(ErrorKind::TooLarge, path, "it is larger than 16 MiB, which no sealed file is")
}

pub(super) fn too_large(path: &Path) -> Error {
    let message = format!("the sealed file `{}` would be larger than 16 MiB", path.display());
    Error::new(ErrorKind::TooLarge, message)
}

/// Others are first, and have been for longer than this vault waits.
pub(super) fn busy(why: &str) -> Error {
    Error::new(ErrorKind::Busy, format!("{why}; try again"))
}

pub(super) fn derivation(kind: ErrorKind) -> Error {
    Error::new(kind, "cannot derive a key from the passphrase")
}
