//! Several who would rotate at once, and what those find who waited.

use std::time::Duration;

use leapp_core::aws::{KeyRole, Resumed};
use leapp_core::{ErrorKind, SessionId, Vault, VaultItem, VaultKey};

use crate::scene::{Scene, place};
use crate::stops::{is_under_way, key_with, stopped_with};

/// A key that takes ten seconds to spread leaves time to come in between.
async fn slow() -> Scene {
    Scene::with_key_propagation(Duration::from_secs(10)).await
}

async fn once_it_is_made(scene: &Scene) {
    while scene.calls("GetCallerIdentity") < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn two_tasks_make_one_rotation() {
    for in_the_grace in [false, true] {
        let scene = slow().await;
        let (first, second) = (scene.rotation(), scene.rotation());
        let waiting = async {
            let is_promoted = async || scene.held().await.access_key_id() != scene.key.access_key_id();
            while in_the_grace && !is_promoted().await {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            second.rotate().await
        };

        let (first, second) = scene.run(async { tokio::join!(first.rotate(), waiting) }).await;

        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!((&first.old, &first.new), (&second.old, &second.new));
        assert_eq!((first.is_by_another, second.is_by_another), (false, true));
        assert_eq!(scene.calls("CreateAccessKey"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_somebody_put_there_is_no_rotations() {
    let scene = slow().await;
    let bobs = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, "bob"));
    let (first, second) = (scene.rotation(), scene.rotation());
    let somebody = async {
        once_it_is_made(&scene).await;
        scene.vault.put(&place(VaultItem::AccessKey), &bobs.to_record()).await.unwrap();
    };

    let (first, second, ()) =
        scene.run(async { tokio::join!(first.rotate(), second.rotate(), somebody) }).await;

    assert_eq!(first.unwrap_err().kind(), ErrorKind::Busy);
    let error = second.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert!(error.to_string().contains(bobs.access_key_id().as_str()), "{error}");
    assert!(scene.identity(&scene.key).await.is_some());
}

/// It is the same user's, and the key that was to be rotated is there still.
#[tokio::test(start_paused = true)]
async fn a_key_beside_the_old_one_is_no_rotations() {
    let scene = slow().await;
    let (first, second) = (scene.rotation(), scene.rotation());
    let somebody = async {
        once_it_is_made(&scene).await;
        let new = scene.aws.requests().into_iter().find_map(|request| {
            let id = request.access_key_id()?.clone();
            (id != *scene.key.access_key_id()).then_some(id)
        });
        scene.aws.delete_access_key(&new.unwrap());
        let by_hand = scene.aws.add_access_key(&scene.alice);
        scene.vault.put(&place(VaultItem::AccessKey), &by_hand.to_record()).await.unwrap();
        by_hand
    };

    let (first, second, by_hand) =
        scene.run(async { tokio::join!(first.rotate(), second.rotate(), somebody) }).await;

    first.unwrap_err();
    assert_eq!(second.unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(scene.held().await.access_key_id(), by_hand.access_key_id());
    assert!(scene.identity(&scene.key).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_is_under_way_is_not_taken_up_beside_it() {
    let scene = slow().await;
    let (rotation, other) = (scene.rotation(), scene.rotation());
    let waiting = async {
        once_it_is_made(&scene).await;
        other.resume().await
    };

    let (rotated, resumed) = scene.run(async { tokio::join!(rotation.rotate(), waiting) }).await;

    assert!(!rotated.unwrap().is_by_another);
    assert_eq!(resumed.unwrap(), Resumed::Nothing);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_not_deleted_in_the_middle_of_a_rotation() {
    let scene = slow().await;
    let (rotation, other) = (scene.rotation(), scene.rotation());
    let waiting = async {
        once_it_is_made(&scene).await;
        let new = key_with(&scene, KeyRole::Successor).await;
        other.delete_key(&new).await
    };

    let (rotated, deleted) = scene.run(async { tokio::join!(rotation.rotate(), waiting) }).await;

    rotated.unwrap();
    assert_eq!(deleted.unwrap_err().kind(), ErrorKind::InvalidInput, "the vault holds it by then");
}

/// They share a key, and so its two places at IAM.
#[tokio::test(start_paused = true)]
async fn two_sessions_that_hold_one_key_take_turns() {
    let scene = slow().await;
    let ci = SessionId::parse("alice-ci").unwrap();
    let copy = VaultKey::new(ci.clone(), VaultItem::AccessKey);
    scene.vault.put(&copy, &scene.key.to_record()).await.unwrap();
    let (rotation, for_ci) = (scene.rotation(), scene.rotation_of(ci));
    let waiting = async {
        once_it_is_made(&scene).await;
        for_ci.rotate().await
    };

    let (rotated, of_ci) = scene.run(async { tokio::join!(rotation.rotate(), waiting) }).await;

    rotated.unwrap();
    let error = of_ci.unwrap_err();
    assert_ne!(error.kind(), ErrorKind::InUse, "it waited until there was room: {error:?}");
    assert_eq!(scene.calls("CreateAccessKey"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_another_version_has_begun_is_said_and_forgotten_when_told() {
    let scene = stopped_with(KeyRole::Replaced).await;
    let record = leapp_core::Secret::new("leapp access key rotation 1\n1900000000\nhunter2\n");
    scene.vault.put(&place(VaultItem::AccessKeyRotation), &record).await.unwrap();

    for error in [
        scene.run(scene.rotation().rotate()).await.unwrap_err(),
        scene.run(scene.rotation().resume()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("`delete_key`") && !format!("{error:?}").contains("hunter2"));
    }
    let other = key_with(&scene, KeyRole::Other).await;
    scene.run(scene.rotation().delete_key(&other)).await.unwrap();

    assert!(!is_under_way(&scene).await);
    scene.assert_settled("told").await;
}
