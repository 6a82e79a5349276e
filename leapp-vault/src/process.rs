//! The memory of this process, closed to other programs of the same person.

use leapp_core::Error;

/// What keeps others out of this process's memory now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shield {
    /// A crash writes no core file.
    pub no_core_dumps: bool,
    /// Another program of the same person can neither attach as a debugger nor read the memory through `/proc`. The system's
    /// administrator can.
    pub no_tracing: bool,
}

/// Turns core dumps off, and other programs' access to this process's memory, for as long as it runs.
///
/// A host decides that, and early: before it has read a secret. Debuggers and profilers no longer attach, and on Linux the
/// files of `/proc/self` belong to root from then on. Programs that this process starts are as open as ever.
///
/// On Linux both are turned off; on other Unix systems core dumps only, which the answer says.
///
/// See [prctl](https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html).
///
/// # Errors
/// [`ErrorKind::Unsupported`](leapp_core::ErrorKind::Unsupported) on systems that are not Unix;
/// [`ErrorKind::Unavailable`](leapp_core::ErrorKind::Unavailable) when the system refuses.
pub fn shield_process() -> Result<Shield, Error> {
    system::shield()
}

#[cfg(unix)]
mod system {
    use leapp_core::{Error, ErrorKind};
    use rustix::process::{Resource, Rlimit, setrlimit};

    use super::Shield;

    pub(super) fn shield() -> Result<Shield, Error> {
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
            .map_err(|source| refused("turn core dumps off", source))?;
        Ok(Shield { no_core_dumps: true, no_tracing: no_tracing()? })
    }

    #[cfg(target_os = "linux")]
    fn no_tracing() -> Result<bool, Error> {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)
            .map_err(|source| refused("close this process's memory", source))?;
        Ok(true)
    }

    #[cfg(not(target_os = "linux"))]
    fn no_tracing() -> Result<bool, Error> {
        Ok(false)
    }

    fn refused(what: &str, source: rustix::io::Errno) -> Error {
        Error::new(ErrorKind::Unavailable, format!("the system does not {what}"))
            .with_source(std::io::Error::from(source))
    }
}

#[cfg(not(unix))]
mod system {
    use leapp_core::{Error, ErrorKind};

    use super::Shield;

    pub(super) fn shield() -> Result<Shield, Error> {
        let message = "this system's way to close a process's memory is not written here";
        Err(Error::new(ErrorKind::Unsupported, message))
    }
}
