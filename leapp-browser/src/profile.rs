//! A browser's profile: thrown away after the login, or kept for an identity provider so that the next one is
//! silent.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use leapp_core::{Error, ErrorKind};
use url::Url;

use crate::{login_url, platform};

const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
/// A browser's processes may write a moment longer than it lives.
const REMOVALS: u32 = 100;
const BETWEEN_REMOVALS: Duration = Duration::from_millis(10);

/// Who else comes in while one is in use waits.
#[derive(Debug)]
pub(crate) enum Profile {
    Kept {
        folder: PathBuf,
        /// Locked while it lives, also against other processes.
        _lock: File,
    },
    /// Removed when dropped.
    ThrownAway(PathBuf),
}

impl Profile {
    /// A new one, which nobody but this user can enter.
    pub(crate) fn thrown_away() -> Result<Self, Error> {
        let failed = |source: io::Error| failed("make a folder for the browser's profile", source);
        let mut builder = tempfile::Builder::new();
        builder.prefix("leapp-browser-");
        // From its first moment, whatever the umask is.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir().map_err(failed)?;
        platform::make_private(folder.path()).map_err(failed)?;
        // Its own removal gives up at the first file that comes in meanwhile.
        Ok(Self::ThrownAway(folder.keep()))
    }

    /// The identity provider's, below `folder`, as soon as no other login uses it.
    pub(crate) async fn kept(folder: &Path, login_url: &Url) -> Result<Self, Error> {
        let folder = folder.join(name(login_url));
        let what = || format!("use the browser's profile {}", folder.display());
        platform::make_private(&folder).map_err(|source| failed(&what(), source))?;
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("leapp.lock"));
        let lock = lock.map_err(|source| failed(&what(), source))?;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Self::Kept { folder, _lock: lock }),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN_LOOKS).await,
                Err(TryLockError::Error(source)) => return Err(failed(&what(), source)),
            }
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        match self {
            Self::Kept { folder, .. } | Self::ThrownAway(folder) => folder,
        }
    }

    pub(crate) fn is_kept(&self) -> bool {
        matches!(self, Self::Kept { .. })
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let Self::ThrownAway(folder) = self else { return };
        for _ in 0..REMOVALS {
            match fs::remove_dir_all(&*folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => thread::sleep(BETWEEN_REMOVALS),
                _ => return,
            }
        }
    }
}

/// A folder's name for an identity provider: legible, and another one for each.
fn name(login_url: &Url) -> String {
    // Of what stands in an origin, a file system minds the slashes, colons and brackets only.
    let origin = login_url::identity_provider(login_url);
    origin.replace("://", "-").replace([':', '[', ']'], "_")
}

fn failed(what: &str, source: io::Error) -> Error {
    let kind = match source.kind() {
        io::ErrorKind::PermissionDenied => ErrorKind::AccessDenied,
        io::ErrorKind::Unsupported => ErrorKind::Unsupported,
        _ => ErrorKind::Unavailable,
    };
    Error::new(kind, format!("cannot {what}")).with_source(source)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(folder: &Path) -> u32 {
        fs::metadata(folder).unwrap().permissions().mode() & 0o777
    }

    fn idp(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_thrown_away_profile_is_private_and_goes() {
        let profile = Profile::thrown_away().unwrap();
        let folder = profile.folder().to_owned();
        assert_eq!(mode(&folder), 0o700);
        fs::create_dir(folder.join("Default")).unwrap();
        drop(profile);
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn a_kept_profile_is_private_and_stays() {
        let home = tempfile::tempdir().unwrap();
        let profile = Profile::kept(home.path(), &idp("https://idp.example.com:8443/a?b")).await.unwrap();
        let folder = profile.folder().to_owned();
        assert_eq!(
            (mode(&folder), folder.file_name().unwrap().to_str().unwrap()),
            (0o700, "https-idp.example.com_8443")
        );
        drop(profile);
        // Somebody opened it up meanwhile.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let again = Profile::kept(home.path(), &idp("https://idp.example.com:8443/c")).await.unwrap();
        assert_eq!((again.folder(), mode(&folder)), (&*folder, 0o700));
    }

    #[tokio::test(start_paused = true)]
    async fn one_login_at_a_time_uses_a_kept_profile() {
        let home = tempfile::tempdir().unwrap();
        let (one, other) = (idp("https://one.example.com/"), idp("https://other.example.com/"));
        let first = Profile::kept(home.path(), &one).await.unwrap();
        let second = tokio::time::timeout(Duration::from_secs(60), Profile::kept(home.path(), &one)).await;
        assert!(second.is_err(), "two logins had one profile");
        assert!(Profile::kept(home.path(), &other).await.is_ok(), "another provider's is free");
        drop(first);
        assert!(Profile::kept(home.path(), &one).await.is_ok());
    }
}
