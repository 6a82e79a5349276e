use leapp_core::{ErrorKind, Event, SessionState};
use leapp_testkit::aws::Fault;

use crate::scene::{HOUR, MINUTE, Scene, id, is_published, seen};

#[tokio::test]
async fn a_role_is_rotated_within_20_minutes_and_its_user_is_not_asked() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("deploy")).await.unwrap();
    let first = scene.published("deploy").unwrap();
    let mut events = leapp.events();
    scene.clock.advance(20 * MINUTE);
    seen(&mut events, is_published("deploy")).await;
    let second = scene.published("deploy").unwrap();
    assert_ne!(first.credentials.access_key_id(), second.credentials.access_key_id());
    assert_eq!((scene.calls("GetSessionToken"), scene.calls("AssumeRole")), (1, 2));
}

#[tokio::test]
async fn an_outage_takes_nothing_away() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("deploy")).await.unwrap();
    let live = leapp.credentials(&id("deploy")).unwrap();
    let held = live.current().await.unwrap();
    let mut events = leapp.events();
    scene.aws.outage(true);
    scene.clock.advance(20 * MINUTE);
    for _ in 0..5 {
        let event = seen(&mut events, |event| matches!(event, Event::RefreshFailed { .. })).await;
        let Event::RefreshFailed { error, next_attempt, .. } = event else { unreachable!() };
        assert_eq!(error.kind(), ErrorKind::Unreachable);
        assert!(next_attempt.is_some());
        assert_eq!(live.current().await.unwrap().access_key_id(), held.access_key_id());
        assert!(scene.published("deploy").is_some());
        scene.clock.advance(MINUTE);
    }
    scene.aws.outage(false);
    scene.clock.advance(MINUTE);
    seen(&mut events, is_published("deploy")).await;
    assert_ne!(live.current().await.unwrap().access_key_id(), held.access_key_id());
}

#[tokio::test]
async fn every_failure_that_can_pass_is_outlived() {
    for fault in
        [Fault::Throttle, Fault::ServerError, Fault::Unavailable, Fault::ConnectionDropped, Fault::AnswerLost]
    {
        let scene = Scene::new().await;
        let leapp = scene.leapp().await;
        leapp.start(&id("deploy")).await.unwrap();
        let mut events = leapp.events();
        scene.aws.fail_next(fault, 3);
        scene.clock.advance(20 * MINUTE);
        for _ in 0..3 {
            seen(&mut events, |event| matches!(event, Event::RefreshFailed { next_attempt: Some(_), .. }))
                .await;
            assert_eq!(leapp.status(&id("deploy")).await.unwrap().state, SessionState::Active);
            scene.clock.advance(MINUTE);
        }
        seen(&mut events, is_published("deploy")).await;
    }
}

#[tokio::test]
async fn a_night_asleep_is_made_up_for_within_a_second_of_waking() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("deploy")).await.unwrap();
    let mut events = leapp.events();
    scene.clock.suspend(8 * HOUR);
    // One beat awake, in which the jump is found, and one in which what is due is spread.
    scene.clock.advance(std::time::Duration::from_secs(1));
    seen(&mut events, |event| matches!(event, Event::Woke { .. })).await;
    scene.clock.advance(std::time::Duration::from_secs(1));
    seen(&mut events, is_published("deploy")).await;
    assert_eq!(leapp.status(&id("deploy")).await.unwrap().state, SessionState::Active);
}

#[tokio::test]
async fn a_refresh_that_is_asked_for_is_made_and_its_failure_said() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    assert_eq!(leapp.refresh(&id("deploy")).await.unwrap_err().kind(), ErrorKind::NotActive);
    leapp.start(&id("deploy")).await.unwrap();
    let live = leapp.credentials(&id("deploy")).unwrap();
    let first = live.current().await.unwrap();
    scene.aws.outage(true);
    assert_eq!(leapp.refresh(&id("deploy")).await.unwrap_err().kind(), ErrorKind::Unreachable);
    assert_eq!(live.current().await.unwrap().access_key_id(), first.access_key_id());
    scene.aws.outage(false);
    leapp.refresh(&id("deploy")).await.unwrap();
    assert_ne!(live.current().await.unwrap().access_key_id(), first.access_key_id());
}

#[tokio::test]
async fn a_profile_that_cannot_be_written_is_written_when_it_can() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("deploy")).await.unwrap();
    let first = scene.published("deploy").unwrap();
    let mut events = leapp.events();
    *scene.sink.failure.lock().unwrap() =
        Some(leapp_core::Error::new(ErrorKind::Unavailable, "the disk is full"));
    scene.clock.advance(20 * MINUTE);
    seen(&mut events, |event| matches!(event, Event::SinkFailed { next_attempt: Some(_), .. })).await;
    let still = scene.published("deploy").unwrap();
    assert_eq!(still.credentials.access_key_id(), first.credentials.access_key_id());
    *scene.sink.failure.lock().unwrap() = None;
    scene.clock.advance(MINUTE);
    seen(&mut events, is_published("deploy")).await;
}
