//! What the system the build is for has to offer: one list of backends, strongest first, and where processes meet.

#[cfg_attr(target_os = "linux", path = "platform/linux.rs")]
#[cfg_attr(target_os = "macos", path = "platform/macos.rs")]
#[cfg_attr(target_os = "windows", path = "platform/windows.rs")]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "macos", target_os = "windows")),
    path = "platform/other.rs"
)]
mod system;

#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use leapp_core::{Error, ErrorKind};

use crate::backend::Backend;
use crate::items::{Failure, Items};

pub(crate) use system::{BACKENDS, check, explain, is_of_a_moment, open_leapp};

/// Opens a backend of this system on the thread that will use it. Asks nobody, and finds nothing out that a first operation would not.
pub(crate) fn open(backend: Backend, service: Arc<str>) -> Result<Box<dyn Items>, Failure> {
    system::open(backend, service).unwrap_or_else(|| {
        let why = format!("{backend} belongs to another system");
        Err(Failure::new(ErrorKind::Unsupported, why))
    })
}

/// Where the processes of one person meet: the folder of their locks. It is the same for all of them, whatever their environment,
/// and whether or not the person is logged in: `/run/user/UID` comes and goes with that. Where a person has no home, as some
/// services have none, it is one that others might make first, which is noticed.
#[cfg(unix)]
pub(crate) fn locks() -> Result<PathBuf, Error> {
    let user = nix::unistd::Uid::effective();
    let home = nix::unistd::User::from_uid(user).ok().flatten().map(|user| user.dir);
    if let Some(home) = home.filter(|home| home.is_absolute() && home.is_dir()) {
        return Ok(home.join(".local/state/leapp-vault"));
    }
    let folder = Path::new("/var/tmp");
    if !folder.is_dir() {
        return Err(no_folder("/var/tmp"));
    }
    Ok(folder.join(format!("leapp-vault-{user}")))
}

/// A person's own folder, as the system knows it.
#[cfg(windows)]
pub(crate) fn locks() -> Result<PathBuf, Error> {
    let folder = known_folders::get_known_folder_path(known_folders::KnownFolder::LocalAppData);
    folder.map(|folder| folder.join("leapp-vault")).ok_or_else(|| no_folder("the local application data"))
}

#[cfg(not(any(unix, windows)))]
pub(crate) fn locks() -> Result<PathBuf, Error> {
    Err(no_folder("a folder for them"))
}

fn no_folder(missing: &str) -> Error {
    let message =
        format!("there is no place for lock files: {missing} is not there; give the vault a coordinator");
    Error::new(ErrorKind::Unavailable, message)
}
