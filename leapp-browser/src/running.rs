//! A browser while it runs, with the profile it runs on.

use std::io;
use std::time::Duration;

use leapp_core::{Error, ErrorKind};
use serde_json::Value;

use crate::arguments;
use crate::browser::Browser;
use crate::devtools::{self, Event};
use crate::pipe::Pipe;
use crate::platform::Process;
use crate::profile::Profile;

/// It writes what it keeps, such as the cookies of the login, when it ends by itself.
const LAST_MOMENTS: Duration = Duration::from_secs(5);

/// Dropped, it is killed. The profile outlives it.
pub(crate) struct Running<'a> {
    process: Process,
    pipe: Pipe,
    profile: &'a Profile,
    last_command: u64,
}

impl<'a> Running<'a> {
    pub(crate) fn start(browser: &Browser, profile: &'a Profile) -> Result<Self, Error> {
        let arguments = arguments::of(browser, profile.folder(), profile.is_kept());
        let started = Process::start(&browser.program, &arguments);
        let (process, pipe) = started.map_err(|source| cannot_start(browser, source))?;
        Ok(Self { process, pipe, profile, last_command: 0 })
    }

    /// Gives a command to the browser, or to the page of a session, and its number.
    pub(crate) async fn send(
        &mut self,
        page: Option<&str>,
        command: &str,
        parameters: Value,
    ) -> Result<u64, Error> {
        self.last_command += 1;
        let message = devtools::command(self.last_command, page, command, parameters);
        match self.pipe.send(&message).await {
            // Reading says so at once, and in one place.
            Ok(()) => Ok(self.last_command),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(self.last_command),
            Err(source) => Err(broken(source)),
        }
    }

    /// What happens next in the browser; `None` when it has gone.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>, Error> {
        match self.pipe.receive().await {
            Ok(Some(message)) => devtools::parse(&message).map(Some),
            Ok(None) => Ok(None),
            Err(source) => Err(broken(source)),
        }
    }

    /// Ends it. If its profile is kept, it is asked to first, so that the login is kept as well.
    pub(crate) async fn end(mut self) {
        if self.profile.is_kept() {
            // What cannot be asked has gone.
            let _ = self.send(None, "Browser.close", Value::Null).await;
            if self.process.ends_within(LAST_MOMENTS).await {
                return;
            }
        }
        self.process.kill();
        self.process.ends_within(LAST_MOMENTS).await;
    }
}

fn cannot_start(browser: &Browser, source: io::Error) -> Error {
    let program = browser.program.display();
    let (kind, why) = match source.kind() {
        io::ErrorKind::NotFound => (ErrorKind::NotFound, ""),
        io::ErrorKind::PermissionDenied => (ErrorKind::AccessDenied, ""),
        io::ErrorKind::Unsupported => (ErrorKind::Unsupported, ": its pipes cannot be passed on this system"),
        _ => (ErrorKind::Unavailable, ""),
    };
    Error::new(kind, format!("cannot start the browser {program}{why}")).with_source(source)
}

fn broken(source: io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, "cannot speak with the browser").with_source(source)
}
