//! A start, seen from its caller: what it finds, what it is refused, what it puts into the profile.

use leapp_core::aws::GetSessionToken;
use leapp_core::{ErrorKind, Leapp, Region, Session, SessionState, SessionStatus, Started, Vault};

use crate::scene::{Scene, code, id, key_of, profile};

#[tokio::test]
async fn what_was_just_added_is_inactive_and_has_nothing_yet() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    for session in ["alice", "deploy"] {
        let SessionStatus { state, expiration, is_refreshing, next_attempt, error, challenge, .. } =
            leapp.status(&id(session)).await.unwrap();
        assert_eq!(state, SessionState::Inactive);
        assert_eq!((expiration, is_refreshing, next_attempt), (None, false, None));
        assert!(error.is_none() && challenge.is_none());
    }
    assert!(scene.aws.requests().is_empty(), "nothing is called before somebody asks for it");
    assert!(scene.sink.batches.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_region_of_a_session_stands_beside_its_credentials() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    let region = Region::parse("eu-central-1").unwrap();
    leapp.add(scene.chained("there").with_region(region.clone())).await.unwrap();
    leapp.start(&id("there")).await.unwrap();
    leapp.start(&id("deploy")).await.unwrap();
    assert_eq!(scene.published("there").unwrap().region, Some(region));
    assert_eq!(scene.published("deploy").unwrap().region, None, "nobody named one");
}

/// Whose turn it is, the one that was asked for first decides; the other one may be asked for again.
#[tokio::test]
async fn a_profile_that_is_being_taken_is_refused_to_the_next_before_anything_is_done() {
    let scene = Scene::new().await;
    let leapp = scene.builder().build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    bob(&scene, &leapp).await;
    assert!(matches!(leapp.start(&id("alice")).await.unwrap(), Started::NeedsAnswer(_)));

    let error = leapp.start(&id("bob")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InUse);
    assert!(error.to_string().contains("`alice`") && error.to_string().contains("`bob`"), "{error}");
    let status = leapp.status(&id("bob")).await.unwrap();
    assert_eq!(
        (status.state, status.is_refreshing, status.next_attempt),
        (SessionState::Inactive, false, None)
    );
    assert_eq!(leapp.status(&id("alice")).await.unwrap().state, SessionState::Pending);
    assert_eq!((scene.calls("GetSessionToken"), scene.sink.batches.lock().unwrap().len()), (0, 0));

    assert!(matches!(leapp.answer(&id("alice"), code(&scene)).await.unwrap(), Started::Active));
    assert_eq!(scene.published("alice").unwrap().session, Some(id("alice")));
    // It is not being taken any more: now it changes hands.
    assert!(matches!(leapp.start(&id("bob")).await.unwrap(), Started::Active));
    assert_eq!(scene.published("alice").unwrap().session, Some(id("bob")));
}

/// Another user, on the profile `alice`.
async fn bob(scene: &Scene, leapp: &Leapp) {
    let key = scene.vault.get(&key_of("alice")).await.unwrap().unwrap();
    scene.vault.put(&key_of("bob"), &key).await.unwrap();
    let session = Session::new(id("bob"), GetSessionToken::new(scene.sts()));
    leapp.add(session.with_profile(profile("alice"))).await.unwrap();
}
