//! What is left of a secret in memory when it has been through a vault: nothing.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failed test says where")]

use leapp_core::{MemoryVault, Secret, SessionId, Vault, VaultItem, VaultKey};
use leapp_testkit::leak::Canary;
use leapp_vault::{KeyringVault, relocate};

fn key(name: &str) -> VaultKey {
    let session = format!("leapp-vault-test-{}-{name}", std::process::id());
    VaultKey::new(SessionId::parse(&session).unwrap(), VaultItem::AccessKey)
}

/// One after the other: what another test holds for a moment would be found here.
#[tokio::test]
async fn no_copy_is_left_of_what_went_through_a_vault() {
    let keyutils = || KeyringVault::open_keyutils("leapp-vault-test").unwrap();

    let canary = Canary::new();
    let (vault, place) = (keyutils(), key("memory"));
    vault.put(&place, &Secret::from(canary.text())).await.unwrap();
    for _ in 0..3 {
        assert!(vault.get(&place).await.unwrap().is_some());
    }
    // The thread that holds the keychain has rested, and holds nothing.
    assert_eq!(canary.copies().unwrap(), 0, "put and get");
    let held = vault.get(&place).await.unwrap();
    assert_eq!(canary.copies().unwrap(), 1, "the scan finds the one that is held");
    drop(held);
    vault.delete(&place).await.unwrap();
    assert_eq!(canary.copies().unwrap(), 0, "delete");

    let (from, place) = (MemoryVault::new(), key("moved"));
    from.put(&place, &Secret::from(canary.text())).await.unwrap();
    relocate(&from, &vault, std::slice::from_ref(&place)).await.unwrap();
    assert_eq!(canary.copies().unwrap(), 0, "relocate");
    vault.delete(&place).await.unwrap();

    // A plant, so that finding nothing means something.
    let leaked = canary.text().as_str().to_owned();
    assert_eq!(canary.copies().unwrap(), 1, "the planted one is found");
    drop(leaked);
}
