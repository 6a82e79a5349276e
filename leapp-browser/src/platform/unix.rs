//! A browser's process: started with its pipes, and gone when it is dropped.

use std::ffi::OsString;
use std::fs::{DirBuilder, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use command_fds::{CommandFdExt, FdMapping};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::process::Child;

use crate::pipe::Pipe;

/// Where the browser reads, and where it writes.
const FROM_US: i32 = 3;
const TO_US: i32 = 4;
/// A process that was killed is gone within milliseconds.
const LOOKS: u32 = 2000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// Leads a process group of its own, so that all that it started ends with it.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(program: &Path, arguments: &[OsString]) -> io::Result<(Self, Pipe)> {
        let (browsers_input, our_output) = io::pipe()?;
        let (our_input, browsers_output) = io::pipe()?;
        let mut command = Command::new(program);
        command.args(arguments).process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let ends = vec![
            FdMapping { parent_fd: browsers_input.into(), child_fd: FROM_US },
            FdMapping { parent_fd: browsers_output.into(), child_fd: TO_US },
        ];
        command.fd_mappings(ends).map_err(io::Error::other)?;
        let pipe = Pipe::new(
            Sender::from_owned_fd(OwnedFd::from(our_output))?,
            Receiver::from_owned_fd(OwnedFd::from(our_input))?,
        );
        // With the command go this process's copies of the browser's ends: else their end would never be
        // seen.
        let child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        Ok((Self(child), pipe))
    }

    /// Ends it and what it started, without a word.
    pub(crate) fn kill(&mut self) {
        // None once it has been waited for. Until then the number is nobody else's.
        let Some(group) = self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) else {
            return;
        };
        if kill_process_group(group, Signal::KILL).is_err() {
            // Then it is the only one of its group, or has gone.
            let _ = self.0.start_kill();
        }
    }

    /// Waits until it has ended.
    pub(crate) async fn ends_within(&mut self, time: Duration) -> bool {
        matches!(tokio::time::timeout(time, self.0.wait()).await, Ok(Ok(_)))
    }
}

/// Blocks for the milliseconds until it is gone: whoever comes next removes its profile, or starts it anew.
impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        for _ in 0..LOOKS {
            match self.0.try_wait() {
                Ok(None) => thread::sleep(BETWEEN_LOOKS),
                Ok(Some(_)) | Err(_) => return,
            }
        }
    }
}

/// Makes a folder, and those above it, that its owner alone can enter; one that is there becomes so.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // Fails for a folder that is somebody else's.
    std::fs::set_permissions(folder, Permissions::from_mode(0o700))
}
