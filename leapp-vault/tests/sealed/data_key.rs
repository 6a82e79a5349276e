//! The data key in the other vault.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::{Error, ErrorKind, MemoryVault, Secret, Vault, VaultItem, VaultKey};
use leapp_vault::SealedFile;

use crate::scene::{Scene, assert_is, get, key, put, refusal, session, try_get, write};

fn place() -> VaultKey {
    VaultKey::new(session("host"), VaultItem::DataKey)
}

#[tokio::test]
async fn the_data_key_is_made_by_the_first_put_and_used_from_then_on() {
    let scene = Scene::new();
    assert_eq!(get(&scene.keyed(), "a").await, None);
    scene.keyed().delete(&key("a")).await.unwrap();
    scene.keyed().unlock().await.unwrap();
    assert!(scene.keychain.get(&place()).await.unwrap().is_none(), "nothing needed it yet");
    assert!(scene.names().is_empty());
    put(&scene.keyed(), "a", "x").await;
    let made = scene.keychain.get(&place()).await.unwrap().unwrap();
    put(&scene.keyed(), "b", "y").await;
    assert_eq!(scene.keychain.get(&place()).await.unwrap().unwrap().expose(), made.expose());
    assert_eq!(get(&scene.keyed(), "a").await.as_deref(), Some("x"));
}

#[tokio::test]
async fn a_data_key_that_is_gone_locks_the_file_and_no_other_is_made() {
    let scene = Scene::with_two().await;
    let kept = scene.keychain.get(&place()).await.unwrap().unwrap();
    scene.keychain.delete(&place()).await.unwrap();
    let vault = scene.keyed();
    assert_is(&refusal(&scene, &vault).await, ErrorKind::Locked, "`host/data-key` is not in the other vault");
    assert!(scene.keychain.get(&place()).await.unwrap().is_none());
    scene.keychain.put(&place(), &kept).await.unwrap();
    assert_eq!(get(&vault, "a").await.as_deref(), Some("value-a"), "it is looked for again");
}

#[tokio::test]
async fn another_data_key_opens_nothing() {
    let (scene, other) = (Scene::with_two().await, Scene::with_two().await);
    let foreign = other.keychain.get(&place()).await.unwrap().unwrap();
    scene.keychain.put(&place(), &foreign).await.unwrap();
    assert_is(&refusal(&scene, &scene.keyed()).await, ErrorKind::Locked, "not the one it was sealed with");
    scene.keychain.put(&place(), &Secret::new("something else")).await.unwrap();
    assert_is(&refusal(&scene, &scene.keyed()).await, ErrorKind::Corrupt, "is no data key");
}

#[tokio::test]
async fn a_file_is_opened_by_the_means_it_was_sealed_with() {
    let scene = Scene::with_two().await;
    assert_is(&refusal(&scene, &scene.sealed()).await, ErrorKind::InvalidInput, "with a data key");
    let scene = Scene::new();
    put(&scene.sealed(), "a", "x").await;
    assert_is(&refusal(&scene, &scene.keyed()).await, ErrorKind::InvalidInput, "with a passphrase");
    assert!(scene.keychain.get(&place()).await.unwrap().is_none());
}

/// A keychain that is locked at first, or that keeps nothing.
#[derive(Debug)]
enum Bad {
    Locked,
    Forgetful,
}

#[async_trait]
impl Vault for Bad {
    async fn put(&self, _: &VaultKey, _: &Secret) -> Result<(), Error> {
        Ok(())
    }

    async fn get(&self, _: &VaultKey) -> Result<Option<Secret>, Error> {
        match self {
            Self::Locked => Err(Error::new(ErrorKind::Locked, "the keychain is locked")),
            Self::Forgetful => Ok(None),
        }
    }

    async fn delete(&self, _: &VaultKey) -> Result<(), Error> {
        Ok(())
    }
}

#[tokio::test]
async fn what_the_other_vault_fails_with_is_said_and_nothing_is_sealed() {
    for (bad, kind) in [(Bad::Locked, ErrorKind::Locked), (Bad::Forgetful, ErrorKind::Unavailable)] {
        let scene = Scene::new();
        let vault = SealedFile::open_with_data_key(scene.path(), Arc::new(bad), session("host")).unwrap();
        let error = vault.put(&key("a"), &Secret::new("x")).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(scene.names().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_that_make_the_first_data_key_at_once_make_one() {
    for _ in 0..20 {
        let scene = Arc::new(Scene::new());
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..8 {
            let scene = Arc::clone(&scene);
            tasks.spawn(async move { put(&scene.keyed(), &format!("n{number}"), "x").await });
        }
        while let Some(task) = tasks.join_next().await {
            task.unwrap();
        }
        for number in 0..8 {
            assert_eq!(get(&scene.keyed(), &format!("n{number}")).await.as_deref(), Some("x"));
        }
    }
}

/// A vault whose operations take a moment, each another one.
#[derive(Debug, Default)]
struct Slow(MemoryVault);

impl Slow {
    async fn take_a_moment() {
        tokio::time::sleep(Duration::from_micros(fastrand::u64(..5000))).await;
    }
}

#[async_trait]
impl Vault for Slow {
    async fn put(&self, key: &VaultKey, secret: &Secret) -> Result<(), Error> {
        Self::take_a_moment().await;
        self.0.put(key, secret).await
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        Self::take_a_moment().await;
        self.0.get(key).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.0.delete(key).await
    }
}

/// Neither has the other one's lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn files_that_make_the_data_key_they_share_at_once_make_one() {
    for round in 0..40 {
        let folder = tempfile::tempdir().unwrap();
        let keychain = Arc::new(Slow::default());
        let open = |name: &str| {
            let name = folder.path().join(name);
            SealedFile::open_with_data_key(name, keychain.clone(), session("host")).unwrap()
        };
        let (one, other) = (open("one"), open("other"));
        let ((), ()) = tokio::join!(put(&one, "a", "of one"), put(&other, "a", "of other"));
        assert_eq!(get(&open("one"), "a").await.as_deref(), Some("of one"), "round {round}");
        assert_eq!(get(&open("other"), "a").await.as_deref(), Some("of other"), "round {round}");
    }
}

#[tokio::test]
async fn a_file_that_appears_without_its_data_key_is_not_overwritten_by_a_new_one() {
    let (scene, other) = (Scene::new(), Scene::with_two().await);
    let vault = scene.keyed();
    assert_eq!(get(&vault, "a").await, None);
    write(&scene.path(), &other.bytes());
    assert_is(&refusal(&scene, &vault).await, ErrorKind::Locked, "is not in the other vault");
    assert!(try_get(&vault, "a").await.is_err());
}
