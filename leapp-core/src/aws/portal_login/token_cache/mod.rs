//! The token cache that the AWS CLI and the SDKs share: one login for them and for this library.

mod entry;
mod file;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha1::{Digest, Sha1};

use super::PortalLogin;
use super::record::Stored;
use crate::{Error, ErrorKind, Login, Vault};

/// A login in the token cache of the AWS CLI and the SDKs: a file of `~/.aws/sso/cache`, in their format.
///
/// A [`PortalLogin`](PortalLogin::with_token_cache) that has one finds the login that a person made with `aws sso login`. It takes the
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

    /// Puts logins there as well, so that the AWS CLI and the SDKs find and renew them.
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
            match entry::write(&stored, &before) {
                Some(content) => file::replace(path, &content),
                None => file::remove(path),
            }
        };
        self.on_disk("write", write).await
    }

    /// A disk takes its time, and one that is mounted from elsewhere may take minutes.
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
        let done = tokio::task::spawn_blocking(move || doing(&path)).await;
        done.map_err(|source| failed(source.into()))?.map_err(|source| failed(source.into()))
    }
}

impl PortalLogin {
    /// Shares the login with the AWS CLI and the SDKs, as the cache says.
    #[must_use]
    pub fn with_token_cache(self, token_cache: SsoTokenCache) -> Self {
        Self { token_cache: Some(token_cache), ..self }
    }

    /// What is stored, or what others have put into the cache meanwhile; then that is stored. For whoever has the lease.
    pub(super) async fn adopted(
        &self,
        vault: &dyn Vault,
        stored: Stored,
        now: SystemTime,
    ) -> Result<Stored, Error> {
        let Some(cache) = &self.token_cache else { return Ok(stored) };
        let theirs = match cache.read(now).await {
            Ok(theirs) => theirs.filter(|theirs| self.is_usable(theirs)),
            Err(error) => {
                tracing::warn!(session = %self.session, %error, "the token cache is not used");
                None
            }
        };
        let Some(mut theirs) = theirs.filter(|theirs| self.is_newer(theirs, &stored)) else {
            return Ok(stored);
        };
        let is_better = if cache.writes {
            theirs.renewable(now).is_some() || stored.renewable(now).is_none()
        } else {
            // Renewing with what is theirs would end their login.
            theirs.registration = stored.registration.clone();
            theirs.token.iter_mut().for_each(|token| token.refresh_token = None);
            theirs.fresh(now, None).is_some()
                && stored.renewable(now).is_none()
                && stored.fresh(now, self.refused().as_ref()).is_none()
        };
        if !is_better {
            return Ok(stored);
        }
        self.store(vault, &theirs).await?;
        Ok(theirs)
    }

    /// Times are whole seconds there: one that ends in the same second may be the newer one. So is any that came after what
    /// the portal refuses.
    fn is_newer(&self, theirs: &Stored, ours: &Stored) -> bool {
        let login = |stored: &Stored| stored.token.as_ref().map(|token| token.login.clone());
        let (Some(theirs), Some(ours)) = (login(theirs), login(ours)) else { return true };
        let is_refused = self.refused().as_ref().is_some_and(|refused| refused.is_same(&ours));
        !theirs.is_same(&ours) && (is_refused || theirs.expiration() >= ours.expiration())
    }

    /// Of this portal, and not what it refused a moment ago.
    fn is_usable(&self, theirs: &Stored) -> bool {
        let is_here = theirs.start_url == self.start_url && theirs.region == self.sso.region().as_str();
        let refused = self.refused();
        let is_refused = |login: &Login| refused.as_ref().is_some_and(|refused| refused.is_same(login));
        is_here && theirs.token.as_ref().is_some_and(|token| !is_refused(&token.login))
    }

    /// Lets the others know. A cache that cannot be written takes nothing away from a login that is stored.
    pub(super) async fn tell_others(&self, stored: &Stored) {
        let Some(cache) = self.token_cache.as_ref().filter(|cache| cache.writes) else { return };
        if let Err(error) = cache.write(stored.clone()).await {
            tracing::warn!(session = %self.session, %error, "the token cache does not have the login");
        }
    }
}
