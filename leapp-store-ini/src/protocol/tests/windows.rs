//! Programs that keep the file open as few do elsewhere: nobody may put another file in the place of it.

use std::os::windows::fs::OpenOptionsExt;

use super::*;

/// FILE_SHARE_READ and FILE_SHARE_WRITE, as Python programs open files: they may be read and written, not replaced.
const NOT_REPLACED: u32 = 3;

fn open_as_python_does(path: &Path) -> File {
    OpenOptions::new().write(true).share_mode(NOT_REPLACED).open(path).unwrap()
}

#[test]
fn a_writer_that_keeps_the_file_open_is_waited_for_and_merged() {
    let scene = Scene::new(Some(BEFORE));
    let finish = |_: &Path, mut slow: File| slow.write_all(FOREIGN.as_bytes()).unwrap();
    scene.publish_around(true, open_as_python_does, finish).unwrap();
    scene.assert_holds_ours_and(FOREIGN);
}

#[test]
fn a_writer_that_never_closes_the_file_is_reported_and_nothing_changes() {
    let scene = Scene::new(Some(BEFORE));
    let holder = open_as_python_does(&scene.place.target);
    let pauses = Cell::new(0);
    let outcome = scene.publish_pausing(true, &temp::create, &|_| pauses.set(pauses.get() + 1));
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert_eq!(error.to_string(), format!("cannot replace `{}`", scene.place.target.display()));
    assert_eq!(pauses.get(), crate::platform::TRIES - 1);
    drop(holder);
    assert_eq!(scene.text(), BEFORE);
    assert!(!scene.place.has_leftovers());
}

#[test]
fn a_second_name_that_a_killed_process_left_is_swept() {
    let scene = Scene::new(Some(BEFORE));
    fs::hard_link(&scene.place.target, &scene.place.aside).unwrap();
    scene.publish(true, &temp::create).unwrap();
    scene.assert_holds_ours_and(BEFORE);
    assert!(!scene.place.has_leftovers());
}
