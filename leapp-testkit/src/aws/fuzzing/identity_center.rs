//! SSO-OIDC and the portal: JSON from a client that has come as far as a token.
#![expect(clippy::expect_used, reason = "a fuzz target stops at what must not be")]

use std::time::Duration;

use http::Response;
use hyper::body::Bytes;
use leapp_core::{Region, Secret};
use serde_json::{Value, json};

use super::lab::{Lab, add_header, asking, fill};
use crate::aws::IdentityCenterSpec;

const START_URL: &str = "https://d-1234567890.awsapps.com/start";
/// Longer conversations say nothing new.
const MOST_REQUESTS: usize = 8;

/// A request a line: method, address and body, `POST /token {..}`. The words in capitals stand for what the client knows.
pub fn identity_center(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let client = Client::signed_in();
    for line in text.lines().take(MOST_REQUESTS) {
        let line = fill(line, client.known.iter().map(|(name, value)| (*name, value.as_str())));
        let mut words = line.splitn(3, ' ');
        let [method, target, body] = [(); 3].map(|()| words.next().unwrap_or_default());
        client.ask(method, target, body.to_owned());
    }
}

struct Client {
    lab: Lab,
    known: Vec<(&'static str, String)>,
}

impl Client {
    fn signed_in() -> Self {
        let lab = Lab::new();
        let region = Region::parse("us-east-1").expect("a Region");
        let spec = IdentityCenterSpec::new(START_URL, &region)
            .with_user("alice", Secret::new("made up"))
            .with_account(&lab.account, "Test", "test@example.com")
            .with_permission_set("ReadOnly", Duration::from_secs(3600))
            .with_assignment("alice", &lab.account, "ReadOnly");
        lab.aws.add_identity_center(spec);
        let mut client = Self { lab, known: Vec::new() };
        let scopes = ["sso:account:access"];
        let registration = json!({ "clientName": "fuzz", "clientType": "public", "scopes": scopes });
        client.learn("/client/register", &registration, &["clientId", "clientSecret"]);
        client.begin_login();
        let [id, secret, code] =
            ["CLIENT_ID", "CLIENT_SECRET", "DEVICE_CODE"].map(|name| client.value(name).to_owned());
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        let redemption =
            json!({ "clientId": id, "clientSecret": secret, "deviceCode": code, "grantType": grant });
        client.learn("/token", &redemption, &["accessToken", "refreshToken"]);
        // One more, which the input may redeem.
        client.begin_login();
        client
    }

    fn begin_login(&mut self) {
        self.known.retain(|(name, _)| !matches!(*name, "DEVICE_CODE" | "USER_CODE"));
        let [id, secret] = ["CLIENT_ID", "CLIENT_SECRET"].map(|name| self.value(name).to_owned());
        let start = json!({ "clientId": id, "clientSecret": secret, "startUrl": START_URL });
        self.learn("/device_authorization", &start, &["deviceCode", "userCode"]);
        self.lab.aws.approve_device(self.value("USER_CODE"), "alice").expect("a login that waits");
    }

    fn learn(&mut self, path: &str, document: &Value, members: &[&str]) {
        let response = self.ask("POST", path, document.to_string());
        let answer: Value = serde_json::from_slice(response.body()).expect("JSON");
        for member in members {
            if let Some(value) = answer.get(member).and_then(Value::as_str) {
                self.known.push((name(member), value.to_owned()));
            }
        }
    }

    fn value(&self, name: &str) -> &str {
        self.known.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    fn ask(&self, method: &str, target: &str, body: String) -> Response<Bytes> {
        let mut request = asking(method, target, body.into());
        add_header(&mut request, "host", "oidc.us-east-1.amazonaws.com");
        if target.starts_with("/assignment") || target.starts_with("/federation") || target == "/logout" {
            request.headers_mut().remove("host");
            add_header(&mut request, "host", "portal.sso.us-east-1.amazonaws.com");
            add_header(&mut request, "x-amz-sso_bearer_token", self.value("ACCESS_TOKEN"));
        }
        self.lab.answer(&request)
    }
}

fn name(member: &str) -> &'static str {
    match member {
        "accessToken" => "ACCESS_TOKEN",
        "clientId" => "CLIENT_ID",
        "clientSecret" => "CLIENT_SECRET",
        "deviceCode" => "DEVICE_CODE",
        "refreshToken" => "REFRESH_TOKEN",
        _ => "USER_CODE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_as_far_as_a_token() {
        let client = Client::signed_in();
        assert_eq!(client.known.len(), 6, "{:?}", client.known);
        assert!(client.known.iter().all(|(_, value)| !value.is_empty()));
        assert_eq!(client.ask("GET", "/assignment/accounts", String::new()).status(), 200);
    }
}
