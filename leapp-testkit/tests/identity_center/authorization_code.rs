//! The authorization code grant with proof keys: RFC 6749 and RFC 7636.

use aws_sdk_ssooidc::operation::create_token::CreateTokenOutput;
use aws_sdk_ssooidc::operation::create_token::builders::CreateTokenFluentBuilder;
use aws_sdk_ssooidc::operation::register_client::RegisterClientOutput;
use leapp_core::ErrorKind;

use crate::lab::{ACCESS, Lab, START_URL, assert_refused};

/// The example of RFC 7636.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const REDIRECT: &str = "http://127.0.0.1:49152/oauth/callback";

pub(crate) async fn register(lab: &Lab) -> RegisterClientOutput {
    let call = lab.oidc().register_client().client_name("tool").client_type("public").scopes(ACCESS);
    let call = call.grant_types("authorization_code").grant_types("refresh_token").issuer_url(START_URL);
    call.redirect_uris("http://127.0.0.1/oauth/callback").send().await.unwrap()
}

pub(crate) fn origin(lab: &Lab) -> String {
    let server = lab.server.as_ref();
    server.map_or_else(|| "https://oidc.eu-west-1.amazonaws.com".to_owned(), |server| server.endpoint_url())
}

pub(crate) fn url(lab: &Lab, client: &RegisterClientOutput, changes: &[(&str, &str)]) -> String {
    let usual = [
        ("response_type", "code"),
        ("client_id", client.client_id().unwrap()),
        ("redirect_uri", REDIRECT),
        ("state", "a state&more"),
        ("code_challenge_method", "S256"),
        ("code_challenge", CHALLENGE),
        ("scopes", ACCESS),
    ];
    let query = usual.map(|(name, value)| {
        let changed = changes.iter().find(|(other, _)| *other == name).map_or(value, |(_, changed)| changed);
        format!("{name}={}", encoded(changed))
    });
    format!("{}/authorize?{}", origin(lab), query.join("&"))
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The code in the address that the browser is sent to.
pub(crate) fn code(location: &str) -> String {
    let (address, query) = location.split_once('?').unwrap();
    assert_eq!(address, REDIRECT);
    let (code, state) = query.split_once('&').unwrap();
    assert_eq!(state, "state=a+state%26more");
    code.strip_prefix("code=").unwrap().to_owned()
}

fn redeem(lab: &Lab, client: &RegisterClientOutput, code: &str) -> CreateTokenFluentBuilder {
    let call = lab.create_token(client, "authorization_code").code(code);
    call.redirect_uri(REDIRECT).code_verifier(VERIFIER)
}

fn approve(lab: &Lab, client: &RegisterClientOutput) -> String {
    code(lab.aws.approve_authorization(&url(lab, client, &[]), "alice").unwrap().expose())
}

#[track_caller]
fn assert_invalid_grant(result: crate::lab::Created) {
    assert!(result.as_ref().err().unwrap().as_service_error().unwrap().is_invalid_grant_exception());
    assert_refused(result, "InvalidGrantException", 400, r#""error":"invalid_grant""#);
}

on_both_fronts! {
    async fn a_code_buys_one_token(lab) {
        let client = register(&lab).await;
        let code = approve(&lab, &client);

        let set = redeem(&lab, &client, &code).send().await.unwrap();

        assert!(lab.is_valid(set.access_token().unwrap()).await);
        assert!(set.refresh_token().is_some());
        assert_invalid_grant(redeem(&lab, &client, &code).send().await);
    }

    async fn a_code_that_is_used_twice_takes_its_tokens_along(lab) {
        let client = register(&lab).await;
        let (code, other) = (approve(&lab, &client), approve(&lab, &client));
        let set = redeem(&lab, &client, &code).send().await.unwrap();
        let renewed = lab.refresh(&client, set.refresh_token().unwrap()).await.unwrap();
        let kept = redeem(&lab, &client, &other).send().await.unwrap();
        let is_valid = async |set: &CreateTokenOutput| lab.is_valid(set.access_token().unwrap()).await;
        assert!(is_valid(&set).await && is_valid(&renewed).await);

        assert_invalid_grant(redeem(&lab, &client, &code).send().await);

        assert!(!is_valid(&set).await && !is_valid(&renewed).await);
        assert_invalid_grant(lab.refresh(&client, renewed.refresh_token().unwrap()).await);
        assert!(is_valid(&kept).await);
        lab.refresh(&client, kept.refresh_token().unwrap()).await.unwrap();
    }

    async fn a_used_code_is_nothing_to_another_client(lab) {
        let (client, other) = (register(&lab).await, register(&lab).await);
        let code = approve(&lab, &client);
        let set = redeem(&lab, &client, &code).send().await.unwrap();

        assert_invalid_grant(redeem(&lab, &other, &code).send().await);

        assert!(lab.is_valid(set.access_token().unwrap()).await);
    }

    async fn a_used_code_that_comes_late_takes_its_tokens_along(lab) {
        let client = register(&lab).await;
        let code = approve(&lab, &client);
        let set = redeem(&lab, &client, &code).send().await.unwrap();
        lab.advance(600);
        assert!(lab.is_valid(set.access_token().unwrap()).await);

        assert_invalid_grant(redeem(&lab, &client, &code).send().await);

        assert!(!lab.is_valid(set.access_token().unwrap()).await);
    }

    async fn a_wrong_verifier_is_refused(lab) {
        let client = register(&lab).await;
        let code = approve(&lab, &client);

        let wrong = VERIFIER.replace('k', "l");
        assert_invalid_grant(redeem(&lab, &client, &code).code_verifier(wrong).send().await);
        assert_invalid_grant(redeem(&lab, &client, &code).code_verifier(CHALLENGE).send().await);
        let none = redeem(&lab, &client, &code).set_code_verifier(None).send().await;
        assert_refused(none, "InvalidRequestException", 400, "codeVerifier");
        redeem(&lab, &client, &code).send().await.unwrap();
    }

    async fn a_code_goes_with_the_address_that_it_was_sent_to(lab) {
        let client = register(&lab).await;
        let code = approve(&lab, &client);

        let other = REDIRECT.replace("49152", "49153");
        assert_invalid_grant(redeem(&lab, &client, &code).redirect_uri(other).send().await);
        redeem(&lab, &client, &code).send().await.unwrap();
    }

    async fn a_code_is_its_clients(lab) {
        let (client, other) = (register(&lab).await, register(&lab).await);
        let code = approve(&lab, &client);

        assert_invalid_grant(redeem(&lab, &other, &code).send().await);
        redeem(&lab, &client, &code).send().await.unwrap();
    }

    async fn a_code_lasts_ten_minutes(lab) {
        let client = register(&lab).await;
        let (one, other) = (approve(&lab, &client), approve(&lab, &client));

        lab.advance(599);
        redeem(&lab, &client, &one).send().await.unwrap();
        lab.advance(1);
        assert_invalid_grant(redeem(&lab, &client, &other).send().await);
    }
}

#[tokio::test]
async fn a_person_may_decline() {
    let lab = Lab::in_process();
    let client = register(&lab).await;

    let location = lab.aws.deny_authorization(&url(&lab, &client, &[])).unwrap();

    assert_eq!(location.expose(), format!("{REDIRECT}?error=access_denied&state=a+state%26more"));
}

#[tokio::test]
async fn the_client_hears_of_a_request_that_cannot_be_granted() {
    let lab = Lab::in_process();
    let client = register(&lab).await;

    for (changes, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("scopes", "codewhisperer:completions"), "invalid_scope"),
    ] {
        let location = lab.aws.approve_authorization(&url(&lab, &client, &[changes]), "alice").unwrap();
        assert_eq!(location.expose(), format!("{REDIRECT}?error={error}&state=a+state%26more"));
    }
}

#[tokio::test]
async fn the_browser_is_sent_only_where_the_client_registered() {
    let lab = Lab::in_process();
    let client = register(&lab).await;
    let open =
        |changes: &[(&str, &str)]| lab.aws.approve_authorization(&url(&lab, &client, changes), "alice");

    open(&[("redirect_uri", "http://127.0.0.1/oauth/callback")]).unwrap();
    for changes in [
        ("redirect_uri", "https://evil.example/oauth/callback"),
        ("redirect_uri", "http://127.0.0.1:49152/other"),
        ("redirect_uri", "http://127.0.0.1@evil.example/oauth/callback"),
        ("redirect_uri", ""),
        ("client_id", "unknown"),
    ] {
        assert_eq!(open(&[changes]).unwrap_err().kind(), ErrorKind::InvalidInput, "{changes:?}");
    }
}

#[tokio::test]
async fn only_people_of_the_instance_sign_in() {
    let lab = Lab::in_process();
    let client = register(&lab).await;

    let result = lab.aws.approve_authorization(&url(&lab, &client, &[]), "mallory");

    assert_eq!(result.unwrap_err().kind(), ErrorKind::NotFound);
    let elsewhere = lab.aws.approve_authorization("https://oidc.eu-west-1.amazonaws.com/token", "alice");
    assert_eq!(elsewhere.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_client_that_did_not_register_for_codes_gets_none() {
    let lab = Lab::in_process();
    let call = lab.oidc().register_client().client_name("tool").client_type("public").scopes(ACCESS);
    let call = call.grant_types("refresh_token").issuer_url(START_URL);
    let client = call.redirect_uris("http://127.0.0.1/oauth/callback").send().await.unwrap();

    let location = lab.aws.approve_authorization(&url(&lab, &client, &[]), "alice").unwrap();

    let refused = format!("{REDIRECT}?error=unauthorized_client&state=a+state%26more");
    assert_eq!(location.expose(), refused);
}
