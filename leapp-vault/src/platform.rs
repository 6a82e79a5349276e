//! What the system the build is for has to offer: one list of backends, strongest first, and where processes meet.

#[cfg_attr(target_os = "linux", path = "platform/linux.rs")]
#[cfg_attr(target_os = "macos", path = "platform/macos.rs")]
#[cfg_attr(target_os = "windows", path = "platform/windows.rs")]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "macos", target_os = "windows")),
    path = "platform/other.rs"
)]
mod system;

use std::path::PathBuf;
use std::sync::Arc;

use crate::backend::Backend;
use crate::items::{Failure, Items};

pub(crate) use system::{BACKENDS, explain, is_of_a_moment, open_leapp};

/// Opens a backend of this system on the thread that will use it. Asks nobody, and finds nothing out that a first operation would not.
pub(crate) fn open(backend: Backend, service: Arc<str>) -> Result<Box<dyn Items>, Failure> {
    system::open(backend, service).unwrap_or_else(|| {
        let why = format!("{backend} belongs to another system");
        Err(Failure::new(leapp_core::ErrorKind::Unsupported, why))
    })
}

/// Where the processes of one person meet: the folder of their locks. It is the same for all of them, whatever their environment.
#[cfg(unix)]
pub(crate) fn locks() -> PathBuf {
    let user = rustix::process::geteuid().as_raw();
    let of_the_login = PathBuf::from(format!("/run/user/{user}"));
    if of_the_login.is_dir() {
        return of_the_login.join("leapp-vault");
    }
    std::env::temp_dir().join(format!("leapp-vault-{user}"))
}

/// Elsewhere the folder for temporary files is a person's own.
#[cfg(not(unix))]
pub(crate) fn locks() -> PathBuf {
    std::env::temp_dir().join("leapp-vault")
}
