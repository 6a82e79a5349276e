//! The token cache that the AWS CLI and the SDKs share: one login for them and for this library.

mod entry;
mod file;
mod sharing;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha1::{Digest, Sha1};

use super::record::Stored;
use crate::{Error, ErrorKind, Login};

/// For one look or one write, while others may wait for the login.
const LONGEST: Duration = Duration::from_secs(10);

/// A login in the token cache of the AWS CLI and the SDKs: a file of `~/.aws/sso/cache`, in their format.
///
/// A [`PortalLogin`](super::PortalLogin::with_token_cache) that has one finds the login that a person made with `aws sso login`. It takes the
/// access token only, for as long as it lasts: a refresh token is good for once, and renewing with theirs would end their
/// login. [`with_writing`](Self::with_writing) makes the login one for both: what either renews, the other goes on with.
///
/// Tokens are plain text there, which is what the AWS CLI does; the file is its owner's only (0600). It is replaced as a
/// whole, and what others have put in it stays. The others take no lock: where two renew at the same moment, one of them has to
/// log in again.
///
/// See [Where is the token cached](https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html).
///
/// ```
/// use leapp_core::aws::SsoTokenCache;
///
/// let cache = SsoTokenCache::of_session("/home/alice/.aws/sso/cache", "my-sso");
/// assert!(cache.path().ends_with("0ad374308c5a4e22f723adf10145eafad7c4031c.json"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoTokenCache {
    path: PathBuf,
    writes: bool,
}

impl SsoTokenCache {
    /// The login of an `[sso-session NAME]` section.
    pub fn of_session(folder: impl AsRef<Path>, sso_session: &str) -> Self {
        Self::of(folder.as_ref(), sso_session)
    }

    /// The login of profiles that name a start URL and no `sso_session`. The URL is to be given as it stands there.
    pub fn of_start_url(folder: impl AsRef<Path>, start_url: &str) -> Self {
        Self::of(folder.as_ref(), start_url)
    }

    /// Puts logins there as well, from the next login or renewal on, so that the AWS CLI and the SDKs find and renew them.
    #[must_use]
    pub fn with_writing(self) -> Self {
        Self { writes: true, ..self }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn of(folder: &Path, name: &str) -> Self {
        let name = data_encoding::HEXLOWER.encode(&Sha1::digest(name));
        Self { path: folder.join(format!("{name}.json")), writes: false }
    }

    /// What is there; none when there is no file, or one that holds no login.
    async fn read(&self, now: SystemTime) -> Result<Option<Stored>, Error> {
        let read = move |path: &Path| match file::read(path)? {
            Some(content) => entry::read(&content, now).map_err(std::io::Error::other),
            None => Ok(None),
        };
        self.on_disk("read", read).await
    }

    async fn write(&self, stored: Stored) -> Result<(), Error> {
        let write = move |path: &Path| {
            let before = file::read(path).ok().flatten().unwrap_or_default();
            file::replace(path, &entry::write(&stored, &before).map_err(std::io::Error::other)?)
        };
        self.on_disk("write", write).await
    }

    /// Takes the file away, if it holds this login.
    async fn remove(&self, login: Login, now: SystemTime) -> Result<(), Error> {
        let is_it = move |content: &[u8]| {
            let theirs = entry::read(content, now).ok().flatten().and_then(|stored| stored.token);
            theirs.is_some_and(|token| token.login.is_same(&login))
        };
        self.on_disk("write", move |path: &Path| file::remove_if(path, is_it)).await
    }

    /// A disk takes its time, and one that is mounted from elsewhere may take for ever.
    async fn on_disk<T: Send + 'static>(
        &self,
        action: &str,
        doing: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let path = self.path.clone();
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| {
            let message = format!("cannot {action} the token cache {}", self.path.display());
            Error::new(ErrorKind::Unavailable, message).with_source(source)
        };
        let done = tokio::time::timeout(LONGEST, tokio::task::spawn_blocking(move || doing(&path))).await;
        let done = done.map_err(|_| failed(format!("no answer in {} s", LONGEST.as_secs()).into()))?;
        done.map_err(|source| failed(source.into()))?.map_err(|source| failed(source.into()))
    }
}
