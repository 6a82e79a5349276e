//! Another tool that takes no lock writes at the same moment.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::thread::{self, sleep};
use std::time::Duration;

use leapp_store_ini::Document;
use leapp_testkit::cases::times_as_many;

use crate::scene::{Scene, publish, set};

/// As `aws configure set` does: reads, changes one value, truncates the file, writes it in place in two pieces.
fn configure(path: PathBuf, number: u32) {
    let text = fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|line| line.starts_with("count")).unwrap().to_owned();
    let text = text.replace(&line, &format!("count = {number}"));
    let (first, second) = text.split_at(text.len() / 2);
    let mut file = OpenOptions::new().write(true).truncate(true).open(&path).unwrap();
    file.write_all(first.as_bytes()).unwrap();
    file.write_all(second.as_bytes()).unwrap();
}

#[test]
fn no_update_of_theirs_or_ours_or_of_a_third_is_lost() {
    let scene = Scene::with(b"[default]\ncount = 0\n[third]\nkey = value\n");
    for round in 1..=times_as_many(120) {
        let path = scene.path();
        let delay = Duration::from_micros(fastrand::u64(0..6_000));
        let foreign = thread::spawn(move || {
            sleep(delay);
            configure(path, round);
        });
        scene.apply(&[publish("s", "dev", round)]).unwrap();
        foreign.join().unwrap();

        let document = Document::parse(&scene.read());
        let value = |profile, key| document.value(profile, key).unwrap().expose().to_owned();
        assert_eq!(value("default", "count"), round.to_string(), "theirs");
        assert_eq!(value("dev", "aws_session_token"), set(round).session_token().expose(), "ours");
        assert_eq!(value("third", "key"), "value", "a third's");
    }
}

#[test]
fn a_writer_that_truncates_and_stalls_loses_nothing() {
    let scene = Scene::with(b"[mine]\naws_access_key_id = AKIAMINE\n");
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let text = scene.text();
    // As `aws configure set` does it: cut in place, and only after a while written.
    let mut file = OpenOptions::new().write(true).truncate(true).open(scene.path()).unwrap();
    let writer = thread::spawn(move || {
        sleep(Duration::from_millis(300));
        file.write_all(text.as_bytes()).unwrap();
    });
    scene.apply(&[publish("s", "dev", 2)]).unwrap();
    writer.join().unwrap();
    assert!(scene.text().starts_with("[mine]\naws_access_key_id = AKIAMINE\n"), "{}", scene.text());
    assert!(scene.text().contains("made-up/secret+key=2"), "{}", scene.text());
}
