//! Processes: killed at any moment, and many at once.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use leapp_store_ini::{CredentialsFile, Document};
use leapp_testkit::cases::times_as_many;

use crate::scene::{Scene, apply, publish, set};

const FOREIGN: &str = "; mine\n[default]\naws_access_key_id = AKIAMINE\ns3 =\n  a = b\n";
const PROCESSES: u32 = 4;
const PUBLICATIONS: u32 = 50;

#[test]
fn a_killed_writer_leaves_the_old_set_or_the_new_one() {
    let scene = Scene::with(FOREIGN.as_bytes());
    let mut published = 0;
    // A process takes Wine longer to start.
    let kills = if cfg!(windows) { times_as_many(40) } else { times_as_many(200) };
    for _ in 0..kills {
        let mut child = publisher(&scene.path(), "dev", u32::MAX);
        // From the moment it begins, whatever the machine's load: a publication takes it some 25 ms.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        lines.find(|line| line.as_ref().is_ok_and(|line| line == "started")).unwrap().unwrap();
        sleep(Duration::from_micros(fastrand::u64(0..50_000)));
        child.kill().unwrap();
        child.wait().unwrap();

        let text = scene.text();
        assert!(text.starts_with(FOREIGN), "{text}");
        published += u32::from(number(&text, "dev").is_some());
        CredentialsFile::open(scene.path()).unwrap();
        assert_eq!(scene.names(), ["credentials"], "a temporary file is left");
    }
    assert!(published > kills / 2, "only {published} of {kills} found a published set");
}

#[test]
fn processes_that_publish_at_once_lose_nothing() {
    let scene = Scene::with(FOREIGN.as_bytes());
    let profiles: Vec<String> = (0..PROCESSES).map(|process| format!("p{process}")).collect();
    let children: Vec<Child> =
        profiles.iter().map(|profile| publisher(&scene.path(), profile, PUBLICATIONS)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let text = scene.text();
    assert!(text.starts_with(FOREIGN), "{text}");
    for profile in &profiles {
        assert_eq!(number(&text, profile), Some(PUBLICATIONS - 1), "{profile}");
    }
    assert_eq!(scene.names(), ["credentials"]);
}

/// Publishes one set after the other; the parent says where and how many.
#[test]
#[ignore = "the body of a process that the other tests start"]
#[expect(clippy::disallowed_methods, reason = "a child process is told by its environment what to do")]
fn publisher_process() {
    let of_parent = |name: &str| env::var(name).unwrap();
    let sink = CredentialsFile::open(of_parent("STORE_PATH")).unwrap();
    let (profile, count) = (of_parent("STORE_PROFILE"), of_parent("STORE_COUNT").parse().unwrap());
    println!("\nstarted");
    for number in 0..count {
        apply(&sink, &[publish("s", &profile, number)]).unwrap();
    }
}

fn publisher(path: &Path, profile: &str, count: u32) -> Child {
    let arguments = ["--exact", "crash::publisher_process", "--ignored", "--nocapture", "--quiet"];
    Command::new(env::current_exe().unwrap())
        .args(arguments)
        .env("STORE_PATH", path)
        .env("STORE_PROFILE", profile)
        .env("STORE_COUNT", count.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The number of the set that a profile holds, all of it; `None` when there is no such profile.
fn number(text: &str, profile: &str) -> Option<u32> {
    let document = Document::parse(text.as_bytes());
    let value = |key| document.value(profile, key).unwrap().expose().to_owned();
    if !document.has_profile(profile) {
        return None;
    }
    let number = value("aws_secret_access_key").rsplit('=').next().unwrap().parse().unwrap();
    let credentials = set(number);
    assert_eq!(value("aws_access_key_id"), credentials.access_key_id().as_str());
    assert_eq!(value("aws_secret_access_key"), credentials.secret_access_key().expose());
    assert_eq!(value("aws_session_token"), credentials.session_token().expose());
    Some(number)
}
