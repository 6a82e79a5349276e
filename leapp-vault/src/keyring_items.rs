//! The items of any store of the `keyring-core` family.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error as StoreError};
use zeroize::Zeroizing;

use crate::error;
use crate::items::{Failure, Items, State};
use crate::platform;
use crate::quirks::Quirks;

/// How many items of one name are deleted, where sessions that wrote it at the same moment may each have made one.
const MOST_COPIES: usize = 16;

/// How often an item is looked at that others remove meanwhile.
const LOOKS: usize = 8;

/// The name that is looked for to see whether the store answers. It has no `/`, so it is nobody's.
const PROBE: &str = "probe";

pub(crate) struct KeyringItems {
    store: Arc<CredentialStore>,
    service: Arc<str>,
    quirks: Quirks,
    /// The entry that would be stale was built, and let go.
    is_past_first: Cell<bool>,
}

impl KeyringItems {
    /// To be used on one thread.
    pub(crate) fn new(store: Arc<CredentialStore>, service: Arc<str>, quirks: Quirks) -> Self {
        Self { store, service, quirks, is_past_first: Cell::new(!quirks.first_entry_is_stale) }
    }

    pub(crate) fn entry(&self, name: &str) -> keyring_core::Result<Entry> {
        if !self.is_past_first.get() {
            self.build(PROBE)?;
            self.is_past_first.set(true);
        }
        self.build(name)
    }

    /// An entry that reaches what is stored: one that does not would find nothing where there is something.
    fn build(&self, name: &str) -> keyring_core::Result<Entry> {
        let entry = self.build_anyway(name)?;
        platform::check(&entry)?;
        Ok(entry)
    }

    fn build_anyway(&self, name: &str) -> keyring_core::Result<Entry> {
        let mut modifiers: HashMap<&str, &str> = self.quirks.modifier.into_iter().collect();
        let target;
        if let Some(modifier) = self.quirks.target_modifier {
            // Stores that join service and user to one name let two pairs meet. No service holds a `/`, so this name is one
            // to one.
            target = format!("{}/{name}", self.service);
            let target = if self.quirks.folds_case { unfolded(&target) } else { target.as_str().into() };
            modifiers.insert(modifier, &target);
            return self.store.build(&self.service, name, Some(&modifiers));
        }
        self.store.build(&self.service, name, (!modifiers.is_empty()).then_some(&modifiers))
    }

    fn failure(&self, failure: StoreError) -> Failure {
        error::map(failure, &self.quirks)
    }

    /// Runs on an item, and again while somebody else just then removes it.
    fn on_entry<T>(
        &self,
        name: &str,
        run: impl Fn(&Entry) -> keyring_core::Result<T>,
    ) -> keyring_core::Result<T> {
        let mut outcome = self.entry(name).and_then(|entry| run(&entry));
        for _ in 1..LOOKS {
            match &outcome {
                Err(StoreError::PlatformFailure(source) | StoreError::NoStorageAccess(source))
                    if platform::is_of_a_moment(&**source) =>
                {
                    outcome = self.entry(name).and_then(|entry| run(&entry));
                }
                _ => break,
            }
        }
        outcome
    }
}

impl Items for KeyringItems {
    fn largest_item(&self) -> Option<usize> {
        self.quirks.largest_item
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        match self.on_entry(name, Entry::get_secret) {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(StoreError::NoEntry) => Ok(None),
            Err(failure) => Err(self.failure(failure)),
        }
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), Failure> {
        let write = |entry: &Entry| {
            if self.quirks.keeps_copies_by_session {
                // Links the session to the item that is there, if any, so that writing changes that one for everybody.
                drop(entry.get_secret().map(Zeroizing::new));
            }
            entry.set_secret(value)
        };
        self.on_entry(name, write).map_err(|failure| self.failure(failure))
    }

    fn remove(&self, name: &str) -> Result<(), Failure> {
        let copies = if self.quirks.keeps_copies_by_session { MOST_COPIES } else { 1 };
        for _ in 0..copies {
            match self.on_entry(name, Entry::delete_credential) {
                Ok(()) => {}
                Err(StoreError::NoEntry) => break,
                Err(failure) => return Err(self.failure(failure)),
            }
        }
        Ok(())
    }

    fn probe(&self) -> Result<State, Failure> {
        self.read(PROBE).map(|_| State::Open)
    }
}

/// The same name without upper case, one to one: `^` stands before each letter that was upper case, and before itself.
fn unfolded(name: &str) -> Cow<'_, str> {
    if !name.contains(|c: char| c.is_ascii_uppercase() || c == '^') {
        return name.into();
    }
    let marked = |c: char| (c.is_ascii_uppercase() || c == '^').then_some('^');
    name.chars()
        .flat_map(|c| marked(c).into_iter().chain([c.to_ascii_lowercase()]))
        .collect::<String>()
        .into()
}

#[cfg(test)]
mod tests {
    use keyring_core::mock;
    use leapp_core::ErrorKind;

    use super::*;

    #[test]
    fn a_keychain_that_nobody_can_unlock_denies_instead() {
        let quirks = Quirks { cannot_be_locked: true, ..Quirks::NONE };
        let items = KeyringItems::new(mock::Store::new().unwrap(), "leapp".into(), quirks);
        let entry = items.entry("alice/access-key").unwrap();
        let mock: &mock::Cred = entry.as_any().downcast_ref().unwrap();
        mock.set_error(StoreError::NoStorageAccess("no session keyring yet".into()));
        assert_eq!(items.read("alice/access-key").unwrap_err().kind, ErrorKind::AccessDenied);
    }

    #[test]
    fn names_that_differ_in_case_stay_apart_where_case_is_folded() {
        for (name, stored) in [("prod/access-key", "prod/access-key"), ("Prod", "^prod"), ("^Ab", "^^^ab")] {
            assert_eq!(unfolded(name), stored);
        }
    }
}
