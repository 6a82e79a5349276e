//! The format, held by files that were made once. They must stay readable; a new format gets files of its own.

use leapp_core::{Secret, Vault, VaultItem, VaultKey};
use leapp_vault::SealedFile;

use crate::scene::{Scene, get, key, open, put, session, write};

const BY_PASSPHRASE: &[u8] = include_bytes!("known/1-passphrase.sealed");
const BY_DATA_KEY: &[u8] = include_bytes!("known/1-data-key.sealed");
const RECORD: &[u8] = include_bytes!("known/1-data-key.sealed.leapp-generation");
const DATA_KEY: &str = include_str!("known/1-data-key");

async fn holds_what_was_put(vault: &SealedFile) {
    assert_eq!(get(vault, "alice").await.as_deref(), Some("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
    let seed = VaultKey::new(session("team/prod@eu"), VaultItem::TotpSeed);
    assert_eq!(vault.get(&seed).await.unwrap().unwrap().expose(), "JBSWY3DPEHPK3PXP");
    assert_eq!(get(vault, "empty").await.as_deref(), Some(""));
    assert_eq!(get(vault, "text").await.as_deref(), Some("żółć\n日本語 🔑\0"));
    assert_eq!(get(vault, "deleted").await, None);
}

#[tokio::test]
async fn a_file_of_the_first_format_is_read_and_written() {
    let scene = Scene::new();
    write(&scene.path(), BY_PASSPHRASE);
    let vault = open(&scene.path(), "correct horse battery staple");
    holds_what_was_put(&vault).await;
    put(&vault, "deleted", "and back").await;
    vault.delete(&key("deleted")).await.unwrap();
    holds_what_was_put(&open(&scene.path(), "correct horse battery staple")).await;
}

#[tokio::test]
async fn a_file_of_the_first_format_with_a_data_key_is_read_and_written() {
    let scene = Scene::new();
    write(&scene.path(), BY_DATA_KEY);
    write(&scene.record(), RECORD);
    let place = VaultKey::new(session("host"), VaultItem::DataKey);
    scene.keychain.put(&place, &Secret::new(DATA_KEY)).await.unwrap();
    holds_what_was_put(&scene.keyed()).await;
    put(&scene.keyed(), "deleted", "and back").await;
    scene.keyed().delete(&key("deleted")).await.unwrap();
    holds_what_was_put(&scene.keyed()).await;
}

#[test]
fn the_first_format_begins_as_documented() {
    for (file, origin) in [(BY_PASSPHRASE, 1), (BY_DATA_KEY, 2)] {
        assert_eq!(file[..12], [&b"leapp-sf\x01\0"[..], &[origin, 1]].concat());
    }
    assert!(RECORD.starts_with(b"leapp-sg1"));
    assert_eq!(RECORD[9..25], BY_DATA_KEY[40..56], "the id of the file");
}
