//! What differs between systems, each under one name.

use std::fs;
use std::io;
use std::path::Path;

#[cfg_attr(any(target_os = "linux", target_os = "macos"), path = "swap.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "macos")), path = "no_swap.rs")]
mod exchange;
#[cfg_attr(target_os = "linux", path = "file_system/linux.rs")]
#[cfg_attr(target_os = "macos", path = "file_system/macos.rs")]
#[cfg_attr(windows, path = "file_system/windows.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "macos", windows)), path = "file_system/other.rs")]
mod file_system;
#[cfg_attr(unix, path = "hold/handle.rs")]
#[cfg_attr(not(unix), path = "hold/second_name.rs")]
mod hold;
mod refused;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "other.rs")]
mod rights;

pub(crate) use exchange::exchange;
pub(crate) use file_system::file_system;
pub(crate) use hold::Hold;
pub(crate) use refused::{BETWEEN_TRIES, TRIES, is_held, is_in_use, open, remove};
pub(crate) use rights::{Owner, create_private_folder, for_owner_only, has_name, sync_folder, wide_mode};

/// Waits for a lock, whatever signals come meanwhile.
pub(crate) fn lock(file: &fs::File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

/// How putting one file in the place of another went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    Done,
    /// Another program made or removed the target a moment ago.
    Raced,
    /// This system or file system cannot do it.
    Unsupported,
}

/// Gives a file a name that must be free.
///
/// Where no rename promises that, a hard link does: it fails when the name is taken, on every system. Where there are no hard
/// links either, it is looked at before.
pub(crate) fn move_to_free_name(temp: &Path, target: &Path) -> io::Result<Moved> {
    match exchange::rename_to_free_name(temp, target)? {
        Moved::Unsupported => link_to_free_name(temp, target),
        moved => Ok(moved),
    }
}

fn link_to_free_name(temp: &Path, target: &Path) -> io::Result<Moved> {
    match fs::hard_link(temp, target) {
        Ok(()) => {
            // The file is there. A temporary name that stays behind is swept when the file is next opened.
            let _ = remove(temp);
            Ok(Moved::Done)
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(Moved::Raced),
        Err(_) if fs::symlink_metadata(target).is_ok() => Ok(Moved::Raced),
        Err(_) => fs::rename(temp, target).map(|()| Moved::Done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, content: &str) {
        use std::io::Write;
        fs::File::create(path).unwrap().write_all(content.as_bytes()).unwrap();
    }

    #[test]
    fn a_name_that_is_free_is_taken_and_one_that_is_not_is_left() {
        for move_to_free_name in [move_to_free_name, link_to_free_name] {
            let folder = tempfile::tempdir().unwrap();
            let (temp, target) = (folder.path().join("temp"), folder.path().join("target"));
            write(&temp, "new");
            assert_eq!(move_to_free_name(&temp, &target).unwrap(), Moved::Done);
            assert!(!temp.exists());
            write(&temp, "newer");
            assert_eq!(move_to_free_name(&temp, &target).unwrap(), Moved::Raced);
            assert_eq!(fs::read_to_string(&target).unwrap(), "new");
            assert!(temp.exists());
        }
    }

    #[test]
    fn two_files_are_exchanged_or_left_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let (temp, target) = (folder.path().join("temp"), folder.path().join("target"));
        write(&temp, "new");
        let can_exchange = exchange(&temp, &target).unwrap() != Moved::Unsupported;
        assert_eq!(can_exchange, cfg!(any(target_os = "linux", target_os = "macos")));
        assert!(!target.exists(), "a file that is gone is not made");
        write(&target, "old");
        let expected = if can_exchange { (Moved::Done, "new") } else { (Moved::Unsupported, "old") };
        assert_eq!((exchange(&temp, &target).unwrap(), &*fs::read_to_string(&target).unwrap()), expected);
    }

    #[test]
    fn a_file_that_was_displaced_is_still_read() {
        let folder = tempfile::tempdir().unwrap();
        let [temp, target, aside] = ["temp", "target", "aside"].map(|name| folder.path().join(name));
        write(&temp, "new");
        write(&target, "old");
        let hold = Hold::take(&target, &aside).unwrap();
        fs::rename(&temp, &target).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        let displaced = hold.release().unwrap();
        assert_eq!(io::read_to_string(&displaced).unwrap(), "old");
        drop(displaced);
        assert!(!aside.exists());
        let missing = Hold::take(&folder.path().join("missing"), &aside).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}
