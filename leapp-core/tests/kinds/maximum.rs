//! A role that allows less than was asked for: an hour is asked for once more, and what came of it is said.

use leapp_core::ErrorKind;
use leapp_testkit::aws::{Fault, RoleSpec};

use crate::scene::{HOUR, Scene};

#[tokio::test]
async fn a_role_that_allows_less_is_asked_once_more_for_an_hour() {
    let scene = Scene::new().await;
    let spec = RoleSpec::new(&scene.account, "Deploy").with_max_session_duration(2 * HOUR);
    let role = scene.role(spec).with_duration(4 * HOUR).unwrap();

    let set = scene.issue_from_user(&role).await.unwrap();

    assert_eq!(scene.calls("AssumeRole"), 2);
    assert_eq!(set.remaining_at(scene.aws.requests()[0].at()), HOUR);
    assert_eq!(set.metadata().reduced_from, Some(4 * HOUR));
}

/// An MFA code is good for one request: an attempt with one could never succeed if each began with what is refused.
#[tokio::test]
async fn what_the_role_allows_is_found_out_once() {
    let scene = Scene::new().await;
    let role = scene.role(RoleSpec::new(&scene.account, "Deploy")).with_duration(4 * HOUR).unwrap();

    for calls in [2, 3] {
        let set = scene.issue_from_user(&role).await.unwrap();
        assert_eq!((scene.calls("AssumeRole"), set.metadata().reduced_from), (calls, Some(4 * HOUR)));
    }
    let anew = role.with_duration(2 * HOUR).unwrap();
    scene.issue_from_user(&anew).await.unwrap();
    assert_eq!(scene.calls("AssumeRole"), 5, "another duration is tried for itself");
}

#[tokio::test]
async fn what_the_role_allows_is_not_reduced() {
    let scene = Scene::new().await;
    let spec = RoleSpec::new(&scene.account, "Deploy").with_max_session_duration(4 * HOUR);
    let role = scene.role(spec).with_duration(4 * HOUR).unwrap();

    let set = scene.issue_from_user(&role).await.unwrap();

    assert_eq!((scene.calls("AssumeRole"), set.metadata().reduced_from), (1, None));
    assert_eq!(set.remaining_at(scene.aws.requests()[0].at()), 4 * HOUR);
}

#[tokio::test]
async fn nothing_else_that_is_refused_is_asked_for_again() {
    let scene = Scene::new().await;
    let denying = RoleSpec::new(&scene.account, "Deploy").requiring_mfa();
    let role = scene.role(denying).with_duration(4 * HOUR).unwrap();
    scene.issue_from_user(&role).await.unwrap_err();
    // The second call is an attempt's last, whatever comes of it.
    let calls = scene.calls("AssumeRole");
    assert_eq!(calls, 2, "the duration is looked at before MFA");

    let role = scene.role(RoleSpec::new(&scene.account, "Other")).with_duration(4 * HOUR).unwrap();
    scene.aws.fail_next_of("AssumeRole", Fault::Throttle, 1);
    assert_eq!(scene.issue_from_user(&role).await.unwrap_err().kind(), ErrorKind::Throttled);
    assert_eq!(scene.calls("AssumeRole"), calls + 1);
}

#[tokio::test]
async fn a_web_identity_is_asked_once_more_as_well() {
    let scene = Scene::new().await;
    let token = scene.token(&scene.claims());
    let workload = scene.workload(token).with_duration(12 * HOUR).unwrap();

    for calls in [2, 3] {
        let set = scene.issue(&workload).await.unwrap();
        assert_eq!(scene.calls("AssumeRoleWithWebIdentity"), calls);
        assert_eq!(set.metadata().reduced_from, Some(12 * HOUR));
        assert_eq!(set.remaining_at(scene.aws.requests()[0].at()), HOUR);
    }
}
