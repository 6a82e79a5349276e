//! The vault over Windows' Credential Manager: on Windows itself, or under Wine.
#![cfg(windows)]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test says where")]

use std::collections::HashMap;

use keyring_core::CredentialStore;
use leapp_core::{ErrorKind, Secret, SessionId, Vault, VaultItem, VaultKey};
use leapp_vault::{Backend, KeyringVault};

#[path = "parts/processes.rs"]
mod processes;

const SERVICE: &str = "leapp-vault-test";

fn open() -> KeyringVault {
    KeyringVault::open_credential_manager(SERVICE).expect("the Credential Manager opens")
}

mod contract {
    // Its keys are new each time: their lock files would stay.
    leapp_testkit::vault_tests!(|| super::open().with_coordinator(leapp_core::LocalCoordinator::new()));
}

fn key(name: &str) -> VaultKey {
    VaultKey::new(SessionId::parse(name).unwrap(), VaultItem::AccessKey)
}

/// What the system has under a target's name.
fn attributes(target: &str) -> keyring_core::Result<HashMap<String, String>> {
    let store: std::sync::Arc<CredentialStore> = windows_native_keyring_store::Store::new().unwrap();
    store.build("any", "any", Some(&HashMap::from([("target", target)]))).unwrap().get_attributes()
}

#[tokio::test]
async fn an_item_stays_on_this_machine() {
    let key = key("local");
    open().put(&key, &Secret::new("made up")).await.unwrap();
    let attributes = attributes("leapp-vault-test/local/access-key");
    open().delete(&key).await.unwrap();
    assert_eq!(attributes.unwrap()["persistence"], "Local");
}

#[tokio::test]
async fn upper_and_lower_case_are_two_names_in_a_store_where_they_are_one() {
    let (lower, upper) = (key("case"), key("Case"));
    let vault = open();
    vault.put(&lower, &Secret::new("of lower")).await.unwrap();
    vault.put(&upper, &Secret::new("of upper")).await.unwrap();
    let targets = ["leapp-vault-test/case/access-key", "leapp-vault-test/^case/access-key"].map(attributes);
    let found = vault.get(&lower).await.unwrap().unwrap();
    vault.delete(&upper).await.unwrap();
    let kept = vault.get(&lower).await.unwrap();
    vault.delete(&lower).await.unwrap();
    assert!(targets.iter().all(Result::is_ok));
    assert_eq!(found.expose(), "of lower");
    assert!(kept.is_some());
}

#[tokio::test]
async fn a_value_larger_than_an_item_is_kept_and_nothing_is_left_of_it() {
    let (vault, key) = (open(), key("large"));
    let chunks = |slot: &str| {
        let is_there =
            |index: &usize| attributes(&format!("leapp-vault-test/large/access-key/{slot}{index}")).is_ok();
        (0..40).filter(is_there).count()
    };
    let largest = "x".repeat(64 * 1024);
    for length in [2399, 2400, 12 * 1024, 64 * 1024] {
        vault.put(&key, &Secret::new(&largest[..length])).await.unwrap();
        assert_eq!(vault.get(&key).await.unwrap().unwrap().expose().len(), length);
    }
    assert_eq!((chunks("a"), chunks("b")), (28, 0), "2367 bytes of the value are in each");
    let refused = vault.put(&key, &Secret::new(format!("{largest}x"))).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TooLarge);
    assert_eq!(vault.get(&key).await.unwrap().unwrap().expose(), largest);
    vault.delete(&key).await.unwrap();
    assert_eq!((chunks("a"), chunks("b")), (0, 0));
    assert!(vault.get(&key).await.unwrap().is_none());
}

#[tokio::test]
async fn it_is_what_opening_finds() {
    let opened = leapp_vault::open(SERVICE).await.unwrap();
    assert_eq!(opened.backend, Backend::CredentialManager);
    assert_eq!(opened.to_string(), "the Credential Manager: it is the strongest here, and answers");
    let elsewhere = KeyringVault::open_secret_service(SERVICE).unwrap_err();
    assert_eq!(elsewhere.kind(), ErrorKind::Unsupported);
}

#[test]
fn sixteen_processes_never_see_a_torn_value() {
    processes::never_see_a_torn_value("sixteen_processes_never_see_a_torn_value", |_| (), open, 12 * 1024);
}

/// As `keytar` puts them there for the desktop application Leapp.
#[tokio::test]
async fn a_key_that_leapp_keeps_is_read() {
    let session = format!("Test-{}", std::process::id());
    let store: std::sync::Arc<CredentialStore> = windows_native_keyring_store::Store::new().unwrap();
    let mut entries = Vec::new();
    for (what, value) in [
        ("iam-user-aws-session-access-key-id", "AKIAIOSFODNN7EXAMPLE"),
        ("iam-user-aws-session-secret-access-key", "made/up+secret"),
    ] {
        let account = format!("{session}-{what}");
        let target = format!("Leapp/{account}");
        let entry = store.build("Leapp", &account, Some(&HashMap::from([("target", &*target)]))).unwrap();
        entry.set_secret(value.as_bytes()).unwrap();
        entries.push(entry);
    }
    let access_key = leapp_vault::leapp_access_key(&session).await.unwrap().expect("it is there");
    for entry in entries {
        entry.delete_credential().unwrap();
    }
    assert_eq!(access_key.access_key_id().as_str(), "AKIAIOSFODNN7EXAMPLE");
    assert_eq!(access_key.secret_access_key().expose(), "made/up+secret");
    assert!(leapp_vault::leapp_access_key(&session).await.unwrap().is_none());
}
