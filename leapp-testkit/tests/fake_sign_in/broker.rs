//! What an identity broker does: credentials into a token, a token into an address.

use aws_sdk_sts::config::Credentials;
use leapp_core::RoleArn;

use crate::lab::{Lab, temporary};
use crate::web::{Page, get, send};

pub(crate) const HOST: &str = "signin.aws.amazon.com";
pub(crate) const CONSOLE: &str = "https://console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:";
pub(crate) const INVALID: &str = "Invalid credentials parameter";

pub(crate) async fn post(lab: &Lab, host: &str, target: &str, form: &str) -> Page {
    send(lab, "POST", host, target, form).await
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) fn session(set: &Credentials) -> String {
    serde_json::json!({
        "sessionId": set.access_key_id(),
        "sessionKey": set.secret_access_key(),
        "sessionToken": set.session_token(),
    })
    .to_string()
}

/// `getSigninToken`, with `SessionDuration` when there is one.
pub(crate) async fn get_signin_token(lab: &Lab, set: &Credentials, duration: Option<&str>) -> Page {
    let session = session(set);
    let mut fields = vec![("Action", "getSigninToken"), ("Session", session.as_str())];
    fields.extend(duration.map(|duration| ("SessionDuration", duration)));
    post(lab, HOST, "/federation", &encoded(&fields)).await
}

pub(crate) fn signin_token(page: &Page) -> String {
    page.json()["SigninToken"].as_str().unwrap().to_owned()
}

pub(crate) async fn login(lab: &Lab, signin_token: &str, destination: &str) -> Page {
    let fields = [
        ("Action", "login"),
        ("Issuer", "https://broker.example.com/"),
        ("Destination", destination),
        ("SigninToken", signin_token),
    ];
    get(lab, HOST, &format!("/federation?{}", encoded(&fields))).await
}

pub(crate) async fn role_session(lab: &Lab) -> (RoleArn, Credentials) {
    let role = lab.role("Deploy");
    let set = lab.assume(&lab.client(), &role).await;
    (role, set)
}

/// Credentials of `GetSessionToken`.
pub(crate) async fn own_session(lab: &Lab) -> Credentials {
    temporary(lab.client().get_session_token().send().await.unwrap().credentials())
}

pub(crate) async fn federated(lab: &Lab) -> Credentials {
    temporary(lab.client().get_federation_token().name("bob").send().await.unwrap().credentials())
}
