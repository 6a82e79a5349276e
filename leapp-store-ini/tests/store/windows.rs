//! What Windows alone does with files: programs that have one open are in the way of others.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::windows::fs::OpenOptionsExt;
use std::thread::{self, sleep};
use std::time::Duration;

use leapp_core::ErrorKind;
use leapp_testkit::cases::times_as_many;

use crate::scene::{Scene, publish, set};

/// FILE_SHARE_READ and FILE_SHARE_WRITE, as Python programs open files: they may be read and written, not replaced.
const NOT_REPLACED: u32 = 3;

#[test]
fn a_writer_that_lets_nobody_replace_the_file_loses_nothing() {
    let scene = Scene::with(b"[mine]\ncount = 0\n");
    for round in 1..=times_as_many(20) {
        let text = scene.text().replace(&format!("count = {}", round - 1), &format!("count = {round}"));
        let mut options = OpenOptions::new();
        let mut file =
            options.write(true).truncate(true).share_mode(NOT_REPLACED).open(scene.path()).unwrap();
        let writer = thread::spawn(move || {
            sleep(Duration::from_millis(fastrand::u64(0..30)));
            file.write_all(text.as_bytes()).unwrap();
        });
        scene.apply(&[publish("s", "dev", round)]).unwrap();
        writer.join().unwrap();
        let text = scene.text();
        assert!(text.starts_with(&format!("[mine]\ncount = {round}\n")), "theirs: {text}");
        assert!(text.contains(set(round).session_token().expose()), "ours: {text}");
        assert_eq!(scene.names(), ["credentials"]);
    }
}

#[test]
fn a_program_that_keeps_the_file_open_for_good_is_reported() {
    let scene = Scene::with(b"[mine]\n");
    let holder = OpenOptions::new().read(true).share_mode(NOT_REPLACED).open(scene.path()).unwrap();
    let error = scene.apply(&[publish("s", "dev", 1)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert!(error.to_string().contains(scene.path().to_str().unwrap()), "{error}");
    drop(holder);
    assert_eq!(scene.text(), "[mine]\n");
    assert_eq!(scene.names(), ["credentials"]);
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
}
