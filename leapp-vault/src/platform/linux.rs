//! Linux: the kernel's keyring.

use std::sync::Arc;

use keyring_core::CredentialStore;
use leapp_core::{Error, ErrorKind};

use crate::quirks::Quirks;

pub(crate) const KEYUTILS: Quirks = Quirks {
    target_modifier: Some("description"),
    // The kernel's limit for a key of type `user`.
    largest_value: Some(32_767),
    // A thread without a session keyring of its own first finds its user's, and is then given its own as the persistent
    // keyring is linked to it. An operation in between finds nothing, or leaves a key that nobody can reach again.
    first_entry_is_stale: true,
    keeps_copies_by_session: true,
    cannot_be_locked: true,
};

pub(crate) fn open_keyutils() -> Result<Arc<CredentialStore>, Error> {
    match linux_keyutils_keyring_store::Store::new() {
        Ok(store) => Ok(store),
        // Without the cause: this family's errors may hold values.
        Err(_) => Err(Error::new(ErrorKind::Unavailable, "cannot open the kernel's keyring")),
    }
}
