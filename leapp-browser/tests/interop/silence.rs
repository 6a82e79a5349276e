//! Logins without a window.

use std::time::Duration;

use crate::aws::Aws;
use crate::person::{AWS, alice, browser, challenge, log_in, nobody, with_windows};
use crate::site::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn what_needs_a_person_is_declined_until_one_has_logged_in() {
    let aws = Aws::start().await;
    let (role, provider) = aws.with_corp();
    let home = tempfile::tempdir().unwrap();
    let challenge = challenge(&aws.at("/idp/Corp"), AWS);
    let unattended = nobody(browser())
        .with_kept_profiles(home.path())
        .silent_only()
        .with_silent_limit(Duration::from_secs(5));

    assert_eq!(log_in(&unattended, &challenge).await.unwrap(), None);
    log_in(&alice(browser()).with_kept_profiles(home.path()), &challenge).await.unwrap().unwrap();
    let assertion = log_in(&unattended, &challenge).await.unwrap().unwrap();
    assert!(aws.redeem(&role, &provider, &assertion).await.ends_with("/Dev/alice"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_profile_that_is_thrown_away_forgets_the_person() {
    let aws = Aws::start().await;
    aws.with_corp();
    let challenge = challenge(&aws.at("/idp/Corp"), AWS);
    log_in(&alice(browser()), &challenge).await.unwrap().unwrap();
    let unattended = nobody(browser()).silent_only().with_silent_limit(Duration::from_secs(5));
    assert_eq!(log_in(&unattended, &challenge).await.unwrap(), None);
}

/// A page that answers only who sees it in a window.
const WINDOW_ONLY: &str = "<form method=post action=\"https://signin.aws.amazon.com/saml\">\
    <input name=SAMLResponse value=seen></form>\
    <script>if (!navigator.userAgent.includes('Headless')) document.forms[0].submit()</script>";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_window_opens_when_silence_brings_nothing() {
    let site = Site::start(&[("/", WINDOW_ONLY)]).await;
    let challenge = challenge(&site.at("/"), AWS);
    let quick = nobody(with_windows()).with_silent_limit(Duration::from_secs(5));
    let visits = || site.requests().iter().filter(|request| request.line.starts_with("GET / ")).count();

    assert_eq!(log_in(&quick.clone().silent_only(), &challenge).await.unwrap(), None);
    assert_eq!(visits(), 1);
    let mut at_night = challenge.clone();
    at_night.is_attended = false;
    assert_eq!(log_in(&quick.clone().silent_first(), &at_night).await.unwrap(), None);
    assert_eq!(visits(), 2, "nobody is there to be shown a window");
    assert_eq!(log_in(&quick.silent_first(), &challenge).await.unwrap().as_deref(), Some("seen"));
    assert_eq!(visits(), 4, "one without a window, one with");
}
