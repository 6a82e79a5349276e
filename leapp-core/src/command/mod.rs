//! A program that is run for what it prints: a code, an assertion, a token.

mod complaint;
mod output;
mod responder;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::Child;

use self::complaint::Written;
use self::output::Output;
pub use self::responder::CommandResponder;
use crate::{Error, ErrorKind, Secret};

/// Enough for a person to find a device and touch it; a responder has two minutes for a code.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// After its end, for what is in the pipes still: it is there already.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// A program and its arguments, run without a shell for what it prints.
///
/// It inherits the environment and the working directory, and reads nothing: its standard input is empty. What it prints is
/// read as a [`Secret`], without the line break at its end and at most 256 KiB. It is ended by its handle when it takes
/// too long, and when nobody waits for it any more; programs that it started itself are its own to end, and nobody waits for
/// what those still print.
///
/// Neither `Debug` nor an error shows an argument: people put seeds there.
///
/// Running it takes a tokio runtime with I/O (`enable_all`).
///
/// ```
/// use leapp_core::Command;
///
/// # #[cfg(unix)]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), leapp_core::Error> {
/// let command = Command::new("printf", ["%s\n", "123456"]);
/// assert_eq!(command.run([]).await?.expose(), "123456");
/// assert_eq!(format!("{command:?}"), r#"Command { program: "printf", arguments: 2, .. }"#);
/// # Ok(())
/// # }
/// # #[cfg(not(unix))]
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct Command {
    program: OsString,
    arguments: Vec<OsString>,
    time_limit: Duration,
    shows_stderr: bool,
}

impl Command {
    /// A program, by name or by path, and its arguments as they are: nothing is split or replaced in them.
    pub fn new<A: Into<OsString>>(
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            time_limit: TIME_LIMIT,
            shows_stderr: false,
        }
    }

    /// Gives it this long, in place of a minute.
    #[must_use]
    pub fn with_time_limit(self, time_limit: Duration) -> Self {
        Self { time_limit, ..self }
    }

    /// Lets it write to this process's standard error, where a person reads "touch your key". Errors then do not repeat it.
    #[must_use]
    pub fn with_stderr_shown(self) -> Self {
        Self { shows_stderr: true, ..self }
    }

    /// Runs it to its end, with these variables beside those of this process. They must not hold a secret: other programs
    /// of the same person can read them.
    ///
    /// # Errors
    /// - [`ErrorKind::NotFound`] when there is no such program.
    /// - [`ErrorKind::TooLarge`] when it prints more than 256 KiB.
    /// - [`ErrorKind::Unavailable`] when it cannot be started, takes too long, fails, or prints what is no text.
    pub async fn run<'v>(
        &self,
        variables: impl IntoIterator<Item = (&'v str, String)>,
    ) -> Result<Secret, Error> {
        let mut child = self.spawn(variables)?;
        // On the machine's time, not the application's clock: programs take as long as they take.
        let end = tokio::time::timeout(self.time_limit, self.wait(&mut child)).await;
        if let Ok(Ok(secret)) = end {
            return Ok(secret);
        }
        // It may have ended already. Whether it could be ended says nothing new.
        let _ = child.start_kill();
        end.unwrap_or_else(|_| {
            let what = format!("did not end within {:?}", self.time_limit);
            Err(self.error(ErrorKind::Unavailable, &what))
        })
    }

    fn spawn<'v>(&self, variables: impl IntoIterator<Item = (&'v str, String)>) -> Result<Child, Error> {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(if self.shows_stderr { Stdio::inherit() } else { Stdio::piped() })
            .kill_on_drop(true);
        command.spawn().map_err(|source| {
            let kind = match source.kind() {
                io::ErrorKind::NotFound => ErrorKind::NotFound,
                _ => ErrorKind::Unavailable,
            };
            self.error(kind, "cannot be started").with_source(source)
        })
    }

    async fn wait(&self, child: &mut Child) -> Result<Secret, Error> {
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let Some(stdout) = stdout else {
            return Err(self.error(ErrorKind::Unavailable, "has no output to read"));
        };
        let (mut output, mut written) = (Output::new(), Written::new());
        let status = {
            // What is too large is not read to its end.
            let written = async {
                written.read(stderr).await;
                Ok(())
            };
            let mut reading = pin!(async { tokio::try_join!(output.read(stdout), written).map(drop) });
            tokio::select! {
                biased;
                read = &mut reading => {
                    read.map_err(|failure| self.unreadable(failure))?;
                    child.wait().await
                }
                status = child.wait() => {
                    // All that it printed is in the pipe. A program that it left behind may hold the pipe open for as
                    // long as it likes.
                    if let Ok(read) = tokio::time::timeout(LAST_WORDS, &mut reading).await {
                        read.map_err(|failure| self.unreadable(failure))?;
                    }
                    status
                }
            }
        };
        let status = status.map_err(|source| {
            self.error(ErrorKind::Unavailable, "cannot be waited for").with_source(source)
        })?;
        let printed = output.into_secret().map_err(|failure| self.unreadable(failure))?;
        if status.success() {
            return Ok(printed);
        }
        let error = self.error(ErrorKind::Unavailable, &format!("failed with {}", Status(status)));
        // Of what printed nothing, the complaint cannot repeat what was printed.
        let complaint = written.into_complaint(&self.arguments).filter(|_| printed.expose().is_empty());
        Err(match complaint {
            Some(complaint) => error.with_source(complaint),
            None => error,
        })
    }

    fn unreadable(&self, failure: output::Failure) -> Error {
        match failure {
            output::Failure::NoText => self.error(ErrorKind::Unavailable, "printed what is no UTF-8"),
            output::Failure::Read(source) => {
                self.error(ErrorKind::Unavailable, "cannot be read from").with_source(source)
            }
            output::Failure::TooLarge => {
                let what = format!("printed more than {} KiB", output::MOST_BYTES / 1024);
                self.error(ErrorKind::TooLarge, &what)
            }
        }
    }

    fn error(&self, kind: ErrorKind, what: &str) -> Error {
        Error::new(kind, format!("command {:?} {what}", self.program))
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { program, arguments, time_limit: _, shows_stderr: _ } = self;
        f.debug_struct("Command")
            .field("program", program)
            .field("arguments", &arguments.len())
            .finish_non_exhaustive()
    }
}

/// How a program ended, in one word's difference from what the system says.
struct Status(ExitStatus);

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.code() {
            Some(code) => write!(f, "exit code {code}"),
            None => write!(f, "{}", self.0),
        }
    }
}
