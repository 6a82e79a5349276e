//! Windows: the Credential Manager.

use std::error::Error as StdError;
use std::sync::Arc;

use keyring_core::Entry;
use leapp_core::ErrorKind;

use crate::backend::Backend;
use crate::items::{Failure, Items};
use crate::keyring_items::KeyringItems;
use crate::quirks::Quirks;

pub(crate) const BACKENDS: &[Backend] = &[Backend::CredentialManager];

const CREDENTIAL_MANAGER: Quirks = Quirks {
    target_modifier: Some("target"),
    folds_case: true,
    // The store's own default roams with the person's profile to other machines of the domain.
    modifier: Some(("persistence", "Local")),
    // Windows has 2560 (CRED_MAX_CREDENTIAL_BLOB_SIZE).
    largest_item: Some(2400),
    // It is open while the person is logged in.
    cannot_be_locked: true,
    ..Quirks::NONE
};

pub(crate) fn open(backend: Backend, service: Arc<str>) -> Option<Result<Box<dyn Items>, Failure>> {
    match backend {
        Backend::CredentialManager => Some(open_credential_manager(service)),
        Backend::Keychain | Backend::Keyutils | Backend::SecretService => None,
    }
}

fn open_credential_manager(service: Arc<str>) -> Result<Box<dyn Items>, Failure> {
    open_with(service, CREDENTIAL_MANAGER)
}

/// As `keytar` names items there, which Leapp uses: `SERVICE/ACCOUNT`, as it is. To be read only.
pub(crate) fn open_leapp(service: Arc<str>) -> Result<Box<dyn Items>, Failure> {
    open_with(service, Quirks { folds_case: false, modifier: None, ..CREDENTIAL_MANAGER })
}

fn open_with(service: Arc<str>, quirks: Quirks) -> Result<Box<dyn Items>, Failure> {
    match windows_native_keyring_store::Store::new() {
        Ok(store) => Ok(Box::new(KeyringItems::new(store, service, quirks))),
        Err(_) => Err(Failure::new(ErrorKind::Unavailable, "cannot open the Credential Manager")),
    }
}

pub(crate) fn explain(_: &(dyn StdError + Send + Sync + 'static)) -> Option<(ErrorKind, &'static str)> {
    None
}

/// Whether a failure is one of two that met at an item, and would not come again.
pub(crate) fn is_of_a_moment(source: &(dyn StdError + Send + Sync + 'static)) -> bool {
    // ERROR_KEY_DELETED: Wine has items in its registry, and one that is removed as it is read fails so. The crate says numbers
    // in words only.
    source.to_string() == "Windows error code 1018"
}

/// Whether an entry reaches what is stored under its name. Here every one does.
pub(crate) fn check(_: &Entry) -> keyring_core::Result<()> {
    Ok(())
}
