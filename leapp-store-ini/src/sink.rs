//! The credentials file as a sink.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::{Change, CredentialSink, Error, ErrorKind};
use zeroize::Zeroizing;

use crate::Document;
use crate::edit::Refusal;
use crate::lock::Lock;
use crate::place::Place;
use crate::protocol::{self, Protocol};

const LOCK_WAIT: Duration = Duration::from_secs(10);

/// The AWS shared credentials file, shared with other tools and with people.
///
/// A profile is published as a section at the end of the file, with the property `x_leapp_session` as the mark of who
/// wrote it. Publishing again changes values in place. Withdrawing removes our lines and nothing else:
/// - comments and blank lines that a person put between ours stay;
/// - own keys that a person put into our section stay, with the header and the mark, so that the next publication is not refused;
/// - a final line break that had to be added is taken away again, unless somebody has written below it since;
/// - a file that did not exist stays behind empty.
///
/// `region` in a section of ours is ours: it goes when the session has none. A line that continues a value of ours is part of it.
///
/// One write replaces the file in one step, by a file of mode 0600 with the owner of the old one; a link is kept and
/// written through. Writers of this library wait for each other at a lock file (`credentials.leapp-lock`, which stays);
/// changes that other tools make at the same moment are found and merged. Clones share what they know.
///
/// ```
/// use leapp_core::{Change, CredentialSink, ProfileName, SessionId};
/// use leapp_store_ini::CredentialsFile;
///
/// # async fn example() -> Result<(), leapp_core::Error> {
/// let file = CredentialsFile::open("/home/alice/.aws/credentials")?;
/// let change = Change::Withdraw { session: SessionId::parse("prod")?, profile: ProfileName::parse("prod")? };
/// file.apply(&[change]).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct CredentialsFile {
    path: PathBuf,
    lock_wait: Duration,
    known_len: Arc<AtomicUsize>,
}

impl CredentialsFile {
    /// Opens the file at a path. It need not exist: publishing creates it. Its folder is created, for the user only.
    ///
    /// Removes a temporary file that a killed process left behind.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the path cannot be a file: it is a folder, or leads through a file or in a circle.
    /// [`ErrorKind::Unavailable`] when the system refuses.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        Place::prepare_folder(&path)?;
        let place = Place::resolve(&path)?;
        // A writer that is at work has the lock, and a use for the file.
        if place.temp.symlink_metadata().is_ok()
            && let Some(_lock) = Lock::try_acquire(&place.lock)?
        {
            protocol::sweep(&place.temp)?;
        }
        Ok(Self { path, lock_wait: LOCK_WAIT, known_len: Arc::default() })
    }

    /// Sets how long a write waits for other processes before it fails with [`ErrorKind::Busy`]; 10 seconds if not set.
    #[must_use]
    pub fn with_lock_wait(self, lock_wait: Duration) -> Self {
        Self { lock_wait, ..self }
    }

    /// The path where AWS tools look: the value of `AWS_SHARED_CREDENTIALS_FILE`, or `.aws/credentials` in the home folder.
    ///
    /// The caller reads the environment. As in AWS tools, an empty value counts as none, and `~/` stands for the home folder.
    ///
    /// ```
    /// use leapp_store_ini::CredentialsFile;
    /// use std::path::Path;
    ///
    /// let home = Path::new("/home/alice");
    /// assert_eq!(CredentialsFile::default_path(home, None), home.join(".aws/credentials"));
    /// assert_eq!(CredentialsFile::default_path(home, Some("~/own".as_ref())), home.join("own"));
    /// ```
    pub fn default_path(home: &Path, aws_shared_credentials_file: Option<&OsStr>) -> PathBuf {
        match aws_shared_credentials_file.filter(|value| !value.is_empty()) {
            None => home.join(".aws").join("credentials"),
            Some(value) => match Path::new(value).strip_prefix("~") {
                Ok(below_home) => home.join(below_home),
                Err(_) => PathBuf::from(value),
            },
        }
    }

    /// The path that was opened. It may be a link.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn apply_blocking(&self, changes: &[Change]) -> Result<(), Error> {
        Place::prepare_folder(&self.path)?;
        let place = Place::resolve(&self.path)?;
        let _lock = Lock::acquire(&place.lock, self.lock_wait)?;
        place.check_writable()?;
        let known_len = self.known_len.load(Ordering::Relaxed);
        let len = Protocol::new(&place).replace(known_len, &|bytes| self.edit(bytes, changes))?;
        self.known_len.store(len, Ordering::Relaxed);
        Ok(())
    }

    fn edit(&self, bytes: &[u8], changes: &[Change]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut document = Document::parse(bytes);
        for change in changes {
            document.apply(change).map_err(|refusal| self.refuse(change, refusal))?;
        }
        Ok(document.to_bytes())
    }

    fn refuse(&self, change: &Change, refusal: Refusal) -> Error {
        match refusal {
            Refusal::Invalid(error) => error,
            Refusal::Foreign => {
                let (profile, path) = (change.profile(), self.path.display());
                let message = format!("profile `{profile}` in `{path}` was not written by this library");
                Error::new(ErrorKind::NotOurs, message)
            }
        }
    }
}

#[async_trait]
impl CredentialSink for CredentialsFile {
    /// Writes on tokio's threads for blocking work, so it needs a tokio runtime. Once begun, a write is finished even
    /// when the caller goes away.
    async fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        let (file, changes) = (self.clone(), changes.to_vec());
        // The cause of a lost task is not passed on: a panic's message is not ours to vouch for.
        tokio::task::spawn_blocking(move || file.apply_blocking(&changes)).await.unwrap_or_else(|_| {
            let message = format!("the thread that wrote `{}` is gone", self.path.display());
            Err(Error::new(ErrorKind::Unavailable, message))
        })
    }
}
