//! The vault over the running kernel's keyring. A kernel without one fails these tests; nothing here is skipped.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test says where")]

use std::process;

use leapp_core::{ErrorKind, Secret, SessionId, Vault, VaultItem, VaultKey};
use leapp_vault::KeyringVault;

#[path = "parts/processes.rs"]
mod processes;

fn open() -> KeyringVault {
    KeyringVault::open_keyutils("leapp-vault-test").expect("the kernel's keyring opens")
}

mod contract {
    // Its keys are new each time: their lock files would stay.
    leapp_testkit::vault_tests!(|| super::open().with_coordinator(leapp_core::LocalCoordinator::new()));
}

fn key(name: &str) -> VaultKey {
    let session = format!("leapp-vault-test-{}-{name}", process::id());
    VaultKey::new(SessionId::parse(&session).unwrap(), VaultItem::AccessKey)
}

#[tokio::test]
async fn the_kernel_offers_its_keyring() {
    let found = open().get(&key("absent")).await;
    let found = found.expect("this machine's kernel, or its sandbox, refuses the keyring (keyctl)");
    assert!(found.is_none());
}

#[tokio::test]
async fn a_second_vault_of_the_same_service_reads_what_the_first_wrote() {
    let key = key("shared");
    open().put(&key, &Secret::new("made up")).await.unwrap();
    let found = open().get(&key).await;
    open().delete(&key).await.unwrap();
    assert_eq!(found.unwrap().unwrap().expose(), "made up");
}

#[tokio::test]
async fn the_first_operation_of_a_vault_reaches_what_is_there() {
    let key = key("first-operation");
    open().put(&key, &Secret::new("made up")).await.unwrap();
    open().delete(&key).await.unwrap();
    assert!(open().get(&key).await.unwrap().is_none(), "a delete that came first deleted nothing");
}

#[tokio::test]
async fn vaults_beside_each_other_see_each_others_writes() {
    let key = key("beside");
    let (one, other) = (open(), open());
    let mut found = Vec::new();
    for (writer, reader, text) in [(&one, &other, "first"), (&other, &one, "second"), (&one, &other, "third")]
    {
        writer.put(&key, &Secret::new(text)).await.unwrap();
        found.push(reader.get(&key).await.unwrap().map(|secret| secret.expose().to_owned()));
    }
    one.delete(&key).await.unwrap();
    let after = other.get(&key).await.unwrap();
    assert_eq!(found, ["first", "second", "third"].map(|text| Some(text.to_owned())));
    assert!(after.is_none(), "what one vault deleted is still there for the other");
}

#[tokio::test]
async fn nothing_is_left_in_the_kernel() {
    let key = key("left-behind");
    let vault = open();
    vault.put(&key, &Secret::new("made up")).await.unwrap();
    assert_eq!(live_keys(&key), 1, "/proc/keys does not show the key");
    open().put(&key, &Secret::new("made up, too")).await.unwrap();
    vault.delete(&key).await.unwrap();
    assert_eq!(live_keys(&key), 0);
}

/// The keys of this name that the kernel holds: with a value, which one that was refused has not, and not invalidated.
fn live_keys(key: &VaultKey) -> usize {
    let name = format!("leapp-vault-test/{key}");
    let keys = std::fs::read_to_string("/proc/keys").unwrap();
    let is_live = |line: &&str| {
        let flags = line.split(' ').nth(1).unwrap();
        line.contains(&name) && flags.contains('I') && !flags.contains('i')
    };
    keys.lines().filter(is_live).count()
}

#[tokio::test]
async fn services_do_not_meet() {
    let key = key("of-one-service");
    let (one, other) = (open(), KeyringVault::open_keyutils("leapp-vault-test.2").unwrap());
    one.put(&key, &Secret::new("made up")).await.unwrap();
    let found = other.get(&key).await;
    other.delete(&key).await.unwrap();
    let kept = one.get(&key).await;
    one.delete(&key).await.unwrap();
    assert!(found.unwrap().is_none(), "another service reads it");
    assert_eq!(kept.unwrap().unwrap().expose(), "made up", "another service deletes it");
}

#[tokio::test]
async fn a_value_over_the_limit_is_too_large_and_the_old_one_stays() {
    let (vault, key) = (open(), key("large"));
    let largest = "x".repeat(64 * 1024);
    vault.put(&key, &Secret::new("old")).await.unwrap();
    let refused = vault.put(&key, &Secret::new(format!("{largest}x"))).await;
    let kept = vault.get(&key).await;
    let put = vault.put(&key, &Secret::new(largest.as_str())).await;
    let found = vault.get(&key).await;
    vault.delete(&key).await.unwrap();
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(kept.unwrap().unwrap().expose(), "old");
    // The other limit is the user's quota.
    let is_kept = if has_room() { put.is_ok() } else { put.unwrap_err().kind() == ErrorKind::TooLarge };
    assert!(is_kept);
    assert_eq!(found.unwrap().unwrap().expose(), if has_room() { &largest } else { "old" });
}

#[tokio::test]
async fn nothing_is_left_of_a_value_in_chunks() {
    let (vault, key) = (open(), key("chunks"));
    let mut left = Vec::new();
    for length in [60_000, 40_000, 10, 60_000] {
        let put = vault.put(&key, &Secret::new("y".repeat(length))).await;
        assert!(put.is_ok() || !has_room() && length > 10);
        left.push(live_keys(&key));
    }
    vault.delete(&key).await.unwrap();
    // A header and two chunks, or a value; nothing of what was refused.
    assert_eq!(left, if has_room() { [3, 3, 1, 3] } else { [0, 0, 1, 1] });
    assert_eq!(live_keys(&key), 0);
}

#[test]
fn sixteen_processes_never_see_a_torn_value() {
    let length = if has_room() { 40_000 } else { 2000 };
    processes::never_see_a_torn_value("sixteen_processes_never_see_a_torn_value", |_| (), open, length);
}

/// Whether the user's quota is more than a value in chunks takes: root's is, others' is not unless it was raised.
fn has_room() -> bool {
    let quota = if rustix::process::geteuid().is_root() { "root_maxbytes" } else { "maxbytes" };
    let quota = std::fs::read_to_string(format!("/proc/sys/kernel/keys/{quota}")).unwrap();
    quota.trim().parse::<usize>().unwrap() > 500_000
}

#[test]
fn a_service_that_could_run_into_a_key_is_refused() {
    for service in ["", "a/b", "a b", "a@b", "é", "a\n", &"a".repeat(65)] {
        let refused = KeyringVault::open_keyutils(service).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{service:?}");
    }
}
