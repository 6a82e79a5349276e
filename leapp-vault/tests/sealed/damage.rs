//! Files that are damaged, cut short, hostile or no sealed files: errors, and never a wrong value.

use std::sync::LazyLock;

use leapp_core::{Error, ErrorKind, Vault};
use leapp_testkit::cases::times_as_many;
use leapp_testkit::conformance::block_on;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::scene::{Scene, assert_is, get, key, put, refusal, try_get, write};

fn is_of_a_bad_file(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Corrupt
            | ErrorKind::NotOurs
            | ErrorKind::OlderCopy
            | ErrorKind::Locked
            | ErrorKind::Unsupported
            | ErrorKind::InvalidInput
    )
}

#[tokio::test]
async fn every_flipped_byte_is_an_error_whatever_is_asked() {
    let scene = Scene::with_two().await;
    let whole = scene.bytes();
    for at in 0..whole.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= mask;
            write(&scene.path(), &bytes);
            let error = refusal(&scene, &scene.keyed()).await;
            assert!(matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotOurs), "byte {at}: {error}");
        }
    }
    write(&scene.path(), &whole);
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("value-a"));
}

#[tokio::test]
async fn every_flipped_byte_of_a_file_with_a_passphrase_is_an_error_to_whoever_has_the_key() {
    let scene = Scene::new();
    let vault = scene.sealed();
    put(&vault, "a", "value-a").await;
    let whole = scene.bytes();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        write(&scene.path(), &bytes);
        let error = refusal(&scene, &vault).await;
        assert!(matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotOurs), "byte {at}: {error}");
    }
}

#[tokio::test]
async fn every_flipped_byte_of_the_record_is_an_error() {
    let scene = Scene::with_two().await;
    let record = std::fs::read(scene.record()).unwrap();
    for at in 0..record.len() {
        let mut bytes = record.clone();
        bytes[at] ^= 1;
        write(&scene.record(), &bytes);
        let error = refusal(&scene, &scene.keyed()).await;
        assert!(matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::OlderCopy), "byte {at}: {error}");
    }
    for bytes in [&record[..record.len() - 1], b"\0", &[&record[..], b"\0"].concat()] {
        write(&scene.record(), bytes);
        assert_is(&refusal(&scene, &scene.keyed()).await, ErrorKind::Corrupt, "generation record");
    }
    scene.keyed().accept_older_copy().await.unwrap();
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("value-a"));
}

#[tokio::test]
async fn a_file_cut_at_any_length_or_with_more_behind_it_is_an_error() {
    let scene = Scene::with_two().await;
    let whole = scene.bytes();
    for length in 0..whole.len() {
        write(&scene.path(), &whole[..length]);
        let error = refusal(&scene, &scene.keyed()).await;
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{length} bytes: {error}");
    }
    for more in [&b"\0"[..], &whole] {
        write(&scene.path(), &[&whole[..], more].concat());
        assert_is(&refusal(&scene, &scene.keyed()).await, ErrorKind::Corrupt, "is damaged");
    }
}

#[tokio::test]
async fn what_is_no_sealed_file_is_left_alone() {
    let scene = Scene::new();
    for text in [&b"[default]\naws_access_key_id = AKIAMINE\n"[..], b"x", b"leapp-sX"] {
        write(&scene.path(), text);
        assert_is(&refusal(&scene, &scene.sealed()).await, ErrorKind::NotOurs, "is no sealed file");
    }
}

/// With its checksum set right: whoever means harm does that.
fn header(change: impl Fn(&mut [u8]), file: &[u8]) -> Vec<u8> {
    let mut bytes = file.to_vec();
    change(&mut bytes);
    let sum = Sha256::digest(&bytes[..88]);
    bytes[88..96].copy_from_slice(&sum[..8]);
    bytes
}

#[tokio::test]
async fn a_hostile_header_costs_nothing_and_nobody_is_asked() {
    let scene = Scene::new();
    put(&scene.sealed(), "a", "value-a").await;
    let whole = scene.bytes();
    // A closure that is called panics, and the error would be another.
    let vault = || {
        let never = leapp_vault::Passphrase::asking(|| async { panic!("somebody was asked") });
        leapp_vault::SealedFile::open(scene.path(), never).unwrap()
    };
    for (at, number) in [
        (12, u32::MAX),       // memory
        (12, 1024 * 1024),    // a GiB
        (12, 256 * 1024 + 1), // one over the bound
        (12, 0),              //
        (12, 19 * 1024 - 1),  // less than any file of ours
        (16, u32::MAX),       // passes
        (16, 17),             //
        (16, 1),              //
        (20, 0),              // lanes
        (20, 2),              //
        (20, u32::MAX),       //
    ] {
        let bytes = header(|bytes| bytes[at..at + 4].copy_from_slice(&number.to_le_bytes()), &whole);
        write(&scene.path(), &bytes);
        assert_is(&refusal(&scene, &vault()).await, ErrorKind::Corrupt, "its header is damaged");
    }
    for (at, kind) in [(8, ErrorKind::Unsupported), (10, ErrorKind::Corrupt), (11, ErrorKind::Corrupt)] {
        write(&scene.path(), &header(|bytes| bytes[at] = 9, &whole));
        assert_eq!(refusal(&scene, &vault()).await.kind(), kind, "byte {at}");
    }
    let bytes = header(|bytes| bytes[96..100].copy_from_slice(&u32::MAX.to_le_bytes()), &whole);
    write(&scene.path(), &bytes);
    assert_is(&refusal(&scene, &scene.sealed()).await, ErrorKind::Corrupt, "its end is missing");
}

#[tokio::test]
async fn another_salt_or_file_id_opens_nothing() {
    let scene = Scene::with_two().await;
    let whole = scene.bytes();
    for at in [24, 39, 40, 55, 56, 87] {
        write(&scene.path(), &header(|bytes| bytes[at] ^= 1, &whole));
        assert_is(
            &refusal(&scene, &scene.keyed()).await,
            ErrorKind::Locked,
            "not the one it was sealed with",
        );
    }
}

#[tokio::test]
async fn a_file_over_the_bound_is_not_read() {
    let scene = Scene::with_two().await;
    let file = std::fs::OpenOptions::new().write(true).open(scene.path()).unwrap();
    file.set_len(1 << 40).unwrap();
    assert_eq!(try_get(&scene.keyed(), "a").await.unwrap_err().kind(), ErrorKind::TooLarge);
    file.set_len(16 * 1024 * 1024 + 1).unwrap();
    assert_eq!(try_get(&scene.keyed(), "a").await.unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn a_put_over_a_bound_is_too_large_and_changes_nothing() {
    let scene = Scene::with_two().await;
    let vault = scene.keyed();
    let error =
        vault.put(&key("a"), &leapp_core::Secret::new("x".repeat(1024 * 1024 + 1))).await.unwrap_err();
    assert_is(&error, ErrorKind::TooLarge, "larger than 1 MiB");
    let large = leapp_core::Secret::new("x".repeat(1024 * 1024));
    let mut count = 0;
    let error = loop {
        let before = scene.bytes();
        match vault.put(&key(&format!("large-{count}")), &large).await {
            Ok(()) => count += 1,
            Err(error) => {
                assert!(scene.bytes() == before, "it was written");
                break error;
            }
        }
    };
    assert_is(&error, ErrorKind::TooLarge, "larger than 16 MiB");
    assert_eq!(count, 15);
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("value-a"));
    vault.delete(&key("large-0")).await.unwrap();
    put(&vault, "b", "there is room again").await;
}

/// A file that holds `a`, and the vault with its data key.
static KNOWN: LazyLock<(Scene, Vec<u8>)> = LazyLock::new(|| {
    let scene = block_on(Scene::with_two());
    let bytes = scene.bytes();
    (scene, bytes)
});

/// What `a` is in a file of these bytes, to somebody who has never seen another one there.
fn read_as_a_file(bytes: &[u8]) -> Result<Option<String>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    write(&path, bytes);
    let vault = KNOWN.0.keyed_at(&path);
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(try_get(&vault, "a"))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: times_as_many(300),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..600), has_magic: bool) {
        let bytes = if has_magic { [&b"leapp-sf\x01\0"[..], &bytes].concat() } else { bytes };
        let error = read_as_a_file(&bytes).unwrap_err();
        assert!(is_of_a_bad_file(error.kind()), "{error}");
    }

    #[test]
    fn any_change_of_a_file_is_an_error_or_no_change(
        at in any::<prop::sample::Index>(),
        taken in 0..80_usize,
        given in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let whole = &KNOWN.1;
        let at = at.index(whole.len() + 1);
        let mut bytes = whole.clone();
        bytes.splice(at..(at + taken).min(whole.len()), given);
        match read_as_a_file(&bytes) {
            Ok(value) => assert!(bytes == *whole && value.as_deref() == Some("value-a")),
            Err(error) => assert!(is_of_a_bad_file(error.kind()), "{error}"),
        }
    }

    #[test]
    fn any_well_formed_header_is_an_error(bytes in prop::collection::vec(any::<u8>(), 96..400)) {
        // Everything from the salt on is arbitrary, and the checksum is right.
        let bytes = header(|_| (), &[&KNOWN.1[..24], &bytes[24..]].concat());
        let error = read_as_a_file(&bytes).unwrap_err();
        assert!(is_of_a_bad_file(error.kind()), "{error}");
    }
}
