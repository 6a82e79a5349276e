//! A rotation that stops in the middle of any of its operations, as in a process that is killed.

use std::time::Duration;

use leapp_core::aws::Resumed;

use crate::backends::{Stop, StoppingVault, When, stopping};
use crate::scene::Scene;

/// What takes the rotation up again.
#[derive(Clone, Copy, Debug)]
enum Next {
    Resume,
    Rotate,
}

/// Stops a rotation at its n-th operation. False when it has fewer.
async fn stop(scene: &Scene, at: usize, when: When) -> bool {
    let stop = Stop::new(at, when);
    let vault = StoppingVault(scene.vault.clone(), stop.clone());
    let rotation = scene.rotation_over(vault, stopping(scene.aws.http_client(), stop.clone()));
    let is_stopped = tokio::select! {
        biased;
        outcome = scene.run(rotation.rotate()) => {
            outcome.unwrap();
            false
        }
        () = stop.stopped.notified() => true,
    };
    // Whatever happens to whoever began it: the vault holds a key that works.
    let held = scene.held().await;
    let identity = scene.identity(&held).await;
    assert_eq!(identity.as_deref(), Some(scene.alice.as_str()), "operation {at}, stopped {when:?}");
    is_stopped
}

/// Before and after each of its operations; and again while it is taken up.
async fn at_every_operation(propagation: Duration, next: Next) {
    let mut stops = 0;
    for when in [When::Before, When::After] {
        for at in 0.. {
            let scene = Scene::with_key_propagation(propagation).await;
            if !stop(&scene, at, when).await {
                break;
            }
            stops += 1;
            let case = format!("operation {at}, stopped {when:?}, {next:?}");
            println!("{case}");
            match next {
                Next::Resume => drop(scene.run(scene.rotation().resume()).await.unwrap()),
                Next::Rotate => drop(scene.run(scene.rotation().rotate()).await.unwrap()),
            }
            scene.clock.advance(propagation);
            scene.assert_settled(&case).await;
        }
    }
    println!("stopped {stops} times");
    assert!(stops >= 2 * 12, "{stops}");
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_stops_anywhere_is_resumed() {
    at_every_operation(Duration::ZERO, Next::Resume).await;
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_stops_anywhere_is_resumed_while_changes_spread() {
    at_every_operation(Duration::from_secs(10), Next::Resume).await;
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_stops_anywhere_is_taken_up_by_the_next_one() {
    at_every_operation(Duration::from_secs(10), Next::Rotate).await;
}

/// Two in a row, each stopped at another place: what is found is what any of them has left.
#[tokio::test(start_paused = true)]
async fn a_rotation_that_stops_again_and_again_comes_to_its_end() {
    for first in (0..24).step_by(3) {
        for second in (0..24).step_by(2) {
            let scene = Scene::new().await;
            let case = format!("operations {first} and {second}");
            stop(&scene, first, When::After).await;
            stop(&scene, second, When::Before).await;
            scene.run(scene.rotation().resume()).await.unwrap();
            scene.assert_settled(&case).await;
            assert_eq!(scene.run(scene.rotation().resume()).await.unwrap(), Resumed::Nothing, "{case}");
        }
    }
}
