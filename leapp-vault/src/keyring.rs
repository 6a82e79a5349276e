//! A vault over a keychain of the operating system.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use keyring_core::{CredentialStore, Entry};
use leapp_core::{Error, ErrorKind, Secret, Vault, VaultKey};
use zeroize::Zeroizing;

use crate::error::{self, Attempt};
use crate::platform;
use crate::quirks::Quirks;
use crate::thread::VaultThread;

/// The first character of every value: the format that follows. No keychain is then asked to hold an empty value.
const FORMAT: char = '1';

/// How many items of one name are deleted, where sessions that wrote it at the same moment may each have made one.
const MOST_COPIES: usize = 16;

/// How long a person has to unlock a keychain.
const PATIENCE: Duration = Duration::from_secs(120);

/// Keeps secrets in a keychain: the kernel's, or any store of the `keyring-core` family.
///
/// A keychain blocks, for minutes when it asks a person to unlock it. So it has a thread of its own, which does one
/// operation after another, and callers wait for it with a time-out, two minutes unless
/// [told otherwise](Self::with_timeout). An operation that nobody waits for any more is not begun; one that is under way
/// when its caller's time runs out may still take effect. Waiting needs a tokio runtime with its timer.
///
/// No global default store is read or set.
///
/// ```no_run
/// use leapp_core::{Secret, SessionId, Vault, VaultItem, VaultKey};
/// use leapp_vault::KeyringVault;
///
/// # async fn example() -> Result<(), leapp_core::Error> {
/// let vault = KeyringVault::open_keyutils("my-application")?;
/// let key = VaultKey::new(SessionId::parse("alice")?, VaultItem::TotpSeed);
/// vault.put(&key, &Secret::new("JBSWY3DPEHPK3PXP")).await?;
/// # Ok(())
/// # }
/// ```
pub struct KeyringVault {
    service: Arc<str>,
    thread: VaultThread<Keychain>,
    timeout: Duration,
}

/// What the thread owns.
struct Keychain {
    store: Arc<CredentialStore>,
    service: Arc<str>,
    quirks: Quirks,
}

impl KeyringVault {
    /// Keeps secrets in a store that the host chose, under a service's name.
    ///
    /// The store must tell items apart by service and user, upper and lower case included, and its entries must not show
    /// values in `Debug`, which `keyring-core` logs. (Its own `mock` store does.)
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the service's name is not 1 to 64 letters, digits and `._-`;
    /// [`ErrorKind::Unavailable`] when the machine gives no thread.
    pub fn new(store: Arc<CredentialStore>, service: &str) -> Result<Self, Error> {
        Self::open(service, Quirks::NONE, || Ok(store))
    }

    /// Keeps secrets in the kernel's keyring, on Linux: until the machine is shut down, and where they are not used until
    /// the user's persistent keyring expires (`kernel.keys.persistent_keyring_expiry`, three days unless set otherwise).
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`ErrorKind::Unsupported`] on other systems. A kernel that has no keyring, or a sandbox that
    /// hides it, shows at the first operation.
    pub fn open_keyutils(service: &str) -> Result<Self, Error> {
        Self::open(service, platform::KEYUTILS, platform::open_keyutils)
    }

    /// Gives up on an operation after this time instead of two minutes.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    fn open(
        service: &str,
        quirks: Quirks,
        open: impl FnOnce() -> Result<Arc<CredentialStore>, Error>,
    ) -> Result<Self, Error> {
        check_service(service)?;
        let service: Arc<str> = service.into();
        let keychain = Keychain { store: open()?, service: Arc::clone(&service), quirks };
        let thread = VaultThread::spawn(keychain, Keychain::prepare).map_err(|source| {
            Error::new(ErrorKind::Unavailable, "cannot start the keychain's thread").with_source(source)
        })?;
        Ok(Self { service, thread, timeout: PATIENCE })
    }

    async fn run<T: Send + 'static>(
        &self,
        what: &'static str,
        key: &VaultKey,
        run: impl FnOnce(&Keychain, &Attempt) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let attempt = Attempt::new(what, key.clone());
        let timed_out = error::timed_out(&attempt, self.timeout);
        let gone = error::thread_is_gone(&attempt);
        let answer = self.thread.run(move |keychain| run(keychain, &attempt));
        match tokio::time::timeout(self.timeout, answer).await {
            Ok(Some(outcome)) => outcome,
            Ok(None) => Err(gone),
            Err(_) => Err(timed_out),
        }
    }
}

#[async_trait]
impl Vault for KeyringVault {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        let secret = secret.clone();
        self.run("write", key, move |keychain, attempt| keychain.put(attempt, &secret)).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.run("read", key, Keychain::get).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.run("delete", key, Keychain::delete).await
    }
}

impl fmt::Debug for KeyringVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, thread: _, timeout } = self;
        f.debug_struct("KeyringVault")
            .field("service", service)
            .field("timeout", timeout)
            .finish_non_exhaustive()
    }
}

impl Keychain {
    /// Runs on the thread before all else.
    fn prepare(&self) {
        if self.quirks.first_entry_is_stale {
            // What fails here fails again, and is reported, at the first operation.
            drop(self.entry("unused"));
        }
    }

    fn put(&self, attempt: &Attempt, secret: &Secret) -> Result<(), Error> {
        let mut value = Zeroizing::new(String::with_capacity(secret.expose().len() + 1));
        value.push(FORMAT);
        value.push_str(secret.expose());
        if self.quirks.largest_value.is_some_and(|largest| value.len() > largest) {
            return Err(error::too_large(attempt));
        }
        let put = |entry: Entry| {
            if self.quirks.keeps_copies_by_session {
                // Links the session to the item that is there, if any, so that writing changes that one for everybody.
                drop(entry.get_secret().map(Zeroizing::new));
            }
            entry.set_secret(value.as_bytes())
        };
        self.entry(&attempt.key().to_string())
            .and_then(put)
            .map_err(|failure| error::map(attempt, failure, &self.quirks))
    }

    fn get(&self, attempt: &Attempt) -> Result<Option<Secret>, Error> {
        match self.entry(&attempt.key().to_string()).and_then(|entry| entry.get_secret()) {
            Ok(bytes) => read_value(attempt, bytes).map(Some),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(failure) => Err(error::map(attempt, failure, &self.quirks)),
        }
    }

    fn delete(&self, attempt: &Attempt) -> Result<(), Error> {
        let copies = if self.quirks.keeps_copies_by_session { MOST_COPIES } else { 1 };
        for _ in 0..copies {
            match self.entry(&attempt.key().to_string()).and_then(|entry| entry.delete_credential()) {
                Ok(()) => {}
                Err(keyring_core::Error::NoEntry) => break,
                Err(failure) => return Err(error::map(attempt, failure, &self.quirks)),
            }
        }
        Ok(())
    }

    fn entry(&self, user: &str) -> keyring_core::Result<Entry> {
        let Some(modifier) = self.quirks.target_modifier else {
            return self.store.build(&self.service, user, None);
        };
        // Stores that join service and user to one name let two pairs meet. No service holds a `/`, so this name is one to one.
        let target = format!("{}/{user}", self.service);
        self.store.build(&self.service, user, Some(&HashMap::from([(modifier, target.as_str())])))
    }
}

fn check_service(service: &str) -> Result<(), Error> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if (1..=64).contains(&service.len()) && service.chars().all(is_allowed) {
        return Ok(());
    }
    let message = format!("a keychain's service is 1 to 64 letters, digits and `._-`, not {service:?}");
    Err(Error::new(ErrorKind::InvalidInput, message))
}

/// Takes the format's mark off a value, without leaving a copy of it behind.
fn read_value(attempt: &Attempt, bytes: Vec<u8>) -> Result<Secret, Error> {
    let mut text = match String::from_utf8(bytes) {
        Ok(text) => Zeroizing::new(text),
        Err(not_text) => {
            drop(Zeroizing::new(not_text.into_bytes()));
            return Err(error::corrupt(attempt));
        }
    };
    if !text.starts_with(FORMAT) {
        return Err(error::corrupt(attempt));
    }
    text.remove(0);
    Ok(Secret::from(text))
}

#[cfg(test)]
mod tests {
    use keyring_core::{Error as Failure, mock};
    use leapp_core::{SessionId, VaultItem};

    use super::*;

    fn attempt() -> Attempt {
        Attempt::new("read", VaultKey::new(SessionId::parse("alice").unwrap(), VaultItem::AccessKey))
    }

    fn refuse(keychain: &Keychain) {
        let entry = keychain.store.build("leapp", "alice/access-key", None).unwrap();
        let mock: &mock::Cred = entry.as_any().downcast_ref().unwrap();
        mock.set_error(Failure::NoStorageAccess("no session keyring yet".into()));
    }

    #[test]
    fn a_keychain_that_nobody_can_unlock_denies_instead() {
        let quirks = Quirks { cannot_be_locked: true, ..Quirks::NONE };
        let keychain = Keychain { store: mock::Store::new().unwrap(), service: "leapp".into(), quirks };
        refuse(&keychain);
        assert_eq!(keychain.get(&attempt()).unwrap_err().kind(), ErrorKind::AccessDenied);
    }
}
