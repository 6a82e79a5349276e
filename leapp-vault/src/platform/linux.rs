//! Linux: the desktop's Secret Service, and the kernel's keyring.

#[path = "secret_service.rs"]
mod secret_service;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use keyring_core::Entry;
use leapp_core::ErrorKind;
use linux_keyutils::{KeyError, KeyRing, KeyRingIdentifier};

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

/// Why what is kept for a user is out of reach. The store's crate passes over it, and would look into an empty keyring.
#[derive(Debug)]
struct OutOfReach(Option<KeyError>);

impl fmt::Display for OutOfReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the persistent keyring of this user cannot be linked")?;
        self.0.iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl StdError for OutOfReach {}

/// Whether an entry reaches what is stored under its name: values are in the user's persistent keyring.
pub(crate) fn check(entry: &Entry) -> keyring_core::Result<()> {
    match entry.as_any().downcast_ref::<linux_keyutils_keyring_store::Cred>() {
        Some(entry) if entry.persistent.is_none() => {
            let cause = KeyRing::get_persistent(KeyRingIdentifier::Session).err();
            Err(keyring_core::Error::PlatformFailure(Box::new(OutOfReach(cause))))
        }
        _ => Ok(()),
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
    source.is::<OutOfReach>().then_some((
        ErrorKind::Unavailable,
        "this user's persistent keyring is out of reach, and what is in it cannot be told",
    ))
}

/// Whether a failure is one of two that met at an item, and would not come again.
pub(crate) fn is_of_a_moment(source: &(dyn StdError + Send + Sync + 'static)) -> bool {
    match source.downcast_ref() {
        // The kernel says so of a key that was removed between the look for it and the read.
        Some(KeyError::AccessDenied) => true,
        // The link that failed a moment ago is there now.
        _ => matches!(source.downcast_ref(), Some(OutOfReach(None))),
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::mock;
    use linux_keyutils_keyring_store::Cred;

    use super::*;

    /// The store's crate looks into the session's keyring alone then, and finds nothing.
    #[test]
    fn what_is_out_of_reach_is_not_absent() {
        let session = KeyRing::from_special_id(KeyRingIdentifier::Session, true).unwrap();
        let entry = |persistent| {
            let description = "leapp/alice/access-key".to_owned();
            let entry = Cred { session, persistent, description, specifiers: None };
            Entry::new_with_credential(Arc::new(entry))
        };
        assert!(check(&entry(Some(session))).is_ok());
        let Err(failure) = check(&entry(None)) else { panic!("it was taken for absent") };
        let failure = crate::error::map(failure, &KEYUTILS);
        assert_eq!(failure.kind, ErrorKind::Unavailable, "{}", failure.why);
        let quota = explain(&OutOfReach(Some(KeyError::QuotaExceeded)));
        assert_eq!(quota.map(|(kind, _)| kind), Some(ErrorKind::TooLarge));
    }

    #[test]
    fn an_item_that_is_removed_as_it_is_read_is_looked_for_again() {
        let items = KeyringItems::new(mock::Store::new().unwrap(), "leapp".into(), KEYUTILS_AS_A_MOCK);
        items.write("alice/access-key", b"value").unwrap();
        let entry = items.entry("alice/access-key").unwrap();
        let mock: &mock::Cred = entry.as_any().downcast_ref().unwrap();
        mock.set_error(keyring_core::Error::NoStorageAccess(Box::new(KeyError::AccessDenied)));
        assert_eq!(items.read("alice/access-key").unwrap().unwrap().as_slice(), b"value");
    }

    /// The mock knows no modifiers.
    const KEYUTILS_AS_A_MOCK: Quirks = Quirks { target_modifier: None, ..KEYUTILS };
}
