//! A token in a file: read anew at each attempt, and no further than a token can be long.

use std::path::Path;

use leapp_core::ErrorKind;
use leapp_core::aws::{TokenFile, TokenSource};
use leapp_testkit::leak::{assert_clean, text_of};

use crate::scene::{Scene, renew, words};

const PLANTED: &str = "eyJhbGciOiJub25lIn0.hunter2-hunter2-hunter2.c2ln";

#[tokio::test]
async fn a_file_that_is_renewed_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let file = TokenFile::new(&path);
    for token in ["first.first.first", "second.second.second\n", " third.third.third\r\n"] {
        renew(&path, token);
        assert_eq!(file.token().await.unwrap().expose(), token.trim());
    }
}

#[tokio::test]
async fn a_session_goes_on_with_the_token_that_is_there_now() {
    let scene = Scene::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let workload = scene.workload(TokenFile::new(&path));
    let subject = async |subject: &str| {
        let claims = leapp_testkit::aws::WebIdentityClaims::new(crate::scene::AUDIENCE, subject);
        renew(&path, scene.token(&claims).expose());
        scene.issue(&workload).await.unwrap().metadata().subject.clone().unwrap()
    };
    assert_eq!(subject("pod-1").await, "pod-1");
    assert_eq!(subject("pod-2").await, "pod-2");
}

/// What may be there in a moment is looked for again; what is something else is not.
#[tokio::test]
async fn a_file_without_a_token_is_told_by_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    renew(at("empty"), "\n");
    renew(at("large"), "x".repeat(32 * 1024 + 1));
    renew(at("long"), "x".repeat(20_001));
    renew(at("binary"), [0xff, 0xfe, 0xfd, 0xfc]);
    renew(at("spaced"), format!("{PLANTED} {PLANTED}"));
    for (name, kind, said) in [
        ("absent", ErrorKind::Unavailable, "does not exist"),
        ("empty", ErrorKind::Unavailable, "is empty"),
        (".", ErrorKind::InvalidInput, "is not a regular file"),
        ("large", ErrorKind::InvalidInput, "larger than 32 KiB"),
        ("long", ErrorKind::InvalidInput, "20001 bytes"),
        ("binary", ErrorKind::InvalidInput, "is not text"),
        ("spaced", ErrorKind::InvalidInput, "holds no token"),
    ] {
        let error = TokenFile::new(at(name)).token().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{name}: {error:?}");
        assert!(words(&error).contains(said) && words(&error).contains(name), "{name}: {error:?}");
        assert_clean(text_of(&error), [PLANTED]);
    }
    renew(at("longest"), "x".repeat(20_000));
    TokenFile::new(at("longest")).token().await.unwrap();
}

/// Kubernetes swaps a link to a folder, and a path to a pipe would wait for whoever writes to it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn links_are_followed_and_devices_are_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("..2026"), folder.path().join("token"));
    renew(&real, PLANTED);
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert_eq!(TokenFile::new(&link).token().await.unwrap().expose(), PLANTED);
    let error = TokenFile::new(Path::new("/dev/zero")).token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
