//! The vault refuses, or does not do what it says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use leapp_core::ErrorKind;
use leapp_core::aws::Resumed;

use crate::backends::{Lying, Refusing, When};
use crate::scene::{Scene, held};

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
    let vault = Lying { vault: scene.vault.clone(), tears: false, is_broken: AtomicBool::new(false) };

    let error = scene.run(scene.rotation_over(vault, scene.aws.http_client()).rotate()).await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.to_string(), "the vault did not give back what it took for alice/access-key");
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
    let vault = Lying { vault: scene.vault.clone(), tears: true, is_broken: AtomicBool::new(false) };

    let error = scene.run(scene.rotation_over(vault, scene.aws.http_client()).rotate()).await.unwrap_err();

    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Unavailable, "the disk is full"));
    let resumed = scene.run(scene.rotation().resume()).await.unwrap();
    let Resumed::Finished(rotated) = resumed else { panic!("{resumed:?}") };
    assert_eq!(held(&*scene.vault).await.access_key_id(), &rotated.new);
    scene.assert_settled("mended").await;
}
