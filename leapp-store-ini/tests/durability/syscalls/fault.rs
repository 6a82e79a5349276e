//! What can happen to a call.

use super::trace::Call;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The call fails with this error.
    Error(&'static str),
    /// The disk is gone: this call fails, and every one after it.
    Gone,
    /// The process dies when it makes the call.
    Kill,
    /// The call fails with this error, and all of its name that come after it.
    Lasting(&'static str),
    /// A call that writes takes nothing, and says so.
    NothingWritten,
}

impl Fault {
    /// The errors that a call can fail with, once or for good, by what the manual says of it and of the file systems
    /// behind it. An interruption is repeated as often as one likes, so it does not last.
    pub(crate) fn errors(call: &Call) -> Vec<Self> {
        let errors: &[&str] = match call.name.as_str() {
            "open" | "openat" | "mkdir" | "mkdirat" => {
                &["EACCES", "EDQUOT", "EINTR", "EIO", "EMFILE", "ENOSPC", "EROFS"]
            }
            "write" | "pwrite64" | "writev" | "fsync" | "fdatasync" | "ftruncate" => {
                &["EDQUOT", "EINTR", "EIO", "ENOSPC", "EROFS"]
            }
            "rename" | "renameat" | "renameat2" | "link" | "linkat" | "symlink" | "symlinkat" => {
                &["EACCES", "EDQUOT", "EIO", "ENOSPC", "EROFS"]
            }
            "unlink" | "unlinkat" | "chmod" | "fchmod" | "fchmodat" | "chown" | "fchown" | "fchownat" => {
                &["EACCES", "EIO", "EROFS"]
            }
            "close" => &["EDQUOT", "EINTR", "EIO", "ENOSPC"],
            "flock" | "fcntl" => &["EINTR", "ENOLCK"],
            // Reading, seeking, looking.
            _ => &["EACCES", "EINTR", "EIO"],
        };
        let lasting = errors.iter().filter(|error| **error != "EINTR").map(|error| Self::Lasting(error));
        errors.iter().map(|error| Self::Error(error)).chain(lasting).collect()
    }

    pub(crate) fn is_write(call: &Call) -> bool {
        matches!(call.name.as_str(), "write" | "pwrite64" | "writev")
    }

    /// A lock, and the end of a file's use.
    pub(crate) fn needs_no_disk(name: &str) -> bool {
        matches!(name, "close" | "fcntl" | "flock")
    }

    /// The words for `strace`, for the nth call of a name.
    pub(crate) fn inject(self, name: &str, nth: u32) -> String {
        let (what, lasts) = match self {
            Self::Error(error) => (format!("error={error}"), ""),
            Self::Gone => ("error=EIO".to_owned(), "+"),
            Self::Kill => ("signal=KILL".to_owned(), ""),
            Self::Lasting(error) => (format!("error={error}"), "+"),
            Self::NothingWritten => ("retval=0".to_owned(), ""),
        };
        format!("inject={name}:{what}:when={nth}{lasts}")
    }
}
