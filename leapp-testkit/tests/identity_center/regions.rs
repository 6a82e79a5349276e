//! An instance is one Region's. On loopback every Region is served, so these run inside the process.

use leapp_core::ErrorKind;

use crate::authorization_code::{register, url};
use crate::lab::{DEVICE_CODE, Lab, START_URL, assert_refused};

#[tokio::test]
async fn a_token_is_unknown_in_another_region() {
    let lab = Lab::in_process();
    let token = lab.access_token().await;

    lab.portal_in("eu-west-1").list_accounts().access_token(&token).send().await.unwrap();
    let elsewhere = lab.portal_in("eu-west-2").list_accounts().access_token(&token).send().await;
    assert_refused(elsewhere, "UnauthorizedException", 401, "Session token not found or invalid");
}

#[tokio::test]
async fn a_client_is_unknown_in_another_region() {
    let lab = Lab::in_process();
    let client = lab.register().await;
    let poll = |region| {
        let call = lab.oidc_in(region).create_token().grant_type(DEVICE_CODE).device_code("code");
        call.set_client_id(client.client_id.clone()).set_client_secret(client.client_secret.clone()).send()
    };

    assert_refused(poll("eu-west-1").await, "InvalidGrantException", 400, "");
    assert_refused(poll("eu-west-2").await, "InvalidClientException", 401, "");
}

#[tokio::test]
async fn a_device_that_asks_in_the_wrong_region_fails_when_the_person_allows_it() {
    let lab = Lab::in_process();
    let oidc = lab.oidc_in("us-east-1");
    let client = oidc.register_client().client_name("tool").client_type("public").send().await.unwrap();
    let start = oidc.start_device_authorization().start_url(START_URL);
    let start = start.set_client_id(client.client_id.clone()).set_client_secret(client.client_secret.clone());
    let device = start.send().await.unwrap();

    let refused = lab.aws.approve_device(device.user_code().unwrap(), "alice").unwrap_err();

    assert_eq!(
        (refused.kind(), refused.to_string().as_str()),
        (ErrorKind::AccessDenied, "Invalid grant provided")
    );
    let poll = oidc.create_token().grant_type(DEVICE_CODE).set_device_code(device.device_code.clone());
    let poll = poll.set_client_id(client.client_id).set_client_secret(client.client_secret);
    assert_refused(poll.send().await, "AuthorizationPendingException", 400, "");
}

#[tokio::test]
async fn an_authorize_page_is_its_regions() {
    let lab = Lab::in_process();
    let client = register(&lab).await;
    let here = url(&lab, &client, &[]);

    lab.aws.approve_authorization(&here, "alice").unwrap();
    let elsewhere = lab.aws.approve_authorization(&here.replace("eu-west-1", "eu-west-2"), "alice");
    assert_eq!(elsewhere.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn loopback_is_every_region() {
    let lab = Lab::on_loopback().await;
    let token = lab.access_token().await;

    lab.portal_in("us-east-1").list_accounts().access_token(&token).send().await.unwrap();
}
