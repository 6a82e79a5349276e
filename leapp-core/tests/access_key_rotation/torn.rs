//! A write to the vault that stops at any of its bytes.

use std::future::pending;
use std::sync::Arc;

use async_trait::async_trait;
use leapp_core::{Error, ErrorKind, MemoryVault, Secret, Vault, VaultItem, VaultKey};
use tokio::sync::Notify;

use crate::scene::{Scene, place};

/// What becomes of the access key's item.
#[derive(Clone, Copy, Debug)]
enum Tear {
    /// It is cut off, and every write fails in the same way.
    AlwaysRefuses,
    /// It is cut off, and the power is off.
    Dies,
    /// The rest is what stood there before, and the power is off.
    DiesInPlace,
    /// It is gone, and the power is off.
    Loses,
}

#[derive(Debug)]
struct Tearing {
    vault: Arc<MemoryVault>,
    tear: Tear,
    cut: usize,
    died: Arc<Notify>,
}

#[async_trait]
impl Vault for Tearing {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        if key.item() != VaultItem::AccessKey {
            return self.vault.put(key, secret).await;
        }
        let before = self.vault.get(key).await?.unwrap();
        let mut left = secret.expose()[..self.cut].to_owned();
        match self.tear {
            Tear::Loses => self.vault.delete(key).await?,
            Tear::DiesInPlace => {
                left.push_str(&before.expose()[self.cut.min(before.expose().len())..]);
                self.vault.put(key, &Secret::new(left)).await?;
            }
            Tear::AlwaysRefuses | Tear::Dies => self.vault.put(key, &Secret::new(left)).await?,
        }
        if matches!(self.tear, Tear::AlwaysRefuses) {
            return Err(Error::new(ErrorKind::Unavailable, "the disk is full"));
        }
        self.died.notify_one();
        pending().await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.vault.get(key).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.vault.delete(key).await
    }
}

/// A rotation whose vault tears the item at that byte.
async fn torn(tear: Tear, cut: usize) -> Scene {
    let scene = Scene::new().await;
    let died = Arc::new(Notify::new());
    let vault = Tearing { vault: scene.vault.clone(), tear, cut, died: died.clone() };
    let rotation = scene.rotation_over(vault, scene.aws.http_client());
    tokio::select! {
        biased;
        outcome = scene.run(rotation.rotate()) => {
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Unavailable, "{tear:?} at {cut}");
        }
        () = died.notified() => {}
    }
    assert_eq!(scene.calls("DeleteAccessKey"), 0, "{tear:?} at {cut}");
    scene
}

async fn length() -> usize {
    Scene::new().await.key.to_record().expose().len()
}

#[tokio::test(start_paused = true)]
async fn a_write_that_stops_at_any_byte_is_made_good_by_the_next_run() {
    for tear in [Tear::Dies, Tear::DiesInPlace, Tear::AlwaysRefuses] {
        for cut in 0..length().await {
            let scene = torn(tear, cut).await;
            let case = format!("{tear:?} at {cut}");
            if cut % 2 == 0 {
                scene.run(scene.rotation().resume()).await.expect(&case);
            } else {
                scene.run(scene.rotation().rotate()).await.expect(&case);
            }
            scene.assert_settled(&case).await;
            assert_ne!(scene.held().await.access_key_id(), scene.key.access_key_id(), "{case}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_item_that_was_lost_while_it_was_replaced_comes_back() {
    let scene = torn(Tear::Loses, 0).await;

    let error = scene.run(scene.rotation().status()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert_eq!(error.to_string(), "alice/access-key is not whole: `resume` puts it right");

    scene.run(scene.rotation().resume()).await.unwrap();
    scene.assert_settled("lost").await;
}

/// The new key is no use by then: a person has deleted it.
#[tokio::test(start_paused = true)]
async fn the_old_key_is_put_back_where_the_new_one_is_dead() {
    for cut in 0..length().await {
        let scene = torn(Tear::Dies, cut).await;
        let other = Arc::new(MemoryVault::new());
        other.put(&place(VaultItem::AccessKey), &scene.key.to_record()).await.unwrap();
        let elsewhere = scene.rotation_over(other, scene.aws.http_client());
        let keys = scene.run(elsewhere.status()).await.unwrap().keys;
        let new = keys.into_iter().find(|key| key.access_key_id != *scene.key.access_key_id()).unwrap();
        scene.aws.delete_access_key(&new.access_key_id);

        scene.run(scene.rotation().resume()).await.unwrap();

        assert_eq!(scene.held().await.access_key_id(), scene.key.access_key_id(), "{cut}");
        scene.assert_settled(&format!("{cut}")).await;
    }
}

/// `delete_key` finds the same, and begins by putting it right.
#[tokio::test(start_paused = true)]
async fn a_key_is_deleted_by_a_vault_whose_own_was_torn() {
    let scene = torn(Tear::Dies, 60).await;

    scene.run(scene.rotation().delete_key(scene.key.access_key_id())).await.unwrap();

    scene.assert_settled("told").await;
}
