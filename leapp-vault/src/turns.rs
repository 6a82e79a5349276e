//! Who writes next, among all that use the same keychain.

use std::sync::{Arc, OnceLock};

use data_encoding::HEXLOWER;
use leapp_core::{Coordinator, Error, FileCoordinator, Lease, LeaseKey};
use sha2::{Digest, Sha256};

use crate::platform;

/// Gives leases; by default from lock files in a folder that all processes of one person know.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    given: Option<Arc<dyn Coordinator>>,
    /// Made when it is first needed: a vault that is only read needs no folder.
    files: OnceLock<FileCoordinator>,
}

impl Turns {
    pub(crate) fn of(coordinator: Arc<dyn Coordinator>) -> Self {
        Self { given: Some(coordinator), files: OnceLock::new() }
    }

    /// The turn of whoever writes an item of a keychain.
    pub(crate) async fn of_item(&self, service: &str, name: &str) -> Result<Lease, Error> {
        // No service holds a `/`.
        self.lease("item", &format!("{service}/{name}")).await
    }

    /// The turn of whoever makes a data key.
    pub(crate) async fn of_data_key(&self, name: &str) -> Result<Lease, Error> {
        self.lease("data-key", name).await
    }

    async fn lease(&self, what: &str, name: &str) -> Result<Lease, Error> {
        // A digest, so that the name of the file says nothing and has no letter that is not allowed.
        let key = LeaseKey::parse(&format!("{what}-{}", HEXLOWER.encode(&Sha256::digest(name))))?;
        match &self.given {
            Some(coordinator) => coordinator.lease(&key).await,
            None => self.files()?.lease(&key).await,
        }
    }

    fn files(&self) -> Result<&FileCoordinator, Error> {
        if let Some(files) = self.files.get() {
            return Ok(files);
        }
        let files = FileCoordinator::open(platform::locks()?)?;
        Ok(self.files.get_or_init(|| files))
    }
}
