//! NanoIDP, which lets in only whom a service sends (SP-initiated): the login page's address has a request in it.

use data_encoding::BASE64;
use leapp_browser::Browser;
use serde_json::json;

use crate::aws::Aws;
use crate::person::{AWS, PASSWORD, alice, browser, challenge, log_in};
use crate::server::{Server, installed};
use crate::visitor::Visited;

/// Its own program, at a port that the system chooses: its command line takes none of those.
const SERVE: &str = "from nanoidp.app import create_app; create_app('.').run('127.0.0.1', 0)";

pub(crate) struct Idp(Server);

impl Idp {
    /// Alice may have these roles of an account, for two hours.
    pub(crate) fn start(account: &str, roles: &[&str]) -> Self {
        let settings = json!({
            "config_version": 1,
            "oauth": { "issuer": "http://127.0.0.1", "issuer_from_request": true, "clients": [] },
            // Nowhere: requests say where to.
            "saml": { "default_acs_url": "" },
        });
        let arns = |name: &&str| {
            format!("arn:aws:iam::{account}:role/{name},arn:aws:iam::{account}:saml-provider/Nano")
        };
        let attributes = json!({
            "https://aws.amazon.com/SAML/Attributes/Role": roles.iter().map(arns).collect::<Vec<_>>(),
            "https://aws.amazon.com/SAML/Attributes/RoleSessionName": "alice@example.com",
            "https://aws.amazon.com/SAML/Attributes/SessionDuration": "7200",
        });
        let alice = json!({ "password": PASSWORD, "email": "alice@example.com", "attributes": attributes });
        let users = json!({ "config_version": 1, "users": { "alice": alice } });
        let home = tempfile::tempdir().unwrap();
        // What is JSON is YAML.
        for (name, content) in [("settings.yaml", settings), ("users.yaml", users)] {
            serde_json::to_writer(std::fs::File::create(home.path().join(name)).unwrap(), &content).unwrap();
        }
        let python = installed("LEAPP_INTEROP_VENV").join("bin/python");
        Self(Server::start(home, &python, &["-c", SERVE], &[]))
    }

    pub(crate) fn metadata(&self) -> String {
        self.0.document("/saml/metadata")
    }

    /// Where a service sends a person, who is to come back to AWS's sign-in page.
    pub(crate) fn login_url(&self, service: &str) -> String {
        let destination = format!("{}/saml/sso", self.0.origin);
        let request = format!(
            "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_request\" Version=\"2.0\" \
             IssueInstant=\"2026-01-01T00:00:00Z\" Destination=\"{destination}\" \
             AssertionConsumerServiceURL=\"{AWS}\"><saml:Issuer>{service}</saml:Issuer></samlp:AuthnRequest>"
        );
        let mut url = url::Url::parse(&destination).unwrap();
        url.query_pairs_mut().append_pair("SAMLRequest", &BASE64.encode(&deflated(request.as_bytes())));
        url.into()
    }
}

/// As the redirect binding has it: one block of DEFLATE, stored as it is (RFC 1951, 3.2.4).
fn deflated(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    [&[1], &length.to_le_bytes()[..], &(!length).to_le_bytes()[..], bytes].concat()
}

/// Its pages take their style from a host on the Internet. Here there is nothing but this machine.
pub(crate) fn offline() -> Browser {
    browser().with_argument("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn its_users_log_in_once() {
    let (aws, idp) = (Aws::start().await, Idp::start("111122223333", &["Dev", "Ops"]));
    let visited = Visited::new(&aws, "Nano", &idp.metadata());
    visited.assert_she_logs_in_once(&idp.login_url("urn:amazon:webservices"), &offline()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn what_it_says_to_others_or_does_not_say_opens_nothing() {
    let (aws, idp) = (Aws::start().await, Idp::start("111122223333", &["Dev", "Ops"]));
    let visited = Visited::new(&aws, "Nano", &idp.metadata());
    let said_to = async |service: &str| {
        let challenge = challenge(&idp.login_url(service), AWS);
        log_in(&alice(offline()), &challenge).await.unwrap().unwrap()
    };

    visited.assert_changes_are_refused(&said_to("urn:amazon:webservices").await).await;
    let refused = visited.redeem(&said_to("urn:example:somebody-else").await).await.unwrap_err();
    assert!(refused.contains("does not contain the required audience"), "{refused}");
}
