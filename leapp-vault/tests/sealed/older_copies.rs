//! Older copies of the file, put back.

use std::fs;

use leapp_core::{ErrorKind, Vault};

use crate::scene::{Scene, assert_is, get, key, put, refusal, try_get, write};

#[tokio::test]
async fn an_older_copy_is_noticed_by_the_vault_that_saw_a_later_one_even_without_the_record() {
    let scene = Scene::with_two().await;
    let old = scene.bytes();
    let vault = scene.keyed();
    put(&vault, "a", "newer").await;
    fs::remove_file(scene.record()).unwrap();
    write(&scene.path(), &old);
    assert_is(&refusal(&scene, &vault).await, ErrorKind::OlderCopy, "put the newest copy back, or accept");
}

#[tokio::test]
async fn an_older_copy_is_noticed_by_a_vault_that_only_read_a_later_one() {
    let scene = Scene::with_two().await;
    let (old, vault) = (scene.bytes(), scene.keyed());
    put(&scene.keyed(), "a", "newer").await;
    assert_eq!(get(&vault, "a").await.as_deref(), Some("newer"));
    fs::remove_file(scene.record()).unwrap();
    write(&scene.path(), &old);
    assert_is(&refusal(&scene, &vault).await, ErrorKind::OlderCopy, "an older copy");
}

#[tokio::test]
async fn an_older_copy_is_noticed_by_another_process_from_the_record() {
    let scene = Scene::with_two().await;
    let old = scene.bytes();
    put(&scene.keyed(), "a", "newer").await;
    write(&scene.path(), &old);
    assert_is(&refusal(&scene, &scene.keyed()).await, ErrorKind::OlderCopy, "an older copy");
}

#[tokio::test]
async fn an_older_copy_is_used_once_it_is_accepted_by_whoever_accepts_it() {
    let scene = Scene::with_two().await;
    let (old, one, other) = (scene.bytes(), scene.keyed(), scene.keyed());
    put(&one, "a", "newer").await;
    assert_eq!(get(&other, "a").await.as_deref(), Some("newer"));
    write(&scene.path(), &old);
    one.accept_older_copy().await.unwrap();
    assert_eq!(get(&one, "a").await.as_deref(), Some("value-a"));
    assert_eq!(
        get(&scene.keyed(), "a").await.as_deref(),
        Some("value-a"),
        "a new process goes by the record"
    );
    assert_is(&refusal(&scene, &other).await, ErrorKind::OlderCopy, "an older copy");
    other.accept_older_copy().await.unwrap();
    put(&other, "a", "newest").await;
    assert_eq!(get(&one, "a").await.as_deref(), Some("newest"));
}

#[tokio::test]
async fn two_copies_of_one_generation_are_told_apart() {
    let scene = Scene::with_two().await;
    let old = scene.bytes();
    put(&scene.keyed(), "a", "one future").await;
    let future = scene.bytes();
    write(&scene.path(), &old);
    let vault = scene.keyed();
    vault.accept_older_copy().await.unwrap();
    put(&vault, "a", "another future").await;
    write(&scene.path(), &future);
    assert_is(&refusal(&scene, &vault).await, ErrorKind::OlderCopy, "another copy");
    assert_is(&refusal(&scene, &scene.keyed()).await, ErrorKind::OlderCopy, "another copy");
}

#[tokio::test]
async fn a_file_that_is_gone_is_not_taken_for_an_empty_one() {
    let scene = Scene::with_two().await;
    let vault = scene.keyed();
    vault.unlock().await.unwrap();
    fs::remove_file(scene.path()).unwrap();
    for vault in [&vault, &scene.keyed()] {
        assert_is(&refusal(&scene, vault).await, ErrorKind::OlderCopy, "and is gone");
    }
    vault.accept_older_copy().await.unwrap();
    assert_eq!(get(&vault, "a").await, None);
    put(&vault, "a", "anew").await;
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("anew"));
}

#[tokio::test]
async fn another_file_in_its_place_is_noticed() {
    let scene = Scene::with_two().await;
    let vault = scene.keyed();
    vault.unlock().await.unwrap();
    let other = scene.folder().join("other");
    put(&scene.keyed_at(&other), "a", "of another file").await;
    fs::copy(other, scene.path()).unwrap();
    for vault in [&vault, &scene.keyed()] {
        assert_is(&refusal(&scene, vault).await, ErrorKind::OlderCopy, "is not the file that was here");
    }
}

/// What the documentation says that it cannot do: a test that fails is good news, and a sentence to change.
#[tokio::test]
async fn a_copy_that_is_put_back_with_its_record_is_believed_by_another_process() {
    let scene = Scene::with_two().await;
    let (file, record) = (scene.bytes(), fs::read(scene.record()).unwrap());
    put(&scene.keyed(), "a", "newer").await;
    write(&scene.path(), &file);
    write(&scene.record(), &record);
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("value-a"));
    fs::remove_file(scene.record()).unwrap();
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("value-a"));
}

#[tokio::test]
async fn a_deleted_item_stays_deleted_while_reads_and_writes_go_on() {
    let scene = Scene::with_two().await;
    let vault = std::sync::Arc::new(scene.keyed());
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..20 {
        let vault = std::sync::Arc::clone(&vault);
        tasks.spawn(async move {
            if number % 2 == 0 {
                put(&vault, &format!("n{number}"), "x").await;
            } else {
                assert_eq!(get(&vault, "b").await.as_deref(), Some("value-b"));
            }
        });
    }
    vault.delete(&key("a")).await.unwrap();
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
    assert_eq!(get(&vault, "a").await, None);
}

/// As a power loss leaves it, and no worse than without one: what is older is found by whoever has seen the newer.
#[tokio::test]
async fn an_empty_record_is_none_and_the_next_write_makes_it_anew() {
    let scene = Scene::with_two().await;
    let (older, vault) = (scene.bytes(), scene.keyed());
    put(&vault, "a", "newer").await;
    write(&scene.record(), b"");
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("newer"));
    write(&scene.path(), &older);
    assert_eq!(try_get(&vault, "a").await.unwrap_err().kind(), ErrorKind::OlderCopy);
    put(&scene.keyed(), "b", "x").await;
    assert!(fs::metadata(scene.record()).unwrap().len() > 0);
}
