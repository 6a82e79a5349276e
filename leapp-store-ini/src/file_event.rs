//! What a host may want to tell a person about the file.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Something about the file that is no failure, and that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileEvent {
    /// Others could read the file, or write it; now its owner only can.
    ModeNarrowed {
        /// The file.
        path: PathBuf,
        /// The permission bits it had, such as `0o644`.
        from: u32,
    },
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
