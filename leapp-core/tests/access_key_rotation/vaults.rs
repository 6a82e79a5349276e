//! The vault refuses, or does not do what it says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use leapp_core::aws::Resumed;
use leapp_core::{ErrorKind, Vault, VaultItem};

use crate::backends::{Lie, Lying, OneNote, Refusing, When};
use crate::scene::{Scene, cause, held, place};

#[tokio::test(start_paused = true)]
async fn a_vault_that_refuses_anywhere_holds_a_working_key_and_the_next_run_ends_it() {
    for (times, when) in
        [(1, When::Before), (1, When::After), (usize::MAX, When::Before), (usize::MAX, When::After)]
    {
        for from in 0.. {
            let scene = Scene::new().await;
            let count = AtomicUsize::new(0);
            let vault = Arc::new(Refusing { vault: scene.vault.clone(), from, times, when, count });
            let rotation = scene.rotation_over(vault.clone(), scene.aws.http_client());
            let outcome = scene.run(rotation.rotate()).await;
            let case = format!("operation {from}, {times} times, refused {when:?}");
            println!("{case}: {outcome:?}");
            match outcome {
                Err(error) => assert_eq!(error.kind(), ErrorKind::Locked, "{case}: {error:?}"),
                // A put that was carried out all the same is found to be.
                Ok(_) => scene.assert_settled(&case).await,
            }
            if vault.count.load(Ordering::SeqCst) <= from {
                assert!(from >= 9, "{case}");
                break;
            }
            assert!(scene.identity(&scene.held().await).await.is_some(), "{case}");
            scene.run(scene.rotation().resume()).await.unwrap();
            scene.assert_settled(&case).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_does_not_give_back_what_it_took_keeps_the_old_key() {
    let scene = Scene::new().await;
    let vault = Lying::new(scene.vault.clone(), Lie::Keeps);

    let error = scene.run(scene.rotation_over(vault, scene.aws.http_client()).rotate()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(cause(&error), "the vault did not give back what it took for alice/access-key");
    assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id());
    assert_eq!(scene.calls("DeleteAccessKey"), 0, "the old one stays as long as the vault has no other");
    let resumed = scene.run(scene.rotation().resume()).await.unwrap();
    assert!(matches!(resumed, Resumed::Finished(rotated) if rotated.old == *scene.key.access_key_id()));
    scene.assert_settled("given back").await;
}

/// What is left of the item is neither key; the new one stands beside it.
#[tokio::test(start_paused = true)]
async fn a_vault_that_tears_its_item_gets_it_back_from_what_it_keeps_beside() {
    let scene = Scene::new().await;
    let vault = Lying::new(scene.vault.clone(), Lie::Tears);

    let error = scene.run(scene.rotation_over(vault, scene.aws.http_client()).rotate()).await.unwrap_err();

    assert_eq!((error.kind(), cause(&error).as_str()), (ErrorKind::Unavailable, "the disk is full"));
    let resumed = scene.run(scene.rotation().resume()).await.unwrap();
    let Resumed::Finished(rotated) = resumed else { panic!("{resumed:?}") };
    assert_eq!(held(&*scene.vault).await.access_key_id(), &rotated.new);
    scene.assert_settled("mended").await;
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_tears_its_item_is_given_the_old_key_back() {
    let scene = Scene::new().await;
    let vault = Lying::new(scene.vault.clone(), Lie::TearsOnce);

    let error = scene.run(scene.rotation_over(vault, scene.aws.http_client()).rotate()).await.unwrap_err();

    assert_eq!(cause(&error), "the disk is full");
    assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id());
    scene.run(scene.rotation().resume()).await.unwrap();
    scene.assert_settled("given back").await;
}

/// The new key's secret could be kept nowhere, so nobody will ever use it.
#[tokio::test(start_paused = true)]
async fn a_new_key_that_the_vault_does_not_take_is_deleted_at_once() {
    let scene = Scene::new().await;
    let vault = OneNote(scene.vault.clone());

    let error = scene.run(scene.rotation_over(vault, scene.aws.http_client()).rotate()).await.unwrap_err();

    assert_eq!((error.kind(), scene.calls("CreateAccessKey")), (ErrorKind::TooLarge, 1));
    assert_eq!(scene.calls("DeleteAccessKey"), 1);
    scene.assert_settled("deleted").await;
}

/// A person sets another key while AWS is still making the new one known.
#[tokio::test(start_paused = true)]
async fn a_key_that_is_put_there_while_the_new_one_spreads_is_not_overwritten() {
    let scene = Scene::with_key_propagation(Duration::from_secs(10)).await;
    let bobs = scene.aws.add_access_key(&scene.aws.add_user(&scene.account, "bob"));
    let somebody = async {
        while scene.calls("CreateAccessKey") == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        scene.vault.put(&place(VaultItem::AccessKey), &bobs.to_record()).await.unwrap();
    };
    let rotation = scene.rotation();

    let (outcome, ()) = tokio::join!(scene.run(rotation.rotate()), somebody);

    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(scene.held().await.access_key_id(), bobs.access_key_id());
    let resumed = scene.run(scene.rotation().resume()).await.unwrap();
    assert!(matches!(resumed, Resumed::RolledBack { deleted: Some(_) }), "{resumed:?}");
    assert_eq!(scene.held().await.access_key_id(), bobs.access_key_id());
}
