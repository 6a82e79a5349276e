//! Logins in a browser on this machine.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use leapp_core::aws::LoginFlow::{self, DeviceCode};
use leapp_core::aws::{LoginHost, LoginPage, LoginPrompt};
use leapp_core::{Clock, Error, ErrorKind};
use leapp_testkit::aws::Fault;

use crate::scene::{AtThePage, CODE, Does, HOUR, MINUTE, Person, Scene, get};

#[tokio::test]
async fn a_browser_on_this_machine_brings_the_code_back() {
    let scene = Scene::new();
    let login = scene.log_in(&scene.portal(), CODE).await.unwrap();

    assert!(login.expiration() > scene.clock.now() + HOUR - MINUTE);
    assert!(scene.record().await.unwrap().contains(login.access_token().expose()));
    assert_eq!((scene.calls("CreateToken"), scene.calls("StartDeviceAuthorization")), (1, 0));
    assert!(scene.person.pages.lock().unwrap()[0].user_code.is_none());
}

#[tokio::test]
async fn the_page_that_is_shown_at_the_end_holds_nothing() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), CODE).await.unwrap();

    let page = shown(&scene).await;
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("You are logged in."), "{page}");
    assert!(
        page.contains("cache-control: no-store\r\n") && page.contains("referrer-policy: no-referrer\r\n")
    );
    let url = scene.person.pages.lock().unwrap()[0].url().expose().to_owned();
    let state = url.split_once("state=").unwrap().1.split('&').next().unwrap();
    assert_eq!(state.len(), 43);
    assert!(!page.contains(state) && !page.contains("code"), "{page}");
}

#[tokio::test]
async fn a_fixed_port_is_used_and_one_that_is_taken_is_said() {
    let scene = Scene::new();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let flow = LoginFlow::AuthorizationCode { port: Some(port) };
    assert_eq!(scene.log_in(&scene.portal(), flow).await.unwrap_err().kind(), ErrorKind::Busy);
    assert_eq!(scene.pages_shown(), 0, "no page is opened that could not come back");

    drop(taken);
    scene.log_in(&scene.portal(), flow).await.unwrap();
    let url = scene.person.pages.lock().unwrap()[0].url().expose().to_owned();
    assert!(
        url.contains(&format!("redirect_uri=http%3A%2F%2F127.0.0.1%3A{port}%2Foauth%2Fcallback")),
        "{url}"
    );
}

#[tokio::test]
async fn a_person_who_declines_ends_the_login_and_the_next_one_works() {
    let scene = Scene::new();
    scene.person_will(Does::Deny);
    let error = scene.log_in(&scene.portal(), CODE).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(shown(&scene).await.contains("You are not logged in."));

    scene.person_will(Does::Allow);
    scene.log_in(&scene.portal(), CODE).await.unwrap();
}

#[tokio::test]
async fn a_tab_that_is_closed_ends_the_login_after_five_minutes_and_its_port_with_it() {
    let scene = Scene::new();
    scene.person_will(Does::Nothing);
    let began = scene.clock.now();
    let error = scene.log_in(&scene.portal(), CODE).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert_eq!(scene.clock.now().duration_since(began).unwrap(), 5 * MINUTE);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, scene.port_of_page(0))).is_err());

    scene.person_will(Does::Allow);
    scene.log_in(&scene.portal(), CODE).await.unwrap();
}

#[tokio::test]
async fn a_login_that_is_given_up_closes_its_port() {
    let scene = Scene::new();
    scene.person_will(Does::Nothing);
    let (portal, host) = (scene.portal(), scene.host(CODE));
    let login = tokio::spawn(async move { portal.log_in(&host).await });
    while scene.pages_shown() == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    TcpStream::connect((Ipv4Addr::LOCALHOST, scene.port_of_page(0))).unwrap();
    login.abort();
    assert!(login.await.unwrap_err().is_cancelled());
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, scene.port_of_page(0))).is_err());
}

#[tokio::test]
async fn a_code_that_cannot_be_redeemed_is_said_and_the_next_login_works() {
    let scene = Scene::new();
    scene.aws.fail_next_of("CreateToken", Fault::ServerError, 1);
    let error = scene.log_in(&scene.portal(), CODE).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PortalDown);
    scene.log_in(&scene.portal(), CODE).await.unwrap();
}

/// A prompt that runs a browser may well wait for its end.
#[derive(Debug)]
struct WaitsForItsBrowser(Arc<Person>);

#[async_trait]
impl LoginPrompt for WaitsForItsBrowser {
    async fn show(&self, page: &LoginPage) -> Result<(), Error> {
        AtThePage(self.0.clone()).show(page).await?;
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_prompt_that_waits_for_its_browser_keeps_nobody_waiting() {
    let scene = Scene::new();
    for flow in [CODE, DeviceCode] {
        let host = LoginHost::new(scene.vault.clone(), WaitsForItsBrowser(scene.person.clone()))
            .with_clock(Arc::new(scene.clock.clone()))
            .with_flow(flow);
        let portal = scene.portal();
        let login = portal.log_in(&host);
        match flow {
            DeviceCode => scene.as_time_passes(login).await.unwrap(),
            _ => tokio::time::timeout(MINUTE, login).await.unwrap().unwrap(),
        };
        scene.clock.advance(24 * HOUR);
    }
    assert_eq!(scene.pages_shown(), 2);
}

/// The page tells the person, and nobody comes back. The next login must not fail in the same way.
#[tokio::test]
async fn a_client_that_the_portal_may_have_forgotten_is_registered_anew() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), CODE).await.unwrap();
    scene.clock.advance(24 * HOUR);
    scene.person_will(Does::Nothing);
    assert_eq!(scene.log_in(&scene.portal(), CODE).await.unwrap_err().kind(), ErrorKind::Expired);
    assert_eq!(scene.calls("RegisterClient"), 1);
    scene.person_will(Does::Allow);
    scene.log_in(&scene.portal(), CODE).await.unwrap();
    assert_eq!(scene.calls("RegisterClient"), 2);
}

/// A page that does say so costs the person one more page, and not the login.
#[tokio::test]
async fn a_client_that_the_page_refuses_is_registered_anew_at_once() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), CODE).await.unwrap();
    scene.clock.advance(24 * HOUR);
    scene.person_will(Does::Nothing);
    let (portal, host) = (scene.portal(), scene.host(CODE));
    let login = tokio::spawn(async move { portal.log_in(&host).await });
    while scene.pages_shown() < 2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let url = scene.person.pages.lock().unwrap()[1].url().expose().to_owned();
    let state = url.split_once("state=").unwrap().1.split('&').next().unwrap();
    scene.person_will(Does::Allow);
    let port = scene.port_of_page(1);
    get(&format!("http://127.0.0.1:{port}/oauth/callback?error=unauthorized_client&state={state}"));
    tokio::time::timeout(MINUTE, login).await.unwrap().unwrap().unwrap();
    assert_eq!((scene.pages_shown(), scene.calls("RegisterClient")), (3, 2));
}

/// A client that registered for one way to a token is refused on the other.
#[tokio::test]
async fn each_way_of_logging_in_has_a_client_of_its_own() {
    let scene = Scene::new();
    scene.log_in(&scene.portal(), CODE).await.unwrap();
    scene.clock.advance(24 * HOUR);
    scene.log_in(&scene.portal(), DeviceCode).await.unwrap();
    assert_eq!(scene.calls("RegisterClient"), 2);
}

/// The page that the browser showed last; it may come a moment after the login.
async fn shown(scene: &Scene) -> String {
    loop {
        if let Some(page) = scene.person.shown.lock().unwrap().pop() {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
