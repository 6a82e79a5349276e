//! What was left behind is known for what it is, and nothing else is deleted.

use std::time::Duration;

use leapp_core::aws::{KeyRole, Resumed};
use leapp_core::{ErrorKind, Secret, Vault, VaultItem};

use crate::scene::{Scene, place};
use crate::stops::{roles, stopped_before_it_asked, stopped_with};

#[tokio::test(start_paused = true)]
async fn a_key_whose_secret_nobody_knows_is_found_and_deleted() {
    let scene = stopped_with(KeyRole::Lost).await;
    assert_eq!(roles(&scene).await, [KeyRole::InVault, KeyRole::Lost]);
    let lost = scene.listed().await[1].clone();

    let resumed = scene.run(scene.rotation().resume()).await.unwrap();

    assert_eq!(resumed, Resumed::RolledBack { deleted: Some(lost) });
    scene.assert_settled("lost").await;
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_used_is_somebodys() {
    // The rotation was about to ask for a key when somebody made one by hand, and used it.
    let scene = stopped_before_it_asked().await;
    let by_hand = scene.aws.add_access_key(&scene.alice);
    assert!(scene.identity(&by_hand).await.is_some());
    assert_eq!(roles(&scene).await, [KeyRole::InVault, KeyRole::Other]);

    let resumed = scene.run(scene.rotation().resume()).await.unwrap();

    assert_eq!(resumed, Resumed::RolledBack { deleted: None });
    assert!(scene.identity(&by_hand).await.is_some());
    let error = scene.run(scene.rotation().rotate()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InUse);
}

#[tokio::test(start_paused = true)]
async fn a_key_of_another_hour_is_somebodys() {
    let scene = stopped_before_it_asked().await;
    scene.clock.advance(Duration::from_secs(3600));
    let by_hand = scene.aws.add_access_key(&scene.alice);

    let resumed = scene.run(scene.rotation().resume()).await.unwrap();

    assert_eq!(resumed, Resumed::RolledBack { deleted: None });
    assert_eq!(scene.listed().await.last(), Some(by_hand.access_key_id()));
}

/// What cannot be told from a key in use is neither deleted nor forgotten.
#[tokio::test(start_paused = true)]
async fn where_iam_does_not_say_whether_a_key_was_used_it_stays_until_it_does() {
    let scene = stopped_with(KeyRole::Lost).await;
    scene.aws.fail_next_of("GetAccessKeyLastUsed", leapp_testkit::aws::Fault::AccessDenied, 1);

    let error = scene.run(scene.rotation().resume()).await.unwrap_err();

    assert_eq!(error.to_string(), "GetAccessKeyLastUsed for session `alice` was refused");
    assert_eq!(scene.listed().await.len(), 2);
    scene.run(scene.rotation().resume()).await.unwrap();
    scene.assert_settled("said").await;
}

#[tokio::test(start_paused = true)]
async fn the_successor_and_the_replaced_one_are_told_apart() {
    for (role, at) in [(KeyRole::Successor, [1, 0]), (KeyRole::Replaced, [0, 1])] {
        let scene = stopped_with(role).await;
        let status = scene.run(scene.rotation().status()).await.unwrap();
        assert!(status.is_under_way);
        let [other, held] = at.map(|at| &status.keys[at]);
        assert_eq!((other.role, held.role), (role, KeyRole::InVault));
        assert_eq!(scene.held().await.access_key_id(), &held.access_key_id);

        let resumed = scene.run(scene.rotation().resume()).await.unwrap();

        let Resumed::Finished(rotated) = resumed else { panic!("{role:?}: {resumed:?}") };
        assert_eq!(rotated.old, *scene.key.access_key_id());
        scene.assert_settled(&format!("{role:?}")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_key_that_somebody_deleted_is_given_up() {
    let scene = stopped_with(KeyRole::Successor).await;
    assert_eq!(roles(&scene).await, [KeyRole::InVault, KeyRole::Successor]);
    let new = scene.listed().await[1].clone();
    scene.aws.delete_access_key(&new);

    let resumed = scene.run(scene.rotation().resume()).await.unwrap();

    assert_eq!(resumed, Resumed::RolledBack { deleted: None });
    assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id());
    scene.assert_settled("given up").await;
}

/// IAM lists it no more, and STS takes it until that has spread.
#[tokio::test(start_paused = true)]
async fn a_new_key_whose_end_has_not_spread_is_not_relied_on() {
    let scene = stopped_with(KeyRole::Successor).await;
    let new = scene.listed().await[1].clone();
    let _ = scene.aws.clone().with_key_propagation(Duration::from_secs(3600));
    let elsewhere = std::sync::Arc::new(leapp_core::MemoryVault::new());
    elsewhere.put(&place(VaultItem::AccessKey), &scene.key.to_record()).await.unwrap();
    scene.run(scene.rotation_over(elsewhere, scene.aws.http_client()).delete_key(&new)).await.unwrap();

    let resumed = scene.run(scene.rotation().resume()).await.unwrap();

    assert_eq!(resumed, Resumed::RolledBack { deleted: None });
    scene.assert_settled("given up").await;
}

/// The old one was deleted by a person, so the new one is all there is.
#[tokio::test(start_paused = true)]
async fn a_new_key_takes_the_place_of_an_old_one_that_is_gone() {
    let scene = stopped_with(KeyRole::Successor).await;
    scene.aws.delete_access_key(scene.key.access_key_id());

    let resumed = scene.run(scene.rotation().resume()).await.unwrap();

    assert!(matches!(resumed, Resumed::Finished(_)), "{resumed:?}");
    scene.assert_settled("taken").await;
}

#[tokio::test(start_paused = true)]
async fn a_successor_goes_when_a_person_says_so() {
    let scene = stopped_with(KeyRole::Successor).await;
    let new = scene.listed().await[1].clone();

    scene.run(scene.rotation().delete_key(&new)).await.unwrap();

    scene.assert_settled("said so").await;
}

/// A host that puts another key in the vault meanwhile has the last word.
#[tokio::test(start_paused = true)]
async fn a_key_that_was_put_in_the_vault_meanwhile_stays() {
    let scene = stopped_with(KeyRole::Successor).await;
    let bobs = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, "bob"));
    scene.vault.put(&place(VaultItem::AccessKey), &bobs.to_record()).await.unwrap();

    let resumed = scene.run(scene.rotation().resume()).await.unwrap();

    assert!(matches!(resumed, Resumed::RolledBack { deleted: Some(_) }), "{resumed:?}");
    assert_eq!(scene.held().await.access_key_id(), bobs.access_key_id());
    assert!(
        scene.identity(&scene.key).await.is_some(),
        "the old one was replaced by a person, not by this library"
    );
    assert!(scene.vault.get(&place(VaultItem::AccessKeyRotation)).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_of_a_rotation_keeps_nobody_from_the_next() {
    let scene = Scene::new().await;
    scene.vault.put(&place(VaultItem::AccessKeyRotation), &Secret::new("garbage")).await.unwrap();

    scene.run(scene.rotation().rotate()).await.unwrap();

    scene.assert_settled("garbage").await;
}
