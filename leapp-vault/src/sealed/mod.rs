//! A vault in one file, for machines without a keychain.

mod asked;
mod contents;
mod cost;
mod data_key;
mod fault;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
mod generation;
mod header;
mod index;
mod key;
mod keys;
mod lock;
mod opener;
mod passphrase;
mod place;
mod rights;
mod store;
#[cfg(test)]
mod tests;
mod writing;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::{Coordinator, Error, ErrorKind, Secret, SessionId, Vault, VaultKey};

use keys::{By, Keys};
use opener::Opener;
use store::{Settings, Step, Store, Turn};
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, timeout_at};

use crate::turns::Turns;

pub use cost::SealingCost;
pub use passphrase::Passphrase;

/// How long a writer waits for the others.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is left of a time that no clock can hold: a year.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// A writer's place in the line.
struct Place {
    /// When it gives up.
    until: Instant,
    _in_line: OwnedMutexGuard<()>,
}

/// Keeps secrets in one encrypted file: for servers, containers and other machines without a keychain.
///
/// Names and values are encrypted and authenticated (XChaCha20-Poly1305). The key comes from a passphrase, by Argon2id, or from a
/// data key that another vault keeps. Whoever reads the file learns roughly how much it holds, how often it was written if they
/// look on, and nothing else.
///
/// # What is noticed
///
/// The file is checked as a whole at every operation, and one that fails is never overwritten:
///
/// | what happened | [`ErrorKind`] | what to do |
/// |---|---|---|
/// | the passphrase or the data key is another, or there is none | [`Locked`](ErrorKind::Locked) | open it again with the right one |
/// | it is cut short or damaged; its record is | [`Corrupt`](ErrorKind::Corrupt) | restore a backup |
/// | it is no sealed file; an item stands in another's place, or comes from another file or an older copy | [`NotOurs`](ErrorKind::NotOurs) | restore a backup, and ask who did that |
/// | it is older than what was here before, or gone | [`OlderCopy`](ErrorKind::OlderCopy) | put the newest back, or [accept it](Self::accept_older_copy) |
///
/// An older copy is found by its generation: by this vault, when it has seen a later one; by other processes, by a record that
/// stands beside the file (`NAME.leapp-generation`). Between processes it is not found when the record was put back, or
/// removed, together with the file; a process that is killed may leave the record one generation behind, and a power loss as far
/// behind as the system had not written yet, or empty. Nothing on the same disk can do better at the cost of one durable write. Whoever knows the key can write whatever they like.
///
/// # The file
///
/// It is replaced as a whole: written beside, for its owner only, synced and renamed, by one process at a time (`NAME.leapp-lock`).
/// Reading takes no lock, and works where nothing can be written. A folder that is missing is made, mode 0700. Links are followed when it
/// is opened. When others may read the file, its mode is narrowed; when that fails, it is refused. A value has 1 MiB at most, the
/// file 16 MiB. It must be on a file system of this machine.
///
/// A missing folder is made: where a file is to be on a volume that may not be mounted, look for the volume first.
///
/// Operations need a tokio runtime with its timer. They run on its blocking threads, and come to their end when their caller goes away.
///
/// ```
/// use leapp_core::{Secret, SessionId, Vault, VaultItem, VaultKey};
/// use leapp_vault::{Passphrase, SealedFile};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let home = tempfile::tempdir()?;
/// let path = home.path().join("my-program/secrets.sealed");
/// let key = VaultKey::new(SessionId::parse("alice")?, VaultItem::TotpSeed);
///
/// let ask = || async { Ok(Secret::new("correct horse battery staple")) };
/// let vault = SealedFile::open(&path, Passphrase::asking(ask))?;
/// vault.put(&key, &Secret::new("JBSWY3DPEHPK3PXP")).await?;
///
/// let again = SealedFile::open(&path, Passphrase::asking(ask))?;
/// assert_eq!(again.get(&key).await?.unwrap().expose(), "JBSWY3DPEHPK3PXP");
/// # Ok(())
/// # }
/// ```
pub struct SealedFile {
    store: Arc<Store>,
    opener: Opener,
    settings: Settings,
    /// For whoever makes a data key.
    turns: Turns,
}

impl SealedFile {
    /// Opens a file that a passphrase opens, or the place of one that is yet to be made: by the first `put`, with the passphrase
    /// that is given then.
    ///
    /// The passphrase is asked for when it is first needed, and once: after a wrong one, and after an error of whatever was to give
    /// it, the vault stays locked. Open it again to ask again. It is forgotten as soon as the key is derived.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the path cannot be a file's; [`ErrorKind::NotOurs`] when others may read the file and its
    /// mode cannot be narrowed; [`ErrorKind::Unavailable`] when the folder cannot be made, or what a killed process left not be removed.
    pub fn open(path: impl AsRef<Path>, passphrase: Passphrase) -> Result<Self, Error> {
        Self::new(path.as_ref(), By::Passphrase, Opener::by_passphrase(passphrase))
    }

    /// Opens a file whose key is derived from a data key in another vault, as the item
    /// [`DataKey`](leapp_core::VaultItem::DataKey) of a name: a keychain that holds small values only, for instance.
    ///
    /// The first `put` makes the data key, when there is neither one nor a file. Without it, the file cannot be opened any more.
    /// One data key may serve several files: who makes one takes turns with others that do, by lock files where
    /// [`KeyringVault`](crate::KeyringVault) has them or by a [coordinator](Self::with_coordinator), and where neither can be,
    /// the first `put` is [`ErrorKind::Unavailable`] or [`ErrorKind::NotOurs`]. What the other vault fails with, an operation here fails with; it is asked again at the
    /// next one, until it has given the key.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use leapp_core::{MemoryVault, Secret, SessionId, Vault, VaultItem, VaultKey};
    /// use leapp_vault::SealedFile;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let home = tempfile::tempdir()?;
    /// let keychain = Arc::new(MemoryVault::new());
    /// let name = SessionId::parse("my-program")?;
    /// let vault = SealedFile::open_with_data_key(home.path().join("secrets.sealed"), keychain.clone(), name.clone())?;
    /// vault.put(&VaultKey::new(name.clone(), VaultItem::TotpSeed), &Secret::new("JBSWY3DPEHPK3PXP")).await?;
    /// assert!(keychain.get(&VaultKey::new(name, VaultItem::DataKey)).await?.is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn open_with_data_key(
        path: impl AsRef<Path>,
        vault: Arc<dyn Vault>,
        name: SessionId,
    ) -> Result<Self, Error> {
        Self::new(path.as_ref(), By::DataKey, Opener::by_data_key(vault, name))
    }

    /// Decides what a try of the passphrase costs, for a file that is yet to be made.
    #[must_use]
    pub fn with_cost(mut self, cost: SealingCost) -> Self {
        self.settings.cost = cost;
        self
    }

    /// Waits so long for other writers, of this process and of others together, instead of half a minute, and then says
    /// [`ErrorKind::Busy`]. A passphrase is waited for beside that, as long as its source takes.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.settings.patience = patience;
        self
    }

    /// Has whoever makes a data key take turns by this coordinator. It must reach whoever else may make one of the same name.
    /// Without it they meet as [`KeyringVault`](crate::KeyringVault) says. A file with a passphrase has no use for it.
    #[must_use]
    pub fn with_coordinator(self, coordinator: impl Coordinator + 'static) -> Self {
        Self { turns: Turns::of(Arc::new(coordinator)), ..self }
    }

    /// Obtains the key and checks the file, if there is one: for a host that wants to know before it goes on.
    ///
    /// # Errors
    /// Those of the table above; [`ErrorKind::InvalidInput`] when the passphrase is empty, longer than 4096 bytes or no UTF-8, or
    /// when the file is opened by the other means; [`ErrorKind::Unsupported`] when a later version of this library wrote it;
    /// [`ErrorKind::TooLarge`] when it is larger than any sealed file;
    /// [`ErrorKind::Unavailable`] when it cannot be read; and what the passphrase's source or the other vault fails with.
    pub async fn unlock(&self) -> Result<(), Error> {
        self.read(Store::check).await
    }

    /// Takes the file as it is now for the newest there was, after [`ErrorKind::OlderCopy`] or a damaged record; also when there is none.
    ///
    /// Ask a person first: what was written since that copy is lost, and a secret that was changed since may be back.
    /// Other processes that have seen a later state accept it for themselves.
    ///
    /// # Errors
    /// As [`unlock`](Self::unlock), except for what it accepts.
    pub async fn accept_older_copy(&self) -> Result<(), Error> {
        self.write(|store, turn| store.accept_older_copy(turn)).await
    }

    fn new(path: &Path, by: By, opener: Opener) -> Result<Self, Error> {
        let store = Arc::new(Store::open(path, Keys::new(by))?);
        let settings = Settings { cost: SealingCost::default(), patience: PATIENCE };
        Ok(Self { store, opener, settings, turns: Turns::default() })
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&Store) -> Result<Step<T>, Error> + Send + Sync + 'static,
    ) -> Result<T, Error> {
        self.run(None, move |store, _| work(store)).await
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&Store, Turn) -> Result<Step<T>, Error> + Send + Sync + 'static,
    ) -> Result<T, Error> {
        // A person may have to be asked first, or a key derived: others need not wait for that.
        let place = if self.store.keys.is_ready() { Some(self.stand_in_line().await?) } else { None };
        self.run(place, work).await
    }

    /// Runs on a blocking thread; when a key or a turn is needed, obtains it and runs once more.
    async fn run<T: Send + 'static>(
        &self,
        mut place: Option<Place>,
        work: impl Fn(&Store, Turn) -> Result<Step<T>, Error> + Send + Sync + 'static,
    ) -> Result<T, Error> {
        let work = Arc::new(work);
        let mut may_obtain = true;
        loop {
            let (store, work) = (Arc::clone(&self.store), Arc::clone(&work));
            let run = move || {
                // The place in the line goes with the work, which goes on when its caller has gone.
                let turn = place.as_ref().map(|place| place.until.saturating_duration_since(Instant::now()));
                (work(&store, turn), place)
            };
            let (step, kept) = tokio::task::spawn_blocking(run).await.map_err(|source| {
                Error::new(ErrorKind::Unavailable, "an operation on a sealed file was ended")
                    .with_source(source)
            })?;
            place = kept;
            match step? {
                Step::Done(outcome) => return Ok(outcome),
                Step::TurnNeeded => place = Some(self.stand_in_line().await?),
                Step::KeyNeeded { is_new } if may_obtain => {
                    drop(place.take());
                    may_obtain = false;
                    self.opener.give_key(&self.store, is_new, self.until(), &self.turns).await?;
                }
                Step::KeyNeeded { .. } => {
                    let why = "there is no key for it; open it again";
                    return Err(fault::unsealable(ErrorKind::Locked, &self.store.place.target, why));
                }
            }
        }
    }

    fn until(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.settings.patience).unwrap_or_else(|| now + FOREVER)
    }

    /// One time for all that is waited for: tasks of this process here, other processes at the lock.
    async fn stand_in_line(&self) -> Result<Place, Error> {
        let until = self.until();
        match timeout_at(until, Arc::clone(&self.store.turn).lock_owned()).await {
            Ok(in_line) => Ok(Place { until, _in_line: in_line }),
            Err(_) => {
                let path = self.store.place.target.display();
                Err(fault::busy(&format!("others of this process are writing `{path}`")))
            }
        }
    }
}

#[async_trait]
impl Vault for SealedFile {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        let (name, secret, settings) = (key.to_string(), secret.clone(), self.settings);
        self.write(move |store, turn| store.put(&name, &secret, settings, turn)).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        let name = key.to_string();
        self.read(move |store| store.get(&name)).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        let name = key.to_string();
        self.write(move |store, turn| store.delete(&name, turn)).await
    }
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { store, opener: _, settings, turns: _ } = self;
        f.debug_struct("SealedFile")
            .field("path", &store.place.target)
            .field("settings", settings)
            .finish_non_exhaustive()
    }
}
