//! What exactly stands in the file, for the files that are interesting.

use leapp_core::ErrorKind;

use crate::scene::{Scene, publish, publish_in, withdraw};

/// The section of `publish(session, profile, 1)`.
fn section(session: &str, profile: &str) -> String {
    format!(
        "[{profile}]\nx_leapp_session = {session}\naws_access_key_id = ASIAMADEUP0000000001\n\
         aws_secret_access_key = made-up/secret+key=1\naws_session_token = made-up/session+token==1\n\
         aws_credential_expiration = 2030-03-17T17:46:41Z\nx_leapp_published = {FINGERPRINTS},-\n"
    )
}

/// Of these four values.
const FINGERPRINTS: &str = "877a5998,4c50e331,02df94fb,0e966272";
const FINGERPRINT_OF_REGION: &str = "6b808c46";

#[test]
fn a_new_file_holds_exactly_the_section() {
    let scene = Scene::empty();
    scene.apply(&[publish_in("s", "dev", 1, Some("eu-west-1"))]).unwrap();
    let section = section("s", "dev");
    let section = section.replace("x_leapp_published", "region = eu-west-1\nx_leapp_published");
    assert_eq!(scene.text(), section.replace(",-\n", &format!(",{FINGERPRINT_OF_REGION}\n")));
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(scene.text(), "");
}

#[test]
fn a_section_is_appended_in_the_line_breaks_of_the_file() {
    let scene = Scene::with(b"\xef\xbb\xbf; mine\r\n[a]\r\nk=v\r\n");
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let section = section("s", "dev").replace('\n', "\r\n");
    assert_eq!(scene.text(), format!("\u{feff}; mine\r\n[a]\r\nk=v\r\n{section}"));
}

#[test]
fn a_missing_final_line_break_is_added_remembered_and_taken_away() {
    let scene = Scene::with(b"[a]\nk = v");
    scene.apply(&[publish("s", "dev", 1), publish("t", "ops", 1)]).unwrap();
    let dev = section("s", "dev").replace("= s\n", "= s\nx_leapp_final_newline = no\n");
    assert_eq!(scene.text(), format!("[a]\nk = v\n{dev}{}", section("t", "ops")));

    scene.apply(&[withdraw("s", "dev")]).unwrap();
    let ops = section("t", "ops").replace("= t\n", "= t\nx_leapp_final_newline = no\n");
    assert_eq!(scene.text(), format!("[a]\nk = v\n{ops}"), "the memory is handed on");

    scene.apply(&[withdraw("t", "ops")]).unwrap();
    assert_eq!(scene.text(), "[a]\nk = v");
}

#[test]
fn a_final_line_break_stays_when_a_person_wrote_below() {
    let scene = Scene::with(b"[a]");
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let edited = scene.text() + "[mine]\n";
    crate::scene::write(&scene.path(), edited.as_bytes());
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(scene.text(), "[a]\n[mine]\n");
}

#[test]
fn a_final_line_break_stays_when_a_person_wrote_within() {
    let scene = Scene::with(b"[a]");
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let edited = scene.text().replace("aws_session", "# within\naws_session");
    crate::scene::write(&scene.path(), edited.as_bytes());
    scene.apply(&[publish("t", "ops", 1)]).unwrap();
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(scene.text(), format!("[a]\n# within\n{}", section("t", "ops")));

    crate::scene::write(&scene.path(), edited.as_bytes());
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(scene.text(), "[a]\n# within\n");
}

#[test]
fn a_final_line_break_that_a_person_took_from_us_is_not_taken_from_others() {
    let scene = Scene::with(b"[a]\n");
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let edited = scene.text();
    crate::scene::write(&scene.path(), edited.trim_end().as_bytes());
    scene.apply(&[publish("t", "ops", 1)]).unwrap();
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    scene.apply(&[withdraw("t", "ops")]).unwrap();
    assert_eq!(scene.text(), "[a]\n");
}

#[test]
fn publishing_again_changes_values_and_keeps_what_a_person_added() {
    let edited = "[a]\n[dev] # mine\n; note\nx_leapp_session=s\ncli_pager = less\nAWS_ACCESS_KEY_ID=old   # why\n\
        aws_secret_access_key =\naws_session_token = old\n  old too\n\naws_credential_expiration = old\n[z]\nk = v\n";
    let scene = Scene::with(edited.as_bytes());
    scene.apply(&[publish_in("s", "dev", 1, Some("eu-west-1"))]).unwrap();
    assert_eq!(
        scene.text(),
        format!(
            "[a]\n[dev] # mine\n; note\nx_leapp_session=s\ncli_pager = less\n\
         AWS_ACCESS_KEY_ID=ASIAMADEUP0000000001   # why\naws_secret_access_key = made-up/secret+key=1\n\
         aws_session_token = made-up/session+token==1\n\naws_credential_expiration = 2030-03-17T17:46:41Z\n\
         region = eu-west-1\nx_leapp_published = {FINGERPRINTS},{FINGERPRINT_OF_REGION}\n[z]\nk = v\n"
        )
    );
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    assert!(!scene.text().contains("region"), "a region of an older publication does not stay");
}

#[test]
fn withdrawing_keeps_a_persons_notes() {
    let scene = Scene::with(b"[a]\n");
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let edited = scene.text().replace("aws_session", "# within\naws_session") + "\n; below\n[b]\n";
    crate::scene::write(&scene.path(), edited.as_bytes());
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(scene.text(), "[a]\n# within\n\n; below\n[b]\n");
}

#[test]
fn withdrawing_keeps_a_persons_keys_with_the_header_and_the_mark() {
    let scene = Scene::empty();
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let edited = scene.text() + "cli_pager = less\n";
    crate::scene::write(&scene.path(), edited.as_bytes());
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(scene.text(), "[dev]\nx_leapp_withdrawn = s\ncli_pager = less\n");
    scene.apply(&[publish("t", "dev", 1)]).unwrap();
    assert_eq!(scene.text(), section("t", "dev") + "cli_pager = less\n");
}

#[test]
fn a_second_section_of_the_profile_that_is_not_ours_is_refused_but_does_not_keep_our_secrets_there() {
    let scene = Scene::empty();
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    let edited = scene.text() + "[dev]\nregion = eu-west-1\n";
    crate::scene::write(&scene.path(), edited.as_bytes());
    assert_eq!(scene.apply(&[publish("s", "dev", 2)]).unwrap_err().kind(), ErrorKind::NotOurs);
    assert_eq!(scene.text(), edited);
    scene.apply(&[withdraw("s", "dev")]).unwrap();
    assert_eq!(scene.text(), "[dev]\nregion = eu-west-1\n");
}

#[test]
fn copies_of_our_section_become_one() {
    let scene = Scene::empty();
    scene.apply(&[publish("s", "dev", 2)]).unwrap();
    let copied = scene.text() + "[b]\n" + &scene.text();
    crate::scene::write(&scene.path(), copied.as_bytes());
    scene.apply(&[publish("s", "dev", 1)]).unwrap();
    assert_eq!(scene.text(), "[b]\n".to_owned() + &section("s", "dev"));
}

#[test]
fn what_another_parser_takes_for_the_profile_is_somebody_elses() {
    for text in
        ["[dev] trailing\nk = v\n", "[dev]\u{a0}\nk = v\n", "  [dev]\nk = v\n", "[a]\rk = v\r[dev]\rk = v\r"]
    {
        let scene = Scene::with(text.as_bytes());
        let error = scene.apply(&[publish("s", "dev", 1)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotOurs, "{text:?}");
        assert_eq!(scene.text(), text);
    }
}
