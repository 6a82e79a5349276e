//! Which browser is started, and how.

use std::path::{Path, PathBuf};

use leapp_core::{Error, ErrorKind};

use crate::installed;

/// An installed browser of the Chromium family, and what the caller wants of it.
///
/// Every login starts it anew, with a profile of its own: the browser that a person has open, its cookies and
/// its passwords are neither read nor changed.
#[derive(Clone, Debug)]
pub struct Browser {
    pub(crate) program: PathBuf,
    pub(crate) is_headless: bool,
    pub(crate) is_sandboxed: bool,
    pub(crate) arguments: Vec<String>,
}

impl Browser {
    /// The first that is installed of Chromium, Chrome, Edge and Brave.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when none of them is where its installer puts it, nor on the search path.
    #[expect(clippy::disallowed_methods, reason = "where programs are is what the search path says")]
    pub fn open() -> Result<Self, Error> {
        let program = installed::find(std::env::var_os("PATH").as_deref());
        let none = || Error::new(ErrorKind::NotFound, "no Chromium, Chrome, Edge or Brave is installed here");
        program.map(Self::of).ok_or_else(none)
    }

    /// The one of which this is the program.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such file.
    pub fn open_at(program: impl Into<PathBuf>) -> Result<Self, Error> {
        let program = program.into();
        if program.is_file() {
            Ok(Self::of(program))
        } else {
            Err(Error::new(ErrorKind::NotFound, format!("there is no browser at {}", program.display())))
        }
    }

    fn of(program: PathBuf) -> Self {
        Self { program, is_headless: false, is_sandboxed: true, arguments: Vec::new() }
    }

    /// Never opens a window. Then nobody can log in, unless the identity provider knows them already: for
    /// servers, and for tests.
    #[must_use]
    pub fn headless(self) -> Self {
        Self { is_headless: true, ..self }
    }

    /// Turns the browser's own sandbox off (`--no-sandbox`).
    ///
    /// It is what keeps a page that breaks out of its renderer from the person's files. Without it no browser
    /// starts as root or in most containers, and there it may be left out, for pages that are trusted.
    #[must_use]
    pub fn without_sandbox(self) -> Self {
        Self { is_sandboxed: false, ..self }
    }

    /// Adds a command line argument, such as `--proxy-server=..`. Every process of the machine can read it.
    ///
    /// # Errors [`ErrorKind::InvalidInput`] when it is no option, or one that would give the browser to
    /// others or another profile to the browser (`--remote-debugging-..`, `--user-data-dir`,
    /// `--profile-directory`).
    pub fn with_argument(mut self, argument: impl Into<String>) -> Result<Self, Error> {
        let argument = argument.into();
        let name =
            argument.split('=').next().unwrap_or_default().trim_start_matches('-').to_ascii_lowercase();
        let is_ours = name.starts_with("remote-") || ["user-data-dir", "profile-directory"].contains(&&*name);
        if is_ours || !argument.starts_with("--") || name.is_empty() {
            let message = format!("the option `{name}` cannot be given to the browser");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        self.arguments.push(argument);
        Ok(self)
    }

    /// Where its program is.
    pub fn program(&self) -> &Path {
        &self.program
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_that_open_it_to_others_are_refused() {
        let browser = Browser::of("browser".into());
        for refused in [
            "--remote-debugging-port=0",
            "--Remote-Allow-Origins=*",
            "--user-data-dir=/x",
            "https://x",
            "--",
            "-x",
        ] {
            let error = browser.clone().with_argument(refused).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{refused}");
        }
        let browser = browser.with_argument("--proxy-server=http://127.0.0.1:1").unwrap();
        assert_eq!(browser.arguments, ["--proxy-server=http://127.0.0.1:1"]);
    }

    #[test]
    fn a_program_that_is_not_there_is_not_found() {
        assert_eq!(Browser::open_at("/nowhere/chromium").unwrap_err().kind(), ErrorKind::NotFound);
    }
}
