//! macOS says of each file system whether it is local, and its name.

use std::path::Path;

use crate::FileSystem;

/// MNT_LOCAL.
const IS_LOCAL: u32 = 0x1000;

const NAMES: [&str; 5] = ["afpfs", "nfs", "smbfs", "virtiofs", "webdav"];

pub(crate) fn file_system(path: &Path) -> FileSystem {
    let Ok(status) = rustix::fs::statfs(path) else { return FileSystem::Unknown };
    let name: Vec<u8> =
        status.f_fstypename.iter().map(|c| c.cast_unsigned()).take_while(|c| *c != 0).collect();
    of_mount(status.f_flags & IS_LOCAL != 0, &name)
}

fn of_mount(is_local: bool, name: &[u8]) -> FileSystem {
    let known = NAMES.iter().find(|known| known.as_bytes() == name);
    match (is_local, known) {
        (_, Some(name)) => FileSystem::Network { name },
        (false, None) => FileSystem::Network { name: "network" },
        // Whatever FUSE shows calls itself local.
        (true, None) if name.windows(4).any(|part| part == b"fuse") => FileSystem::Unknown,
        (true, None) => FileSystem::Local,
    }
}
