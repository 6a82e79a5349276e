//! macOS: the login keychain.

use std::error::Error as StdError;
use std::sync::Arc;

use keyring_core::Entry;
use leapp_core::ErrorKind;

use crate::backend::Backend;
use crate::items::{Failure, Items};
use crate::keyring_items::KeyringItems;
use crate::quirks::Quirks;

pub(crate) const BACKENDS: &[Backend] = &[Backend::Keychain];

pub(crate) fn open(backend: Backend, service: Arc<str>) -> Option<Result<Box<dyn Items>, Failure>> {
    match backend {
        Backend::Keychain => Some(open_keychain(service)),
        Backend::CredentialManager | Backend::Keyutils | Backend::SecretService => None,
    }
}

/// As `keytar` names items there, which Leapp uses: by service and account. To be read only.
pub(crate) fn open_leapp(service: Arc<str>) -> Result<Box<dyn Items>, Failure> {
    open_keychain(service)
}

fn open_keychain(service: Arc<str>) -> Result<Box<dyn Items>, Failure> {
    match apple_native_keyring_store::keychain::Store::new() {
        // Service and account are two attributes of an item, which are compared as they are: no two pairs meet.
        Ok(store) => Ok(Box::new(KeyringItems::new(store, service, Quirks::NONE))),
        Err(_) => Err(Failure::new(ErrorKind::Unavailable, "cannot open the login keychain")),
    }
}

/// Codes of the Security framework that the store's crate takes for failures of the system.
pub(crate) fn explain(source: &(dyn StdError + Send + Sync + 'static)) -> Option<(ErrorKind, &'static str)> {
    let error = source.downcast_ref::<security_framework::base::Error>()?;
    match error.code() {
        // errSecInteractionNotAllowed: over ssh, or before a person has logged in.
        -25_308 => Some((
            ErrorKind::Locked,
            "the keychain is locked and nobody can be asked here; run `security unlock-keychain` first",
        )),
        // userCanceledErr
        -128 => Some((ErrorKind::Locked, "a person was asked and did not allow it; try again and allow it")),
        // errSecAuthFailed
        -25_293 => Some((ErrorKind::Locked, "the keychain's password was wrong, or access was refused")),
        _ => None,
    }
}

/// Whether a failure is one of two that met at an item, and would not come again.
pub(crate) fn is_of_a_moment(_: &(dyn StdError + Send + Sync + 'static)) -> bool {
    false
}

/// Whether an entry reaches what is stored under its name. Here every one does.
pub(crate) fn check(_: &Entry) -> keyring_core::Result<()> {
    Ok(())
}
