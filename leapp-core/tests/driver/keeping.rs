use std::sync::Arc;

use async_trait::async_trait;
use leapp_core::aws::GetSessionToken;
use leapp_core::{
    Error, ErrorKind, Event, Leapp, MemoryVault, Secret, Session, SessionState, Started, Vault, VaultItem,
    VaultKey,
};

use crate::scene::{HOUR, MINUTE, Scene, id, seen};

/// Starts the user's session in an engine of its own, as a program that is run again does.
async fn run(scene: &Scene, session: Session) {
    let leapp = scene.builder().build().unwrap();
    leapp.add(session).await.unwrap();
    assert!(matches!(leapp.start(&id("alice")).await.unwrap(), Started::Active));
    leapp.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_users_set_is_reused_until_shortly_before_it_expires() {
    let scene = Scene::new().await;
    run(&scene, scene.user()).await;
    scene.clock.advance(9 * HOUR);
    run(&scene, scene.user()).await;
    assert_eq!(scene.calls("GetSessionToken"), 1);
    scene.clock.advance(HOUR - 4 * MINUTE);
    run(&scene, scene.user()).await;
    assert_eq!(scene.calls("GetSessionToken"), 2);
}

#[tokio::test]
async fn another_key_device_or_duration_gets_another_set() {
    let scene = Scene::new().await;
    run(&scene, scene.user()).await;
    scene.put_key().await;
    run(&scene, scene.user()).await;
    assert_eq!(scene.calls("GetSessionToken"), 2, "the access key was replaced");
    let shorter = GetSessionToken::new(scene.sts()).with_duration(HOUR).unwrap();
    run(&scene, Session::new(id("alice"), shorter)).await;
    assert_eq!(scene.calls("GetSessionToken"), 3, "the duration was changed");

    let leapp = scene.builder().build().unwrap();
    leapp.add(scene.user_with_mfa()).await.unwrap();
    let started = leapp.start(&id("alice")).await.unwrap();
    assert!(
        matches!(started, Started::NeedsAnswer(_)),
        "a device was added: the set without MFA does not serve"
    );
    let kept = scene.vault.get(&VaultKey::new(id("alice"), VaultItem::SessionCredentials)).await.unwrap();
    assert!(kept.is_none(), "and is dropped");
}

#[tokio::test]
async fn a_role_is_never_kept() {
    let scene = Scene::new().await;
    let leapp = scene.leapp().await;
    leapp.start(&id("deploy")).await.unwrap();
    let kept = scene.vault.get(&VaultKey::new(id("deploy"), VaultItem::SessionCredentials)).await.unwrap();
    assert!(kept.is_none());
}

#[tokio::test]
async fn a_kept_set_that_cannot_be_read_is_replaced() {
    let scene = Scene::new().await;
    let place = VaultKey::new(id("alice"), VaultItem::SessionCredentials);
    scene.vault.put(&place, &Secret::new("something else")).await.unwrap();
    run(&scene, scene.user()).await;
    run(&scene, scene.user()).await;
    assert_eq!(scene.calls("GetSessionToken"), 1);
}

/// Gives what it has and takes nothing.
#[derive(Debug)]
struct Full(Arc<MemoryVault>);

#[async_trait]
impl Vault for Full {
    async fn put(&self, _: &VaultKey, _: &Secret) -> Result<(), Error> {
        Err(Error::new(ErrorKind::TooLarge, "the vault is full"))
    }

    async fn get(&self, key: &VaultKey) -> Result<Option<Secret>, Error> {
        self.0.get(key).await
    }

    async fn delete(&self, key: &VaultKey) -> Result<(), Error> {
        self.0.delete(key).await
    }
}

#[tokio::test]
async fn a_set_that_cannot_be_kept_is_used_and_that_is_said() {
    let scene = Scene::new().await;
    let builder = Leapp::builder(Full(scene.vault.clone())).with_sink(scene.sink.clone());
    let leapp = builder.with_clock(Arc::new(scene.clock.clone())).build().unwrap();
    leapp.add(scene.user()).await.unwrap();
    let mut events = leapp.events();
    leapp.start(&id("alice")).await.unwrap();
    let event = seen(&mut events, |event| matches!(event, Event::NotKept { .. })).await;
    assert!(format!("{event:?}").contains("the vault is full"));
    assert_eq!(leapp.status(&id("alice")).await.unwrap().state, SessionState::Active);
}
