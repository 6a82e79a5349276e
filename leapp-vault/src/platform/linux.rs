//! Linux: the desktop's Secret Service, and the kernel's keyring.

#[path = "secret_service.rs"]
mod secret_service;

use std::error::Error as StdError;
use std::sync::Arc;

use leapp_core::ErrorKind;

use self::secret_service::SecretServiceItems;
use crate::backend::Backend;
use crate::items::{Failure, Items};
use crate::keyring_items::KeyringItems;
use crate::quirks::Quirks;

pub(crate) const BACKENDS: &[Backend] = &[Backend::SecretService, Backend::Keyutils];

const KEYUTILS: Quirks = Quirks {
    target_modifier: Some("description"),
    // The kernel's limit for a key of type `user`.
    largest_item: Some(32_767),
    // A thread without a session keyring of its own first finds its user's, and is then given its own as the persistent
    // keyring is linked to it. An operation in between finds nothing, or leaves a key that nobody can reach again.
    first_entry_is_stale: true,
    keeps_copies_by_session: true,
    cannot_be_locked: true,
    ..Quirks::NONE
};

pub(crate) fn open(backend: Backend, service: Arc<str>) -> Option<Result<Box<dyn Items>, Failure>> {
    match backend {
        Backend::Keyutils => Some(open_keyutils(service)),
        Backend::SecretService => Some(Ok(Box::new(SecretServiceItems::new(service)))),
        Backend::CredentialManager | Backend::Keychain => None,
    }
}

/// As `keytar` names items there, which Leapp uses. To be read only.
pub(crate) fn open_leapp(service: Arc<str>) -> Result<Box<dyn Items>, Failure> {
    Ok(Box::new(SecretServiceItems::new(service).with_name_attribute("account")))
}

fn open_keyutils(service: Arc<str>) -> Result<Box<dyn Items>, Failure> {
    match linux_keyutils_keyring_store::Store::new() {
        Ok(store) => Ok(Box::new(KeyringItems::new(store, service, KEYUTILS))),
        // Without the cause: this family's errors may hold values.
        Err(_) => Err(Failure::new(ErrorKind::Unavailable, "cannot open the kernel's keyring")),
    }
}

/// The kernel's errors that say more than that it failed.
pub(crate) fn explain(source: &(dyn StdError + Send + Sync + 'static)) -> Option<(ErrorKind, &'static str)> {
    let text = source.to_string().to_lowercase();
    if text.contains("quota") {
        let why =
            "the kernel's quota for this user's keys is used up (/proc/key-users, kernel.keys.maxbytes)";
        return Some((ErrorKind::TooLarge, why));
    }
    None
}

/// Whether a failure is one of two that met at an item, and would not come again.
pub(crate) fn is_of_a_moment(_: &(dyn StdError + Send + Sync + 'static)) -> bool {
    false
}
