//! The config file as a sink.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::{Change, CredentialSink, Error, ProfileName, SessionId};

use crate::CredentialProcess;
use crate::edit::Orphan;
use crate::file_event::FileEvent;
use crate::location;
use crate::scheme::Scheme;
use crate::shared_file::SharedFile;

/// The AWS config file, with profiles whose credentials programs obtain from a process: no secret is ever in a file.
///
/// A profile is published as a section `[profile NAME]`, or `[default]`, with `credential_process` and the Region. The credentials are
/// not written: the process has to give them, which is the host's. The line stays the same from one set to
/// the next, so that the file is written when a session starts and when it stops.
///
/// Everything else is as in the [credentials file](crate::CredentialsFile): properties, a person's lines, how it is written and what it
/// fails with; besides, a session's id that a command line cannot hold is `InvalidInput`. A profile
/// of the credentials file goes before one of this file: programs ask no process for a profile that is in both.
///
/// ```
/// use leapp_core::{Change, CredentialSink, ProfileName, SessionId};
/// use leapp_store_ini::{ConfigFile, CredentialProcess};
///
/// # async fn example() -> Result<(), leapp_core::Error> {
/// let process = CredentialProcess::new("/opt/host/bin/host", ["credentials", "--session"])?;
/// let file = ConfigFile::open("/home/alice/.aws/config", process)?;
/// let change = Change::Withdraw { session: SessionId::parse("prod")?, profile: ProfileName::parse("prod")? };
/// file.apply(&[change]).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ConfigFile {
    file: SharedFile,
    process: CredentialProcess,
}

impl ConfigFile {
    /// Opens the file at a path, as [`CredentialsFile::open`](crate::CredentialsFile::open) does.
    ///
    /// # Errors
    /// As there.
    pub fn open(path: impl Into<PathBuf>, process: CredentialProcess) -> Result<Self, Error> {
        Ok(Self { file: SharedFile::open(path.into(), Scheme::Config)?, process })
    }

    /// Sets how long a write waits for other processes; 10 seconds if not set.
    #[must_use]
    pub fn with_lock_wait(self, lock_wait: Duration) -> Self {
        Self { file: self.file.with_lock_wait(lock_wait), ..self }
    }

    /// Tells the host what a person should know about the file, as
    /// [`CredentialsFile::with_listener`](crate::CredentialsFile::with_listener) does.
    #[must_use]
    pub fn with_listener(self, listener: impl Fn(&FileEvent) + Send + Sync + 'static) -> Self {
        Self { file: self.file.with_listener(listener), ..self }
    }

    /// The path where AWS tools look: the value of `AWS_CONFIG_FILE`, or `.aws/config` in the home folder.
    ///
    /// ```
    /// use leapp_store_ini::ConfigFile;
    /// use std::path::Path;
    ///
    /// let home = Path::new("/home/alice");
    /// assert_eq!(ConfigFile::default_path(home, None), home.join(".aws/config"));
    /// ```
    pub fn default_path(home: &Path, aws_config_file: Option<&OsStr>) -> PathBuf {
        location::default_path(home, "config", aws_config_file)
    }

    /// The path that was opened. It may be a link.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Makes a profile of a person's a session's, as [`CredentialsFile::adopt`](crate::CredentialsFile::adopt) does.
    ///
    /// # Errors
    /// As there.
    pub async fn adopt(&self, session: &SessionId, profile: &ProfileName) -> Result<(), Error> {
        self.file.adopt(session, profile).await
    }

    /// The profiles whose writers are gone, as [`CredentialsFile::orphans`](crate::CredentialsFile::orphans) gives them. None has an
    /// expiration: there are no credentials in this file.
    ///
    /// # Errors
    /// As there.
    pub async fn orphans(&self) -> Result<Vec<Orphan>, Error> {
        self.file.orphans().await
    }

    /// Withdraws orphans, as [`CredentialsFile::withdraw_orphans`](crate::CredentialsFile::withdraw_orphans) does.
    ///
    /// # Errors
    /// As there.
    pub async fn withdraw_orphans(&self, orphans: &[Orphan]) -> Result<(), Error> {
        self.file.withdraw_orphans(orphans).await
    }
}

#[async_trait]
impl CredentialSink for ConfigFile {
    /// Once begun, a write is finished even when the caller goes away.
    async fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        self.file.apply(changes, Some(&self.process)).await
    }
}
