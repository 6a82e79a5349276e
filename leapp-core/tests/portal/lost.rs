//! A refresh token is good for once: whatever goes wrong, the one that was obtained last is not lost, and none is sent twice.

use std::sync::Arc;
use std::time::Duration;

use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::aws::{LoginHost, PortalLogin};
use leapp_core::{
    Clock, Coordinator, ErrorKind, Grant, IssueRequest, Issued, Leapp, LocalCoordinator, Session,
    SessionProvider, Vault,
};
use leapp_testkit::aws::Fault;

use crate::scene::{AtThePage, HOUR, MINUTE, Scene, id};
use crate::vaults::Refusing;

/// A login that is due, after a first one.
async fn due(scene: &Scene) {
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    scene.clock.advance(2 * HOUR);
}

fn no_token_came_twice(scene: &Scene) {
    let refused = scene.aws.requests().into_iter().filter(|request| request.error_code().is_some());
    assert_eq!(refused.count(), 0);
}

async fn attempt(
    scene: &Scene,
    portal: &PortalLogin,
    vault: &Arc<dyn Vault>,
    among: &dyn Coordinator,
) -> Result<Issued, leapp_core::Error> {
    let session = id("company");
    let request = IssueRequest::new(&session, scene.clock.now(), &**vault).with_shared_vault(Some(vault));
    portal.issue(&request.with_coordinator(Some(among))).await
}

/// The one that was ended had the lease; its renewal is in the vault before anybody else has it.
#[tokio::test]
async fn an_attempt_that_is_ended_leaves_its_renewal_to_the_next_process() {
    let scene = Scene::new();
    due(&scene).await;
    scene.aws.fail_next_of("CreateToken", Fault::Delay(MINUTE), 1);
    let among = LocalCoordinator::new();
    let vault: Arc<dyn Vault> = scene.vault.clone();
    let ended = tokio::spawn({
        let (scene, portal, vault, among) = (scene.clone(), scene.portal(), vault.clone(), among.clone());
        async move { attempt(&scene, &portal, &vault, &among).await.map(drop) }
    });
    while scene.calls("CreateToken") < 2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    ended.abort();
    assert!(ended.await.unwrap_err().is_cancelled());
    let there = scene.portal();
    let issued = scene.as_time_passes(attempt(&scene, &there, &vault, &among)).await.unwrap();
    assert!(matches!(issued, Issued::Reused(_)), "{issued:?}");
    no_token_came_twice(&scene);
    assert_eq!(scene.calls("CreateToken"), 2);
}

/// Whoever else looked would find the refresh token that is spent.
#[tokio::test]
async fn a_renewal_that_the_vault_refuses_keeps_others_waiting_until_it_is_stored() {
    let scene = Scene::new();
    due(&scene).await;
    let among = LocalCoordinator::new();
    // The task of the renewal tries, and its attempt.
    let vault: Arc<dyn Vault> = Arc::new(Refusing { vault: scene.vault.clone(), refusals: 2.into() });
    let (here, there) = (scene.portal(), scene.portal());
    let error = attempt(&scene, &here, &vault, &among).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked);
    let waiting = tokio::time::timeout(Duration::from_millis(100), attempt(&scene, &there, &vault, &among));
    assert!(waiting.await.is_err(), "it waits");
    let ours = attempt(&scene, &here, &vault, &among).await.unwrap();
    let theirs = attempt(&scene, &there, &vault, &among).await.unwrap();
    assert!(matches!((ours, theirs), (Issued::Reused(_), Issued::Reused(_))));
    no_token_came_twice(&scene);
}

#[tokio::test]
async fn a_logout_that_the_vault_refuses_leaves_the_login_as_good_as_it_was() {
    let scene = Scene::new();
    due(&scene).await;
    let portal = scene.portal();
    let vault = Arc::new(Refusing { vault: scene.vault.clone(), refusals: 2.into() });
    let host = LoginHost::new(vault, AtThePage(scene.person.clone()))
        .with_clock(Arc::new(scene.clock.clone()))
        .with_flow(DeviceCode);
    assert_eq!(portal.log_out(&host).await.unwrap_err().kind(), ErrorKind::Locked);
    assert!(matches!(scene.attempt(&portal, None).await.unwrap(), Issued::Reused(_)));
    portal.log_out(&host).await.unwrap();
    assert_eq!(scene.calls("Logout"), 1);
    no_token_came_twice(&scene);
}

#[tokio::test]
async fn a_clock_that_is_set_back_loses_no_renewal() {
    let scene = Scene::new();
    scene.clock.advance(24 * HOUR);
    let portal = scene.portal();
    let first = scene.log_in(&portal, DeviceCode).await.unwrap();
    let vault = Refusing { vault: scene.vault.clone(), refusals: 1.into() };
    let (session, rejected) = (id("company"), Grant::from(first));
    let request =
        IssueRequest::new(&session, scene.clock.now() - HOUR, &vault).with_rejected(Some(&rejected));
    assert_eq!(portal.issue(&request).await.unwrap_err().kind(), ErrorKind::Locked);
    let issued = portal.issue(&request).await.unwrap();
    assert!(matches!(issued, Issued::Reused(_)), "{issued:?}");
    no_token_came_twice(&scene);
}

/// A shutdown waits for ten seconds, and the service may take twenty.
#[tokio::test]
async fn a_shutdown_in_the_middle_of_a_renewal_loses_nothing_while_the_process_goes_on() {
    let scene = Scene::new();
    due(&scene).await;
    let leapp =
        Leapp::builder(scene.vault.clone()).with_clock(Arc::new(scene.clock.clone())).build().unwrap();
    leapp.add_all(vec![Session::new(id("company"), scene.portal()), scene.role(0)]).await.unwrap();
    scene.aws.fail_next_of("CreateToken", Fault::Delay(15 * Duration::from_secs(1)), 1);
    let before = scene.record().await;
    let start = tokio::spawn({
        let leapp = leapp.clone();
        async move { leapp.start(&id("role-0")).await }
    });
    while scene.calls("CreateToken") < 2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let _ = leapp.shutdown().await;
    assert!(start.await.unwrap().is_err());
    scene.clock.advance(MINUTE);
    while scene.record().await == before {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert!(matches!(scene.attempt(&scene.portal(), None).await.unwrap(), Issued::Reused(_)));
    no_token_came_twice(&scene);
}

/// What a machine's wrong clock takes for good may have ended: the portal says so, and the refresh token goes with it.
#[tokio::test]
async fn a_logout_by_a_clock_that_is_behind_ends_the_login_too() {
    let scene = Scene::new();
    let portal = scene.portal();
    scene.log_in(&portal, DeviceCode).await.unwrap();
    let copied = scene.record().await.unwrap();
    let behind = leapp_testkit::clock::ManualClock::new(scene.clock.now() + 30 * MINUTE);
    scene.clock.advance(90 * MINUTE);
    portal.log_out(&scene.host(DeviceCode).with_clock(Arc::new(behind))).await.unwrap();
    scene.vault.put(&crate::scene::place(), &leapp_core::Secret::new(copied)).await.unwrap();
    assert!(matches!(scene.attempt(&scene.portal(), None).await.unwrap(), Issued::Challenge(_)));
}
