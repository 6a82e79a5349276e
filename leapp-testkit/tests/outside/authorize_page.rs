//! The page of the authorization code flow: the browser comes back to the client, and the code buys a token.

use aws_sdk_ssooidc::error::SdkError;
use aws_sdk_ssooidc::operation::create_token::{CreateTokenError, CreateTokenOutput};
use aws_sdk_ssooidc::operation::register_client::RegisterClientOutput;

use crate::device_page::{PASSWORD, START_URL, lab};
use crate::lab::{Lab, assert_refused};
use crate::person::Person;
use crate::site::{Site, html, redirection};

/// The example of [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636#appendix-B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "/oauth/callback";

async fn register(lab: &Lab) -> RegisterClientOutput {
    let call = lab.oidc().register_client().client_name("tool").client_type("public");
    let call = call.grant_types("authorization_code").grant_types("refresh_token").issuer_url(START_URL);
    let call = call.scopes("sso:account:access").redirect_uris("http://127.0.0.1/oauth/callback");
    call.send().await.unwrap()
}

/// A client on loopback, and where it sends the browser on: to a page at another port, as some tools say thanks.
async fn callback() -> (Site, Site) {
    let thanks = Site::open(vec![("/thanks", html("<h1>Back at the tool</h1>"))]).await;
    (Site::open(vec![(CALLBACK, redirection(&thanks.at("/thanks")))]).await, thanks)
}

fn url(lab: &Lab, client: &RegisterClientOutput, callback: &Site) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([
        ("response_type", "code"),
        ("client_id", client.client_id().unwrap()),
        ("redirect_uri", &callback.at(CALLBACK)),
        ("state", "a state&more"),
        ("code_challenge_method", "S256"),
        ("code_challenge", CHALLENGE),
        ("scopes", "sso:account:access"),
    ]);
    lab.at(&format!("/authorize?{}", query.finish()))
}

async fn create_token(
    lab: &Lab,
    client: &RegisterClientOutput,
    redirect_uri: &str,
    [code, verifier]: [&str; 2],
) -> Result<CreateTokenOutput, SdkError<CreateTokenError>> {
    let call = lab.oidc().create_token().grant_type("authorization_code");
    let call = call.client_id(client.client_id().unwrap()).client_secret(client.client_secret().unwrap());
    call.redirect_uri(redirect_uri).code(code).code_verifier(verifier).send().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn the_code_arrives_at_the_client_and_buys_a_token_with_its_verifier() {
    let lab = lab().await;
    let client = register(&lab).await;
    let (callback, thanks) = callback().await;

    let end = Person::opens(&url(&lab, &client, &callback))
        .types("Username", "carol")
        .types("Password", PASSWORD)
        .clicks("Sign in")
        .sees("Allow tool to access your data as carol?")
        .clicks("Allow access")
        .sees("Back at the tool")
        .goes();

    assert_eq!((end.violations, end.url), (Vec::new(), thanks.at("/thanks")));
    let [(code_name, code), state] = <[_; 2]>::try_from(callback.query(CALLBACK)).unwrap();
    assert_eq!((code_name.as_str(), state), ("code", ("state".to_owned(), "a state&more".to_owned())));
    let redirect_uri = callback.at(CALLBACK);
    let wrong = create_token(&lab, &client, &redirect_uri, [&code, &VERIFIER.replace('k', "l")]).await;
    assert_refused(wrong, "InvalidGrantException", "");
    create_token(&lab, &client, &redirect_uri, [&code, VERIFIER]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn the_client_hears_of_a_no() {
    let lab = lab().await;
    let client = register(&lab).await;
    let (callback, _thanks) = callback().await;

    let end = Person::opens(&url(&lab, &client, &callback))
        .types("Username", "carol")
        .types("Password", PASSWORD)
        .clicks("Sign in")
        .clicks("Deny access")
        .sees("Back at the tool")
        .goes();

    assert_eq!(end.violations, [""; 0]);
    assert_eq!(callback.query(CALLBACK)[0], ("error".to_owned(), "access_denied".to_owned()));
}
