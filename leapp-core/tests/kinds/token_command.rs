//! A token that a program prints: run at each attempt, and what it prints is not told.

use leapp_core::aws::TokenSource;
use leapp_core::{Command, ErrorKind};
use leapp_testkit::leak::{assert_clean, text_of};

use crate::scene::{AUDIENCE, Scene, renew, words};

const PLANTED: &str = "hunter2-hunter2";

#[tokio::test]
async fn a_session_goes_on_with_what_the_program_prints_now() {
    let scene = Scene::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let workload = scene.workload(Command::new("cat", [&path]));
    for subject in ["pod-1", "pod-2"] {
        let claims = leapp_testkit::aws::WebIdentityClaims::new(AUDIENCE, subject);
        renew(&path, format!("{}\n", scene.token(&claims).expose()));
        assert_eq!(scene.issue(&workload).await.unwrap().metadata().subject.as_deref(), Some(subject));
    }
}

#[tokio::test]
async fn what_is_no_token_is_told_without_what_was_printed() {
    let spaced = format!("{PLANTED} {PLANTED}");
    for (command, kind, said) in [
        (Command::new("printf", [""]), ErrorKind::Unavailable, "printed nothing"),
        (Command::new("printf", ["%s", &*spaced]), ErrorKind::InvalidInput, "no web identity token"),
        (Command::new("false", [PLANTED]), ErrorKind::Unavailable, "failed"),
        (Command::new("no-such-program-here", [PLANTED]), ErrorKind::NotFound, "cannot be started"),
    ] {
        let error = command.token().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(words(&error).contains(said), "{error:?}");
        assert_clean(text_of(&error), [PLANTED]);
    }
    assert_eq!(Command::new("printf", ["%s", "a.b.c"]).token().await.unwrap().expose(), "a.b.c");
}
