//! The command that a profile of the config file runs.

use std::path::{Path, PathBuf};

use leapp_core::{Error, ErrorKind, SessionId};

/// The command that programs run to obtain a session's credentials: a program of the host's, which prints them.
///
/// It is written with the session's id as its last argument. The
/// [output](https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html) is what
/// [`ExportFormat::CredentialProcess`](leapp_core::ExportFormat::CredentialProcess) gives.
///
/// Some tools split the line as a shell does, some give it to a shell (`sh -c`, `cmd.exe /C`). Therefore only
/// characters are allowed that mean themselves to all of them: letters, digits, spaces and `-_./:@+=,`, on Windows `\` too.
///
/// ```
/// use leapp_core::SessionId;
/// use leapp_store_ini::CredentialProcess;
///
/// # #[cfg(unix)] {
/// let process = CredentialProcess::new("/opt/My App/creds", ["print"])?;
/// assert_eq!(process.command_line(&SessionId::parse("prod")?)?, r#""/opt/My App/creds" print prod"#);
/// assert!(CredentialProcess::new("creds", ["print"]).is_err(), "which one is run must not depend on where");
/// assert!(CredentialProcess::new("/opt/creds", ["$HOME"]).is_err());
/// # }
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialProcess {
    program: PathBuf,
    words: Vec<String>,
}

impl CredentialProcess {
    /// A program by its whole path, and what stands before the session's id.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the path is relative, or a word is empty or has a character that some tool takes for
    /// something else.
    pub fn new<'a>(
        program: impl AsRef<Path>,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Error> {
        let program = program.as_ref();
        if !program.is_absolute() {
            return Err(invalid(&program.to_string_lossy(), "is not a whole path"));
        }
        let path = program.to_str().ok_or_else(|| invalid(&program.to_string_lossy(), "is not Unicode"))?;
        let mut words = vec![quoted(path)?];
        for argument in arguments {
            words.push(quoted(argument)?);
        }
        Ok(Self { program: program.to_path_buf(), words })
    }

    /// The program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The line for a session, as it stands in the file.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the session's id has a character that some tool takes for something else.
    pub fn command_line(&self, session: &SessionId) -> Result<String, Error> {
        Ok(format!("{} {}", self.words.join(" "), quoted(session.as_str())?))
    }
}

fn quoted(word: &str) -> Result<String, Error> {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:@+=,".contains(c) || (cfg!(windows) && c == '\\');
    if word.is_empty() {
        return Err(invalid(word, "is empty"));
    }
    match word.chars().find(|c| !is_plain(*c) && *c != ' ') {
        Some(c) => {
            Err(invalid(word, &format!("has the character {c:?}, which a shell may take for something else")))
        }
        // What ends with a backslash would take the quote with it.
        None if word.contains(' ') && word.ends_with('\\') => Err(invalid(word, "ends with a backslash")),
        None if word.contains(' ') => Ok(format!("\"{word}\"")),
        None => Ok(word.to_owned()),
    }
}

fn invalid(word: &str, why: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("the word `{word}` of a credential process {why}"))
}
