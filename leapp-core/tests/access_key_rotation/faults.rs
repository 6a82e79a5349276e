//! Each call fails in each way, once or for good.

use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use leapp_core::aws::RotatedKey;
use leapp_core::{Error, ErrorKind};
use leapp_testkit::aws::Fault;

use crate::backends::{Faulty, faulty};
use crate::scene::Scene;

const FAULTS: [Fault; 13] = [
    Fault::AccessDenied,
    Fault::AnswerLost,
    Fault::ConnectionDropped,
    Fault::CutShort,
    Fault::Delay(Duration::from_secs(3)),
    Fault::Duplicated,
    Fault::ExpiredToken,
    Fault::Hang,
    Fault::Oversized,
    Fault::ServerError,
    Fault::Throttle,
    Fault::Truncated,
    Fault::Unavailable,
];
/// The calls of a rotation: the action, and how many of that action come before it.
const CALLS: [(&str, usize); 9] = [
    ("GetCallerIdentity", 0),
    ("ListAccessKeys", 0),
    ("CreateAccessKey", 0),
    ("GetCallerIdentity", 1),
    ("GetCallerIdentity", 2),
    ("ListAccessKeys", 1),
    ("GetCallerIdentity", 3),
    ("ListAccessKeys", 2),
    ("DeleteAccessKey", 0),
];

/// A rotation in which one call fails; the vault holds a key that works, whatever came of it.
async fn rotate(
    scene: &Scene,
    call: (&'static str, usize),
    fault: Fault,
    times: usize,
) -> Result<RotatedKey, Error> {
    let (action, from) = call;
    let http =
        faulty(Faulty { aws: scene.aws.clone(), action, fault, from, times, count: AtomicUsize::new(0) });
    let outcome = scene.run(scene.rotation_over(scene.vault.clone(), http).rotate()).await;
    let held = scene.held().await;
    assert_eq!(
        scene.identity(&held).await.as_deref(),
        Some(scene.alice.as_str()),
        "{call:?} {fault:?} x {times}"
    );
    outcome
}

/// The SDK, which asks STS, takes no offence at what does not belong to an answer and follows it.
fn is_harmless(call: (&str, usize), fault: Fault) -> bool {
    let is_sts = call.0 == "GetCallerIdentity";
    matches!(fault, Fault::Delay(_)) || is_sts && matches!(fault, Fault::Duplicated | Fault::Oversized)
}

#[tokio::test(start_paused = true)]
async fn whatever_fails_once_a_working_key_stays_and_the_next_run_ends_it() {
    for call in CALLS {
        for fault in FAULTS {
            let (scene, case) = (Scene::new().await, format!("{call:?} {fault:?}"));
            let outcome = rotate(&scene, call, fault, 1).await;
            println!("{case}: {outcome:?}");
            let is_before = matches!(call, (_, 0)) && call.0 != "DeleteAccessKey";
            // Once the new key is made, what passes by itself is waited for.
            let is_final = match call.0 {
                "DeleteAccessKey" | "ListAccessKeys" => {
                    matches!(fault, Fault::AccessDenied | Fault::ExpiredToken)
                }
                _ => fault == Fault::ExpiredToken,
            };
            let succeeds = is_harmless(call, fault) || !is_before && !is_final;
            assert_eq!(outcome.is_ok(), succeeds, "{case}");
            if is_before && !succeeds {
                // Nothing is left of it: a key whose answer was lost is gone already.
                assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id(), "{case}");
                scene.assert_settled(&case).await;
            }
            scene.run(scene.rotation().resume()).await.unwrap();
            scene.assert_settled(&case).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_fails_for_good_a_working_key_stays_and_the_next_run_ends_it() {
    for call in CALLS {
        for fault in FAULTS.into_iter().filter(|fault| !is_harmless(call, *fault)) {
            let (scene, case) = (Scene::new().await, format!("{call:?} {fault:?}"));
            let outcome = rotate(&scene, call, fault, usize::MAX).await;
            println!("{case}: {outcome:?}");
            // An answer that is lost every time is no obstacle to a deletion, which is done the first time.
            let is_done_unseen = call.0 == "DeleteAccessKey"
                && matches!(
                    fault,
                    Fault::AnswerLost
                        | Fault::CutShort
                        | Fault::Duplicated
                        | Fault::Hang
                        | Fault::Oversized
                        | Fault::Truncated
                );
            assert!(outcome.is_err() || is_done_unseen, "{case}");
            scene.run(scene.rotation().resume()).await.unwrap();
            scene.assert_settled(&case).await;
        }
    }
}

/// The network goes away after each call, and what was begun is taken up when it is back.
#[tokio::test(start_paused = true)]
async fn an_outage_that_begins_anywhere_is_survived() {
    for calls in 0..6 {
        let scene = Scene::new().await;
        let outage = async {
            while scene.aws.requests().len() < calls {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            scene.aws.outage(true);
        };
        let rotation = scene.rotation();
        let (outcome, ()) = tokio::join!(scene.run(rotation.rotate()), outage);
        scene.aws.outage(false);
        println!("{calls} calls: {outcome:?}");
        if let Err(error) = outcome {
            assert!(matches!(error.kind(), ErrorKind::Unreachable | ErrorKind::Service), "{error:?}");
        }
        assert!(scene.identity(&scene.held().await).await.is_some(), "{calls}");
        scene.run(scene.rotation().resume()).await.unwrap();
        scene.assert_settled(&format!("{calls} calls")).await;
    }
}
