//! Logging out.

use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_core::{ErrorKind, Issued};
use leapp_testkit::aws::Fault;

use crate::scene::{HOUR, Scene};

#[tokio::test]
async fn a_logout_ends_the_login_at_the_portal_and_in_the_vault() {
    let scene = Scene::new();
    let (portal, host) = (scene.portal(), scene.host(DeviceCode));
    let login = scene.log_in(&portal, DeviceCode).await.unwrap();
    let stolen = scene.record().await.unwrap();

    portal.log_out(&host).await.unwrap();
    let left = scene.record().await.unwrap();
    assert!(!left.contains("aoaAAAAAG") && !left.contains("aorAAAAAG"), "no token is left");
    assert!(matches!(scene.attempt(&portal, None).await.unwrap(), Issued::Challenge(_)));
    assert!(stolen.contains(login.access_token().expose()));
    assert_eq!(scene.calls("Logout"), 1);

    portal.log_out(&host).await.unwrap();
    assert_eq!(scene.calls("Logout"), 1, "who is out has nothing to end");
    scene.log_in(&portal, DeviceCode).await.unwrap();
    assert_eq!(scene.calls("RegisterClient"), 1);
}

/// Leapp's users met "Session token not found or invalid" here, and stayed logged in.
#[tokio::test]
async fn a_login_that_the_portal_does_not_know_any_more_is_out_as_well() {
    let scene = Scene::new();
    let (portal, host) = (scene.portal(), scene.host(DeviceCode));
    scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.clock.advance(9 * HOUR);
    portal.log_out(&host).await.unwrap();
    assert_eq!(scene.calls("Logout"), 1);
    assert!(!scene.record().await.unwrap().contains("aoaAAAAAG"));
}

/// The portal knows a login by its access token. One that has ended still has a refresh token, good for days.
#[tokio::test]
async fn a_login_whose_access_token_has_ended_is_out_with_its_refresh_token() {
    let scene = Scene::new();
    let (portal, host) = (scene.portal(), scene.host(DeviceCode));
    scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.clock.advance(2 * HOUR);
    portal.log_out(&host).await.unwrap();
    assert_eq!((scene.calls("CreateToken"), scene.calls("Logout")), (2, 1));
    let refused = scene.aws.requests().into_iter().filter(|request| request.error_code().is_some());
    assert_eq!(refused.count(), 0, "it is the portal that ended it");
    assert!(!scene.record().await.unwrap().contains("aorAAAAAG"));
}

#[tokio::test]
async fn an_ended_login_that_cannot_be_renewed_for_now_is_said_and_out_of_the_vault() {
    let scene = Scene::new();
    let (portal, host) = (scene.portal(), scene.host(DeviceCode));
    scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.clock.advance(2 * HOUR);
    scene.aws.fail_next_of("CreateToken", Fault::Unavailable, 1);
    assert_eq!(portal.log_out(&host).await.unwrap_err().kind(), ErrorKind::PortalDown);
    assert!(!scene.record().await.unwrap().contains("aorAAAAAG"));
}

#[tokio::test]
async fn a_portal_that_is_down_is_said_and_the_login_is_out_of_the_vault() {
    let scene = Scene::new();
    let (portal, host) = (scene.portal(), scene.host(DeviceCode));
    scene.log_in(&portal, DeviceCode).await.unwrap();
    scene.aws.fail_next_of("Logout", Fault::Unavailable, 1);
    assert_eq!(portal.log_out(&host).await.unwrap_err().kind(), ErrorKind::PortalDown);
    assert!(!scene.record().await.unwrap().contains("aoaAAAAAG"));
}
