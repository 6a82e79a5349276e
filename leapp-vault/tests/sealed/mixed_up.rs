//! Items that stand where they were not sealed.

use leapp_core::{ErrorKind, Vault};

use crate::scene::{FILE, Scene, assert_is, get, key, put, refusal, write};

/// `value-a` and `value-b` each with its nonce and its tag: the last two pieces of a file that holds both.
const PIECE: usize = 24 + 7 + 16;

fn pieces(bytes: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (rest, second) = bytes.split_at(bytes.len() - PIECE);
    let (rest, first) = rest.split_at(rest.len() - PIECE);
    (rest, first, second)
}

#[tokio::test]
async fn two_items_that_change_places_are_noticed() {
    let scene = Scene::with_two().await;
    let bytes = scene.bytes();
    let (rest, first, second) = pieces(&bytes);
    write(&scene.path(), &[rest, second, first].concat());
    let error = refusal(&scene, &scene.keyed()).await;
    assert_is(&error, ErrorKind::NotOurs, "`b/access-key` stands in the place of its item `a/access-key`");
    // One of them twice.
    write(&scene.path(), &[rest, first, first].concat());
    let error = refusal(&scene, &scene.keyed()).await;
    assert_is(&error, ErrorKind::NotOurs, "`a/access-key` stands in the place of its item `b/access-key`");
}

#[tokio::test]
async fn ciphertexts_that_change_places_between_their_nonces_are_noticed() {
    let scene = Scene::with_two().await;
    let bytes = scene.bytes();
    let (rest, first, second) = pieces(&bytes);
    write(&scene.path(), &[rest, &first[..24], &second[24..], &second[..24], &first[24..]].concat());
    assert_is(
        &refusal(&scene, &scene.keyed()).await,
        ErrorKind::Corrupt,
        "its item `a/access-key` is damaged",
    );
}

#[tokio::test]
async fn an_item_of_another_file_is_noticed() {
    let (scene, other) = (Scene::with_two().await, tempfile::tempdir().unwrap());
    // The same data key, the same names and the same values: only the file is another.
    let path = other.path().join(FILE);
    put(&scene.keyed_at(&path), "a", "value-a").await;
    put(&scene.keyed_at(&path), "b", "value-b").await;
    let (bytes, foreign) = (scene.bytes(), std::fs::read(path).unwrap());
    let ((rest, first, _), (_, _, second)) = (pieces(&bytes), pieces(&foreign));
    write(&scene.path(), &[rest, first, second].concat());
    let error = refusal(&scene, &scene.keyed()).await;
    assert_is(
        &error,
        ErrorKind::NotOurs,
        "its item `b/access-key` was sealed for another file or another time",
    );
}

#[tokio::test]
async fn an_item_of_an_older_copy_is_noticed() {
    let scene = Scene::with_two().await;
    let old = scene.bytes();
    put(&scene.keyed(), "b", "other-b").await;
    let new = scene.bytes();
    let ((rest, first, _), (_, _, second)) = (pieces(&new), pieces(&old));
    write(&scene.path(), &[rest, first, second].concat());
    assert_is(&refusal(&scene, &scene.keyed()).await, ErrorKind::NotOurs, "another time");
}

#[tokio::test]
async fn an_item_that_is_taken_out_is_missed() {
    let scene = Scene::with_two().await;
    let bytes = scene.bytes();
    let (rest, first, second) = pieces(&bytes);
    write(&scene.path(), &[rest, first].concat());
    assert_is(&refusal(&scene, &scene.keyed()).await, ErrorKind::Corrupt, "its end is missing");
    write(&scene.path(), &[rest, second].concat());
    refusal(&scene, &scene.keyed()).await;
}

#[tokio::test]
async fn a_list_of_an_older_copy_with_its_items_is_an_older_copy() {
    let scene = Scene::with_two().await;
    let old = scene.bytes();
    let vault = scene.keyed();
    vault.delete(&key("b")).await.unwrap();
    write(&scene.path(), &old);
    assert_is(&refusal(&scene, &vault).await, ErrorKind::OlderCopy, "an older copy");
    assert_is(&refusal(&scene, &scene.keyed()).await, ErrorKind::OlderCopy, "an older copy");
}

#[tokio::test]
async fn items_keep_their_places_when_others_come_and_go() {
    let scene = Scene::with_two().await;
    let vault = scene.keyed();
    for name in ["0", "aa", "z"] {
        put(&vault, name, name).await;
    }
    vault.delete(&key("a")).await.unwrap();
    assert_eq!(get(&scene.keyed(), "a").await, None);
    for (name, value) in [("0", "0"), ("aa", "aa"), ("b", "value-b"), ("z", "z")] {
        assert_eq!(get(&scene.keyed(), name).await.as_deref(), Some(value));
    }
}
