//! Vaults that a test needs: one that refuses for a while, and one in a folder that processes share.

use std::fs;
use std::io::{ErrorKind as Io, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use leapp_core::{Error, ErrorKind, MemoryVault, Secret, Vault, VaultKey};

/// Refuses the next so many puts.
#[derive(Debug, Default)]
pub(crate) struct Refusing {
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) refusals: AtomicUsize,
}

#[async_trait]
impl Vault for Refusing {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        let left = |refusals: usize| refusals.checked_sub(1);
        if self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok() {
            return Err(Error::new(ErrorKind::Locked, "the vault is locked"));
        }
        self.vault.put(key, secret).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.vault.get(key).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.vault.delete(key).await
    }
}

/// Lets everybody else go first at every look, as a vault of another process would.
#[derive(Clone, Debug)]
pub(crate) struct Yielding(pub(crate) Arc<MemoryVault>);

#[async_trait]
impl Vault for Yielding {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        tokio::task::yield_now().await;
        self.0.put(key, secret).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        let found = self.0.get(key).await;
        tokio::task::yield_now().await;
        found
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        tokio::task::yield_now().await;
        self.0.delete(key).await
    }
}

/// One file an item, replaced whole. For tests: nothing in it is protected.
#[derive(Clone, Debug)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    fn path(&self, key: &VaultKey) -> PathBuf {
        self.0.join(key.to_string().replace('/', "-"))
    }
}

#[async_trait]
impl Vault for Folder {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        let mut file = tempfile::NamedTempFile::new_in(&self.0).unwrap();
        file.write_all(secret.expose().as_bytes()).unwrap();
        file.persist(self.path(key)).unwrap();
        Ok(())
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        match fs::read_to_string(self.path(key)) {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(error) if error.kind() == Io::NotFound => Ok(None),
            Err(error) => Err(Error::new(ErrorKind::Unavailable, "cannot read the item").with_source(error)),
        }
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        let _ = fs::remove_file(self.path(key));
        Ok(())
    }
}
