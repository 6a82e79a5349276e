//! A fake AWS that stands alone: `leapp-testkit serve`.

mod default_world;
mod environment;
mod log;
mod options;
mod serve;
mod signals;
mod stdout;
#[cfg_attr(feature = "tls", path = "tls.rs")]
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use leapp_core::Error;

use options::{HELP, Options};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is gone.
            let _ = writeln!(io::stderr(), "leapp-testkit: {}", Chain(&error));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    let options = Options::read()?;
    if options.is_help {
        return stdout::print(HELP);
    }
    log::begin(options.log);
    serve::run(&options)
}

/// An error with all that is behind it.
struct Chain<'a>(&'a Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = std::error::Error::source(self.0);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
