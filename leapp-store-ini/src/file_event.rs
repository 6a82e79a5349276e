//! What a host may want to tell a person about the file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::FileSystem;

/// Something about the file that is no failure, and that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileEvent {
    /// Others could read the file, or write it; now its owner only can.
    ModeNarrowed {
        /// The file itself, where the path that was opened is a link.
        path: PathBuf,
        /// The permission bits it had, such as `0o644`.
        from: u32,
    },
    /// A process was killed as it replaced the file, and in the same moment another program had changed it: what that program wrote
    /// is in a file of its own, without the profiles of this library. A person has to say what becomes of it.
    Rescued {
        /// The file beside the credentials file, for its owner only.
        path: PathBuf,
    },
    /// The file is on a network file system, where less can be promised: [`FileSystem::Network`] says what. Told when the listener is
    /// set.
    OnNetwork {
        /// The path that was opened.
        path: PathBuf,
        /// What the system calls the file system, such as `nfs`.
        name: &'static str,
    },
}

impl FileEvent {
    /// What is to be said of a file for where it is.
    pub(crate) fn of_place(path: &Path, file_system: FileSystem) -> Option<Self> {
        match file_system {
            FileSystem::Network { name } => Some(Self::OnNetwork { path: path.to_path_buf(), name }),
            FileSystem::Local | FileSystem::Unknown => None,
        }
    }
}

/// Who is told.
#[derive(Clone)]
pub(crate) struct Listener(pub(crate) Arc<dyn Fn(&FileEvent) + Send + Sync>);

impl Default for Listener {
    fn default() -> Self {
        Self(Arc::new(|_| {}))
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_told_of_a_file_on_a_server_only() {
        let told = |file_system| FileEvent::of_place(Path::new("/a"), file_system);
        assert_eq!(
            told(FileSystem::Network { name: "nfs" }),
            Some(FileEvent::OnNetwork { path: "/a".into(), name: "nfs" })
        );
        assert_eq!(told(FileSystem::Local), None);
        assert_eq!(told(FileSystem::Unknown), None);
    }
}
