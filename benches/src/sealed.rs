//! A sealed file of ten items on this machine's disk, and the least that a durable write and a read of as many bytes cost.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use leapp_core::{MemoryVault, Secret, SessionId, Vault, VaultItem, VaultKey};
use leapp_vault::SealedFile;
use tempfile::TempDir;

use crate::Failure;

/// What a person with some accounts has.
const ITEMS: usize = 10;
/// As long as the record of an access key.
const VALUE_BYTES: usize = 80;

/// An open vault, and a file of its size beside it.
#[derive(Debug)]
pub struct Sealed {
    folder: TempDir,
    vault: SealedFile,
    keys: Vec<VaultKey>,
    value: Secret,
    bytes: Vec<u8>,
}

impl Sealed {
    /// Makes the file in a folder of its own below this one, and opens it.
    ///
    /// # Errors
    /// What the vault or the file system fails with.
    pub async fn open(below: &Path) -> Result<Self, Failure> {
        let folder = tempfile::tempdir_in(below)?;
        let path = folder.path().join("secrets.sealed");
        let host = SessionId::parse("host")?;
        let vault = SealedFile::open_with_data_key(&path, Arc::new(MemoryVault::new()), host)?;
        let keys = (0..ITEMS).map(|number| SessionId::parse(&format!("session-{number}")));
        let keys = keys.map(|session| Ok(VaultKey::new(session?, VaultItem::AccessKey)));
        let keys = keys.collect::<Result<Vec<_>, leapp_core::Error>>()?;
        let value = Secret::new("k".repeat(VALUE_BYTES));
        for key in &keys {
            vault.put(key, &value).await?;
        }
        let bytes = fs::read(&path)?;
        let sealed = Self { folder, vault, keys, value, bytes };
        sealed.bare_write()?;
        Ok(sealed)
    }

    /// One item is put.
    ///
    /// # Errors
    /// What the vault fails with.
    pub async fn put(&self, number: usize) -> Result<(), leapp_core::Error> {
        self.vault.put(&self.keys[number % ITEMS], &self.value).await
    }

    /// One item is got; true when it is the one that was put.
    ///
    /// # Errors
    /// What the vault fails with.
    pub async fn get(&self, number: usize) -> Result<bool, leapp_core::Error> {
        let found = self.vault.get(&self.keys[number % ITEMS]).await?;
        Ok(found.is_some_and(|found| found.expose() == self.value.expose()))
    }

    /// As many bytes as the sealed file has, durably: written beside, synced, renamed, the folder synced.
    ///
    /// # Errors
    /// What the file system fails with.
    pub fn bare_write(&self) -> io::Result<()> {
        let (target, temp) = (self.bare(), self.folder.path().join("bare.tmp"));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temp)?;
        file.write_all(&self.bytes)?;
        file.sync_all()?;
        fs::rename(&temp, target)?;
        File::open(self.folder.path())?.sync_all()
    }

    /// As many bytes as the sealed file has are read, and none of them understood.
    ///
    /// # Errors
    /// What the file system fails with.
    pub fn bare_read(&self) -> io::Result<usize> {
        fs::read(self.bare()).map(|bytes| bytes.len())
    }

    /// The same by tokio, as a program reads a file that must not block its runtime.
    ///
    /// # Errors
    /// What the file system fails with.
    pub async fn bare_read_off_the_runtime(&self) -> io::Result<usize> {
        tokio::fs::read(self.bare()).await.map(|bytes| bytes.len())
    }

    fn bare(&self) -> PathBuf {
        self.folder.path().join("bare")
    }
}
