//! What is kept of a login, where, and who may change it: no token that was obtained is lost, and none is used twice.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::PortalLogin;
use super::record::Stored;
use crate::{Coordinator, Error, Lease, LocalCoordinator, Login, Vault, VaultItem, VaultKey};

/// A renewal that the vault does not take keeps others from using the refresh token that it replaced, but not for ever.
const LONGEST_UNSTORED: Duration = Duration::from_secs(10 * 60);
/// A portal does not refuse more logins in a row.
const MOST_REFUSED: usize = 16;

/// The right to change what is kept of the login. The lease that others wait for goes first when it is dropped; while there is
/// a renewal that is not stored yet, it is not given back.
#[derive(Debug)]
pub(super) struct Held {
    everywhere: Option<Lease>,
    _here: Lease,
    shared: Arc<Shared>,
}

/// What the clones of a login share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// For a host without a coordinator of its own.
    pub(super) coordinator: LocalCoordinator,
    /// A renewal that the vault did not take: its refresh token is the only one that still works.
    unstored: Mutex<Option<Unstored>>,
    /// Kept with it: whoever else had the lease would find the refresh token that is spent.
    kept_lease: Mutex<Option<Lease>>,
    /// The login in the vault, as far as is known.
    in_vault: Mutex<Option<Login>>,
    /// Digests of what the portal does not accept any more: whoever offers it again is not believed.
    refused: Mutex<Vec<[u8; 32]>>,
    /// The token cache has been compared with the vault.
    pub(super) has_looked: AtomicBool,
}

/// What is to be stored, and the login in whose place.
#[derive(Debug)]
struct Unstored {
    stored: Stored,
    replaces: Option<Login>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if lock(&self.shared.unstored).is_none() {
            return;
        }
        let Some(lease) = self.everywhere.take() else { return };
        *lock(&self.shared.kept_lease) = Some(lease);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let shared = Arc::downgrade(&self.shared);
            runtime.spawn(give_back_later(shared));
        }
    }
}

async fn give_back_later(shared: Weak<Shared>) {
    tokio::time::sleep(LONGEST_UNSTORED).await;
    if let Some(shared) = shared.upgrade() {
        lock(&shared.kept_lease).take();
    }
}

impl PortalLogin {
    /// What the vault has of this portal; nothing when it has another portal's, or what cannot be read: the next login
    /// takes its place.
    pub(super) async fn stored(&self, vault: &dyn Vault) -> Result<Stored, Error> {
        let (start_url, region) = (self.start_url.clone(), self.sso.region().to_string());
        let nothing = Stored { start_url, region, registration: None, token: None };
        let record = vault.get(&self.place()).await?;
        let stored = match record.as_ref().map(Stored::from_record) {
            None => nothing,
            Some(Ok(stored)) => {
                let is_here = stored.start_url == nothing.start_url && stored.region == nothing.region;
                if is_here { self.without_theirs(stored) } else { nothing }
            }
            Some(Err(error)) => {
                tracing::warn!(session = %self.session, %error, "the login kept in the vault is not used");
                nothing
            }
        };
        *lock(&self.shared.in_vault) = login(&stored);
        Ok(stored)
    }

    /// The same for whoever has the lease: what the vault would not take before, it is given now.
    pub(super) async fn stored_here(&self, vault: &dyn Vault) -> Result<Stored, Error> {
        let stored = self.stored(vault).await?;
        let unstored = lock(&self.shared.unstored).take();
        match unstored.filter(|unstored| is_same(&unstored.replaces, &login(&stored))) {
            Some(unstored) => self.store(vault, &unstored.stored).await.map(|()| unstored.stored),
            None => Ok(stored),
        }
    }

    /// The same, with what others have put into the token cache meanwhile.
    pub(super) async fn stored_last(&self, vault: &dyn Vault, now: SystemTime) -> Result<Stored, Error> {
        let stored = self.stored_here(vault).await?;
        self.adopted(vault, stored, now).await
    }

    /// Stores it; only for whoever has the lease. A token that the vault does not take is kept in memory until it does.
    pub(super) async fn store(&self, vault: &dyn Vault, stored: &Stored) -> Result<(), Error> {
        // Before the vault is asked: a wait for it that is given up must not lose what cannot be obtained again.
        if stored.token.is_some() {
            self.keep_unstored(stored);
        }
        vault.put(&self.place(), &stored.to_record()).await?;
        *lock(&self.shared.in_vault) = login(stored);
        lock(&self.shared.unstored).take();
        Ok(())
    }

    /// Keeps in memory what is to be in the vault in place of what is there.
    pub(super) fn keep_unstored(&self, stored: &Stored) {
        let replaces = lock(&self.shared.in_vault).clone();
        *lock(&self.shared.unstored) = Some(Unstored { stored: stored.clone(), replaces });
    }

    pub(super) fn is_stored(&self) -> bool {
        lock(&self.shared.unstored).is_none()
    }

    /// First among the clones of this value, whose host may have given them different coordinators; then among all.
    pub(super) async fn lease(&self, coordinator: Option<&dyn Coordinator>) -> Result<Held, Error> {
        let here = self.shared.coordinator.lease(&self.lease_key).await?;
        let kept = lock(&self.shared.kept_lease).take();
        let everywhere = match (kept, coordinator) {
            (Some(kept), _) => Some(kept),
            (None, Some(coordinator)) => Some(coordinator.lease(&self.lease_key).await?),
            (None, None) => None,
        };
        Ok(Held { everywhere, _here: here, shared: self.shared.clone() })
    }

    pub(super) fn place(&self) -> VaultKey {
        VaultKey::new(self.session.clone(), VaultItem::PortalLogin)
    }

    /// Remembers what the portal does not accept any more.
    pub(super) fn note_refused(&self, rejected: Option<&Login>) {
        let Some(rejected) = rejected.filter(|rejected| !self.is_refused(rejected)) else { return };
        let mut refused = lock(&self.shared.refused);
        if refused.len() == MOST_REFUSED {
            refused.remove(0);
        }
        refused.push(digest(rejected));
    }

    pub(super) fn is_refused(&self, login: &Login) -> bool {
        lock(&self.shared.refused).contains(&digest(login))
    }
}

fn login(stored: &Stored) -> Option<Login> {
    stored.token.as_ref().map(|token| token.login.clone())
}

fn is_same(one: &Option<Login>, other: &Option<Login>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => one.is_same(other),
        _ => false,
    }
}

fn digest(login: &Login) -> [u8; 32] {
    Sha256::digest(login.access_token().expose()).into()
}

/// A panic elsewhere does not make whole values wrong.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
