//! Real causes, and what becomes of them: an error that names what and where, and a target that is what it was.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use leapp_core::{Error, ErrorKind};
use leapp_store_ini::CredentialsFile;

use crate::scene::{Scene, apply, publish, write};

fn assert_names(error: &Error, kind: ErrorKind, path: &Path) {
    assert_eq!(error.kind(), kind, "{error:?}");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
}

#[test]
fn a_path_through_a_file_is_invalid() {
    let scene = Scene::with(b"[a]\n");
    let path = scene.path().join("credentials");
    assert_names(&CredentialsFile::open(&path).unwrap_err(), ErrorKind::InvalidInput, &scene.path());
    assert_eq!(scene.read(), b"[a]\n");
}

#[test]
fn a_folder_in_the_place_of_the_file_is_invalid() {
    let scene = Scene::empty();
    fs::create_dir(scene.path()).unwrap();
    let error = scene.apply(&[publish("s", "dev", 1)]).unwrap_err();
    assert_names(&error, ErrorKind::InvalidInput, &scene.path());
    assert_names(&CredentialsFile::open(scene.path()).unwrap_err(), ErrorKind::InvalidInput, &scene.path());
    assert_eq!(scene.names(), ["credentials"]);
}

#[cfg(unix)]
#[test]
fn a_device_in_the_place_of_the_file_is_invalid() {
    let error = CredentialsFile::open("/dev/full").unwrap_err();
    assert_names(&error, ErrorKind::InvalidInput, Path::new("/dev/full"));
}

/// On Windows only an administrator makes links.
#[cfg(unix)]
#[test]
fn a_link_into_a_missing_folder_is_not_found() {
    let scene = Scene::empty();
    std::os::unix::fs::symlink("unmounted/credentials", scene.path()).unwrap();
    let error = scene.apply(&[publish("s", "dev", 1)]).unwrap_err();
    assert_names(&error, ErrorKind::NotFound, &scene.folder.path().join("unmounted"));
    assert!(!scene.folder.path().join("unmounted").exists(), "a folder behind a link is not ours to make");
}

#[test]
fn a_read_only_file_is_unavailable() {
    let scene = Scene::with(b"[a]\n");
    let mut permissions = fs::metadata(scene.path()).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(scene.path(), permissions.clone()).unwrap();
    let error = scene.apply(&[publish("s", "dev", 1)]).unwrap_err();
    assert_names(&error, ErrorKind::Unavailable, &scene.path());
    assert_eq!(scene.read(), b"[a]\n");
    assert_eq!(fs::metadata(scene.path()).unwrap().permissions(), permissions);
}

/// The kernel's own folder lets nobody create files, not even the superuser.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_is_unavailable() {
    let sink = CredentialsFile::open("/sys/credentials").unwrap();
    let error = apply(&sink, &[publish("s", "dev", 1)]).unwrap_err();
    assert_names(&error, ErrorKind::Unavailable, Path::new("/sys/credentials"));
}

#[test]
fn a_temporary_name_that_cannot_be_freed_is_an_error_and_changes_nothing() {
    let scene = Scene::with(b"[a]\n");
    let temp = scene.folder.path().join(".credentials.leapp-tmp");
    fs::create_dir(&temp).unwrap();
    let error = scene.apply(&[publish("s", "dev", 1)]).unwrap_err();
    assert!(error.to_string().contains(temp.to_str().unwrap()), "{error}");
    assert_eq!(scene.read(), b"[a]\n");
}

#[test]
fn a_lock_that_another_holds_is_waited_for_then_reported() {
    let scene = Scene::with(b"[a]\n");
    let lock = scene.folder.path().join("credentials.leapp-lock");
    let holder = File::create(&lock).unwrap();
    holder.lock().unwrap();
    let hasty = scene.sink.clone().with_lock_wait(Duration::from_millis(20));
    assert_names(&apply(&hasty, &[publish("s", "dev", 1)]).unwrap_err(), ErrorKind::Busy, &lock);
    assert_eq!(scene.read(), b"[a]\n");
    drop(holder);
    // Not the hasty one: a process that another test just starts may hold the lock's file for a moment.
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
}

#[test]
fn opening_sweeps_a_leftover_unless_a_writer_is_at_work() {
    for name in [".credentials.leapp-tmp", ".credentials.leapp-old"] {
        let scene = Scene::with(b"[a]\n");
        let leftover = scene.folder.path().join(name);
        write(&leftover, b"a secret");
        let holder = File::create(scene.folder.path().join("credentials.leapp-lock")).unwrap();
        holder.lock().unwrap();
        CredentialsFile::open(scene.path()).unwrap();
        assert!(leftover.exists(), "{name}");
        drop(holder);
        CredentialsFile::open(scene.path()).unwrap();
        assert!(!leftover.exists(), "{name}");
    }
}
