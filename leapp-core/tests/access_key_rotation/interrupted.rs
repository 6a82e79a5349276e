//! A rotation that stops in the middle of any of its operations, as in a process that is killed.

use std::time::Duration;

use leapp_core::aws::{AccessKeyRotation, KeyRole, Resumed};

use crate::backends::When;
use crate::happy::mfa_set;
use crate::scene::Scene;
use crate::stops::{key_with, stopped, stopped_with};

const SPREADING: Duration = Duration::from_secs(10);

/// What takes the rotation up again.
#[derive(Clone, Copy, Debug)]
enum Next {
    Resume,
    Rotate,
}

/// Whatever happens to whoever began it: the vault holds a key that works.
async fn assert_works(scene: &Scene, case: &str) {
    let held = scene.held().await;
    assert_eq!(scene.identity(&held).await.as_deref(), Some(scene.alice.as_str()), "{case}");
}

async fn rotate(rotation: &AccessKeyRotation) {
    rotation.rotate().await.unwrap();
}

async fn resume(rotation: &AccessKeyRotation) {
    rotation.resume().await.unwrap();
}

/// Stops a rotation at its n-th operation. False when it has fewer.
async fn stop(scene: &Scene, at: usize, when: When) -> bool {
    let is_stopped = stopped(scene, None, (at, when), rotate).await;
    assert_works(scene, &format!("operation {at}, stopped {when:?}")).await;
    is_stopped
}

/// Before and after each of its operations; and again while it is taken up.
async fn at_every_operation(propagation: Duration, has_mfa: bool, next: Next) {
    let mut stops = 0;
    for when in [When::Before, When::After] {
        for at in 0.. {
            let scene = Scene::with_key_propagation(propagation).await;
            let set = if has_mfa { Some(mfa_set(&scene).await) } else { None };
            let is_stopped = stopped(&scene, set.as_ref(), (at, when), rotate).await;
            let case = format!("operation {at}, stopped {when:?}, {next:?}");
            assert_works(&scene, &case).await;
            if !is_stopped {
                break;
            }
            stops += 1;
            let mut rotation = scene.rotation();
            if let Some(set) = set {
                rotation = rotation.with_session_credentials(set);
            }
            match next {
                Next::Resume => scene.run(resume(&rotation)).await,
                Next::Rotate => scene.run(rotate(&rotation)).await,
            }
            scene.clock.advance(propagation);
            scene.assert_settled(&case).await;
        }
    }
    println!("stopped {stops} times");
    assert!(stops >= 2 * 25, "{stops}");
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_stops_anywhere_is_resumed() {
    at_every_operation(Duration::ZERO, false, Next::Resume).await;
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_stops_anywhere_is_resumed_while_changes_spread() {
    at_every_operation(SPREADING, false, Next::Resume).await;
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_stops_anywhere_is_taken_up_by_the_next_one() {
    at_every_operation(SPREADING, false, Next::Rotate).await;
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_a_session_with_mfa_signs_is_resumed_wherever_it_stops() {
    at_every_operation(SPREADING, true, Next::Resume).await;
}

/// Two in a row, each stopped at another place: what is found is what any of them has left.
#[tokio::test(start_paused = true)]
async fn a_rotation_that_stops_again_and_again_comes_to_its_end() {
    for first in (0..40).step_by(3) {
        for second in (0..40).step_by(4) {
            let propagation = if first % 2 == 0 { Duration::ZERO } else { SPREADING };
            let scene = Scene::with_key_propagation(propagation).await;
            let case = format!("operations {first} and {second}");
            stop(&scene, first, When::After).await;
            stop(&scene, second + first % 4, When::Before).await;
            scene.run(scene.rotation().resume()).await.unwrap();
            scene.clock.advance(propagation);
            scene.assert_settled(&case).await;
            assert_eq!(scene.run(scene.rotation().resume()).await.unwrap(), Resumed::Nothing, "{case}");
        }
    }
}

/// Each of the states that a rotation can leave, and a stop anywhere in what takes it up.
#[tokio::test(start_paused = true)]
async fn what_takes_a_rotation_up_may_stop_anywhere_too() {
    for role in [KeyRole::Lost, KeyRole::Successor, KeyRole::Replaced] {
        for when in [When::Before, When::After] {
            for at in 0.. {
                let (scene, case) = (stopped_with(role).await, format!("{role:?}, operation {at}, {when:?}"));
                let is_stopped = stopped(&scene, None, (at, when), resume).await;
                assert_works(&scene, &case).await;
                scene.run(scene.rotation().resume()).await.unwrap();
                scene.assert_settled(&case).await;
                if !is_stopped {
                    assert!(at >= 8, "{case}");
                    break;
                }
            }
        }
    }
}

/// The key that is deleted is the new one, or the old one: what is left over is taken up, or was told to be over.
#[tokio::test(start_paused = true)]
async fn a_key_that_is_being_deleted_as_told_may_stop_anywhere_too() {
    for role in [KeyRole::Successor, KeyRole::Replaced] {
        for propagation in [Duration::ZERO, SPREADING] {
            for when in [When::Before, When::After] {
                for at in 0.. {
                    let scene = stopped_with(role).await;
                    let _ = scene.aws.clone().with_key_propagation(propagation);
                    let case = format!("{role:?}, operation {at}, stopped {when:?}, {propagation:?}");
                    let id = key_with(&scene, role).await;
                    let delete = async |rotation: &AccessKeyRotation| rotation.delete_key(&id).await.unwrap();
                    let is_stopped = stopped(&scene, None, (at, when), delete).await;
                    assert_works(&scene, &case).await;
                    let has_deleted = scene.calls("DeleteAccessKey") > 0;
                    scene.run(scene.rotation().resume()).await.unwrap();
                    scene.clock.advance(propagation);
                    scene.assert_settled(&case).await;
                    if has_deleted {
                        assert_ne!(scene.held().await.access_key_id(), &id, "{case}");
                    }
                    if !is_stopped {
                        assert!(at >= 6, "{case}");
                        break;
                    }
                }
            }
        }
    }
}
