//! People, other tools and dead processes meddle with our profiles, and nobody loses anything.

use std::fs;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use leapp_core::{ProfileName, SessionId};
use leapp_store_ini::{CredentialsFile, Document, Orphan};

use crate::scene::{Scene, apply, publish, publish_in, wait_for, withdraw, write};

fn adopt(sink: &CredentialsFile, session: &str, profile: &str) -> Result<(), leapp_core::Error> {
    let (session, profile) = (SessionId::parse(session).unwrap(), ProfileName::parse(profile).unwrap());
    wait_for(sink.adopt(&session, &profile))
}

fn orphans(scene: &Scene) -> Vec<Orphan> {
    wait_for(scene.sink.orphans()).unwrap()
}

const PROD: &str = "[prod]\naws_access_key_id = AKIAMINE\naws_secret_access_key = mine\n";

/// As Python's parser, and so the AWS CLI, reads it.
fn python_reads(scene: &Scene, code: &str) -> Result<(), String> {
    let script = format!(
        "import configparser, sys\np = configparser.{code}\np.read(sys.argv[1])\n[p.items(s) for s in p.sections()]"
    );
    let output = Command::new("python3").arg("-c").arg(script).arg(scene.path()).output().unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned()),
    }
}

#[test]
fn a_profile_that_a_living_writer_adopted_is_no_orphan() {
    let scene = Scene::with(PROD.as_bytes());
    let dead = CredentialsFile::open(scene.path()).unwrap();
    adopt(&dead, "s", "prod").unwrap();
    apply(&dead, &[publish("s", "prod", 1)]).unwrap();
    drop(dead);
    let living = CredentialsFile::open(scene.path()).unwrap();
    adopt(&living, "t", "prod").unwrap();
    assert_eq!(orphans(&scene), [], "its writer lives");
    wait_for(scene.sink.withdraw_orphans(&orphans(&scene))).unwrap();
    apply(&living, &[publish("t", "prod", 2)]).unwrap();
}

#[test]
fn a_profile_that_is_resumed_by_adopting_is_not_withdrawn_as_an_orphan() {
    let scene = Scene::with(PROD.as_bytes());
    let dead = CredentialsFile::open(scene.path()).unwrap();
    adopt(&dead, "s", "prod").unwrap();
    apply(&dead, &[publish("s", "prod", 1)]).unwrap();
    drop(dead);
    let found = orphans(&scene);
    let living = CredentialsFile::open(scene.path()).unwrap();
    adopt(&living, "s", "prod").unwrap();
    wait_for(scene.sink.withdraw_orphans(&found)).unwrap();
    apply(&living, &[publish("s", "prod", 2)]).unwrap();
}

#[test]
fn what_was_withdrawn_is_no_orphan() {
    let scene = Scene::empty();
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    write(&scene.path(), format!("{}output = json\n", String::from_utf8(scene.read()).unwrap()).as_bytes());
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(orphans(&scene), []);
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn a_profile_whose_mark_a_person_removed_is_adopted_again_and_python_reads_the_file() {
    let scene = Scene::with(PROD.as_bytes());
    adopt(&scene.sink, "s", "prod").unwrap();
    scene.apply(&[publish("s", "prod", 1)]).unwrap();
    let text = String::from_utf8(scene.read()).unwrap().replace("x_leapp_session = s\n", "");
    write(&scene.path(), text.as_bytes());
    adopt(&scene.sink, "s", "prod").unwrap();
    let adopted = python_reads(&scene, "RawConfigParser()");
    scene.apply(&[withdraw("s", "prod")]).unwrap();
    let restored = python_reads(&scene, "RawConfigParser()");
    assert_eq!((adopted, restored), (Ok(()), Ok(())), "{}", scene.text());
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn a_published_profile_whose_mark_a_person_removed_is_adopted() {
    let scene = Scene::empty();
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let text = String::from_utf8(scene.read()).unwrap().replace("x_leapp_session = s\n", "");
    write(&scene.path(), text.as_bytes());
    adopt(&scene.sink, "s", "dev").unwrap();
    assert_eq!(python_reads(&scene, "RawConfigParser()"), Ok(()));
}

#[test]
fn the_largest_number_is_no_panic() {
    let text = b"[prod]\nx_leapp_kept_18446744073709551615 = a\nregion = eu-west-1\n";
    let (session, profile) = (SessionId::parse("s").unwrap(), ProfileName::parse("prod").unwrap());
    Document::parse(text).with_adopted(&session, &profile).unwrap();
}

#[cfg(unix)]
#[test]
fn a_pipe_under_a_locks_name_does_not_hang() {
    for name in [".credentials.0123456789abcdef.leapp-lock", "credentials.leapp-lock"] {
        let scene = Scene::with(PROD.as_bytes());
        let _ = fs::remove_file(scene.folder.path().join(name));
        assert!(Command::new("mkfifo").arg(scene.folder.path().join(name)).status().unwrap().success());
        let (done, is_done) = mpsc::channel();
        let path = scene.path();
        thread::spawn(move || {
            let sink = CredentialsFile::open(path).unwrap().with_lock_wait(Duration::from_millis(100));
            let _ = done.send(apply(&sink, &[publish("s", "dev", 1)]).map_err(|e| e.kind()));
        });
        let outcome = is_done.recv_timeout(Duration::from_secs(5));
        eprintln!("{name}: {outcome:?}");
        assert!(outcome.is_ok(), "{name} hangs");
    }
}

#[test]
fn a_profile_that_a_living_writer_published_anew_is_not_withdrawn() {
    let scene = Scene::empty();
    let living = CredentialsFile::open(scene.path()).unwrap();
    apply(&living, &[publish("s", "dev", 1)]).unwrap();
    for entry in fs::read_dir(scene.folder.path()).unwrap().map(Result::unwrap) {
        if entry.file_name().to_str().unwrap().starts_with(".credentials.") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    let found = orphans(&scene);
    apply(&living, &[publish("s", "dev", 2)]).unwrap();
    assert_eq!(orphans(&scene), [], "it lives, and says so");
    wait_for(scene.sink.withdraw_orphans(&found)).unwrap();
    assert!(Document::parse(&scene.read()).has_profile("dev"), "published anew meanwhile");
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn what_is_kept_is_nothing_to_pythons_parser() {
    let scene = Scene::with(PROD.as_bytes());
    assert_eq!(python_reads(&scene, "ConfigParser()"), Ok(()));
    adopt(&scene.sink, "s", "prod").unwrap();
    assert_eq!(python_reads(&scene, "ConfigParser()"), Ok(()));
}

#[test]
fn a_key_that_a_person_sets_meanwhile_is_not_lost() {
    for published in [false, true] {
        let scene = Scene::with(PROD.as_bytes());
        adopt(&scene.sink, "s", "prod").unwrap();
        if published {
            scene.apply(&[publish("s", "prod", 1)]).unwrap();
        }
        // As `aws configure` does it: the key is rotated, and AWS shows the new one this once.
        let text: String = String::from_utf8(scene.read())
            .unwrap()
            .lines()
            .map(|line| match line.split(" = ").next() {
                Some("aws_access_key_id") => "aws_access_key_id = AKIANEW\n".to_owned(),
                Some("aws_secret_access_key") => "aws_secret_access_key = new\n".to_owned(),
                _ => format!("{line}\n"),
            })
            .collect();
        write(&scene.path(), text.as_bytes());
        scene.apply(&[publish("s", "prod", 2)]).unwrap();
        scene.apply(&[withdraw("s", "prod")]).unwrap();
        assert!(scene.text().contains("AKIANEW"), "published before: {published}: {}", scene.text());
    }
}

#[test]
fn the_same_without_another_publication() {
    let scene = Scene::with(PROD.as_bytes());
    adopt(&scene.sink, "s", "prod").unwrap();
    let text = String::from_utf8(scene.read()).unwrap();
    write(
        &scene.path(),
        text.replace("\naws_access_key_id = AKIAMINE", "\naws_access_key_id = AKIANEW").as_bytes(),
    );
    scene.apply(&[withdraw("s", "prod")]).unwrap();
    assert!(scene.text().contains("AKIANEW"), "{}", scene.text());
}

#[test]
fn nothing_is_rescued_after_a_takeover_where_nobody_else_wrote() {
    let scene = Scene::empty();
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    write(&scene.path(), &[scene.read().as_slice(), b"output = json\n"].concat());
    let before = scene.read();
    scene.apply(&[publish("t", "dev", 2)]).unwrap();
    // Killed after the exchange, before the old file is removed.
    write(&scene.folder.path().join(".credentials.leapp-new"), &before);
    CredentialsFile::open(scene.path()).unwrap();
    assert_eq!(scene.names(), ["credentials"]);
}

#[test]
fn a_stripped_copy_and_an_adopted_one_of_two_writers() {
    let scene = Scene::with(b"[prod]\nregion = a\n[x]\n[prod]\r\naws_access_key_id=AKIAMINE\r\n  cont\r\n");
    let before = scene.read();
    adopt(&scene.sink, "s", "prod").unwrap();
    let other = CredentialsFile::open(scene.path()).unwrap();
    apply(&other, &[publish_in("t", "prod", 1, Some("eu-west-1"))]).unwrap();
    scene.apply(&[withdraw("s", "prod")]).unwrap();
    adopt(&scene.sink, "u", "prod").unwrap();
    apply(&other, &[publish("t", "prod", 1)]).unwrap();
    scene.apply(&[publish("u", "prod", 3), withdraw("t", "prod")]).unwrap();
    scene.apply(&[withdraw("u", "prod")]).unwrap();
    assert_eq!(scene.read(), before);
}

#[test]
fn a_session_that_a_person_ends_by_hand_is_told() {
    // Only x_leapp_adopted was removed.
    let scene = Scene::with(PROD.as_bytes());
    adopt(&scene.sink, "s", "prod").unwrap();
    scene.apply(&[publish("s", "prod", 1)]).unwrap();
    let text = String::from_utf8(scene.read()).unwrap().replace("x_leapp_adopted = yes\n", "");
    write(&scene.path(), text.as_bytes());
    scene.apply(&[withdraw("s", "prod")]).unwrap();
    assert_eq!(scene.text(), PROD);
}

/// A profile of ours that a person has put a key of theirs into, after it was withdrawn.
fn theirs_by_now() -> Scene {
    let scene = Scene::empty();
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    write(&scene.path(), &[scene.read().as_slice(), b"output = json\n"].concat());
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    // `aws configure --profile dev`, as the session is over.
    let keys = b"aws_access_key_id = AKIAMINE\naws_secret_access_key = mine\n";
    write(&scene.path(), &[scene.read().as_slice(), keys].concat());
    scene
}

#[test]
fn a_key_that_a_person_sets_after_the_withdrawal_survives_the_next_session() {
    let scene = theirs_by_now();
    let outcome = scene.apply(&[publish("s", "dev", 2), withdraw("s", "dev")]);
    assert!(scene.text().contains("AKIAMINE"), "{outcome:?}: {}", scene.text());
}

#[test]
fn a_key_that_a_person_sets_after_the_withdrawal_is_no_orphan() {
    let scene = theirs_by_now();
    wait_for(scene.sink.withdraw_orphans(&orphans(&scene))).unwrap();
    assert!(scene.text().contains("AKIAMINE"), "{}", scene.text());
}

#[test]
fn a_second_withdrawal_leaves_a_persons_key() {
    let scene = theirs_by_now();
    let outcome = scene.apply(&[withdraw("s", "dev")]);
    assert!(scene.text().contains("AKIAMINE"), "{outcome:?}: {}", scene.text());
}

#[test]
fn many_rescued_files_do_not_keep_the_file_from_being_opened() {
    let scene = Scene::with(PROD.as_bytes());
    for number in 1..=100 {
        write(&scene.folder.path().join(format!("credentials.leapp-rescued-{number}")), b"k");
    }
    write(&scene.folder.path().join(".credentials.leapp-new"), b"[theirs]\n");
    CredentialsFile::open(scene.path()).unwrap();
}

#[test]
fn of_two_writers_of_a_doubled_profile_the_living_one_counts() {
    // A dead writer's section and a living one's, of one profile.
    let scene = Scene::empty();
    let dead = CredentialsFile::open(scene.path()).unwrap();
    apply(&dead, &[publish("s", "dev", 1)]).unwrap();
    let of_dead = scene.read();
    drop(dead);
    fs::remove_file(scene.path()).unwrap();
    scene.apply(&[publish("t", "dev", 2)]).unwrap();
    let of_living = scene.read();
    write(&scene.path(), &[of_living.as_slice(), &of_dead].concat());
    eprintln!("living first: {:?}", orphans(&scene));
    write(&scene.path(), &[of_dead.as_slice(), &of_living].concat());
    eprintln!("dead first: {:?}", orphans(&scene));
    assert_eq!(orphans(&scene).len(), 1);
}

#[test]
fn a_dead_writers_default_is_found_behind_a_persons() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let process = leapp_store_ini::CredentialProcess::new("/opt/host", ["print"]).unwrap();
    let open = || leapp_store_ini::ConfigFile::open(&path, process.clone()).unwrap();
    use leapp_core::CredentialSink;
    let dead = open();
    wait_for(dead.apply(&[publish("s", "default", 1)])).unwrap();
    drop(dead);
    write(&path, &[fs::read(&path).unwrap().as_slice(), b"[profile default]\noutput = json\n"].concat());
    assert_eq!(wait_for(open().orphans()).unwrap().len(), 1);
}

#[test]
fn what_npms_ini_writes_around_a_value_with_an_equals_sign_is_no_damage() {
    let scene = Scene::with(PROD.as_bytes());
    adopt(&scene.sink, "s", "prod").unwrap();
    scene.apply(&[publish("s", "prod", 1)]).unwrap();
    // `stringify` of npm's `ini` puts a value that holds `=` into quotes.
    let text = String::from_utf8(scene.read()).unwrap();
    let quoted: String = text
        .lines()
        .map(|line| match line.split_once(" = ") {
            Some((key, value)) if value.contains('=') => format!("{key}=\"{value}\"\n"),
            Some((key, value)) => format!("{key}={value}\n"),
            None => format!("{line}\n"),
        })
        .collect();
    write(&scene.path(), quoted.as_bytes());
    scene.apply(&[withdraw("s", "prod")]).unwrap();
    assert_eq!(scene.text(), PROD);
}

#[test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
fn python_rewrites_the_file_meanwhile() {
    let scene = Scene::with(PROD.as_bytes());
    adopt(&scene.sink, "s", "prod").unwrap();
    scene.apply(&[publish("s", "prod", 1)]).unwrap();
    let script = "import configparser, sys\np = configparser.RawConfigParser()\np.read(sys.argv[1])\np.write(open(sys.argv[1], 'w'))";
    assert!(Command::new("python3").arg("-c").arg(script).arg(scene.path()).status().unwrap().success());
    scene.apply(&[withdraw("s", "prod")]).unwrap();
    assert_eq!(scene.text(), format!("{PROD}\n"));
}

#[test]
fn keys_in_capitals() {
    let scene = Scene::with(PROD.as_bytes());
    adopt(&scene.sink, "s", "prod").unwrap();
    scene.apply(&[publish("s", "prod", 1)]).unwrap();
    let text = String::from_utf8(scene.read()).unwrap();
    let text: String = text
        .split_inclusive('\n')
        .map(|line| match line.split_once(" = ") {
            Some((key, value)) => format!("{} = {value}", key.to_uppercase()),
            None => line.to_owned(),
        })
        .collect();
    write(&scene.path(), text.as_bytes());
    scene.apply(&[publish("s", "prod", 2)]).unwrap();
    scene.apply(&[withdraw("s", "prod")]).unwrap();
    assert_eq!(scene.text(), PROD);
}

#[test]
fn nothing_is_rescued_with_our_secrets_in_it_when_the_mark_is_gone() {
    let scene = Scene::with(PROD.as_bytes());
    adopt(&scene.sink, "s", "prod").unwrap();
    scene.apply(&[publish("s", "prod", 1)]).unwrap();
    let left = String::from_utf8(scene.read())
        .unwrap()
        .replace("x_leapp_session = s\n", "")
        .replace("[prod]", "[z]\nk = v\n[prod]");
    write(&scene.folder.path().join(".credentials.leapp-new"), left.as_bytes());
    CredentialsFile::open(scene.path()).unwrap();
    let rescued =
        fs::read_to_string(scene.folder.path().join("credentials.leapp-rescued-1")).unwrap_or_default();
    assert!(!rescued.contains("made-up/secret"), "{rescued}");
}

#[test]
fn a_damaged_line_does_not_cost_a_person_the_key_silently() {
    let scene = Scene::with(PROD.as_bytes());
    adopt(&scene.sink, "s", "prod").unwrap();
    scene.apply(&[publish("s", "prod", 1)]).unwrap();
    let text = String::from_utf8(scene.read()).unwrap().replace("AKIAMINE%0A", "AKIAMINE%0");
    write(&scene.path(), text.as_bytes());
    let outcome = scene.apply(&[withdraw("s", "prod")]);
    let has_key = Document::parse(&scene.read()).value("prod", "aws_access_key_id").is_some();
    assert!(outcome.is_err() || has_key, "{}", scene.text());
}

#[test]
fn a_persons_line_at_the_end_of_the_file_keeps_its_line_break_when_ours_below_it_goes() {
    for (theirs, newline) in
        [("mine = 1\r\n", "\n"), ("mine = 1\n", "\r\n"), ("mine = 1\n", "\n"), ("; note\r\n", "\n")]
    {
        // Some editor has taken the last line break away.
        let text = format!(
            "[x]{newline}a = 1{newline}b = 2{newline}[dev]{newline}x_leapp_session = s{newline}{theirs}region = x"
        );
        let scene = Scene::with(text.as_bytes());
        scene.apply(&[publish("s", "dev", 1)]).unwrap();
        let published = scene.text();
        assert!(published.contains(theirs), "{published:?}");
        scene.apply(&[withdraw("s", "dev")]).unwrap();
        assert!(scene.text().contains(theirs), "{:?}", scene.text());
    }
}
