//! From a login page to a session of a role.

use aws_types::SdkConfig;
use aws_types::region::Region;
use leapp_core::aws::{AssumeRoleWithSaml, Sts};
use leapp_core::{Leapp, MemoryVault, Session, SessionId, Started};
use leapp_testkit::leak::{self, Scanner};

use crate::aws::Aws;
use crate::person::{AWS, PASSWORD, alice, browser, challenge, log_in};

const ALICE: &str = "arn:aws:sts::111122223333:assumed-role/Dev/alice";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn what_the_browser_brings_opens_a_session() {
    let aws = Aws::start().await;
    let (role, provider) = aws.with_corp();
    let assertion = log_in(&alice(browser()), &challenge(&aws.at("/idp/Corp"), AWS)).await.unwrap().unwrap();
    assert_eq!(aws.redeem(&role, &provider, &assertion).await, ALICE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_session_starts_by_a_login_in_the_browser() {
    let aws = Aws::start().await;
    let (role, _) = aws.with_corp();
    let config = SdkConfig::builder().region(Region::new("eu-west-1")).http_client(aws.fake.http_client());
    let provider =
        AssumeRoleWithSaml::new(Sts::from_sdk_config(&config.build()).unwrap(), aws.at("/idp/Corp"));
    let leapp = Leapp::builder(MemoryVault::new()).with_responder(alice(browser())).build().unwrap();
    let corp = SessionId::parse("corp").unwrap();
    leapp.add(Session::new(corp.clone(), provider.with_role(role))).await.unwrap();

    let started = leapp.start(&corp).await.unwrap();
    assert!(matches!(started, Started::Active), "{started:?}");
    leapp.credentials(&corp).unwrap().current().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn nothing_reaches_the_sign_in_page() {
    let aws = Aws::start().await;
    let (role, provider) = aws.with_corp();
    let sign_in = aws.at("/saml");
    aws.fake.add_saml_provider(&aws.account, "Corp").set_assertion_consumer(&sign_in);
    let login_url = aws.at("/idp/Corp?RelayState=a%26SAMLResponse%3Db");
    let assertion = log_in(&alice(browser()), &challenge(&login_url, &sign_in)).await.unwrap().unwrap();
    let asked: Vec<_> = aws.fake.requests().iter().map(|request| request.action().to_owned()).collect();
    assert_eq!(asked, ["Login", "Login"], "the page, the password, and no visit of AWS");
    assert_eq!(aws.redeem(&role, &provider, &assertion).await, ALICE);
}

#[tokio::test]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn neither_log_nor_debug_knows_what_was_typed_and_posted() {
    let aws = Aws::start().await;
    aws.with_corp();
    let login = alice(browser());
    let challenge = challenge(&aws.at("/idp/Corp"), AWS);
    let (assertion, log) = leak::capture_logs_async(log_in(&login, &challenge)).await;
    let scanner = Scanner::new([PASSWORD.to_owned(), assertion.unwrap().unwrap()]);
    assert!(scanner.scan(log).is_none());
    assert!(scanner.scan(leak::debug_of(&login)).is_none());
}
