//! Windows: the full path of a file begins with its server, also when that is mapped to a letter.

use std::fs;
use std::path::{Component, Path, Prefix};

use crate::FileSystem;

pub(crate) fn file_system(path: &Path) -> FileSystem {
    fs::canonicalize(path).map_or(FileSystem::Unknown, |path| of_full_path(&path))
}

fn of_full_path(path: &Path) -> FileSystem {
    let Some(Component::Prefix(prefix)) = path.components().next() else { return FileSystem::Unknown };
    match prefix.kind() {
        Prefix::Disk(_) | Prefix::VerbatimDisk(_) => FileSystem::Local,
        Prefix::UNC(..) | Prefix::VerbatimUNC(..) => FileSystem::Network { name: "share" },
        Prefix::DeviceNS(_) | Prefix::Verbatim(_) => FileSystem::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_path_tells_a_disk_from_a_share() {
        for (path, expected) in [
            (r"\\?\C:\Users\alice", FileSystem::Local),
            (r"\\?\UNC\server\share\alice", FileSystem::Network { name: "share" }),
            (r"\\server\share\alice", FileSystem::Network { name: "share" }),
            (r"\\?\Volume{b75e2c83-0000-0000-0000-602f00000000}\alice", FileSystem::Unknown),
            (r"alice", FileSystem::Unknown),
        ] {
            assert_eq!(of_full_path(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn the_system_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(file_system(folder.path()), FileSystem::Local);
        assert_eq!(file_system(&folder.path().join("missing")), FileSystem::Unknown);
    }
}
