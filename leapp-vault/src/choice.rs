//! Which keychain a vault is opened in, and why.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use leapp_core::{Coordinator, Error, ErrorKind, Vault};

use crate::backend::Backend;
use crate::items::State;
use crate::keyring::KeyringVault;
use crate::platform;

/// Opens the strongest keychain that works here, and says which it is.
///
/// On Windows that is the Credential Manager, on macOS the login keychain, on Linux the desktop's Secret Service. Where that is
/// not there, this is an error and nothing weaker is opened: a vault that forgets has to be
/// [allowed](OpenOptions::with_forgetful).
///
/// For a machine that has none there is [`SealedFile`](crate::SealedFile), which the host opens itself: only the host knows where its
/// passphrase comes from.
///
/// A keychain that is locked is there: it is opened, and its first use has a person asked. Opening itself makes no item and asks
/// nobody; on Linux it may have the session bus start the Secret Service.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] when the service's name is not 1 to 64 letters, digits and `._-`; [`ErrorKind::Unavailable`] when
/// no keychain is here that may be used, with the reason for each, or the one that is here fails: what it keeps must not seem
/// absent; [`ErrorKind::AccessDenied`], [`ErrorKind::TooLarge`] and [`ErrorKind::Unsupported`] when it refuses;
/// [`ErrorKind::Locked`] when it did not answer in time.
///
/// ```no_run
/// # async fn example() -> Result<(), leapp_core::Error> {
/// let opened = leapp_vault::open("my-application").await?;
/// println!("keeping secrets in {opened}");
/// let leapp = leapp_core::Leapp::builder(opened.vault).build()?;
/// # drop(leapp); Ok(())
/// # }
/// ```
pub async fn open(service: &str) -> Result<Opened, Error> {
    OpenOptions::new().open(service).await
}

/// What [`open`] may do.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    is_forgetful_allowed: bool,
    timeout: Option<Duration>,
    coordinator: Option<Arc<dyn Coordinator>>,
}

/// A vault that was opened, and what is to be said about it.
///
/// `Display` is one line: the backend, why it was chosen, and what was passed over.
#[derive(Debug)]
#[non_exhaustive]
pub struct Opened {
    /// The vault.
    pub vault: Arc<dyn Vault>,
    /// Where it keeps secrets.
    pub backend: Backend,
    /// Why this one, in words for a person.
    pub reason: &'static str,
    /// What would have been stronger, and why it does not work here.
    pub passed_over: Vec<(Backend, Error)>,
}

impl OpenOptions {
    /// Only keychains that last.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also a keychain that forgets at reboot, the kernel's keyring, where nothing that lasts works.
    ///
    /// What is kept there has to be asked for again: right for tokens, and for access keys that a person can enter once more.
    #[must_use]
    pub fn with_forgetful(self) -> Self {
        Self { is_forgetful_allowed: true, ..self }
    }

    /// Has writers take turns by this coordinator, as [`KeyringVault::with_coordinator`] does.
    #[must_use]
    pub fn with_coordinator(self, coordinator: impl Coordinator + 'static) -> Self {
        Self { coordinator: Some(Arc::new(coordinator)), ..self }
    }

    /// Gives up on an operation after this time instead of two minutes; also on opening.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// Opens the strongest keychain of those that are allowed.
    ///
    /// # Errors
    /// As the function [`open`].
    pub async fn open(&self, service: &str) -> Result<Opened, Error> {
        let mut passed_over = Vec::new();
        for &backend in platform::BACKENDS {
            if backend.is_forgetful() && !self.is_forgetful_allowed {
                continue;
            }
            let mut vault = KeyringVault::open(backend, service)?;
            if let Some(timeout) = self.timeout {
                vault = vault.with_timeout(timeout);
            }
            if let Some(coordinator) = &self.coordinator {
                vault = vault.with_coordinator(Arc::clone(coordinator));
            }
            match vault.probe().await {
                Ok(state) => {
                    let (vault, reason) = (Arc::new(vault), reason(backend, state));
                    return Ok(Opened { vault, backend, reason, passed_over });
                }
                Err(failure) => {
                    let mut message = format!("cannot use {backend}: {}", failure.why);
                    for (_, error) in &passed_over {
                        message += &format!("; {error}");
                    }
                    let mut error = Error::new(failure.kind, message);
                    if let Some(source) = failure.source {
                        error = error.with_source(source);
                    }
                    // Not here is one thing. Here and not answering is another: secrets may be in it.
                    if !failure.is_not_here {
                        return Err(error);
                    }
                    passed_over.push((backend, error));
                }
            }
        }
        Err(self.nothing_works(service, &passed_over))
    }

    fn nothing_works(&self, service: &str, passed_over: &[(Backend, Error)]) -> Error {
        let mut message = format!("cannot open a vault for `{service}`");
        if passed_over.is_empty() {
            message += ": no keychain of this system is known";
        }
        for (_, error) in passed_over {
            message += &format!("; {error}");
        }
        for backend in platform::BACKENDS.iter().filter(|backend| backend.is_forgetful()) {
            if !self.is_forgetful_allowed {
                message +=
                    &format!("; {backend} forgets at reboot and was not tried, as that was not allowed");
            }
        }
        Error::new(ErrorKind::Unavailable, message)
    }
}

impl fmt::Display for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { vault: _, backend, reason, passed_over } = self;
        write!(f, "{backend}: {reason}")?;
        passed_over.iter().try_for_each(|(_, error)| write!(f, "; {error}"))
    }
}

fn reason(backend: Backend, state: State) -> &'static str {
    match (backend, state) {
        (Backend::Keyutils, _) => "nothing that lasts works here; this forgets at reboot",
        (_, State::Locked) => {
            "it is the strongest here; it is locked, and its first use asks a person to unlock it"
        }
        (_, State::Open) => "it is the strongest here, and answers",
    }
}
