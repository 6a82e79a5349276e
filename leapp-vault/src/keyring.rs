//! A vault over a keychain of the operating system.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use keyring_core::CredentialStore;
use leapp_core::{Coordinator, Error, ErrorKind, Lease, Secret, Vault, VaultKey};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::backend::Backend;
use crate::error::{self, Attempt};
use crate::items::{Failure, Items, State};
use crate::keyring_items::KeyringItems;
use crate::layout::{self, Found};
use crate::platform;
use crate::quirks::Quirks;
use crate::thread::VaultThread;
use crate::turns::Turns;

/// How long a person has to unlock a keychain.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is left of a time-out that no clock can hold: a year.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// Keeps secrets in a keychain: the system's, or any store of the `keyring-core` family.
///
/// [`open`](crate::open) chooses the keychain; the constructors here name it.
///
/// A keychain blocks, for minutes when it asks a person to unlock it. So it has a thread of its own, which does one
/// operation after another, and callers wait for it with a time-out, two minutes unless
/// [told otherwise](Self::with_timeout). An operation that nobody waits for any more is not begun; one that is under way
/// when its caller's time runs out may still take effect. Waiting needs a tokio runtime with its timer.
///
/// Tasks and processes that write the same item take turns, by lock files in `.local/state/leapp-vault` in the home that the system
/// has for the person (where there is none, `/var/tmp/leapp-vault-UID`; on Windows `leapp-vault` in the local application
/// data), or [as the host says](Self::with_coordinator): where processes share a keychain and not that folder, as in a
/// container or a sandbox, it has to. Where that folder cannot be made, writing is [`Unavailable`](ErrorKind::Unavailable); where it is somebody else's, [`NotOurs`](ErrorKind::NotOurs).
/// Readers wait for nobody.
///
/// A value that is too large for one item of the store is kept in several, 64 KiB at most. Whenever a writer dies, readers
/// find the old value or the new one; what it left behind goes with the next write or delete of that key.
///
/// What cannot be read is not overwritten: a `put` over an item that this library did not write is
/// [`Corrupt`](ErrorKind::Corrupt), until it is deleted. No global default store is read or set.
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
    turns: Turns,
}

/// What the thread owns.
pub(crate) type Keychain = Result<Box<dyn Items>, (ErrorKind, String)>;

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
        Self::start(service, |service| Ok(Box::new(KeyringItems::new(store, service, Quirks::NONE))))
    }

    /// Keeps secrets in Windows' Credential Manager, on this machine only: they do not roam with the person's profile.
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`ErrorKind::Unsupported`] on other systems. A logon session without credentials (a network
    /// logon, some services) shows at the first operation as [`ErrorKind::AccessDenied`].
    pub fn open_credential_manager(service: &str) -> Result<Self, Error> {
        Self::open(Backend::CredentialManager, service)
    }

    /// Keeps secrets in the login keychain of macOS. A program that is not signed is asked for again after each build.
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`ErrorKind::Unsupported`] on other systems.
    pub fn open_keychain(service: &str) -> Result<Self, Error> {
        Self::open(Backend::Keychain, service)
    }

    /// Keeps secrets in the kernel's keyring, on Linux: until the machine is shut down, and where they are not used until
    /// the user's persistent keyring expires (`kernel.keys.persistent_keyring_expiry`, three days unless set otherwise).
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`ErrorKind::Unsupported`] on other systems. A kernel that has no keyring, or a sandbox that
    /// hides it, shows at the first operation. A user's quota there is 20,000 bytes unless set otherwise; beyond it a put is
    /// [`ErrorKind::TooLarge`].
    pub fn open_keyutils(service: &str) -> Result<Self, Error> {
        Self::open(Backend::Keyutils, service)
    }

    /// Keeps secrets in the default collection of the desktop's Secret Service, on Linux.
    ///
    /// It connects to the session bus at the first operation, and again after a restart of the bus or the service; the
    /// connection is served by threads of `zbus`'s own, and keeps none of the host's runtime waiting. An operation
    /// on a locked collection has the desktop ask a person to unlock it; where nobody does it is [`ErrorKind::Locked`],
    /// never an absent item.
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`ErrorKind::Unsupported`] on other systems. Where there is no session bus, no Secret Service
    /// on it, or no default collection, the first operation is [`ErrorKind::Unavailable`] and says which.
    pub fn open_secret_service(service: &str) -> Result<Self, Error> {
        Self::open(Backend::SecretService, service)
    }

    /// Gives up on an operation after this time instead of two minutes.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Has writers take turns by this coordinator instead of by lock files. It must reach whoever else writes to the same
    /// keychain under the same service's name.
    #[must_use]
    pub fn with_coordinator(self, coordinator: impl Coordinator + 'static) -> Self {
        Self { turns: Turns::of(Arc::new(coordinator)), ..self }
    }

    pub(crate) fn open(backend: Backend, service: &str) -> Result<Self, Error> {
        if !platform::BACKENDS.contains(&backend) {
            let message = format!("cannot open {backend}: it belongs to another system");
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        Self::start(service, move |service| {
            platform::open(backend, service).map_err(|Failure { kind, why, .. }| (kind, why))
        })
    }

    pub(crate) fn start(
        service: &str,
        make: impl FnOnce(Arc<str>) -> Keychain + Send + 'static,
    ) -> Result<Self, Error> {
        check_service(service)?;
        let service: Arc<str> = service.into();
        let of_thread = Arc::clone(&service);
        let thread = VaultThread::spawn(move || make(of_thread)).map_err(|source| {
            Error::new(ErrorKind::Unavailable, "cannot start the keychain's thread").with_source(source)
        })?;
        Ok(Self { service, thread, timeout: PATIENCE, turns: Turns::default() })
    }

    /// Whether the keychain is there, and open. Makes no item, and asks nobody.
    pub(crate) async fn probe(&self) -> Result<State, Failure> {
        self.run(self.deadline(), |items| items.probe()).await
    }

    /// What stands in an item, as whoever wrote it put it there.
    pub(crate) async fn read_item(&self, name: String) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        self.run(self.deadline(), move |items| items.read(&name)).await
    }

    async fn change(
        &self,
        attempt: &Attempt,
        change: impl FnOnce(&dyn Items) -> Result<(), Failure> + Send + 'static,
    ) -> Result<(), Error> {
        let deadline = self.deadline();
        let lease = self.lease(attempt, deadline).await?;
        let outcome = self.run(deadline, move |items| {
            // Held by the job: it goes on when its caller has gone.
            let _lease = lease;
            change(items)
        });
        outcome.await.map_err(|failure| attempt.failed(failure))
    }

    fn deadline(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.timeout).unwrap_or_else(|| now + FOREVER)
    }

    async fn lease(&self, attempt: &Attempt, deadline: Instant) -> Result<Lease, Error> {
        match timeout_at(deadline, self.turns.of_item(&self.service, &attempt.name())).await {
            Ok(lease) => lease,
            Err(_) => Err(attempt.failed(error::others_are_first(self.timeout))),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        deadline: Instant,
        run: impl FnOnce(&dyn Items) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let answer = self.thread.run(move |keychain| match keychain {
            Ok(items) => run(&**items),
            Err((kind, why)) => Err(Failure::new(*kind, why.as_str())),
        });
        match timeout_at(deadline, answer).await {
            Ok(Some(outcome)) => outcome,
            Ok(None) => Err(error::thread_is_gone()),
            Err(_) => Err(error::timed_out(self.timeout)),
        }
    }
}

#[async_trait]
impl Vault for KeyringVault {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        let (name, secret) = (key.to_string(), secret.clone());
        let put = move |items: &dyn Items| layout::put(items, &name, secret.expose());
        self.change(&Attempt::new("write", key.clone()), put).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        let attempt = Attempt::new("read", key.clone());
        let deadline = self.deadline();
        let get = || {
            let name = attempt.name();
            async {
                self.run(deadline, move |items| layout::get(items, &name))
                    .await
                    .map_err(|failure| attempt.failed(failure))
            }
        };
        let mut found = get().await?;
        if matches!(found, Found::Moving) {
            // Writers are faster; with their lease they wait.
            let _lease = self.lease(&attempt, deadline).await?;
            found = get().await?;
        }
        match found {
            Found::Absent => Ok(None),
            Found::Moving => Err(attempt.failed(error::others_are_first(self.timeout))),
            Found::Value(secret) => Ok(Some(secret)),
        }
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        let name = key.to_string();
        let delete = move |items: &dyn Items| layout::delete(items, &name);
        self.change(&Attempt::new("delete", key.clone()), delete).await
    }
}

impl fmt::Debug for KeyringVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, thread: _, timeout, turns: _ } = self;
        f.debug_struct("KeyringVault")
            .field("service", service)
            .field("timeout", timeout)
            .finish_non_exhaustive()
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

#[cfg(test)]
mod tests;
