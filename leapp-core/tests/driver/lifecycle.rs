use std::sync::Arc;

use leapp_core::{Change, ErrorKind, Event, SessionState, Started};

use crate::scene::{PATIENCE, Scene, id, is_published, profile, seen};

#[tokio::test]
async fn start_publishes_and_gives_and_stop_takes_it_all_back() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    assert!(matches!(leapp.start(&id("deploy")).await.unwrap(), Started::Active));
    let live = leapp.credentials(&id("deploy")).unwrap();
    let given = live.current().await.unwrap();
    assert_eq!(scene.published("deploy").unwrap().credentials.access_key_id(), given.access_key_id());
    assert_eq!(leapp.status(&id("deploy")).await.unwrap().state, SessionState::Active);
    assert!(scene.published("alice").is_none(), "a source is used, not published");

    leapp.stop(&id("deploy")).await.unwrap();
    assert!(scene.published("deploy").is_none());
    assert_eq!(live.current().await.unwrap_err().kind(), ErrorKind::NotActive);
    leapp.stop(&id("deploy")).await.unwrap();
}

#[tokio::test]
async fn a_profile_changes_hands_in_one_step() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.add(scene.chained("other").with_profile(profile("deploy"))).await.unwrap();
    leapp.start(&id("deploy")).await.unwrap();
    leapp.start(&id("other")).await.unwrap();
    assert_eq!(scene.published("deploy").unwrap().session, Some(id("other")));
    assert_eq!(leapp.status(&id("deploy")).await.unwrap().state, SessionState::Inactive);
    let batches = scene.sink.batches.lock().unwrap();
    assert!(!batches.iter().flatten().any(|change| matches!(change, Change::Withdraw { .. })), "{batches:?}");
}

#[tokio::test]
async fn a_start_that_fails_leaves_the_profile_to_its_holder() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("deploy")).await.unwrap();
    let held = scene.published("deploy").unwrap();
    leapp.add(scene.chained("other").with_profile(profile("deploy"))).await.unwrap();
    scene.aws.delete_role(&scene.role);
    let error = leapp.start(&id("other")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    let still = scene.published("deploy").unwrap();
    assert_eq!(still.credentials.access_key_id(), held.credentials.access_key_id());
    assert_eq!(leapp.status(&id("deploy")).await.unwrap().state, SessionState::Active);
}

#[tokio::test]
async fn what_does_not_exist_is_said_not_to() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    let nobody = id("nobody");
    assert_eq!(leapp.start(&nobody).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(leapp.stop(&nobody).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(leapp.remove(&nobody).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(leapp.status(&nobody).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(leapp.credentials(&nobody).unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_profile_needs_a_sink() {
    let scene = Scene::new().await;
    let leapp = leapp_core::Leapp::builder(scene.vault.clone()).build().unwrap();
    assert_eq!(leapp.add(scene.user()).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert!(leapp.statuses().await.unwrap().is_empty());
}

#[tokio::test]
async fn removal_takes_the_kept_set_and_leaves_the_access_key() {
    use leapp_core::{Vault, VaultItem, VaultKey};
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("alice")).await.unwrap();
    assert_eq!(leapp.remove(&id("alice")).await.unwrap_err().kind(), ErrorKind::InUse);
    leapp.stop(&id("alice")).await.unwrap();
    leapp.remove(&id("deploy")).await.unwrap();
    leapp.remove(&id("alice")).await.unwrap();
    let kept = VaultKey::new(id("alice"), VaultItem::SessionCredentials);
    assert!(scene.vault.get(&kept).await.unwrap().is_none());
    assert!(scene.vault.get(&crate::scene::key_of("alice")).await.unwrap().is_some());
    assert!(leapp.credentials(&id("alice")).is_err());
}

#[tokio::test]
async fn a_caller_that_goes_away_cancels_nothing() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    let mut events = leapp.events();
    let caller = tokio::spawn({
        let leapp = leapp.clone();
        async move { leapp.start(&id("deploy")).await }
    });
    seen(&mut events, |event| matches!(event, Event::Issued { .. })).await;
    caller.abort();
    seen(&mut events, is_published("deploy")).await;
    assert_eq!(leapp.status(&id("deploy")).await.unwrap().state, SessionState::Active);
}

#[tokio::test]
async fn shutdown_takes_everything_out_and_ends_the_engine() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    let mut events = leapp.events();
    leapp.start(&id("alice")).await.unwrap();
    leapp.start(&id("deploy")).await.unwrap();
    leapp.shutdown().await.unwrap();
    assert!(scene.sink.target.profiles().is_empty());
    assert_eq!(leapp.start(&id("alice")).await.unwrap_err().kind(), ErrorKind::Cancelled);
    while events.next().await.is_some() {}
}

#[tokio::test]
async fn a_shutdown_that_leaves_something_behind_says_why() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("alice")).await.unwrap();
    let failure = leapp_core::Error::new(ErrorKind::Unavailable, "the disk is full");
    *scene.sink.failure.lock().unwrap() = Some(failure);
    let error = leapp.shutdown().await.unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Unavailable, "the disk is full"));
}

#[tokio::test]
async fn when_the_last_handle_is_gone_everything_is_taken_out() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    let mut events = leapp.events();
    leapp.start(&id("deploy")).await.unwrap();
    let live = leapp.credentials(&id("deploy")).unwrap();
    drop(leapp);
    live.current().await.unwrap();
    drop(live);
    while events.next().await.is_some() {}
    assert!(scene.sink.target.profiles().is_empty());
}

#[tokio::test]
async fn a_provider_that_panics_fails_alone() {
    use async_trait::async_trait;
    use leapp_core::{
        Error, IssueRequest, Issued, Principal, Refresh, Session, SessionKind, SessionProvider,
    };

    #[derive(Debug)]
    struct Panics;

    #[async_trait]
    impl SessionProvider for Panics {
        fn kind(&self) -> SessionKind {
            SessionKind::new("panics", Principal::User, Refresh::Rotate)
        }

        async fn issue(&self, _: &IssueRequest<'_>) -> Result<Issued, Error> {
            panic!("a bug in somebody's provider")
        }
    }

    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.add(Session::new(id("panics"), Panics)).await.unwrap();
    let error = leapp.start(&id("panics")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("`panics`"), "{error}");
    leapp.start(&id("deploy")).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_panics_when_it_is_asked_what_it_is_fails_its_caller_alone() {
    use async_trait::async_trait;
    use leapp_core::{Error, IssueRequest, Issued, Session, SessionKind, SessionProvider};

    #[derive(Debug)]
    struct Nameless;

    #[async_trait]
    impl SessionProvider for Nameless {
        fn kind(&self) -> SessionKind {
            panic!("a bug in somebody's provider")
        }

        async fn issue(&self, _: &IssueRequest<'_>) -> Result<Issued, Error> {
            Err(Error::new(ErrorKind::Unsupported, "never asked"))
        }
    }

    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    let caller = leapp.clone();
    let added = tokio::spawn(async move { caller.add(Session::new(id("nameless"), Nameless)).await });
    assert!(added.await.unwrap_err().is_panic());
    leapp.start(&id("deploy")).await.unwrap();
    assert_eq!(leapp.status(&id("nameless")).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let error = leapp_core::Leapp::builder(Arc::new(leapp_core::MemoryVault::new())).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_stop_that_is_overtaken_by_a_start_is_told_so() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("deploy")).await.unwrap();
    *scene.sink.failure.lock().unwrap() = Some(leapp_core::Error::new(ErrorKind::Busy, "held by another"));
    assert_eq!(leapp.stop(&id("deploy")).await.unwrap_err().kind(), ErrorKind::Busy);
    *scene.sink.failure.lock().unwrap() = None;
    let deploy = id("deploy");
    // Both are asked for before the engine's task runs, in this order: the start finds the session being stopped.
    let both = async { tokio::join!(biased; leapp.stop(&deploy), leapp.start(&deploy)) };
    let (stopped, started) = tokio::time::timeout(PATIENCE, both).await.expect("both come to an end");
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
    assert!(matches!(started.unwrap(), Started::Active));
    leapp.start(&id("deploy")).await.unwrap();
    assert!(scene.published("deploy").is_some());
}

#[tokio::test]
async fn a_shutdown_after_which_something_is_still_published_is_no_success() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("alice")).await.unwrap();
    *scene.sink.failure.lock().unwrap() = Some(leapp_core::Error::new(ErrorKind::Corrupt, "cannot be read"));
    assert_eq!(leapp.shutdown().await.unwrap_err().kind(), ErrorKind::Corrupt);
}

#[tokio::test]
async fn what_is_being_stopped_gives_nothing_any_more() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("alice")).await.unwrap();
    let live = leapp.credentials(&id("alice")).unwrap();
    *scene.sink.failure.lock().unwrap() = Some(leapp_core::Error::new(ErrorKind::Busy, "held by another"));
    leapp.stop(&id("alice")).await.unwrap_err();
    assert_eq!(live.current().await.unwrap_err().kind(), ErrorKind::NotActive);
}
