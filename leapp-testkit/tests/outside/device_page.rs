//! The page behind `verificationUri`, clicked through by a person at a browser.

use std::sync::Arc;

use aws_sdk_ssooidc::error::SdkError;
use aws_sdk_ssooidc::operation::create_token::{CreateTokenError, CreateTokenOutput};
use aws_sdk_ssooidc::operation::register_client::RegisterClientOutput;
use aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationOutput;
use leapp_core::SystemClock;
use leapp_testkit::aws::WorldFile;

use crate::lab::{Lab, assert_refused};
use crate::person::Person;

pub(crate) const START_URL: &str = "https://d-1234567890.awsapps.com/start";
pub(crate) const PASSWORD: &str = "correct horse & <\"battery\">";
const WORLD: &str = r#"
[[account]]
id = "111122223333"
[[identity_center]]
start_url = "https://d-1234567890.awsapps.com/start"
region = "eu-west-1"
user = [{ name = "carol", password = 'correct horse & <"battery">' }]
account = [{ id = "111122223333", name = "Production", email = "prod@example.com" }]
permission_set = [{ name = "ReadOnly" }]
assignment = [{ user = "carol", account = "111122223333", permission_set = "ReadOnly" }]
"#;

/// A world from a file in which carol may sign in.
pub(crate) async fn lab() -> Lab {
    let world = WorldFile::parse("world.toml", WORLD).unwrap();
    Lab::of(world.make(Arc::new(SystemClock::new())).aws).await
}

async fn start(lab: &Lab) -> (RegisterClientOutput, StartDeviceAuthorizationOutput) {
    let call = lab.oidc().register_client().client_name("tool").client_type("public");
    let client = call.send().await.unwrap();
    let call = lab.oidc().start_device_authorization().start_url(START_URL);
    let call = call.client_id(client.client_id().unwrap()).client_secret(client.client_secret().unwrap());
    let device = call.send().await.unwrap();
    (client, device)
}

async fn create_token(
    lab: &Lab,
    client: &RegisterClientOutput,
    device: &StartDeviceAuthorizationOutput,
) -> Result<CreateTokenOutput, SdkError<CreateTokenError>> {
    let call = lab.oidc().create_token().grant_type("urn:ietf:params:oauth:grant-type:device_code");
    let call = call.client_id(client.client_id().unwrap()).client_secret(client.client_secret().unwrap());
    call.device_code(device.device_code().unwrap()).send().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_person_types_the_code_and_allows_the_device() {
    let lab = lab().await;
    let (client, device) = start(&lab).await;

    let end = Person::opens(device.verification_uri().unwrap())
        .types("Code", device.user_code().unwrap())
        .clicks("Next")
        .types("Username", "carol")
        .types("Password", "a guess")
        .clicks("Sign in")
        .sees("Your authentication information is incorrect.")
        .types("Username", "carol")
        .types("Password", PASSWORD)
        .clicks("Sign in")
        .sees("Allow tool to access your data as carol?")
        .sees(&format!("Code: {}", device.user_code().unwrap()))
        .clicks("Allow access")
        .sees("Request approved")
        .goes();

    assert_eq!(end.violations, [""; 0]);
    let token = create_token(&lab, &client, &device).await.unwrap();
    assert!(token.access_token().is_some_and(|token| !token.is_empty()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_person_denies_the_device() {
    let lab = lab().await;
    let (client, device) = start(&lab).await;

    let end = Person::opens(device.verification_uri_complete().unwrap())
        .without_scripts()
        .types("Username", "carol")
        .types("Password", PASSWORD)
        .clicks("Sign in")
        .clicks("Deny access")
        .sees("Request denied")
        .goes();

    assert_eq!(end.violations, [""; 0]);
    let denied = create_token(&lab, &client, &device).await;
    assert!(denied.as_ref().err().unwrap().as_service_error().unwrap().is_access_denied_exception());
    assert_refused(denied, "AccessDeniedException", "");
}
