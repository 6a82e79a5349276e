//! Whose a key is: a user stays the same one under another name, and another user's key is never the rotation's.

use std::time::Duration;

use leapp_core::aws::{KeyRole, Resumed};
use leapp_core::{ErrorKind, Vault, VaultItem};

use crate::backends::rewriting;
use crate::happy::mfa_set;
use crate::scene::{Scene, cause, place};
use crate::stops::{is_under_way, key_with, roles, stopped_where, stopped_with};

#[tokio::test(start_paused = true)]
async fn a_user_that_was_renamed_or_moved_is_the_same_one() {
    for role in [KeyRole::Lost, KeyRole::Successor, KeyRole::Replaced] {
        for name in ["alicia", "team/alice"] {
            let mut scene = stopped_with(role).await;
            scene.alice = scene.aws.rename_user(&scene.alice, name);

            scene.run(scene.rotation().resume()).await.unwrap();

            scene.assert_settled(&format!("{role:?} {name}")).await;
        }
    }
}

/// What was alice's name is somebody else's by now.
#[tokio::test(start_paused = true)]
async fn a_successor_is_deleted_under_its_users_present_name() {
    let scene = stopped_with(KeyRole::Successor).await;
    let new = key_with(&scene, KeyRole::Successor).await;
    let alicia = scene.aws.rename_user(&scene.alice, "alicia");
    let bobs = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, "alice"));
    scene.vault.put(&place(VaultItem::AccessKey), &bobs.to_record()).await.unwrap();

    let resumed = scene.run(scene.rotation().resume()).await.unwrap();

    assert_eq!(resumed, Resumed::RolledBack { deleted: Some(new) });
    assert_eq!(scene.identity(&scene.key).await.as_deref(), Some(alicia.as_str()));
    assert!(!is_under_way(&scene).await);
}

#[tokio::test(start_paused = true)]
async fn a_rotation_is_over_when_a_person_deletes_its_old_key() {
    let scene = stopped_with(KeyRole::Replaced).await;

    scene.run(scene.rotation().delete_key(scene.key.access_key_id())).await.unwrap();

    scene.assert_settled("told").await;
}

/// The old one was deleted, and the process killed before it noted that.
#[tokio::test(start_paused = true)]
async fn a_users_last_key_is_not_deleted_before_somebody_says_so() {
    let scene = stopped_where(Duration::ZERO, async |scene| scene.calls("DeleteAccessKey") > 0).await;
    let new = scene.held().await;
    let bobs = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, "bob"));
    scene.vault.put(&place(VaultItem::AccessKey), &bobs.to_record()).await.unwrap();

    for _ in 0..2 {
        let error = scene.run(scene.rotation().rotate()).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::InUse);
        for id in [scene.key.access_key_id(), new.access_key_id()] {
            assert!(error.to_string().contains(id.as_str()), "{error}");
        }
        assert_eq!(scene.identity(&new).await.as_deref(), Some(scene.alice.as_str()));
    }

    scene.run(scene.rotation().delete_key(new.access_key_id())).await.unwrap();
    assert_eq!(scene.identity(&new).await, None);
    assert!(!is_under_way(&scene).await);
    scene.run(scene.rotation().rotate()).await.unwrap();
}

/// Its user's other key is no use, so it is the last one that is.
#[tokio::test(start_paused = true)]
async fn a_users_last_active_key_is_not_deleted_either() {
    let scene = stopped_with(KeyRole::Successor).await;
    scene.aws.deactivate_access_key(scene.key.access_key_id());
    let bobs = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, "bob"));
    scene.vault.put(&place(VaultItem::AccessKey), &bobs.to_record()).await.unwrap();

    let error = scene.run(scene.rotation().resume()).await.unwrap_err();

    assert_eq!((error.kind(), scene.calls("DeleteAccessKey")), (ErrorKind::InUse, 0));
}

#[tokio::test(start_paused = true)]
async fn a_successor_that_is_gone_keeps_nobody_from_the_next_rotation() {
    let scene = stopped_with(KeyRole::Successor).await;
    scene.aws.delete_access_key(&key_with(&scene, KeyRole::Successor).await);
    let bobs = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, "bob"));
    scene.vault.put(&place(VaultItem::AccessKey), &bobs.to_record()).await.unwrap();

    let resumed = scene.run(scene.rotation().resume()).await.unwrap();

    assert_eq!(resumed, Resumed::RolledBack { deleted: None });
    assert!(!is_under_way(&scene).await);
}

#[tokio::test(start_paused = true)]
async fn a_successor_is_deleted_by_the_session_that_signs() {
    let scene = stopped_with(KeyRole::Successor).await;
    let set = mfa_set(&scene).await;
    let bobs = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, "bob"));
    scene.vault.put(&place(VaultItem::AccessKey), &bobs.to_record()).await.unwrap();

    scene.run(scene.rotation().with_session_credentials(set.clone()).resume()).await.unwrap();

    let requests = scene.aws.requests();
    let deletion = requests.iter().find(|request| request.action() == "DeleteAccessKey").unwrap();
    assert_eq!(deletion.access_key_id(), Some(set.access_key_id()));
}

/// Whoever signs has to be the user whose key it is.
#[tokio::test(start_paused = true)]
async fn a_successor_is_not_deleted_by_somebody_elses_session() {
    let mut scene = stopped_with(KeyRole::Successor).await;
    let bob = scene.aws.add_user(&scene.account, "bob");
    let bobs = scene.aws.add_access_key(&bob);
    scene.vault.put(&place(VaultItem::AccessKey), &bobs.to_record()).await.unwrap();
    let alice = std::mem::replace(&mut scene.alice, bob);
    let set = mfa_set(&scene).await;
    scene.alice = alice;

    let error = scene.run(scene.rotation().with_session_credentials(set).resume()).await.unwrap_err();

    assert_eq!((error.kind(), scene.calls("DeleteAccessKey")), (ErrorKind::InvalidInput, 0));
    assert!(is_under_way(&scene).await);
}

/// The vault's key is of the same user, and no rotation's.
#[tokio::test(start_paused = true)]
async fn a_key_that_was_to_be_replaced_and_is_not_is_nobodys() {
    let scene = stopped_with(KeyRole::Successor).await;
    scene.aws.delete_access_key(&key_with(&scene, KeyRole::Successor).await);
    let by_hand = scene.aws.add_access_key(&scene.alice);
    scene.vault.put(&place(VaultItem::AccessKey), &by_hand.to_record()).await.unwrap();

    assert_eq!(roles(&scene).await, [KeyRole::Other, KeyRole::InVault]);
}

/// AWS does not do this; whoever stands on the way could.
#[tokio::test(start_paused = true)]
async fn a_new_key_that_is_another_users_is_not_kept() {
    let scene = Scene::new().await;
    let http = rewriting(scene.aws.http_client(), "GetCallerIdentity", |text| {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let is_first = COUNT.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        if is_first { text.to_owned() } else { text.replace("<UserId>AIDA", "<UserId>AIDB") }
    });

    let error = scene.run(scene.rotation_over(scene.vault.clone(), http).rotate()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Service);
    assert!(cause(&error).contains(" is that of "), "{error:?}");
    assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id());
    assert!(scene.identity(&scene.key).await.is_some());
}

/// The same where the one that nobody knows was asked for by the old one.
#[tokio::test(start_paused = true)]
async fn a_lost_key_is_not_called_so_where_the_old_one_is_not_held() {
    let scene = stopped_with(KeyRole::Lost).await;
    scene.aws.delete_access_key(scene.key.access_key_id());
    let by_hand = scene.aws.add_access_key(&scene.alice);
    scene.vault.put(&place(VaultItem::AccessKey), &by_hand.to_record()).await.unwrap();

    assert_eq!(roles(&scene).await, [KeyRole::Other, KeyRole::InVault]);
}

#[tokio::test(start_paused = true)]
async fn a_rotation_is_over_when_its_new_key_is_told_to_go_and_is_gone() {
    let scene = stopped_with(KeyRole::Successor).await;
    let new = key_with(&scene, KeyRole::Successor).await;
    scene.aws.delete_access_key(&new);
    let by_hand = scene.aws.add_access_key(&scene.alice);
    scene.vault.put(&place(VaultItem::AccessKey), &by_hand.to_record()).await.unwrap();

    let error = scene.run(scene.rotation().delete_key(&new)).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(!is_under_way(&scene).await);
    assert!(scene.identity(&scene.key).await.is_some());
}
