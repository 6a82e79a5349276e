//! Profiles whose writer was killed are found, and are the caller's to resume or withdraw.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use leapp_store_ini::{CredentialsFile, Orphan};

use crate::scene::{Scene, apply, publish, set, wait_for, withdraw};

const FOREIGN: &[u8] = b"; mine\n[default]\naws_access_key_id = AKIAMINE\n";

fn orphans(scene: &Scene) -> Vec<Orphan> {
    wait_for(scene.sink.orphans()).unwrap()
}

fn names(orphans: &[Orphan]) -> Vec<(&str, &str)> {
    orphans.iter().map(|orphan| (orphan.session().as_str(), orphan.profile().as_str())).collect()
}

/// Has published `dev`, and goes on running.
fn publisher(path: &Path) -> Child {
    let arguments = ["--exact", "orphans::resting_process", "--ignored", "--nocapture", "--quiet"];
    let mut child = Command::new(env::current_exe().unwrap())
        .args(arguments)
        .env("STORE_PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while line.trim() != "published" {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "it ended");
    }
    child.stdout = Some(output.into_inner());
    child
}

#[test]
#[ignore = "the body of a process that the other tests start"]
#[expect(clippy::disallowed_methods, reason = "a child process is told by its environment what to do")]
fn resting_process() {
    let sink = CredentialsFile::open(env::var("STORE_PATH").unwrap()).unwrap();
    apply(&sink, &[publish("s", "dev", 1)]).unwrap();
    println!("\npublished");
    // Until the parent closes it, or kills.
    std::io::stdin().lines().for_each(drop);
}

#[test]
fn a_killed_process_leaves_orphans_and_a_running_one_none() {
    let scene = Scene::with(FOREIGN);
    let mut child = publisher(&scene.path());
    assert!(orphans(&scene).is_empty(), "its writer lives");
    child.kill().unwrap();
    child.wait().unwrap();

    let found = orphans(&scene);
    assert_eq!(names(&found), [("s", "dev")]);
    assert_eq!(found[0].expiration(), Some(set(1).expiration()));
    assert!(found[0].is_expired(set(1).expiration()));
    assert!(!found[0].is_expired(set(1).expiration() - Duration::from_secs(1)));

    wait_for(scene.sink.withdraw_orphans(&found)).unwrap();
    assert_eq!(scene.read(), FOREIGN);
    assert!(orphans(&scene).is_empty());
}

#[test]
fn a_profile_that_is_resumed_is_no_orphan_and_is_not_withdrawn_as_one() {
    let scene = Scene::with(FOREIGN);
    let mut child = publisher(&scene.path());
    child.kill().unwrap();
    child.wait().unwrap();
    let found = orphans(&scene);
    scene.apply(&[publish("s", "dev", 2)]).unwrap();
    assert!(orphans(&scene).is_empty());
    let resumed = scene.read();
    wait_for(scene.sink.withdraw_orphans(&found)).unwrap();
    assert_eq!(scene.read(), resumed, "somebody uses it again");
}

#[test]
fn what_a_host_leaves_on_purpose_is_an_orphan_when_it_ends() {
    let scene = Scene::with(FOREIGN);
    let other = CredentialsFile::open(scene.path()).unwrap();
    let clone = other.clone();
    apply(&other, &[publish("s", "dev", 1)]).unwrap();
    drop(other);
    assert!(orphans(&scene).is_empty(), "a clone is the same writer");
    drop(clone);
    assert_eq!(names(&orphans(&scene)), [("s", "dev")]);
}

#[test]
fn marks_that_somebody_has_changed_are_no_danger() {
    let text = "[a]\nx_leapp_session = s\nx_leapp_writer = ../../../etc/passwd\n[b]\nx_leapp_session = s\n\
        [c]\nx_leapp_session =\nx_leapp_writer = w0123456789abcdef\n[d]\nx_leapp_writer = w0123456789abcdef\n";
    let scene = Scene::with(text.as_bytes());
    assert_eq!(names(&orphans(&scene)), [("s", "a"), ("s", "b")], "nobody holds what is no lock's name");
    assert!(
        !orphans(&scene)[0].is_expired(SystemTime::UNIX_EPOCH + Duration::from_secs(9_000_000_000)),
        "it has no expiration"
    );
}

#[test]
fn the_locks_of_the_living_and_the_dead_are_swept_apart() {
    let scene = Scene::with(FOREIGN);
    let locks = || std::fs::read_dir(scene.folder.path()).unwrap().count() - 1;
    let mut killed = publisher(&scene.path());
    killed.kill().unwrap();
    killed.wait().unwrap();
    let mut living = publisher(&scene.path());
    assert_eq!(locks(), 2, "the file's own, and one of who lives");
    drop(living.stdin.take());
    assert!(living.wait().unwrap().success());
    assert_eq!(locks(), 1);
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(scene.read(), FOREIGN);
}
