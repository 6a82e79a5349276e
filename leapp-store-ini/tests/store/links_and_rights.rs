//! Links, modes, owners, folders.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::sync::mpsc;

use leapp_core::ErrorKind;
use leapp_store_ini::{CredentialsFile, FileEvent};

use crate::scene::{Scene, apply, publish, withdraw, write};

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn the_folder_the_file_and_the_lock_are_the_users_only() {
    let scene = Scene::empty();
    let path = scene.folder.path().join("a/b/credentials");
    let sink = CredentialsFile::open(&path).unwrap();
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert!(!path.exists(), "opening does not create the file");
    apply(&sink, &[publish("s", "dev", 1)]).unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&path.with_file_name("credentials.leapp-lock")), 0o600);
}

#[test]
fn a_wide_mode_is_narrowed_and_the_host_is_told() {
    let scene = Scene::with(b"");
    let (tell, told) = mpsc::channel();
    let sink = scene.sink.clone().with_listener(move |event| tell.send(event.clone()).unwrap());
    fs::set_permissions(scene.path(), fs::Permissions::from_mode(0o644)).unwrap();
    apply(&sink, &[withdraw("s", "dev")]).unwrap();
    assert_eq!(mode(&scene.path()), 0o644, "nothing was to be written");
    for number in 1..3 {
        apply(&sink, &[publish("s", "dev", number)]).unwrap();
        assert_eq!(mode(&scene.path()), 0o600);
    }
    drop(sink);
    let path = scene.path();
    assert_eq!(told.iter().collect::<Vec<_>>(), [FileEvent::ModeNarrowed { path, from: 0o644 }]);
}

#[test]
fn the_owner_stays() {
    let scene = Scene::with(b"");
    // Only a privileged user can give a file away; for others the owner to keep is their own.
    let _ = chown(scene.path(), Some(12_345), None);
    let before = fs::metadata(scene.path()).unwrap().uid();
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    assert_eq!(fs::metadata(scene.path()).unwrap().uid(), before);
}

#[test]
fn a_link_is_kept_and_written_through() {
    let scene = Scene::empty();
    let folder = scene.folder.path();
    fs::create_dir_all(folder.join("dotfiles/aws")).unwrap();
    write(&folder.join("dotfiles/aws/real"), b"[a]\n");
    symlink("dotfiles/link", scene.path()).unwrap();
    symlink("aws/../aws/real", folder.join("dotfiles/link")).unwrap();
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    assert_eq!(fs::read_link(scene.path()).unwrap(), std::path::Path::new("dotfiles/link"));
    assert!(folder.join("dotfiles/link").is_symlink());
    assert!(fs::read_to_string(folder.join("dotfiles/aws/real")).unwrap().starts_with("[a]\n[dev]\n"));
    assert!(folder.join("dotfiles/aws/real.leapp-lock").exists(), "two links to one file share one lock");
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(fs::read(folder.join("dotfiles/aws/real")).unwrap(), b"[a]\n");
}

#[test]
fn a_dangling_link_gets_its_file() {
    let scene = Scene::empty();
    symlink("elsewhere", scene.path()).unwrap();
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    assert!(scene.path().is_symlink());
    assert_eq!(mode(&scene.folder.path().join("elsewhere")), 0o600);
}

#[test]
fn a_circle_of_links_is_refused() {
    let scene = Scene::empty();
    symlink("other", scene.path()).unwrap();
    symlink("credentials", scene.folder.path().join("other")).unwrap();
    for error in [
        scene.apply(&[publish("s", "dev", 1)]).unwrap_err(),
        CredentialsFile::open(scene.path()).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("is a link that leads back to itself"), "{error}");
    }
}

#[test]
fn a_link_planted_under_the_temporary_name_is_not_followed() {
    let scene = Scene::with(b"[a]\n");
    let victim = scene.folder.path().join("victim");
    write(&victim, b"untouched");
    symlink(&victim, scene.folder.path().join(".credentials.leapp-tmp")).unwrap();
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    assert_eq!(fs::read(&victim).unwrap(), b"untouched");
    assert_eq!(scene.names(), ["credentials", "victim"]);
}
