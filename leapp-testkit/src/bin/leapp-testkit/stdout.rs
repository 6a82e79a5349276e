//! Standard output: the environment, once, and then nothing more.

use std::io::{self, Write};

use leapp_core::{Error, ErrorKind};

pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|error| Error::new(ErrorKind::Unavailable, "cannot print").with_source(error))
}

/// Lets go of it, so that a shell that reads it to its end with `$(..)` goes on.
#[cfg(unix)]
pub(crate) fn let_go() {
    // Where there is no such device, the shell waits: nothing else is lost.
    if let Ok(nothing) = std::fs::OpenOptions::new().write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdout(&nothing);
    }
}

#[cfg(not(unix))]
pub(crate) fn let_go() {}
