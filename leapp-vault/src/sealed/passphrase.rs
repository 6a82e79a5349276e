//! Where a passphrase comes from.

use std::fmt;
use std::fs::File;
use std::future::Future;
use std::io::{self, Read};
#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use leapp_core::{Error, ErrorKind, Secret};
use zeroize::Zeroizing;

use super::fault;

/// The longest passphrase.
const LONGEST: usize = 4096;

type Asking = Pin<Box<dyn Future<Output = Result<Secret, Error>> + Send>>;

/// Where a [`SealedFile`](crate::SealedFile) obtains its passphrase: once, when it first needs it.
///
/// A passphrase is 1 to 4096 bytes of UTF-8. An empty one is refused, from wherever it comes. Two that look alike and
/// are not the same bytes (`é` can be written in two ways) are two.
///
/// ```
/// use leapp_core::Secret;
/// use leapp_vault::Passphrase;
///
/// let passphrase = Passphrase::asking(|| async { Ok(Secret::new("what a person typed")) });
/// assert_eq!(format!("{passphrase:?}"), "Passphrase(..)");
/// ```
pub struct Passphrase(Source);

enum Source {
    Asking(Box<dyn FnOnce() -> Asking + Send>),
    Credential(PathBuf),
    #[cfg(unix)]
    Descriptor(OwnedFd),
}

impl Passphrase {
    /// Asks the host, by a closure that runs as a task of its own: it goes on when the operation that needed it is given up.
    ///
    /// What the closure fails with is what every operation fails with from then on. All of them wait for it, however long it
    /// takes: give up inside the closure if nobody answers. It must not use the vault that it opens, which waits for it: in
    /// its own task that is refused.
    pub fn asking<F, A>(ask: F) -> Self
    where
        F: FnOnce() -> A + Send + 'static,
        A: Future<Output = Result<Secret, Error>> + Send + 'static,
    {
        Self(Source::Asking(Box::new(|| Box::pin(ask()))))
    }

    /// Reads the first line that comes out of a file descriptor, and closes it.
    ///
    /// An ended line or the end of the input ends it; a descriptor that gives neither is waited for.
    #[cfg(unix)]
    pub fn from_fd(descriptor: OwnedFd) -> Self {
        Self(Source::Descriptor(descriptor))
    }

    /// Reads a credential that systemd gave the service (`LoadCredential=`, `LoadCredentialEncrypted=`): one line, with or
    /// without a line end.
    ///
    /// The directory is what the service finds in `CREDENTIALS_DIRECTORY`; this library does not look there itself.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the name is no file's name. That there is no such credential shows as
    /// [`ErrorKind::NotFound`] at the first operation.
    pub fn from_credential(directory: &Path, name: &str) -> Result<Self, Error> {
        let is_name = !name.is_empty() && !name.contains(['/', '\\', '\0']) && name != "." && name != "..";
        if is_name {
            return Ok(Self(Source::Credential(directory.join(name))));
        }
        Err(Error::new(ErrorKind::InvalidInput, format!("{name:?} is not the name of a credential")))
    }

    /// Obtains it.
    pub(super) async fn obtain(self) -> Result<Secret, Error> {
        let secret = match self.0 {
            Source::Asking(ask) => ask().await?,
            Source::Credential(path) => off_the_runtime(move || read_credential(&path)).await?,
            #[cfg(unix)]
            Source::Descriptor(descriptor) => beside_the_runtime(move || read_descriptor(descriptor)).await?,
        };
        match secret.expose().len() {
            0 => Err(Error::new(ErrorKind::InvalidInput, "the passphrase is empty")),
            1..=LONGEST => Ok(secret),
            _ => Err(too_long()),
        }
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

async fn off_the_runtime(
    read: impl FnOnce() -> Result<Secret, Error> + Send + 'static,
) -> Result<Secret, Error> {
    let read = tokio::task::spawn_blocking(read).await;
    read.map_err(|source| {
        Error::new(ErrorKind::Unavailable, "reading the passphrase was ended").with_source(source)
    })?
}

/// On a thread that nobody waits for: a runtime that ends would wait for its own, and a descriptor may never say anything.
#[cfg(unix)]
async fn beside_the_runtime(
    read: impl FnOnce() -> Result<Secret, Error> + Send + 'static,
) -> Result<Secret, Error> {
    let failed = || Error::new(ErrorKind::Unavailable, "reading the passphrase was ended");
    let (answer, outcome) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("leapp-passphrase".into());
    thread.spawn(move || drop(answer.send(read()))).map_err(|source| failed().with_source(source))?;
    outcome.await.map_err(|_| failed())?
}

#[cfg(unix)]
fn read_descriptor(descriptor: OwnedFd) -> Result<Secret, Error> {
    let failed = |source| {
        Error::new(ErrorKind::Unavailable, "cannot read the passphrase from its file descriptor")
            .with_source(source)
    };
    first_line(&mut File::from(descriptor)).map_err(failed)?.into_secret()
}

fn read_credential(path: &Path) -> Result<Secret, Error> {
    let failed = |e| fault::io("read the credential", path, e);
    let mut file = File::open(path).map_err(failed)?;
    let line = first_line(&mut file).map_err(failed)?;
    if line.bytes.len() <= LONGEST && (line.is_followed || file.read(&mut [0]).map_err(failed)? > 0) {
        let message = format!("the credential `{}` has more than one line", path.display());
        return Err(Error::new(ErrorKind::InvalidInput, message));
    }
    line.into_secret()
}

struct Line {
    bytes: Zeroizing<Vec<u8>>,
    /// True when more of the input was read by the way.
    is_followed: bool,
}

impl Line {
    fn into_secret(mut self) -> Result<Secret, Error> {
        if self.bytes.len() > LONGEST {
            return Err(too_long());
        }
        match String::from_utf8(std::mem::take(&mut *self.bytes)) {
            Ok(text) => Ok(Secret::from(Zeroizing::new(text))),
            Err(not_text) => {
                drop(Zeroizing::new(not_text.into_bytes()));
                Err(Error::new(ErrorKind::InvalidInput, "the passphrase is not UTF-8"))
            }
        }
    }
}

/// The first line without its end. No more than fits is read.
fn first_line(input: &mut impl Read) -> io::Result<Line> {
    // Room for the line's end, and for one byte that is too much. It never grows.
    let mut bytes = Zeroizing::new(vec![0; LONGEST + 3]);
    let mut filled = 0;
    let end = loop {
        match input.read(&mut bytes[filled..]) {
            Ok(0) => break None,
            Ok(count) => filled += count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
        if let Some(end) = bytes[..filled].iter().position(|byte| *byte == b'\n') {
            break Some(end);
        }
    };
    let is_followed = end.is_some_and(|end| end + 1 < filled);
    let length = match end {
        Some(end) if end > 0 && bytes[end - 1] == b'\r' => end - 1,
        Some(end) => end,
        None => filled,
    };
    bytes.truncate(length);
    Ok(Line { bytes, is_followed })
}

fn too_long() -> Error {
    Error::new(ErrorKind::InvalidInput, format!("the passphrase is longer than {LONGEST} bytes"))
}
