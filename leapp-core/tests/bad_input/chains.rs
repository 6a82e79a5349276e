//! Roles whose source is missing, is the role itself, or is a role that allows an hour only.

use std::time::Duration;

use leapp_core::aws::{AssumeRole, GetSessionToken};
use leapp_core::{ErrorKind, RoleArn, Session, SessionState, Started};
use leapp_testkit::aws::RoleSpec;

use crate::scene::{Scene, session};

const TWO_HOURS: Duration = Duration::from_secs(7200);

fn role(scene: &Scene, name: &str) -> RoleArn {
    scene.aws.add_role(RoleSpec::new(&scene.account, name).with_max_session_duration(TWO_HOURS))
}

fn assumed(scene: &Scene, name: &str, source: &str) -> Session {
    Session::new(session(name), AssumeRole::new(scene.sts(), session(source), role(scene, name)))
}

#[tokio::test]
async fn role_chaining_for_more_than_an_hour_is_refused_before_the_call() {
    let scene = Scene::new().await;
    let provider = AssumeRole::new(scene.sts(), session("first"), role(&scene, "second"));
    let second = Session::new(session("second"), provider.with_duration(TWO_HOURS).unwrap());
    scene.leapp.add_all(vec![assumed(&scene, "first", "alice"), second]).await.unwrap();
    let error = scene.leapp.start(&session("second")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RoleChainingLimit);
    for part in ["3600", "7200", "`first`", "`second`"] {
        assert!(error.to_string().contains(part), "no {part} in: {error}");
    }
    assert!(scene.aws.requests().is_empty(), "nor is its source's: nobody is asked for a code in vain");
    assert_eq!(scene.leapp.status(&session("second")).await.unwrap().state, SessionState::Inactive);
}

/// The bound is role chaining's, not the duration's: from a user the same two hours are given.
#[tokio::test]
async fn two_hours_from_a_user_and_one_from_a_role_are_given() {
    let scene = Scene::new().await;
    let provider = AssumeRole::new(scene.sts(), session("alice"), role(&scene, "first"));
    let first = Session::new(session("first"), provider.with_duration(TWO_HOURS).unwrap());
    let provider = AssumeRole::new(scene.sts(), session("first"), role(&scene, "second"));
    let second = Session::new(session("second"), provider.with_duration(Duration::from_secs(3600)).unwrap());
    scene.leapp.add_all(vec![first, second]).await.unwrap();
    for name in ["first", "second"] {
        assert!(matches!(scene.leapp.start(&session(name)).await.unwrap(), Started::Active), "{name}");
    }
}

#[tokio::test]
async fn a_source_that_does_not_exist_is_refused_by_name_and_nothing_is_added() {
    let scene = Scene::new().await;
    let sessions = vec![
        Session::new(session("carol"), GetSessionToken::new(scene.sts())),
        assumed(&scene, "first", "alice"),
        assumed(&scene, "second", "ghost"),
    ];
    let error = scene.leapp.add_all(sessions).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("`ghost`") && error.to_string().contains("`second`"), "{error}");
    for name in ["carol", "first", "second"] {
        let kind = scene.leapp.status(&session(name)).await.unwrap_err().kind();
        assert_eq!(kind, ErrorKind::NotFound, "{name} was added");
    }
}

#[tokio::test]
async fn a_circle_is_refused_by_name_and_nothing_is_added() {
    for circle in [&["a"][..], &["a", "b"], &["a", "b", "c"]] {
        let scene = Scene::new().await;
        let sources = circle.iter().cycle().skip(1);
        let sessions = circle.iter().zip(sources).map(|(name, source)| assumed(&scene, name, source));
        let error = scene.leapp.add_all(sessions.collect()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        for name in circle {
            assert!(error.to_string().contains(&format!("`{name}`")), "no {name} in: {error}");
            let kind = scene.leapp.status(&session(name)).await.unwrap_err().kind();
            assert_eq!(kind, ErrorKind::NotFound, "{name} was added");
        }
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused() {
    let scene = Scene::new().await;
    let error = scene.leapp.add(assumed(&scene, "alice", "bob")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    let twice = vec![assumed(&scene, "first", "bob"), assumed(&scene, "first", "alice")];
    assert_eq!(scene.leapp.add_all(twice).await.unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(scene.leapp.status(&session("first")).await.unwrap_err().kind(), ErrorKind::NotFound);
}
