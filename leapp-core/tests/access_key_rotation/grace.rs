//! Something happens between the moment when the vault has the new key and the end of the old one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use leapp_core::aws::{AccessKeyRotation, KeyRole, Resumed, RotatedKey};
use leapp_core::{AccessKey, Error, ErrorKind, Vault, VaultItem};
use leapp_testkit::aws::Fault;

use crate::backends::rewriting;
use crate::happy::mfa_set;
use crate::scene::{Scene, cause, place};
use crate::stops::{is_under_way, key_with};

/// A rotation, and what somebody does as soon as the vault has the new key.
async fn rotated_while(
    scene: &Scene,
    rotation: AccessKeyRotation,
    act: impl AsyncFn(&AccessKey),
) -> Result<RotatedKey, Error> {
    let somebody = async {
        loop {
            let held = scene.held().await;
            if held.access_key_id() != scene.key.access_key_id() {
                return act(&held).await;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let (outcome, ()) = tokio::join!(scene.run(rotation.rotate()), somebody);
    outcome
}

/// Nothing was deleted: the old key works, and what is under way is kept.
async fn assert_old_key_lives(scene: &Scene) {
    assert_eq!(scene.calls("DeleteAccessKey"), 0);
    assert_eq!(scene.identity(&scene.key).await.as_deref(), Some(scene.alice.as_str()));
    assert!(is_under_way(scene).await);
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_does_not_hold_the_new_key_keeps_the_old_one_alive() {
    let scene = Scene::new().await;
    let error = rotated_while(&scene, scene.rotation(), async |_| {
        scene.vault.put(&place(VaultItem::AccessKey), &scene.key.to_record()).await.unwrap();
    });
    let error = error.await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Busy);
    assert_eq!(cause(&error), "alice/access-key was replaced in the vault while it was rotated");
    assert_old_key_lives(&scene).await;
    let resumed = scene.run(scene.rotation().resume()).await.unwrap();
    assert!(matches!(resumed, Resumed::Finished(_)), "{resumed:?}");
    scene.assert_settled("put back").await;
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_holds_somebody_elses_key_by_then_keeps_the_old_one_alive() {
    let scene = Scene::new().await;
    let bobs = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, "bob"));
    let error = rotated_while(&scene, scene.rotation(), async |_| {
        scene.vault.put(&place(VaultItem::AccessKey), &bobs.to_record()).await.unwrap();
    });
    let error = error.await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Busy);
    assert_old_key_lives(&scene).await;
    let resumed = scene.run(scene.rotation().resume()).await.unwrap();
    assert!(matches!(resumed, Resumed::RolledBack { deleted: Some(_) }), "{resumed:?}");
    assert_eq!(scene.held().await.access_key_id(), bobs.access_key_id());
    assert!(scene.identity(&scene.key).await.is_some(), "alice has a key left");
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_was_emptied_by_then_keeps_the_old_key_alive() {
    let scene = Scene::new().await;
    let error = rotated_while(&scene, scene.rotation(), async |_| {
        scene.vault.delete(&place(VaultItem::AccessKey)).await.unwrap();
    });

    assert_eq!(error.await.unwrap_err().kind(), ErrorKind::Busy);
    assert_old_key_lives(&scene).await;
}

/// A rotation whose calls to IAM the key itself signs, or a set that was obtained with it and MFA.
async fn signed(scene: &Scene, has_mfa: bool) -> AccessKeyRotation {
    let rotation = scene.rotation();
    if has_mfa { rotation.with_session_credentials(mfa_set(scene).await) } else { rotation }
}

/// A set with MFA goes on signing, whatever became of the key.
#[tokio::test(start_paused = true)]
async fn a_new_key_that_is_deleted_meanwhile_gives_way_to_the_old_one() {
    for has_mfa in [false, true] {
        let scene = Scene::new().await;
        let rotation = signed(&scene, has_mfa).await;
        let error = rotated_while(&scene, rotation.clone(), async |new| {
            scene.aws.delete_access_key(new.access_key_id());
        });
        let error = error.await.unwrap_err();

        let old = scene.key.access_key_id();
        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{has_mfa}");
        assert!(error.to_string().ends_with(&format!("; {old} is back in the vault")), "{error}");
        assert_eq!(scene.held().await.access_key_id(), old);
        assert_old_key_lives(&scene).await;
        let resumed = scene.run(rotation.resume()).await.unwrap();
        assert_eq!(resumed, Resumed::RolledBack { deleted: None });
        scene.assert_settled("given up").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_key_that_is_put_out_of_use_meanwhile_gives_way_to_the_old_one() {
    for has_mfa in [false, true] {
        let scene = Scene::new().await;
        let rotation = signed(&scene, has_mfa).await;
        let error = rotated_while(&scene, rotation.clone(), async |new| {
            scene.aws.deactivate_access_key(new.access_key_id());
        });
        let error = error.await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{has_mfa}");
        assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id());
        assert_old_key_lives(&scene).await;
        // It is not promoted again, and goes when somebody says so.
        let new = key_with(&scene, KeyRole::Successor).await;
        let error = scene.run(rotation.resume()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id());
        scene.run(rotation.delete_key(&new)).await.unwrap();
        scene.assert_settled("told").await;
    }
}

/// That has not spread to STS, and IAM knows of it.
#[tokio::test(start_paused = true)]
async fn a_new_key_that_iam_lists_as_inactive_gives_way_to_the_old_one() {
    let scene = Scene::new().await;
    let error = rotated_while(&scene, scene.rotation(), async |new| {
        let _ = scene.aws.clone().with_key_propagation(Duration::from_secs(3600));
        scene.aws.deactivate_access_key(new.access_key_id());
    });
    let error = error.await.unwrap_err();

    assert!(cause(&error).starts_with("IAM has put out of use access key "), "{error:?}");
    assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id());
    assert_old_key_lives(&scene).await;
    // And it is not relied on again, as long as it is.
    let error = scene.run(scene.rotation().resume()).await.unwrap_err();
    assert!(cause(&error).ends_with(" is inactive"), "{error:?}");
    assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id());
}

/// AWS does not do this; whoever stands on the way could.
#[tokio::test(start_paused = true)]
async fn a_new_key_that_is_another_users_by_then_does_not_end_the_old_one() {
    let scene = Scene::new().await;
    let http = rewriting(scene.aws.http_client(), "GetCallerIdentity", |text| {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        // One before it was made, two before it took the old one's place.
        let is_before = COUNT.fetch_add(1, Ordering::SeqCst) < 3;
        if is_before { text.to_owned() } else { text.replace("<UserId>AIDA", "<UserId>AIDB") }
    });

    let error = scene.run(scene.rotation_over(scene.vault.clone(), http).rotate()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(cause(&error).contains(" is that of "), "{error:?}");
    assert_old_key_lives(&scene).await;
    scene.run(scene.rotation().resume()).await.unwrap();
    scene.assert_settled("nobody on the way").await;
}

/// Its end has not spread to STS, and IAM knows of it.
#[tokio::test(start_paused = true)]
async fn a_new_key_that_iam_does_not_list_any_more_gives_way_to_the_old_one() {
    let scene = Scene::new().await;
    let error = rotated_while(&scene, scene.rotation(), async |new| {
        let _ = scene.aws.clone().with_key_propagation(Duration::from_secs(3600));
        let elsewhere = std::sync::Arc::new(leapp_core::MemoryVault::new());
        elsewhere.put(&place(VaultItem::AccessKey), &scene.key.to_record()).await.unwrap();
        let rotation = scene.rotation_over(elsewhere, scene.aws.http_client());
        let rotation = rotation.with_coordinator(leapp_core::LocalCoordinator::new());
        rotation.delete_key(new.access_key_id()).await.unwrap();
    });
    let error = error.await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(cause(&error).starts_with("IAM does not list access key "), "{error:?}");
    assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id());
    assert_eq!(scene.calls("DeleteAccessKey"), 1, "the person's");
}

/// A process that ended in the grace, and a new key that died while nobody looked.
#[tokio::test(start_paused = true)]
async fn a_new_key_that_died_before_it_was_taken_up_gives_way_to_the_old_one() {
    let scene = crate::stops::stopped_with(KeyRole::Replaced).await;
    scene.aws.delete_access_key(scene.held().await.access_key_id());

    let error = scene.run(scene.rotation().resume()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id());
    scene.run(scene.rotation().resume()).await.unwrap();
    scene.assert_settled("given up").await;
}

#[tokio::test(start_paused = true)]
async fn an_error_says_where_the_rotation_stands() {
    let scene = Scene::new().await;
    scene.aws.fail_next_of("DeleteAccessKey", Fault::AccessDenied, 1);

    let error = scene.run(scene.rotation().rotate()).await.unwrap_err();

    let (old, new) = (scene.key.access_key_id(), scene.held().await);
    let new = new.access_key_id();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(
        error.to_string(),
        format!("access key {new} took the place of {old} for session `alice`; {old} is not deleted yet")
    );
    assert_eq!(cause(&error), "DeleteAccessKey for session `alice` was refused");
}

/// The session's set is over by the time the old key is to go.
#[tokio::test(start_paused = true)]
async fn a_set_that_ends_meanwhile_is_said_and_the_next_one_ends_it() {
    let scene = Scene::new().await;
    let rotation = scene.rotation().with_session_credentials(mfa_set(&scene).await);
    let rotation = rotation.with_grace(Duration::from_secs(36 * 3600));

    let error = scene.run(rotation.rotate()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Expired);
    assert!(error.to_string().ends_with(" is not deleted yet"), "{error}");
    assert!(scene.identity(&scene.key).await.is_some());
    scene.run(scene.rotation().resume()).await.unwrap();
    scene.assert_settled("ended").await;
}
