//! Writers that are killed.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use leapp_core::{Secret, Vault, VaultItem, VaultKey};
use leapp_testkit::cases::times_as_many;
use leapp_testkit::conformance::block_on;

use crate::scene::{FILE, Scene, get, put, session, write};

/// Longer than one page, and each part of it tells the number.
fn value(number: u32) -> String {
    format!("{number:010}").repeat(1000)
}

fn number(value: &str) -> u32 {
    let number = value[..10].parse().unwrap();
    assert!(value == self::value(number), "a value that nobody put");
    number
}

fn data_key() -> VaultKey {
    VaultKey::new(session("host"), VaultItem::DataKey)
}

fn writer(scene: &Scene, record: &Secret, first: u32) -> Child {
    let arguments = ["--exact", "crash::writer_process", "--ignored", "--nocapture", "--quiet"];
    Command::new(env::current_exe().unwrap())
        .args(arguments)
        .env("SEALED_PATH", scene.path())
        .env("SEALED_DATA_KEY", record.expose())
        .env("SEALED_FIRST", first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "the body of a process that the other tests start"]
#[expect(clippy::disallowed_methods, reason = "a child process is told by its environment what to do")]
fn writer_process() {
    let of_parent = |name: &str| env::var(name).unwrap();
    let scene = Scene::new();
    block_on(async {
        scene.keychain.put(&data_key(), &Secret::new(of_parent("SEALED_DATA_KEY"))).await.unwrap();
        let vault = scene.keyed_at(of_parent("SEALED_PATH").as_ref());
        println!("\nstarted");
        for number in of_parent("SEALED_FIRST").parse::<u32>().unwrap().. {
            put(&vault, "a", &value(number)).await;
        }
    });
}

#[test]
fn a_killed_writer_leaves_the_old_value_or_the_new_one() {
    let scene = Scene::new();
    let record = block_on(async {
        put(&scene.keyed(), "bystander", "untouched").await;
        put(&scene.keyed(), "a", &value(0)).await;
        scene.keychain.get(&data_key()).await.unwrap().unwrap()
    });
    let (mut last, mut leftovers, mut advanced) = (0, 0, 0);
    let kills = times_as_many(500);
    for _ in 0..kills {
        let mut child = writer(&scene, &record, last + 1);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        lines.find(|line| line.as_ref().is_ok_and(|line| line == "started")).unwrap().unwrap();
        sleep(Duration::from_micros(fastrand::u64(0..15_000)));
        child.kill().unwrap();
        child.wait().unwrap();

        leftovers += u32::from(scene.temp().exists());
        let vault = scene.keyed();
        assert_eq!(scene.names(), [FILE.to_owned(), format!("{FILE}.leapp-generation")]);
        let found = block_on(async {
            assert_eq!(get(&vault, "bystander").await.as_deref(), Some("untouched"));
            number(&get(&vault, "a").await.unwrap())
        });
        assert!(found >= last, "value {found} is older than {last}, which was there before");
        advanced += u32::from(found > last);
        last = found;
    }
    println!("{kills} kills: {leftovers} left a temporary file, {advanced} came after a write");
    assert!(leftovers > 0, "no kill hit a write");
    assert!(advanced > kills / 4, "only {advanced} of {kills} writers wrote anything");
}

/// The file, the record, the temporary file, and what `a` is then.
type State<'a> = (&'a [u8], &'a [u8], Option<&'a [u8]>, &'a str);

/// Each state between two steps of a write, made by hand.
#[tokio::test]
async fn every_step_of_a_write_is_a_state_to_go_on_from() {
    let before = Scene::with_two().await;
    let (old, old_record) = (before.bytes(), fs::read(before.record()).unwrap());
    put(&before.keyed(), "a", "new").await;
    let (new, new_record) = (before.bytes(), fs::read(before.record()).unwrap());
    let (half, half_record) = (&new[..new.len() / 2], &new_record[..new_record.len() / 2]);

    let states: [State<'_>; 8] = [
        (&old, &old_record, None, "value-a"),          // locked
        (&old, &old_record, Some(b""), "value-a"),     // temporary file made
        (&old, &old_record, Some(half), "value-a"),    // being written
        (&old, &old_record, Some(&new), "value-a"),    // written and synced
        (&new, &old_record, None, "new"),              // renamed
        (&new, &old_record, Some(half_record), "new"), // the record being written
        (&new, &old_record, Some(&new_record), "new"), // written and synced
        (&new, &new_record, None, "new"),              // renamed
    ];
    for (step, (file, record, temp, value)) in states.into_iter().enumerate() {
        write(&before.path(), file);
        write(&before.record(), record);
        if let Some(temp) = temp {
            write(&before.temp(), temp);
        }
        let vault = before.keyed();
        assert!(!before.temp().exists(), "step {step}");
        assert_eq!(get(&vault, "a").await.as_deref(), Some(value), "step {step}");
        put(&vault, "b", "afterwards").await;
        assert_eq!(get(&before.keyed(), "a").await.as_deref(), Some(value), "step {step}");
        assert_eq!(get(&before.keyed(), "b").await.as_deref(), Some("afterwards"), "step {step}");
    }
}

/// The first write of all: there is a file, and no record yet.
#[tokio::test]
async fn a_file_whose_first_writer_was_killed_is_gone_on_with() {
    let scene = Scene::new();
    put(&scene.keyed(), "a", "x").await;
    fs::remove_file(scene.record()).unwrap();
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("x"));
    put(&scene.keyed(), "b", "y").await;
    assert!(scene.record().exists());
}
