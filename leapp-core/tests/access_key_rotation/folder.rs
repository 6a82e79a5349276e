//! A vault in a folder that processes share: one file an item, replaced whole. For tests: nothing in it is protected.

use std::fs;
use std::io::{ErrorKind as Io, Write};
use std::path::PathBuf;

use async_trait::async_trait;
use leapp_core::{Error, ErrorKind, Secret, Vault, VaultKey};

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
