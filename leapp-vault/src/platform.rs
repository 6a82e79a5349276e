//! What the system the build is for has to offer.

#[cfg_attr(target_os = "linux", path = "platform/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "platform/other.rs")]
mod system;

pub(crate) use system::{KEYUTILS, open_keyutils};
