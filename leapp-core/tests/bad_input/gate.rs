//! Backends that fail when they are told to.

use std::sync::Mutex;

use async_trait::async_trait;
use leapp_core::{
    Change, CredentialSink, Error, ErrorKind, MemorySink, MemoryVault, Secret, Vault, VaultKey,
};

/// A backend that fails with an error for as long as one is set.
#[derive(Debug, Default)]
pub(crate) struct Gate<T> {
    pub(crate) inner: T,
    failure: Mutex<Option<Error>>,
}

impl<T> Gate<T> {
    pub(crate) fn fail(&self, kind: ErrorKind) {
        *self.failure.lock().unwrap() = Some(Error::new(kind, "the gate is shut"));
    }

    pub(crate) fn mend(&self) {
        *self.failure.lock().unwrap() = None;
    }

    fn pass(&self) -> Result<&T, Error> {
        self.failure.lock().unwrap().clone().map_or(Ok(&self.inner), Err)
    }
}

#[async_trait]
impl Vault for Gate<MemoryVault> {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        self.pass()?.put(key, secret).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.pass()?.get(key).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.pass()?.delete(key).await
    }
}

#[async_trait]
impl CredentialSink for Gate<MemorySink> {
    async fn apply(&self, changes: &[Change]) -> Result<(), Error> {
        self.pass()?.apply(changes).await
    }
}
