//! The way into the console, followed to its end: what sign-in of the fake AWS is sent, and where it leads a browser.
#![expect(clippy::unwrap_used, reason = "tests")]

mod browser;
mod scene;
mod wire;

use std::time::Duration;

use leapp_core::aws::{ConsoleSignIn, EndpointSettings};
use leapp_core::{ErrorKind, Principal};

use scene::{HOUR, Scene, id};

fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

fn lasting(duration: Duration) -> ConsoleSignIn {
    ConsoleSignIn::new().with_session_duration(duration).unwrap()
}

#[tokio::test]
async fn a_role_session_enters_the_console_for_as_long_as_it_lasts() {
    let scene = Scene::new("eu-west-1").await;
    let url = scene.url("deploy", &ConsoleSignIn::new()).await.unwrap();
    let entered = scene.follow(&url).await;
    assert_eq!(
        entered.destination(),
        "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1"
    );
    assert_eq!(entered.arn(), "arn:aws:sts::111122223333:assumed-role/Deploy/assumed-from-leapp");
    assert_eq!(entered.expiration(), scene.now() + HOUR);
    assert_eq!(entered.issuer(), None);
}

#[tokio::test]
async fn twelve_hours_from_the_hour_of_a_role_session() {
    let scene = Scene::new("eu-west-1").await;
    let set = scene.web_identity().await;
    assert_eq!(set.expiration(), scene.now() + HOUR);
    let url = scene.console().sign_in_url_of(&set, Principal::Role, &lasting(12 * HOUR)).await.unwrap();
    assert_eq!(scene.follow(&url).await.expiration(), scene.now() + 12 * HOUR);
}

#[tokio::test]
async fn the_destination_and_the_issuer_arrive_as_they_were_written() {
    let scene = Scene::new("eu-west-1").await;
    let (page, issuer) = (
        "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1&x=a%20b+c#Instances:",
        "https://broker.example.com/?a=1&b=2",
    );
    let sign_in = ConsoleSignIn::new().with_destination(page).unwrap().with_issuer(issuer).unwrap();
    let entered = scene.follow(&scene.url("deploy", &sign_in).await.unwrap()).await;
    assert_eq!((entered.destination(), entered.issuer()), (page, Some(issuer)));
}

#[tokio::test]
async fn no_secret_of_the_credentials_is_in_an_address() {
    let scene = Scene::new("eu-west-1").await;
    let url = scene.url("deploy", &ConsoleSignIn::new()).await.unwrap();
    let set = scene.leapp.credentials(&id("deploy")).unwrap().current().await.unwrap();
    for secret in [set.secret_access_key(), set.session_token()] {
        let letters: String = secret.expose().chars().filter(char::is_ascii_alphanumeric).collect();
        let of_url: String =
            percent_decoded(url.expose()).chars().filter(char::is_ascii_alphanumeric).collect();
        assert!(!of_url.contains(&letters), "the login address");
    }
    assert_eq!(scene.asked_of_sign_in(), ["POST https://eu-west-1.signin.aws.amazon.com/federation"]);
}

#[tokio::test]
async fn a_role_assumed_with_temporary_credentials_has_its_own_time_and_no_other() {
    for session in ["deploy", "chained"] {
        let scene = Scene::new("eu-west-1").await;
        let error = scene.url(session, &lasting(HOUR)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(scene.calls("getSigninToken"), 0, "refused before the call");
        let url = scene.url(session, &ConsoleSignIn::new()).await.unwrap();
        assert_eq!(scene.follow(&url).await.expiration(), scene.now() + HOUR);
    }
}

#[tokio::test]
async fn an_iam_users_session_does_not_enter() {
    let scene = Scene::new("eu-west-1").await;
    let error = scene.url("alice", &ConsoleSignIn::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(scene.calls("getSigninToken"), 0, "refused before the call");
}

#[tokio::test]
async fn a_federation_token_has_its_own_time_and_no_other() {
    let scene = Scene::new("eu-west-1").await;
    let set = scene.federation_token().await;
    let console = scene.console();
    let refused = console.sign_in_url_of(&set, Principal::FederatedUser, &lasting(HOUR)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    assert_eq!(scene.calls("getSigninToken"), 0, "refused before the call");
    let url = console.sign_in_url_of(&set, Principal::FederatedUser, &ConsoleSignIn::new()).await.unwrap();
    assert_eq!(scene.follow(&url).await.expiration(), set.expiration());
}

#[tokio::test]
async fn every_open_partition_has_its_own_way_in() {
    for (region, host, page) in [
        (
            "us-east-1",
            "signin.aws.amazon.com",
            "https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1",
        ),
        (
            "us-gov-east-1",
            "us-gov-east-1.signin.amazonaws-us-gov.com",
            "https://us-gov-east-1.console.amazonaws-us-gov.com/console/home?region=us-gov-east-1",
        ),
        (
            "cn-north-1",
            "signin.amazonaws.cn",
            "https://cn-north-1.console.amazonaws.cn/console/home?region=cn-north-1",
        ),
        (
            "eusc-de-east-1",
            "signin.amazonaws-eusc.eu",
            "https://eusc-de-east-1.console.amazonaws-eusc.eu/console/home?region=eusc-de-east-1",
        ),
    ] {
        let scene = Scene::new(region).await;
        let url = scene.url("deploy", &ConsoleSignIn::new()).await.unwrap();
        assert!(url.expose().starts_with(&format!("https://{host}/federation?Action=login&")), "{region}");
        assert_eq!(scene.follow(&url).await.destination(), page);
    }
}

#[tokio::test]
async fn credentials_that_sign_in_does_not_know_are_refused_and_not_repeated() {
    let scene = Scene::new("eu-west-1").await;
    let set = scene.leapp.credentials(&id("deploy")).unwrap().current().await.unwrap();
    scene.clock.advance(2 * HOUR);
    let error =
        scene.console().sign_in_url_of(&set, Principal::Role, &ConsoleSignIn::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    let seen = format!("{error} {error:?} {:?}", scene.console());
    for secret in [set.secret_access_key(), set.session_token()] {
        assert!(!seen.contains(secret.expose()), "{seen}");
    }
}

#[test]
fn what_sign_in_would_refuse_is_refused_at_the_door() {
    for seconds in [0, 899, 43_201] {
        let error = ConsoleSignIn::new().with_session_duration(Duration::from_secs(seconds)).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("a console session of {seconds} s, where 900 to 43200 are allowed")
        );
    }
    for url in ["", "http://console.aws.amazon.com/", "https://", "https://a b", "javascript:alert(1)"] {
        assert_eq!(ConsoleSignIn::new().with_destination(url).unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(ConsoleSignIn::new().with_issuer(url).unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}

#[tokio::test]
async fn sign_in_is_asked_where_the_settings_say() {
    let scene = Scene::new("eu-west-1").await;
    let variable =
        |name: &str| (name == "AWS_ENDPOINT_URL_SIGNIN").then(|| "https://signin.example.com".to_owned());
    let settings = EndpointSettings::read(variable, |_| None, |_, _| None).unwrap();
    let console = scene.console().with_endpoint_settings(&settings);
    let url = console.sign_in_url(&scene.leapp, &id("deploy"), &ConsoleSignIn::new()).await.unwrap();
    assert!(url.expose().starts_with("https://signin.example.com/federation?Action=login&"));
    assert_eq!(scene.asked_of_sign_in(), ["POST https://signin.example.com/federation"]);
}
