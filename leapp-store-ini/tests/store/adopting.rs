//! A person's profile that a session uses for a while.

use leapp_core::{ErrorKind, ProfileName, SessionId};
use leapp_store_ini::Document;

use crate::scene::{Scene, publish, publish_in, wait_for, withdraw, write};

const MINE: &str = "# mine\r\n[prod] ; p\r\nAWS_Access_Key_Id=AKIAMINE # old\r\n\r\noutput = json\r\n; note\r\n\
    aws_secret_access_key =\r\n  made\r\n; between\r\n  up\r\nregion = eu-north-1\r\n[next]\r\nk = v";

fn adopt(scene: &Scene, session: &str, profile: &str) -> Result<(), leapp_core::Error> {
    let (session, profile) = (SessionId::parse(session).unwrap(), ProfileName::parse(profile).unwrap());
    wait_for(scene.sink.adopt(&session, &profile))
}

fn value(scene: &Scene, key: &str) -> Option<String> {
    Document::parse(&scene.read()).value("prod", key).map(|value| value.expose().to_owned())
}

#[test]
fn withdrawing_gives_a_person_their_bytes_back() {
    let scene = Scene::with(MINE.as_bytes());
    assert_eq!(scene.apply(&[publish("s", "prod", 1)]).unwrap_err().kind(), ErrorKind::NotOurs);
    adopt(&scene, "s", "prod").unwrap();
    assert_eq!(
        value(&scene, "aws_access_key_id").unwrap(),
        "AKIAMINE",
        "programs read what they read before"
    );
    assert_eq!(value(&scene, "aws_secret_access_key").unwrap(), "\nmade\nup");
    for number in 1..3 {
        scene.apply(&[publish("s", "prod", number)]).unwrap();
        assert_eq!(value(&scene, "aws_secret_access_key").unwrap(), format!("made-up/secret+key={number}"));
        assert_eq!(value(&scene, "output").unwrap(), "json");
    }
    scene.apply(&[withdraw("s", "prod")]).unwrap();
    assert_eq!(scene.text(), MINE);
    for change in [publish("s", "prod", 1), withdraw("s", "prod")] {
        assert_eq!(scene.apply(&[change]).unwrap_err().kind(), ErrorKind::NotOurs, "theirs again");
    }
}

#[test]
fn a_persons_region_counts_while_the_session_has_none() {
    let scene = Scene::with(MINE.as_bytes());
    adopt(&scene, "s", "prod").unwrap();
    scene.apply(&[publish_in("s", "prod", 1, Some("eu-west-1"))]).unwrap();
    assert_eq!(value(&scene, "region").unwrap(), "eu-west-1");
    scene.apply(&[publish("s", "prod", 2)]).unwrap();
    assert_eq!(value(&scene, "region").unwrap(), "eu-north-1");
}

#[test]
fn what_a_person_adds_meanwhile_stays() {
    let scene = Scene::with(MINE.as_bytes());
    adopt(&scene, "s", "prod").unwrap();
    scene.apply(&[publish("s", "prod", 1)]).unwrap();
    write(&scene.path(), scene.text().replace("output = json", "output = json\r\ncli_pager =").as_bytes());
    scene.apply(&[withdraw("s", "prod")]).unwrap();
    assert_eq!(scene.text(), MINE.replace("output = json", "output = json\r\ncli_pager ="));
}

#[test]
fn only_what_is_there_can_be_adopted() {
    let scene = Scene::with(MINE.as_bytes());
    let error = adopt(&scene, "s", "absent").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("`absent`"), "{error}");
    assert!(error.to_string().contains(scene.path().to_str().unwrap()), "{error}");
    assert_eq!(scene.text(), MINE);
}

#[test]
fn a_profile_that_only_some_tools_read_is_neither_adopted_nor_taken_for_absent() {
    let text = "[profile \"dev\"]\nregion = eu-west-1\n";
    let (session, profile) = (SessionId::parse("s").unwrap(), ProfileName::parse("dev").unwrap());
    let refused = Document::parse_config(text.as_bytes()).with_adopted(&session, &profile).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert!(refused.to_string().contains("write it as `[profile dev]`"), "{refused}");

    let scene = Scene::with(b" [dev]\nregion = eu-west-1\n");
    let refused = adopt(&scene, "s", "dev").unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert!(refused.to_string().contains(scene.path().to_str().unwrap()), "{refused}");
}

#[test]
fn a_profile_of_this_library_changes_hands() {
    let scene = Scene::with(MINE.as_bytes());
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    adopt(&scene, "t", "dev").unwrap();
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert!(Document::parse(&scene.read()).has_profile("dev"), "it is t's now");
    scene.apply(&[withdraw("t", "dev")]).unwrap();
    assert_eq!(scene.text(), MINE);
}
