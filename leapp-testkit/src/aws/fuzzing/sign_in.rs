//! Sign-in's `/federation`, asked by somebody who has a role's credentials.
#![expect(clippy::expect_used, reason = "a fuzz target stops at what must not be")]

use http::Uri;
use http::header::LOCATION;
use hyper::body::Bytes;
use leapp_core::Clock as _;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::lab::{Lab, asking, fill, form_request};
use crate::aws::{RoleSpec, WebIdentityClaims};

/// Longer conversations say nothing new.
const MOST_REQUESTS: usize = 4;

/// A query a line. `SESSION` stands for the credentials as JSON, `TOKEN` for a sign-in token.
pub fn sign_in(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let broker = Broker::new();
    for line in text.lines().take(MOST_REQUESTS) {
        let query = fill(line, [("SESSION", &*broker.session), ("TOKEN", &*broker.signin_token)]);
        broker.ask("GET", &format!("/federation?{query}"), Bytes::new());
        broker.ask("POST", "/federation", query.into());
    }
}

struct Broker {
    lab: Lab,
    session: String,
    signin_token: String,
}

impl Broker {
    fn new() -> Self {
        let lab = Lab::new();
        let session = session(&lab);
        let target = format!("/federation?Action=getSigninToken&Session={session}");
        let response = lab.answer(&asking("GET", &target, Bytes::new()));
        let answer: Value = serde_json::from_slice(response.body()).expect("JSON");
        let signin_token = answer.get("SigninToken").and_then(Value::as_str).expect("a sign-in token");
        let signin_token = utf8_percent_encode(signin_token, NON_ALPHANUMERIC).to_string();
        Self { lab, session, signin_token }
    }

    /// Whatever is asked, a browser is sent to the console or nowhere.
    fn ask(&self, method: &str, target: &str, body: Bytes) {
        let response = self.lab.answer(&asking(method, target, body));
        if let Some(location) = response.headers().get(LOCATION) {
            let uri: Uri = location.to_str().ok().and_then(|text| text.parse().ok()).expect("an address");
            let host = uri.host().unwrap_or_default();
            assert!(host == "aws.amazon.com" || host.ends_with(".aws.amazon.com"), "{location:?}");
            assert_eq!(uri.scheme_str(), Some("https"), "{location:?}");
        }
    }
}

/// Credentials of a role session, which nobody has to sign for, as a broker puts them into a query.
fn session(lab: &Lab) -> String {
    let provider = lab.aws.add_oidc_provider(&lab.account, "https://token.example.com", &["fuzz"]);
    let role = lab.aws.add_role(RoleSpec::new(&lab.account, "Web").with_trusted(provider.trust()));
    let claims = WebIdentityClaims::new("fuzz", "alice");
    let token = provider.token_at(&claims, super::clock().now());
    let response = lab.answer(&form_request(&[
        ("Action", "AssumeRoleWithWebIdentity"),
        ("RoleArn", role.as_str()),
        ("RoleSessionName", "alice"),
        ("WebIdentityToken", token.expose()),
    ]));
    let xml = String::from_utf8_lossy(response.body()).into_owned();
    let [id, key, token] = ["AccessKeyId", "SecretAccessKey", "SessionToken"].map(|name| {
        let (_, rest) = xml.split_once(&format!("<{name}>")).expect("credentials");
        rest.split_once('<').map_or("", |(value, _)| value)
    });
    let session = json!({ "sessionId": id, "sessionKey": key, "sessionToken": token }).to_string();
    utf8_percent_encode(&session, NON_ALPHANUMERIC).to_string()
}
