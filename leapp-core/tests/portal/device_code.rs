//! Logins by a code that a person confirms in a browser anywhere.

use std::time::Duration;

use leapp_core::ErrorKind;
use leapp_core::aws::LoginFlow::DeviceCode;
use leapp_testkit::aws::Fault;

use crate::scene::{Does, HOUR, MINUTE, Scene, place};
use leapp_core::{Clock, Vault};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_person_confirms_the_code_and_the_login_is_in_the_vault() {
    let scene = Scene::new();
    let login = scene.log_in(&scene.portal(), DeviceCode).await.unwrap();

    assert!(login.expiration() > scene.clock.now() + HOUR - MINUTE);
    assert!(scene.record().await.unwrap().contains(login.access_token().expose()));
    let page = scene.person.pages.lock().unwrap()[0].clone();
    let user_code = page.user_code.clone().unwrap();
    assert_eq!(
        page.to_string(),
        format!(
            "log in at https://d-1234567890.awsapps.com/start (eu-west-1) for session `company`, code {user_code}"
        )
    );
    assert!(page.url().expose().contains(&user_code));
    assert_eq!(page.expiration, scene.requests("StartDeviceAuthorization")[0] + 10 * MINUTE);
}

#[tokio::test]
async fn whoever_logs_in_after_another_takes_what_is_there() {
    let scene = Scene::new();
    let first = scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    let second = scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    assert!(first.is_same(&second));
    assert_eq!((scene.pages_shown(), scene.calls("CreateToken")), (1, 1));
}

#[tokio::test]
async fn one_login_is_in_flight_however_many_want_it() {
    let scene = Scene::new();
    let (portal, host) = (scene.portal(), scene.host(DeviceCode));
    let mut logins = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (portal, host) = (portal.clone(), host.clone());
        logins.spawn(async move { portal.log_in(&host).await.unwrap() });
    }
    let logins = scene.as_time_passes(logins.join_all()).await;
    assert!(logins.iter().all(|login| login.is_same(&logins[0])));
    assert_eq!((scene.pages_shown(), scene.calls("CreateToken"), scene.calls("RegisterClient")), (1, 1, 1));
}

#[tokio::test]
async fn a_client_registers_once_until_its_registration_ends() {
    let scene = Scene::new();
    let portal = scene.portal();
    for (days, registrations) in [(0, 1), (1, 1), (88, 1), (2, 2)] {
        scene.clock.advance(days * 24 * HOUR);
        scene.log_in(&portal, DeviceCode).await.unwrap();
        assert_eq!(scene.calls("RegisterClient"), registrations, "{days} days later");
    }
}

/// A registration that the service has given up is made anew, once.
#[tokio::test]
async fn a_registration_that_is_refused_is_made_anew() {
    let (scene, other) = (Scene::new(), Scene::new());
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    let foreign = scene.vault.get(&place()).await.unwrap().unwrap();
    other.vault.put(&place(), &foreign).await.unwrap();
    other.clock.advance(24 * HOUR);

    other.log_in(&other.portal(), DeviceCode).await.unwrap();
    assert_eq!((other.calls("RegisterClient"), other.pages_shown()), (1, 1));
}

#[tokio::test]
async fn the_servers_interval_is_obeyed() {
    let scene = Scene::with(|spec| spec.with_polling_interval(7));
    scene.person_will(Does::Nothing);
    let (portal, host) = (scene.portal(), scene.host(DeviceCode));
    let login = tokio::spawn(async move { portal.log_in(&host).await });
    for polls in 1..=4 {
        reached(&scene, "CreateToken", polls).await;
    }
    scene.aws.approve_device(&user_code(&scene), "alice").unwrap();
    scene.as_time_passes(login).await.unwrap().unwrap();

    let began = scene.requests("StartDeviceAuthorization")[0];
    let polls = scene.requests("CreateToken");
    let expected: Vec<_> = (1..=5).map(|number| began + 7 * number * SECOND).collect();
    assert_eq!(polls, expected);
}

#[tokio::test]
async fn a_server_that_says_slow_down_is_asked_five_seconds_later_from_then_on() {
    let scene = Scene::with(|spec| spec.with_polling_interval(7));
    scene.person_will(Does::Nothing);
    scene.aws.fail_next_of("CreateToken", Fault::Throttle, 2);
    let (portal, host) = (scene.portal(), scene.host(DeviceCode));
    let login = tokio::spawn(async move { portal.log_in(&host).await });
    reached(&scene, "CreateToken", 3).await;
    scene.aws.approve_device(&user_code(&scene), "alice").unwrap();
    scene.as_time_passes(login).await.unwrap().unwrap();

    let began = scene.requests("StartDeviceAuthorization")[0];
    let polls = scene.requests("CreateToken");
    assert_eq!(polls, [7, 7 + 12, 7 + 12 + 17, 7 + 12 + 17 + 17].map(|seconds| began + seconds * SECOND));
}

#[tokio::test]
async fn a_link_that_is_down_for_a_moment_does_not_send_the_person_back() {
    let scene = Scene::new();
    for fault in [Fault::Unavailable, Fault::ConnectionDropped, Fault::ServerError] {
        scene.aws.fail_next_of("CreateToken", fault, 1);
    }
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    assert_eq!(scene.pages_shown(), 1);
}

#[tokio::test]
async fn a_login_that_is_declined_says_so_and_the_next_one_works() {
    let scene = Scene::new();
    scene.person_will(Does::Deny);
    let error = scene.log_in(&scene.portal(), DeviceCode).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(error.to_string(), "the login for session `company` was declined");

    scene.person_will(Does::Allow);
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
}

#[tokio::test]
async fn a_login_that_nobody_confirms_ends_with_its_code() {
    let scene = Scene::new();
    scene.person_will(Does::Nothing);
    let began = scene.clock.now();
    let error = scene.log_in(&scene.portal(), DeviceCode).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert_eq!(error.to_string(), "nobody confirmed the login for session `company` in time");
    assert_eq!(scene.clock.now().duration_since(began).unwrap(), 10 * MINUTE);

    scene.person_will(Does::Allow);
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
}

#[tokio::test]
async fn a_login_that_cannot_begin_gives_everything_back() {
    let scene = Scene::new();
    let portal = scene.portal();
    for (action, fault, kind) in [
        ("RegisterClient", Fault::Unavailable, ErrorKind::PortalDown),
        ("RegisterClient", Fault::Throttle, ErrorKind::Throttled),
        ("StartDeviceAuthorization", Fault::ServerError, ErrorKind::PortalDown),
        ("StartDeviceAuthorization", Fault::ConnectionDropped, ErrorKind::Service),
    ] {
        scene.aws.fail_next_of(action, fault, 1);
        let error = scene.log_in(&portal, DeviceCode).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{action}: {error:?}");
    }
    scene.aws.outage(true);
    let error = scene.log_in(&portal, DeviceCode).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
    scene.aws.outage(false);
    scene.log_in(&portal, DeviceCode).await.unwrap();
}

#[tokio::test]
async fn a_login_that_is_given_up_leaves_no_token_and_no_lease() {
    let scene = Scene::new();
    scene.person_will(Does::Nothing);
    let (portal, host) = (scene.portal(), scene.host(DeviceCode));
    let login = tokio::spawn(async move { portal.log_in(&host).await });
    reached(&scene, "CreateToken", 2).await;
    login.abort();
    assert!(login.await.unwrap_err().is_cancelled());
    assert!(!scene.record().await.unwrap().contains("aoaAAAAAG"));

    scene.person_will(Does::Allow);
    let again = scene.host(DeviceCode);
    scene.as_time_passes(scene.portal().log_in(&again)).await.unwrap();
}

/// Moves time until so many requests have come.
async fn reached(scene: &Scene, action: &str, count: usize) {
    let arrival = async {
        while scene.calls(action) < count {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    scene.as_time_passes(arrival).await;
}

fn user_code(scene: &Scene) -> String {
    scene.person.pages.lock().unwrap()[0].user_code.clone().unwrap()
}
