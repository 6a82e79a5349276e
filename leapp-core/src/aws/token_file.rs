//! A web identity token in a file that somebody else renews.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use zeroize::Zeroizing;

use super::{TokenSource, WebIdentityToken};
use crate::{Error, ErrorKind, Secret};

/// More than the largest token, and little enough to read whatever the path leads to.
const MOST_BYTES: usize = 32 * 1024;

/// Reads the token from a file, anew at each attempt: Kubernetes, for one, replaces it while the process runs.
///
/// The path is the host's to find; `AWS_WEB_IDENTITY_TOKEN_FILE` is where EKS puts it. A symbolic link is followed.
///
/// A file that is absent or empty is one that is being replaced, perhaps: the error is
/// [`ErrorKind::Unavailable`], and a started session looks again.
#[derive(Clone, Debug)]
pub struct TokenFile {
    path: PathBuf,
}

impl TokenFile {
    /// A token at this path. It is not read before the first attempt.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

#[async_trait]
impl TokenSource for TokenFile {
    /// # Errors
    /// [`ErrorKind::Unavailable`] when the file is absent, empty or cannot be read; [`ErrorKind::InvalidInput`] when it is no
    /// regular file, is larger than 32 KiB, or holds no token.
    async fn token(&self) -> Result<WebIdentityToken, Error> {
        let path = self.path.clone();
        // A disk takes its time, and one that is mounted from elsewhere may take minutes.
        let reading = tokio::task::spawn_blocking(move || read(&path));
        reading.await.unwrap_or_else(|source| {
            let message = format!("reading web identity token file {:?} did not end", self.path);
            Err(Error::new(ErrorKind::Unavailable, message).with_source(source))
        })
    }
}

fn read(path: &Path) -> Result<WebIdentityToken, Error> {
    let refuse = |kind, what: &str| Error::new(kind, format!("web identity token file {path:?} {what}"));
    let failed = |source: std::io::Error| {
        let what = match source.kind() {
            std::io::ErrorKind::NotFound => "does not exist",
            _ => "cannot be read",
        };
        refuse(ErrorKind::Unavailable, what).with_source(source)
    };
    // Before it is opened: opening a pipe waits for somebody to write.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(refuse(ErrorKind::InvalidInput, "is not a regular file"));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES + 1));
    let limit = MOST_BYTES as u64 + 1;
    File::open(path).map_err(failed)?.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > MOST_BYTES {
        return Err(refuse(ErrorKind::InvalidInput, "is larger than 32 KiB"));
    }
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Err(refuse(ErrorKind::InvalidInput, "is not text"));
    };
    if text.trim().is_empty() {
        return Err(refuse(ErrorKind::Unavailable, "is empty"));
    }
    WebIdentityToken::parse(&Secret::new(text))
        .map_err(|source| refuse(ErrorKind::InvalidInput, "holds no token").with_source(source))
}
