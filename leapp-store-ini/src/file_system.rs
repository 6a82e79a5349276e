//! What a file system can promise.

use std::path::Path;

use crate::platform;

/// The kind of file system that a file is on, as far as it matters to what [`CredentialsFile`](crate::CredentialsFile) promises.
///
/// ```
/// use leapp_store_ini::FileSystem;
/// use std::path::Path;
///
/// fn warning(file_system: FileSystem) -> Option<String> {
///     match file_system {
///         FileSystem::Network { name } => Some(format!("the file is on {name}: write it from one machine at a time")),
///         _ => None,
///     }
/// }
///
/// let warned = warning(FileSystem::Network { name: "nfs" });
/// assert_eq!(warned.as_deref(), Some("the file is on nfs: write it from one machine at a time"));
/// warning(FileSystem::of(Path::new("/home/alice/.aws/credentials")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileSystem {
    /// A disk or the memory of this machine. Every promise holds.
    Local,
    /// Another machine has the file, or may have it open: a file server, a cluster, the host of a virtual machine.
    ///
    /// No reader sees half of a file here either, but these promises hold only among the programs of one machine, and some
    /// not even there:
    /// - *One writer at a time*: the lock may be known to this machine only.
    /// - *Nothing of others is lost*: two files are not exchanged, but one is renamed over the other, and a change that another
    ///   program makes in that moment is not seen. What another machine has written is seen when its client sends it, often
    ///   no sooner than it closes the file, and when ours asks again.
    /// - *An error means that nothing has changed*: when an answer of the server's is lost, a rename that was done is asked for
    ///   again, and can fail the second time.
    /// - *What was written stays*: that is up to the server.
    Network {
        /// What the system calls it, such as `nfs`.
        name: &'static str,
    },
    /// It could not be told. FUSE is among these: its file systems are local (`ntfs-3g`) or remote (`sshfs`, `virtiofs`).
    Unknown,
}

impl FileSystem {
    /// Asks the system about a file, or about the nearest folder there is when there is no such file.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        // A path that begins nowhere begins in the folder of the process.
        let here = |path| if path == Path::new("") { Path::new(".") } else { path };
        let existing = path.ancestors().map(here).find(|path| path.exists());
        existing.map_or(Self::Unknown, platform::file_system)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_yet_is_where_its_folder_is() {
        let folder = tempfile::tempdir().unwrap();
        let expected = FileSystem::of(folder.path());
        assert_eq!(FileSystem::of(&folder.path().join("a").join("credentials")), expected);
        assert_eq!(FileSystem::of(Path::new("missing/credentials")), FileSystem::of(Path::new(".")));
    }
}
