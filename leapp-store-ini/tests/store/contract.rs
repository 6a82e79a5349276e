//! The clauses of `CredentialSink`, one test each.

use leapp_core::{AccessKeyId, Change, ErrorKind, ProfileName, Secret, SessionCredentials, SessionId};
use leapp_store_ini::{CredentialsFile, Document};

use crate::scene::{Scene, publish, publish_in, set, withdraw};

const FOREIGN: &[u8] =
    b"# mine\r\n[default] ; d\naws_access_key_id = AKIAMINE\ns3 =\n  a = b\n[x]\nno newline";

fn holds(scene: &Scene, session: &str, profile: &str, number: u32) -> bool {
    let document = Document::parse(&scene.read());
    let value = |key| document.value(profile, key).map(|value| value.expose().to_owned());
    let credentials = set(number);
    value("x_leapp_session").as_deref() == Some(session)
        && value("aws_access_key_id").as_deref() == Some(credentials.access_key_id().as_str())
        && value("aws_secret_access_key").as_deref() == Some(credentials.secret_access_key().expose())
        && value("aws_session_token").as_deref() == Some(credentials.session_token().expose())
}

/// Which bytes the file is made of, and when it was made: a write changes this even when the bytes are the same.
#[cfg(unix)]
fn identity(scene: &Scene) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(scene.path()).unwrap();
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

/// When the file was made and when it was written.
#[cfg(windows)]
fn identity(scene: &Scene) -> (u64, u64) {
    use std::os::windows::fs::MetadataExt;
    let metadata = std::fs::metadata(scene.path()).unwrap();
    (metadata.creation_time(), metadata.last_write_time())
}

#[test]
fn publish_is_read_back() {
    let scene = Scene::with(FOREIGN);
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    assert!(holds(&scene, "s", "dev", 1));
}

#[test]
fn publish_replaces() {
    let scene = Scene::with(FOREIGN);
    scene.apply(&[publish_in("s", "dev", 1, Some("eu-west-1"))]).unwrap();
    scene.apply(&[publish("s", "dev", 2)]).unwrap();
    assert!(holds(&scene, "s", "dev", 2));
    assert!(!scene.text().contains("key=1") && !scene.text().contains("region"));
}

#[test]
fn publish_takes_over_where_the_profile_stands() {
    let scene = Scene::with(FOREIGN);
    scene.apply(&[publish("s", "dev", 1), publish("s", "ops", 1)]).unwrap();
    let expected = scene.text().replacen("= s\n", "= t\n", 1);
    scene.apply(&[publish("t", "dev", 1)]).unwrap();
    assert_eq!(scene.text(), expected);
}

#[test]
fn batch_is_all_or_nothing() {
    let scene = Scene::with(FOREIGN);
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let (before, identity_before) = (scene.read(), identity(&scene));
    let batch = [publish("s", "ops", 1), withdraw("s", "dev"), publish("s", "default", 1)];
    assert_eq!(scene.apply(&batch).unwrap_err().kind(), ErrorKind::NotOurs);
    assert_eq!(scene.read(), before);
    assert_eq!(identity(&scene), identity_before, "nothing is written");
}

#[test]
fn a_batch_is_one_write_and_its_changes_are_in_order() {
    let scene = Scene::with(FOREIGN);
    let batch =
        [publish("s", "dev", 1), publish("t", "dev", 2), withdraw("s", "dev"), publish("u", "ops", 3)];
    scene.apply(&batch).unwrap();
    assert!(holds(&scene, "t", "dev", 2) && holds(&scene, "u", "ops", 3));
}

#[test]
fn a_batch_that_changes_nothing_writes_nothing() {
    let scene = Scene::with(FOREIGN);
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let before = identity(&scene);
    scene.apply(&[publish("s", "dev", 1), withdraw("s", "absent")]).unwrap();
    scene.apply(&[]).unwrap();
    assert_eq!(identity(&scene), before);

    let scene = Scene::empty();
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert!(!scene.path().exists());
}

#[test]
fn withdraw_restores_the_target() {
    let scene = Scene::with(FOREIGN);
    scene.apply(&[publish("s", "dev", 1), publish("t", "ops", 1)]).unwrap();
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    scene.apply(&[withdraw("t", "ops")]).unwrap();
    assert_eq!(scene.read(), FOREIGN);
}

#[test]
fn withdraw_is_idempotent() {
    let scene = Scene::with(FOREIGN);
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    for _ in 0..2 {
        scene.apply(&[withdraw("s", "dev"), withdraw("s", "never-was")]).unwrap();
        assert_eq!(scene.read(), FOREIGN);
    }
}

#[test]
fn withdraw_spares_the_successor() {
    let scene = Scene::with(FOREIGN);
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    scene.apply(&[publish("t", "dev", 2)]).unwrap();
    let before = scene.read();
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(scene.read(), before);
}

#[test]
fn foreign_profile_is_left_alone() {
    let scene = Scene::with(FOREIGN);
    for change in [publish("s", "default", 1), withdraw("s", "default"), publish("s", "x", 1)] {
        let error = scene.apply(std::slice::from_ref(&change)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotOurs);
        let message = error.to_string();
        assert!(message.contains(&format!("`{}`", change.profile())), "{message}");
        assert!(message.contains(scene.path().to_str().unwrap()), "{message}");
        assert_eq!(scene.read(), FOREIGN);
    }
}

#[test]
fn values_that_would_be_read_back_differently_are_refused() {
    let scene = Scene::with(FOREIGN);
    for secret in ["#secret", "a #secret", "a\u{a0};secret", " secret", "secret ", "secret\u{a0}"] {
        let credentials = SessionCredentials::new(
            AccessKeyId::parse("ASIAMADEUP0000000001").unwrap(),
            Secret::new(secret),
            Secret::new("token"),
            set(1).expiration(),
        );
        let change = Change::Publish {
            session: SessionId::parse("s").unwrap(),
            profile: ProfileName::parse("dev").unwrap(),
            region: None,
            credentials: credentials.unwrap(),
        };
        let error = scene.apply(&[change]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(
            error.to_string(),
            "the value for `aws_secret_access_key` cannot stand in a credentials file"
        );
        assert_eq!(scene.read(), FOREIGN);
    }
}

#[test]
fn secrets_stay_hidden() {
    let scene = Scene::with(b"[default]\naws_secret_access_key = made-up/secret+key=0\n");
    let error = scene.apply(&[publish("s", "dev", 1), publish("s", "default", 1)]).unwrap_err();
    for shown in [format!("{error} {error:?}"), format!("{:?}", scene.sink)] {
        assert!(!shown.contains("made-up"), "{shown}");
    }
}

#[test]
fn a_path_follows_the_variable_or_the_home_folder() {
    let home = std::path::Path::new("/home/user");
    let path = |value: &str| CredentialsFile::default_path(home, Some(value.as_ref()));
    assert_eq!(CredentialsFile::default_path(home, None), home.join(".aws/credentials"));
    assert_eq!(path(""), home.join(".aws/credentials"));
    assert_eq!(path("/other/path/credentials"), std::path::Path::new("/other/path/credentials"));
    assert_eq!(path("~/c"), home.join("c"));
    assert_eq!(path("~other/c"), std::path::Path::new("~other/c"));
}
