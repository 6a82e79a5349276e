//! The credentials file as a sink.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::{Change, CredentialSink, Error, ProfileName, SessionId};

use crate::edit::Orphan;
use crate::file_event::FileEvent;
use crate::location;
use crate::scheme::Scheme;
use crate::shared_file::SharedFile;

/// The AWS shared credentials file, shared with other tools and with people.
///
/// A profile is published as a section at the end of the file: the key, the secret, the token, `aws_credential_expiration` and the Region.
/// Publishing again changes values in place. Withdrawing removes our lines and nothing else:
/// - comments and blank lines that a person put between ours stay;
/// - own keys that a person put into our section stay, with the header and the mark `x_leapp_withdrawn`, so that the next publication is
///   not refused, unless a person has put there since what we would write (credentials, their expiration, a Region): then it is theirs;
/// - a final line break that had to be added is taken away again, unless somebody has written below it since;
/// - a file that did not exist stays behind empty.
///
/// # What a person writes into a profile of ours
/// Another value of a key of ours, by hand or with `aws configure`, is what programs read until the next publication. That puts it aside, as
/// [`adopt`](Self::adopt) does, and the withdrawal puts it back. From then on the profile is that person's: publishing and
/// withdrawing are [`NotOurs`](leapp_core::ErrorKind::NotOurs) until it is adopted. A Region of theirs goes on counting while
/// the session names none. A line that continues a value of ours is part of it, and goes with it.
///
/// # Properties
/// AWS tools ignore them; each stands in the section that it is about.
///
/// | property | says |
/// | --- | --- |
/// | `x_leapp_session` | whose the section is; without it, it is somebody else's |
/// | `x_leapp_writer` | the lock of the process that wrote it |
/// | `x_leapp_published` | eight hexadecimal digits of a hash of each value, `-` for none: which are a person's by now |
/// | `x_leapp_adopted`, `x_leapp_kept_1` and so on | it was a person's before, and the lines to put back |
/// | `x_leapp_final_newline` | the line break before the header is ours |
/// | `x_leapp_withdrawn` | it was ours, and has a person's own keys |
///
/// # The file
/// One write replaces the file in one step, by a file of mode 0600 with the owner of the old one; a link is kept and
/// written through. Writers of this library wait for each other at a lock file (`credentials.leapp-lock`, which stays);
/// changes that other tools make at the same moment are found and merged. Clones share what they know. On Windows the new file has
/// the rights that its folder gives.
///
/// Beside the file there are, while a program that has published or adopted runs, its own lock (`.credentials.NAME.leapp-lock`), and during
/// a write `.credentials.leapp-tmp` and others of that form. What a killed process left of these, the next one removes. If another
/// program's change is in there and nowhere else, it is kept as `credentials.leapp-rescued-1`, and the
/// [listener](Self::with_listener) is told.
///
/// # Errors
/// After an error the file is what it was, or what another program has made of it. What reads or writes it fails with
/// - [`NotOurs`](leapp_core::ErrorKind::NotOurs): a profile was not written by this library, or is a person's by now;
/// - [`Busy`](leapp_core::ErrorKind::Busy): another process holds the lock for longer than the lock wait, other programs go on changing the
///   file, or on Windows one does not let go of it;
/// - [`InvalidInput`](leapp_core::ErrorKind::InvalidInput): a value that cannot stand in a line, an expiration not between 1970 and 9999, or a
///   path that cannot be a file;
/// - [`Unavailable`](leapp_core::ErrorKind::Unavailable): no permission, a full disk, whatever else the system refuses;
/// - [`NotFound`](leapp_core::ErrorKind::NotFound): the folder that a link leads into is missing;
/// - [`Unsupported`](leapp_core::ErrorKind::Unsupported): a kind of change that this version does not know.
///
/// # Panics
/// All that is `async` works on tokio's threads for blocking work, and panics outside a tokio runtime.
///
/// ```
/// use leapp_core::{
///     AccessKeyId, Change, CredentialSink, ProfileName, Secret, SessionCredentials, SessionId,
/// };
/// use leapp_store_ini::CredentialsFile;
/// use std::time::{Duration, SystemTime};
///
/// # async fn example() -> Result<(), leapp_core::Error> {
/// let file = CredentialsFile::open("/home/alice/.aws/credentials")?;
/// let (session, profile) = (SessionId::parse("prod")?, ProfileName::parse("prod")?);
/// let credentials = SessionCredentials::new(
///     AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE")?,
///     Secret::new("secret"),
///     Secret::new("token"),
///     SystemTime::now() + Duration::from_secs(3600),
/// )?;
/// let publish = Change::Publish {
///     session: session.clone(),
///     profile: profile.clone(),
///     region: None,
///     credentials,
/// };
/// file.apply(&[publish]).await?;
/// file.apply(&[Change::Withdraw { session, profile }]).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct CredentialsFile(SharedFile);

impl CredentialsFile {
    /// Opens the file at a path. It need not exist: publishing creates it. Its folder is created, for the user only.
    ///
    /// Removes a temporary file that a killed process left behind.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](leapp_core::ErrorKind::InvalidInput) when the path cannot be a file: it is a folder, or leads through a file or in a circle.
    /// [`ErrorKind::Unavailable`](leapp_core::ErrorKind::Unavailable) when the system refuses.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        SharedFile::open(path.into(), Scheme::Credentials).map(Self)
    }

    /// Sets how long a write waits for the lock of other processes before it fails with [`ErrorKind::Busy`](leapp_core::ErrorKind::Busy); 10
    /// seconds if not set.
    ///
    /// What comes then is not in it: 20 ms for two later looks at what was written, and up to some seconds where another program goes on
    /// writing.
    #[must_use]
    pub fn with_lock_wait(self, lock_wait: Duration) -> Self {
        Self(self.0.with_lock_wait(lock_wait))
    }

    /// The path where AWS tools look: the value of `AWS_SHARED_CREDENTIALS_FILE`, or `.aws/credentials` in the home folder.
    ///
    /// The caller reads the environment, and [`home_folder`](crate::home_folder) knows where home is. As in AWS tools, an empty value counts as none, and `~/` stands for the home folder.
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
        location::default_path(home, "credentials", aws_shared_credentials_file)
    }

    /// The path that was opened. It may be a link.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Tells the host what a person should know about the file: at once what was found when it was opened, then from the thread that
    /// writes it, while the file is locked: it must not wait for a write of its own.
    ///
    /// A clone has its own listener and lock wait from then on; all clones are one writer.
    ///
    /// ```
    /// use leapp_store_ini::{CredentialsFile, FileEvent};
    ///
    /// # let home = tempfile::tempdir()?;
    /// # let home = home.path();
    /// let file = CredentialsFile::open(home.join(".aws/credentials"))?.with_listener(|event| match event {
    ///     FileEvent::ModeNarrowed { path, from } => println!("{} was {from:o}", path.display()),
    ///     FileEvent::Rescued { path } => println!("another program's change is in {}", path.display()),
    ///     FileEvent::OnNetwork { path, name } => println!("{} is on {name}", path.display()),
    ///     other => println!("{other:?}"),
    /// });
    /// # drop(file);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_listener(self, listener: impl Fn(&FileEvent) + Send + Sync + 'static) -> Self {
        Self(self.0.with_listener(listener))
    }

    /// Makes a profile that a person or another tool wrote a session's, so that the session can be published there. A profile of another
    /// session of this library becomes this one's.
    ///
    /// Keys that we do not write stay as they are. In AWS tools some go before what we publish: a profile with `role_arn`, `sso_session`,
    /// `sso_start_url` or `web_identity_token_file`, in either file, goes on being used in that way by some of them.
    ///
    /// Programs read the same from it until then. What a publication replaces is kept in the section, as properties that AWS tools
    /// ignore, and the withdrawal of the session puts it back, byte for byte; after that, the profile is theirs again, and
    /// withdrawing it once more is [`NotOurs`](leapp_core::ErrorKind::NotOurs). A Region that the profile had counts as long as the session has none. **A long-lived key that stood in the profile stays in the file**:
    /// whoever does not want that moves it into a vault and deletes the profile instead.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](leapp_core::ErrorKind::NotFound) when there is no such profile;
    /// [`ErrorKind::Unsupported`](leapp_core::ErrorKind::Unsupported) when only some tools read it, because its header is indented or, in
    /// the config file, written as `[profile "dev"]`; else as [writing](Self#errors) has them.
    pub async fn adopt(&self, session: &SessionId, profile: &ProfileName) -> Result<(), Error> {
        self.0.adopt(session, profile).await
    }

    /// The profiles of this library whose writers are gone: they were killed, or ended without withdrawing. One that names no writer
    /// ([`Document::with_changes`](crate::Document::with_changes)) is one too.
    ///
    /// A writer holds a lock beside the file from its first publication or adoption on until it ends or its [`CredentialsFile`] and all clones are
    /// dropped; its name stands in the profile.
    ///
    /// Where locks are known to one machine only, as on some [network file systems](crate::FileSystem::Network), the writers of another
    /// machine count as gone: a host that shares its home between machines asks before it withdraws.
    ///
    /// ```
    /// use leapp_store_ini::CredentialsFile;
    /// use std::time::SystemTime;
    ///
    /// # async fn example() -> Result<(), leapp_core::Error> {
    /// let file = CredentialsFile::open("/home/alice/.aws/credentials")?;
    /// let (expired, alive): (Vec<_>, Vec<_>) =
    ///     file.orphans().await?.into_iter().partition(|orphan| orphan.is_expired(SystemTime::now()));
    /// file.withdraw_orphans(&expired).await?;
    /// for orphan in alive {
    ///     println!("{} is still in profile {}", orphan.session(), orphan.profile());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [above](Self#errors) for a file that cannot be read.
    pub async fn orphans(&self) -> Result<Vec<Orphan>, Error> {
        self.0.orphans().await
    }

    /// Withdraws orphans, in one write. One that somebody has published anew meanwhile, or withdrawn, is left as it is.
    ///
    /// # Errors
    /// As [writing](Self#errors) has them.
    pub async fn withdraw_orphans(&self, orphans: &[Orphan]) -> Result<(), Error> {
        self.0.withdraw_orphans(orphans).await
    }
}

#[async_trait]
impl CredentialSink for CredentialsFile {
    /// Once begun, a write is finished even when the caller goes away. The errors are [above](CredentialsFile#errors).
    async fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        self.0.apply(changes, None).await
    }
}
