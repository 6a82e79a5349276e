//! Modes, folders, links, and what is beside the file.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

use leapp_core::{ErrorKind, Secret, Vault};
use leapp_vault::{Passphrase, SealedFile};

use crate::scene::{FILE, Scene, assert_is, get, key, open, put, write};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[tokio::test]
async fn files_are_their_owners_only_and_a_missing_folder_too() {
    let scene = Scene::new();
    let folder = scene.folder().join("made/for");
    let path = folder.join(FILE);
    put(&open(&path, "made up"), "a", "x").await;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    assert_eq!((mode(&folder), mode(folder.parent().unwrap())), (0o700, 0o700));
}

#[tokio::test]
async fn a_wider_mode_is_narrowed_when_it_is_opened() {
    let scene = Scene::with_two().await;
    for (wide, narrow) in [(0o644, 0o600), (0o660, 0o600), (0o444, 0o400), (0o777, 0o700)] {
        fs::set_permissions(scene.path(), Permissions::from_mode(wide)).unwrap();
        let vault = scene.keyed();
        assert_eq!(mode(&scene.path()), narrow);
        assert_eq!(get(&vault, "a").await.as_deref(), Some("value-a"));
    }
}

#[tokio::test]
async fn a_read_only_file_is_read_and_not_replaced() {
    let scene = Scene::with_two().await;
    fs::set_permissions(scene.path(), Permissions::from_mode(0o400)).unwrap();
    let before = scene.bytes();
    let error = scene.keyed().put(&key("a"), &Secret::new("x")).await.unwrap_err();
    assert_is(&error, ErrorKind::Unavailable, "read-only");
    assert_eq!(scene.bytes(), before);
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("value-a"));
}

#[tokio::test]
async fn reading_writes_nothing() {
    let scene = Scene::with_two().await;
    fs::remove_file(scene.folder().join(format!("{FILE}.leapp-lock"))).unwrap();
    let before = (scene.names(), fs::metadata(scene.folder()).unwrap().mtime_nsec());
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("value-a"));
    scene.keyed().unlock().await.unwrap();
    assert_eq!((scene.names(), fs::metadata(scene.folder()).unwrap().mtime_nsec()), before);
}

#[tokio::test]
async fn links_are_followed_and_stay() {
    let scene = Scene::new();
    let (real, linked) = (scene.folder().join("real"), scene.folder().join("linked"));
    fs::create_dir(&real).unwrap();
    symlink("real", &linked).unwrap();
    symlink("../second", real.join("first")).unwrap();
    symlink("real/file", scene.folder().join("second")).unwrap();
    put(&open(&linked.join("first"), "made up"), "a", "x").await;
    assert!(fs::symlink_metadata(real.join("first")).unwrap().is_symlink());
    assert!(fs::symlink_metadata(real.join("file")).unwrap().is_file());
    assert_eq!(get(&open(&real.join("file"), "made up"), "a").await.as_deref(), Some("x"));
}

#[tokio::test]
async fn what_cannot_be_a_file_is_refused() {
    let scene = Scene::new();
    write(&scene.folder().join("file"), b"");
    symlink("circle", scene.folder().join("circle")).unwrap();
    fs::create_dir(scene.folder().join("folder")).unwrap();
    for path in ["folder", "circle", "file/below"] {
        let passphrase = Passphrase::asking(|| async { Ok(Secret::new("made up")) });
        let error = SealedFile::open(scene.folder().join(path), passphrase).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{path}: {error}");
    }
}

#[tokio::test]
async fn a_lock_that_is_held_is_busy_for_writers_and_nothing_to_readers() {
    let scene = Scene::with_two().await;
    let lock = fs::File::open(scene.folder().join(format!("{FILE}.leapp-lock"))).unwrap();
    lock.lock().unwrap();
    let vault = scene.keyed().with_patience(Duration::from_millis(30));
    let error = vault.put(&key("a"), &Secret::new("x")).await.unwrap_err();
    assert_is(&error, ErrorKind::Busy, "another process holds the lock");
    assert_eq!(get(&vault, "a").await.as_deref(), Some("value-a"));
    drop(lock);
    put(&vault, "a", "x").await;
}

#[tokio::test]
async fn a_temporary_file_is_swept_unless_its_writer_lives() {
    let scene = Scene::with_two().await;
    write(&scene.temp(), b"half a file");
    let lock = fs::File::open(scene.folder().join(format!("{FILE}.leapp-lock"))).unwrap();
    lock.lock().unwrap();
    drop(scene.keyed());
    assert!(scene.temp().exists(), "somebody is writing it");
    drop(lock);
    let vault = scene.keyed();
    assert!(!scene.temp().exists());
    // And one that comes between, by the next write.
    write(&scene.temp(), b"half a file");
    put(&vault, "a", "x").await;
    assert!(!scene.temp().exists());
}

#[tokio::test]
async fn a_write_that_fails_leaves_the_file_as_it_is() {
    let scene = Scene::with_two().await;
    let (vault, before) = (scene.keyed(), scene.bytes());
    // In the way of the temporary file, and not to be removed like one.
    fs::create_dir(scene.temp()).unwrap();
    let error = vault.put(&key("a"), &Secret::new("x")).await.unwrap_err();
    assert_is(&error, ErrorKind::InvalidInput, ".leapp-tmp");
    assert_eq!(scene.bytes(), before);
    fs::remove_dir(scene.temp()).unwrap();
    put(&vault, "a", "x").await;
}

#[tokio::test]
async fn a_file_that_is_not_ours_keeps_its_mode() {
    let scene = Scene::new();
    for text in [&b"{}"[..], b"", b"leapp-s"] {
        write(&scene.path(), text);
        fs::set_permissions(scene.path(), Permissions::from_mode(0o644)).unwrap();
        drop(scene.sealed());
        assert_eq!(mode(&scene.path()), 0o644, "{text:?}");
    }
}

/// A pipe would be waited for, and a link lead elsewhere.
#[tokio::test]
async fn what_is_no_file_in_the_place_of_one_is_an_error_and_waits_for_nobody() {
    let scene = Scene::with_two().await;
    let elsewhere = scene.folder().join("elsewhere");
    for name in [scene.record(), scene.folder().join(format!("{FILE}.leapp-lock")), scene.path()] {
        let vault = scene.keyed().with_patience(Duration::from_millis(50));
        let kept = fs::read(&name).unwrap();
        fs::remove_file(&name).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&name).status().unwrap().success());
        let error = vault.put(&key("a"), &Secret::new("x")).await.unwrap_err();
        assert_is(&error, ErrorKind::Unavailable, name.file_name().unwrap().to_str().unwrap());
        fs::remove_file(&name).unwrap();
        symlink(&elsewhere, &name).unwrap();
        let error = vault.put(&key("a"), &Secret::new("x")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        assert!(!elsewhere.exists());
        fs::remove_file(&name).unwrap();
        write(&name, &kept);
    }
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("value-a"));
}

/// Root alone can see to that, so for others there is nothing to be seen.
#[tokio::test]
async fn what_root_writes_beside_somebodys_file_is_that_persons() {
    let scene = Scene::with_two().await;
    let nobody = 65_534;
    if std::os::unix::fs::chown(scene.path(), Some(nobody), Some(nobody)).is_err() {
        assert_ne!(fs::metadata(scene.folder()).unwrap().uid(), 0, "root may give a file away");
        return;
    }
    let lock = scene.folder().join(format!("{FILE}.leapp-lock"));
    fs::remove_file(scene.record()).unwrap();
    fs::remove_file(&lock).unwrap();
    put(&scene.keyed(), "a", "of root").await;
    for path in [scene.path(), scene.record(), lock.clone()] {
        assert_eq!((fs::metadata(&path).unwrap().uid(), mode(&path)), (nobody, 0o600), "{}", path.display());
    }

    // A lock that is there already may be anything: by a hard link, a file of root's.
    let precious = scene.folder().join("precious");
    write(&precious, b"of root");
    fs::remove_file(&lock).unwrap();
    fs::hard_link(&precious, &lock).unwrap();
    put(&scene.keyed(), "a", "of root").await;
    assert_eq!(fs::metadata(&precious).unwrap().uid(), 0, "it was given away");
}
