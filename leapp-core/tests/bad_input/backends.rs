//! A vault or a sink that fails, at the start and at a refresh: a typed error, and nothing is taken away.

use std::time::Duration;

use leapp_core::{
    AccessKeyId, ErrorKind, Event, Secret, SessionCredentials, SessionId, SessionState, Started,
};

use crate::scene::{Scene, profile, session};

#[tokio::test]
async fn a_vault_locked_at_the_start() {
    let mut scene = Scene::new().await;
    scene.leapp.start(&session("alice")).await.unwrap();
    let before = scene.published().unwrap();
    scene.vault.fail(ErrorKind::Locked);
    let error = scene.leapp.start(&session("bob")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    assert!(error.needs_person());
    scene.until(|event| matches!(event, Event::StartFailed { .. })).await;
    assert_eq!(state(&scene, "bob").await, SessionState::Inactive);
    assert_eq!(state(&scene, "alice").await, SessionState::Active);
    assert_eq!(scene.published().unwrap(), before, "alice's set stays in the profile");
    assert_eq!(scene.given("alice").await, before);
    scene.vault.mend();
    assert!(matches!(scene.leapp.start(&session("bob")).await.unwrap(), Started::Active));
    assert_ne!(scene.published().unwrap(), before, "bob's set has taken its place");
}

#[tokio::test]
async fn a_vault_locked_at_a_refresh() {
    let mut scene = Scene::new().await;
    scene.leapp.start(&session("alice")).await.unwrap();
    let before = scene.published().unwrap();
    scene.vault.fail(ErrorKind::Locked);
    let error = scene.leapp.refresh(&session("alice")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    scene.until(|event| matches!(event, Event::RefreshFailed { .. })).await;
    assert_eq!(scene.given("alice").await, before);
    assert_eq!(scene.published().unwrap(), before);
    let status = scene.leapp.status(&session("alice")).await.unwrap();
    assert_eq!(status.state, SessionState::Active);
    assert_eq!(status.error.unwrap().kind(), ErrorKind::Locked);
    assert!(
        status.next_attempt.is_none(),
        "a person must unlock it first: trying again would only ask them again"
    );
    scene.vault.mend();
    scene.leapp.refresh(&session("alice")).await.unwrap();
    assert_ne!(scene.given("alice").await, before);
}

/// A read-only file, and a profile that somebody else has written meanwhile.
#[tokio::test]
async fn a_sink_that_fails_at_a_start() {
    for kind in [ErrorKind::Unavailable, ErrorKind::NotOurs, ErrorKind::Corrupt] {
        let mut scene = Scene::new().await;
        scene.leapp.start(&session("alice")).await.unwrap();
        let before = scene.published().unwrap();
        scene.sink.fail(kind);
        let error = scene.leapp.start(&session("bob")).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        scene.until(|event| matches!(event, Event::StartFailed { .. })).await;
        assert_eq!(state(&scene, "bob").await, SessionState::Inactive, "{kind:?}");
        assert_eq!(state(&scene, "alice").await, SessionState::Active, "{kind:?}");
        assert_eq!(scene.published().unwrap(), before, "{kind:?}");
        assert_eq!(scene.given("alice").await, before, "{kind:?}");
    }
}

#[tokio::test]
async fn a_sink_that_fails_at_a_refresh() {
    for kind in [ErrorKind::Unavailable, ErrorKind::NotOurs, ErrorKind::Corrupt] {
        let mut scene = Scene::new().await;
        scene.leapp.start(&session("alice")).await.unwrap();
        let before = scene.published().unwrap();
        scene.sink.fail(kind);
        scene.leapp.refresh(&session("alice")).await.unwrap();
        let event = scene.until(|event| matches!(event, Event::SinkFailed { .. })).await;
        let Event::SinkFailed { error, next_attempt, .. } = event else { unreachable!() };
        assert_eq!(error.kind(), kind);
        assert_eq!(next_attempt.is_some(), error.is_retryable(), "{kind:?}");
        assert_eq!(scene.published().unwrap(), before, "what is in the profile stays there");
        assert_ne!(scene.given("alice").await, before, "who asks the handle has the new set");
        assert_eq!(state(&scene, "alice").await, SessionState::Active, "{kind:?}");
        scene.sink.mend();
        scene.leapp.refresh(&session("alice")).await.unwrap();
        scene.until(|event| matches!(event, Event::Published { .. })).await;
        assert_eq!(scene.published().unwrap(), scene.given("alice").await);
    }
}

#[tokio::test]
async fn a_profile_that_a_person_wrote_is_left_to_them() {
    let scene = Scene::new().await;
    scene.sink.inner.write_by_hand(profile(), by_hand());
    let error = scene.leapp.start(&session("alice")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotOurs);
    assert!(error.to_string().contains("`default`"), "{error}");
    scene.leapp.stop(&session("alice")).await.unwrap();
    scene.leapp.shutdown().await.unwrap();
    assert_eq!(&scene.published().unwrap(), by_hand().access_key_id());
}

/// A vault that opens and has no access key in it: not locked, not a reason to try again.
#[tokio::test]
async fn an_access_key_that_is_not_there() {
    let scene = Scene::new().await;
    let carol = session("carol");
    let provider = leapp_core::aws::GetSessionToken::new(scene.sts());
    scene.leapp.add(leapp_core::Session::new(carol.clone(), provider)).await.unwrap();
    let error = scene.leapp.start(&carol).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("`carol`"), "{error}");
    assert!(scene.aws.requests().is_empty());
}

async fn state(scene: &Scene, name: &str) -> SessionState {
    let name: SessionId = session(name);
    scene.leapp.status(&name).await.unwrap().state
}

fn by_hand() -> SessionCredentials {
    let id = AccessKeyId::parse("ASIAWRITTENBYHAND000").unwrap();
    let expiration = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_003_600);
    SessionCredentials::new(id, Secret::new("by hand"), Secret::new("by hand"), expiration).unwrap()
}
