//! Rotations that are stopped, at each of their operations or where a test wants one.

use std::time::Duration;

use leapp_core::aws::{AccessKeyRotation, KeyRole};
use leapp_core::{AccessKeyId, SessionCredentials, Vault, VaultItem};

use crate::backends::{Stop, StoppingVault, When, stopping};
use crate::scene::{Scene, place};

/// Stops what is done with a rotation at its n-th operation. False when it has fewer.
pub(crate) async fn stopped<T>(
    scene: &Scene,
    set: Option<&SessionCredentials>,
    (at, when): (usize, When),
    act: impl AsyncFn(&AccessKeyRotation) -> T,
) -> bool {
    let stop = Stop::new(at, when);
    let vault = StoppingVault(scene.vault.clone(), stop.clone());
    let mut rotation = scene.rotation_over(vault, stopping(scene.aws.http_client(), stop.clone()));
    if let Some(set) = set {
        rotation = rotation.with_session_credentials(set.clone());
    }
    tokio::select! {
        biased;
        _ = scene.run(act(&rotation)) => false,
        () = stop.stopped.notified() => true,
    }
}

/// A rotation that was stopped as soon as this was so.
pub(crate) async fn stopped_where(propagation: Duration, is_there: impl AsyncFn(&Scene) -> bool) -> Scene {
    for at in 0.. {
        let scene = Scene::with_key_propagation(propagation).await;
        let rotate = async |rotation: &AccessKeyRotation| rotation.rotate().await;
        if !stopped(&scene, None, (at, When::Before), rotate).await {
            break;
        }
        if is_there(&scene).await {
            return scene;
        }
    }
    panic!("it never came to that");
}

/// A rotation that was stopped where IAM's second key is this to the vault.
pub(crate) async fn stopped_with(role: KeyRole) -> Scene {
    stopped_where(Duration::ZERO, async |scene| roles(scene).await.contains(&role)).await
}

/// A rotation that was stopped before it has asked for a key.
pub(crate) async fn stopped_before_it_asked() -> Scene {
    stopped_where(Duration::ZERO, async |scene| is_under_way(scene).await).await
}

pub(crate) async fn is_under_way(scene: &Scene) -> bool {
    scene.vault.get(&place(VaultItem::AccessKeyRotation)).await.unwrap().is_some()
}

pub(crate) async fn roles(scene: &Scene) -> Vec<KeyRole> {
    let status = scene.run(scene.rotation().status()).await.unwrap();
    status.keys.into_iter().map(|key| key.role).collect()
}

/// The key of that part.
pub(crate) async fn key_with(scene: &Scene, role: KeyRole) -> AccessKeyId {
    let status = scene.run(scene.rotation().status()).await.unwrap();
    status.keys.into_iter().find(|key| key.role == role).unwrap().access_key_id
}
