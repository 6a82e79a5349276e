//! The reference backends: a vault and a sink in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{
    Change, CredentialSink, Error, ErrorKind, ProfileName, Region, Secret, SessionCredentials, SessionId,
    Vault, VaultKey,
};

/// A vault that forgets everything when it is dropped.
#[derive(Default)]
pub struct MemoryVault {
    secrets: Mutex<BTreeMap<VaultKey, Secret>>,
}

/// A sink that holds profiles in memory.
#[derive(Debug, Default)]
pub struct MemorySink {
    profiles: Mutex<BTreeMap<ProfileName, Published>>,
}

/// What a profile of a [`MemorySink`] gives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Published {
    /// The session that holds the profile; `None` for one that was [put there by hand](MemorySink::write_by_hand).
    pub session: Option<SessionId>,
    /// The Region beside the credentials.
    pub region: Option<Region>,
    /// The credentials.
    pub credentials: SessionCredentials,
}

impl MemoryVault {
    /// An empty vault.
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Debug for MemoryVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryVault").finish_non_exhaustive()
    }
}

#[async_trait]
impl Vault for MemoryVault {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        lock(&self.secrets).insert(key.clone(), secret.clone());
        Ok(())
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        Ok(lock(&self.secrets).get(key).cloned())
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        lock(&self.secrets).remove(key);
        Ok(())
    }
}

impl MemorySink {
    /// A sink without profiles.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a profile gives, if it is there.
    pub fn read(&self, profile: &ProfileName) -> Option<Published> {
        lock(&self.profiles).get(profile).cloned()
    }

    /// Every profile, in order.
    pub fn profiles(&self) -> Vec<(ProfileName, Published)> {
        lock(&self.profiles).iter().map(|(name, published)| (name.clone(), published.clone())).collect()
    }

    /// Puts a profile there as a person or another tool would: it is no session's, and the sink leaves it alone.
    pub fn write_by_hand(&self, profile: ProfileName, credentials: SessionCredentials) {
        lock(&self.profiles).insert(profile, Published { session: None, region: None, credentials });
    }
}

#[async_trait]
impl CredentialSink for MemorySink {
    async fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        let mut profiles = lock(&self.profiles);
        let mut next = profiles.clone();
        for change in changes {
            let holder = next.get(change.profile()).map(|published| published.session.clone());
            if holder == Some(None) {
                let message = format!("profile `{}` was not written by this library", change.profile());
                return Err(Error::new(ErrorKind::NotOurs, message));
            }
            match change {
                Change::Publish { session, profile, region, credentials } => {
                    let session = Some(session.clone());
                    let published =
                        Published { session, region: region.clone(), credentials: credentials.clone() };
                    next.insert(profile.clone(), published);
                }
                Change::Withdraw { session, profile } => {
                    if holder == Some(Some(session.clone())) {
                        next.remove(profile);
                    }
                }
            }
        }
        *profiles = next;
        Ok(())
    }
}

/// A panic elsewhere does not make a map of whole values wrong: each change is one insert or one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
