//! Failing disks.

use std::os::fd::OwnedFd;

use super::*;

/// The temporary file is there, and what is written goes to a device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_unavailable_and_changes_nothing() {
    let scene = Scene::new(None);
    let outcome = scene.publish(true, &|path| {
        temp::create(path)?;
        OpenOptions::new().write(true).open("/dev/full")
    });
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.to_string(), format!("cannot write `{}`", scene.place.temp.display()));
    assert!(format!("{error:?}").contains("StorageFull"), "{error:?}");
    assert!(!scene.place.target.exists() && !scene.place.temp.exists());
}

/// A pipe takes what is written and cannot be synced.
#[test]
fn a_failed_sync_is_unavailable_and_changes_nothing() {
    let scene = Scene::new(Some(BEFORE));
    let (_reader, writer) = io::pipe().unwrap();
    let attempts = Cell::new(0);
    let outcome = scene.publish(true, &|path| {
        attempts.set(attempts.get() + 1);
        temp::create(path)?;
        Ok(File::from(OwnedFd::from(writer.try_clone()?)))
    });
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.to_string(), format!("cannot sync `{}`", scene.place.temp.display()));
    assert_eq!(attempts.get(), 1, "a file that failed to sync is not tried again");
    assert_eq!(scene.text(), BEFORE);
    assert!(!scene.place.temp.exists());
}

/// A folder that is not there cannot be synced; the file is somewhere else and can be replaced.
#[test]
fn a_folder_that_cannot_be_synced_takes_the_change_back() {
    for (content, can_exchange) in [(Some(BEFORE), true), (Some(BEFORE), false), (None, true)] {
        let mut scene = Scene::new(content);
        scene.place.folder = scene.place.folder.join("missing");
        let error = scene.publish(can_exchange, &temp::create).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot sync the folder `{}`", scene.place.folder.display()));
        assert_eq!(fs::read_to_string(&scene.place.target).ok().as_deref(), content);
        assert!(!scene.place.temp.exists());
    }
}
