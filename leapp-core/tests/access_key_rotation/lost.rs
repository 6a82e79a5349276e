//! A key that was asked for and whose answer never came, and keys that only look like it.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use leapp_core::aws::{AccessKeyRotation, KeyRole, Resumed};
use leapp_core::{ErrorKind, SessionId, Vault, VaultItem, VaultKey};

use crate::backends::{Asking, Created, Kept, creating, rewriting, undated};
use crate::scene::{Scene, place};
use crate::stops::{is_under_way, key_with, roles, stopped_before_it_asked, stopped_with};

#[tokio::test(start_paused = true)]
async fn a_key_that_a_person_makes_minutes_later_is_not_taken_for_a_lost_one() {
    for seconds in [31, 5 * 60] {
        let scene = stopped_before_it_asked().await;
        scene.clock.advance(Duration::from_secs(seconds));
        let by_hand = scene.aws.add_access_key(&scene.alice);
        assert_eq!(roles(&scene).await, [KeyRole::InVault, KeyRole::Other], "{seconds}");

        let error = scene.run(scene.rotation().rotate()).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::InUse, "{seconds}");
        assert!(scene.identity(&by_hand).await.is_some(), "{seconds}");
    }
}

/// Without AWS's time it cannot be told when the key was made, by the same clock.
#[tokio::test(start_paused = true)]
async fn where_aws_does_not_say_what_time_it_is_nothing_is_guessed() {
    let scene = Scene::new().await;
    let http = undated(scene.aws.http_client());
    scene.aws.fail_next_of("CreateAccessKey", leapp_testkit::aws::Fault::AnswerLost, 1);
    let rotation = scene.rotation_over(scene.vault.clone(), http);
    scene.run(rotation.rotate()).await.unwrap_err();
    let lost = key_with(&scene, KeyRole::Other).await;

    let error = scene.run(rotation.resume()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::InUse);
    for id in [scene.key.access_key_id(), &lost] {
        assert!(error.to_string().contains(id.as_str()), "{error}");
    }
    assert!(scene.listed().await.contains(&lost) && is_under_way(&scene).await);
    scene.run(rotation.delete_key(&lost)).await.unwrap();
    scene.run(rotation.resume()).await.unwrap();
    scene.assert_settled("told").await;
}

/// IAM gets to it when its caller has given up waiting.
#[tokio::test(start_paused = true)]
async fn a_key_that_is_made_after_its_call_has_ended_is_found() {
    let (scene, kept) = (Scene::new().await, Kept::default());
    let http = creating(scene.aws.http_client(), Created::Late(scene.clock.clone()), kept.clone());
    let rotation = scene.rotation_over(scene.vault.clone(), http);
    let iam = async {
        while scene.calls("ListAccessKeys") < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        kept.deliver().await;
    };

    let (outcome, ()) = tokio::join!(scene.run(rotation.rotate()), iam);

    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Service);
    assert_eq!(scene.calls("DeleteAccessKey"), 1);
    scene.assert_settled("late").await;
}

/// The time that counts is that of the call, not of the moment before a person was asked to open the vault.
#[tokio::test(start_paused = true)]
async fn a_lost_key_is_found_however_long_the_vault_took() {
    let scene = Scene::new().await;
    scene.aws.fail_next_of("CreateAccessKey", leapp_testkit::aws::Fault::AnswerLost, 1);
    let vault =
        Asking { vault: scene.vault.clone(), clock: scene.clock.clone(), is_open: AtomicBool::new(false) };

    scene.run(scene.rotation_over(vault, scene.aws.http_client()).rotate()).await.unwrap_err();

    assert_eq!(scene.calls("DeleteAccessKey"), 1);
    scene.assert_settled("asked").await;
}

/// What was made shows in the list a little later.
#[tokio::test(start_paused = true)]
async fn a_lost_key_that_is_listed_late_is_found() {
    let scene = Scene::new().await;
    let _ = scene.aws.clone().with_key_list_delay(Duration::from_secs(15));
    scene.aws.fail_next_of("CreateAccessKey", leapp_testkit::aws::Fault::AnswerLost, 1);

    scene.run(scene.rotation().rotate()).await.unwrap_err();

    assert_eq!(scene.calls("DeleteAccessKey"), 1);
    scene.clock.advance(Duration::from_secs(15));
    scene.assert_settled("listed late").await;
}

#[tokio::test(start_paused = true)]
async fn a_network_that_goes_down_before_the_answer_is_no_proof_that_nothing_was_made() {
    let scene = Scene::new().await;
    let http = creating(scene.aws.http_client(), Created::NetworkDown, Kept::default());

    let error = scene.run(scene.rotation_over(scene.vault.clone(), http).rotate()).await.unwrap_err();

    assert_eq!((error.kind(), scene.calls("CreateAccessKey")), (ErrorKind::Unreachable, 1));
    scene.assert_settled("down").await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_the_service_is_no_proof_that_nothing_was_made() {
    let scene = Scene::new().await;
    scene.aws.fail_next_of("CreateAccessKey", leapp_testkit::aws::Fault::Unavailable, 1);
    scene.aws.fail_next_of("ListAccessKeys", leapp_testkit::aws::Fault::Delay(Duration::ZERO), 1);
    scene.aws.fail_next_of("ListAccessKeys", leapp_testkit::aws::Fault::AccessDenied, 1);

    scene.run(scene.rotation().rotate()).await.unwrap_err();

    assert!(is_under_way(&scene).await, "it was not seen that there is none");
    assert_eq!(scene.run(scene.rotation().resume()).await.unwrap(), Resumed::RolledBack { deleted: None });
    scene.assert_settled("none").await;
}

/// The first copy of the request has made a key, and the second is refused because of it.
#[tokio::test(start_paused = true)]
async fn a_request_that_is_repeated_on_the_way_leaves_nothing_forgotten() {
    let scene = Scene::new().await;
    let http = creating(scene.aws.http_client(), Created::Twice, Kept::default());

    let error = scene.run(scene.rotation_over(scene.vault.clone(), http).rotate()).await.unwrap_err();

    let lost = key_with(&scene, KeyRole::Lost).await;
    assert_eq!(error.kind(), ErrorKind::InUse);
    for id in [scene.key.access_key_id(), &lost] {
        assert!(error.to_string().contains(id.as_str()), "{error}");
    }
    let resumed = scene.run(scene.rotation().resume()).await.unwrap();
    assert_eq!(resumed, Resumed::RolledBack { deleted: Some(lost) });
    scene.assert_settled("twice").await;
}

/// It is the one that is left, whoever made it.
#[tokio::test(start_paused = true)]
async fn a_key_of_that_moment_is_left_where_the_old_one_is_gone() {
    let scene = stopped_with(KeyRole::Lost).await;
    let lost = key_with(&scene, KeyRole::Lost).await;
    // Deleted by a person, and STS takes it until that has spread.
    let http = rewriting(scene.aws.http_client(), "ListAccessKeys", |text| {
        let (before, rest) = text.split_once("<member>").unwrap();
        format!("{before}{}", rest.split_once("</member>").unwrap().1)
    });

    let rotation = scene.rotation_over(scene.vault.clone(), http);
    let error = scene.run(rotation.resume()).await.unwrap_err();

    assert_eq!((error.kind(), scene.calls("DeleteAccessKey")), (ErrorKind::InUse, 0));
    assert!(error.to_string().contains(lost.as_str()), "{error}");
}

/// Whoever changed the vault's key knows no more of the lost one than anybody.
#[tokio::test(start_paused = true)]
async fn a_lost_key_is_left_where_the_vault_holds_another_by_now() {
    let scene = stopped_with(KeyRole::Lost).await;
    let lost = key_with(&scene, KeyRole::Lost).await;
    let bobs = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, "bob"));
    scene.vault.put(&place(VaultItem::AccessKey), &bobs.to_record()).await.unwrap();

    let error = scene.run(scene.rotation().resume()).await.unwrap_err();

    assert_eq!((error.kind(), scene.calls("DeleteAccessKey")), (ErrorKind::InUse, 0));
    for id in [scene.key.access_key_id(), &lost] {
        assert!(error.to_string().contains(id.as_str()), "{error}");
    }
    // Nobody can ask for alice any more: what is bob's goes on.
    scene.aws.delete_access_key(scene.key.access_key_id());
    let resumed = scene.run(scene.rotation().resume()).await.unwrap();
    assert_eq!(resumed, Resumed::RolledBack { deleted: None });
    assert_eq!(scene.held().await.access_key_id(), bobs.access_key_id());
}

/// A session of the same vault that holds the same key, whose process ended before it asked for one.
fn beside(scene: &Scene) -> (SessionId, AccessKeyRotation) {
    let id = SessionId::parse("alice-ci").unwrap();
    (id.clone(), scene.rotation_of(id))
}

/// IAM takes hours to tell that a key was used.
#[tokio::test(start_paused = true)]
async fn another_sessions_new_key_is_not_taken_for_a_lost_one() {
    for seconds in [5, 60] {
        let scene = stopped_before_it_asked().await;
        let _ = scene.aws.clone().with_last_used_delay(Duration::from_secs(6 * 3600));
        let (ci, for_ci) = beside(&scene);
        let begun = scene.vault.get(&place(VaultItem::AccessKeyRotation)).await.unwrap().unwrap();
        scene.vault.delete(&place(VaultItem::AccessKeyRotation)).await.unwrap();
        for (item, record) in
            [(VaultItem::AccessKey, scene.key.to_record()), (VaultItem::AccessKeyRotation, begun)]
        {
            scene.vault.put(&VaultKey::new(ci.clone(), item), &record).await.unwrap();
        }
        scene.clock.advance(Duration::from_secs(seconds));
        let somebody = async {
            while scene.held().await.access_key_id() == scene.key.access_key_id() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            // In the grace: it waits for its turn.
            for_ci.resume().await
        };
        let rotation = scene.rotation();

        let (rotated, of_ci) = tokio::join!(scene.run(rotation.rotate()), somebody);

        rotated.unwrap();
        assert_eq!(of_ci.unwrap_err().kind(), ErrorKind::AccessDenied, "its key is gone");
        scene.assert_settled(&format!("{seconds}")).await;
    }
}
