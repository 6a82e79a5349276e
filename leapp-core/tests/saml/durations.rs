//! How long a session lasts: what is asked for, what the identity provider allows, what the role allows.

use std::time::Duration;

use leapp_core::ErrorKind;

use crate::scene::{Scene, set};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn it_is_the_least_of_what_is_asked_for_and_of_what_the_identity_provider_allows() {
    let scene = Scene::new();
    for (asked, session_duration, session_end, expected) in [
        (3600, None, None, 3600),
        (43_200, None, None, 43_200),
        (900, None, None, 900),
        (7200, Some("5400"), None, 5400),
        (7200, Some("10800"), None, 7200),
        (7200, None, Some(4000), 4000),
        (7200, None, Some(8000), 7200),
        (7200, Some("5400"), Some(4000), 4000),
        (7200, Some("900"), Some(900), 900),
    ] {
        let before = scene.calls();
        let provider = scene.provider().with_duration(Duration::from_secs(asked)).unwrap();
        let spec = session_duration
            .into_iter()
            .fold(scene.one_role(), |spec, text| spec.with_session_duration(text));
        let spec = session_end
            .into_iter()
            .fold(spec, |spec, seconds| spec.with_session_not_on_or_after(scene.after(seconds)));
        let set = set(scene.redeem(&provider, &spec).await);
        assert_eq!(scene.life(&set), expected, "{asked} {session_duration:?} {session_end:?}");
        let reduced_from = (expected < asked).then(|| Duration::from_secs(asked));
        assert_eq!(set.metadata().reduced_from, reduced_from);
        assert_eq!(scene.calls(), before + 1);
    }
}

#[tokio::test]
async fn a_role_that_allows_less_gives_an_hour_at_the_second_call_and_that_is_said() {
    let scene = Scene::new();
    let provider = scene.provider().with_role(scene.ops.clone()).with_duration(2 * HOUR).unwrap();
    let set = set(scene.redeem(&provider, &scene.two_roles()).await);
    assert_eq!(scene.life(&set), 3600);
    assert_eq!(set.metadata().reduced_from, Some(2 * HOUR));
    assert_eq!(scene.calls(), 2);
}

/// The neighbour: whatever else is refused is refused once.
#[tokio::test]
async fn another_refusal_is_no_reason_for_a_second_call() {
    let scene = Scene::new();
    let provider = scene.provider().with_role(scene.ops.clone()).with_duration(2 * HOUR).unwrap();
    let spec = scene.two_roles().with_audience(Some("urn:else"));
    assert!(scene.redeem(&provider, &spec).await.is_err());
    assert_eq!(scene.calls(), 1);
}

#[tokio::test]
async fn a_login_that_has_ended_is_said_to_before_any_call() {
    let scene = Scene::new();
    let spec = scene.one_role().with_session_not_on_or_after(scene.now());
    let error = scene.redeem(&scene.provider(), &spec).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired);
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.contains("has ended") && why.contains("log in again"), "{why}");
    assert_eq!(scene.calls(), 0);
}

#[tokio::test]
async fn a_login_that_ends_within_a_quarter_of_an_hour_still_gives_what_is_left() {
    for left in [1, 600, 899, 900] {
        let scene = Scene::new();
        let spec = scene.one_role().with_session_not_on_or_after(scene.after(left));
        let set = set(scene.redeem(&scene.provider(), &spec).await);
        assert_eq!(set.expiration(), scene.after(left), "AWS ends the session with the login");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_at_once() {
    let scene = Scene::new();
    for (seconds, is_allowed) in [(899, false), (900, true), (43_200, true), (43_201, false)] {
        let provider = scene.provider().with_duration(Duration::from_secs(seconds));
        assert_eq!(provider.is_ok(), is_allowed, "{seconds}");
    }
    for (text, is_allowed) in
        [("899", false), ("900", true), ("43200", true), ("43201", false), ("1h", false)]
    {
        let issued = scene.redeem(&scene.provider(), &scene.one_role().with_session_duration(text)).await;
        assert_eq!(issued.is_ok(), is_allowed, "{text}");
    }
}
