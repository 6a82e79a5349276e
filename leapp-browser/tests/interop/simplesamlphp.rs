//! SimpleSAMLphp, as Debian has it. People open its own address for a service (IdP-initiated).

use std::path::Path;

use serde_json::json;

use crate::aws::Aws;
use crate::key::IdpKey;
use crate::person::{AWS, PASSWORD, alice, browser, challenge, log_in};
use crate::server::{Server, installed};
use crate::visitor::Visited;

const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/simplesamlphp");

struct Idp(Server);

impl Idp {
    fn start() -> Self {
        let pages = installed("LEAPP_INTEROP_SIMPLESAMLPHP").join("www");
        assert!(pages.is_dir(), "{} is missing: `cargo xtask test` installs it", pages.display());
        let home = tempfile::tempdir().unwrap();
        IdpKey::new().write(home.path());
        let state = home.path().to_str().unwrap().to_owned();
        let roles = ["Dev", "Ops"].map(|name| {
            format!("arn:aws:iam::111122223333:role/{name},arn:aws:iam::111122223333:saml-provider/Php")
        });
        Self(Server::start(
            home,
            Path::new("/usr/bin/php"),
            &["-S", "127.0.0.1:0", "-t", pages.to_str().unwrap()],
            &[
                ("PASSWORD", PASSWORD),
                ("ROLES", &json!(roles).to_string()),
                ("SIGN_IN", AWS),
                ("SIMPLESAMLPHP_CONFIG_DIR", SETTINGS),
                ("STATE", &state),
            ],
        ))
    }

    fn metadata(&self) -> String {
        self.0.document("/saml2/idp/metadata.php")
    }

    /// Where a person begins who wants to go to a service.
    fn login_url(&self, service: &str) -> String {
        format!("{}/saml2/idp/SSOService.php?spentityid={service}", self.0.origin)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn its_users_log_in_once() {
    let (aws, idp) = (Aws::start().await, Idp::start());
    let visited = Visited::new(&aws, "Php", &idp.metadata());
    visited.assert_she_logs_in_once(&idp.login_url("urn:amazon:webservices"), &browser()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn what_it_says_to_others_or_does_not_say_opens_nothing() {
    let (aws, idp) = (Aws::start().await, Idp::start());
    let visited = Visited::new(&aws, "Php", &idp.metadata());
    let said_to = async |service: &str| {
        let challenge = challenge(&idp.login_url(service), AWS);
        log_in(&alice(browser()), &challenge).await.unwrap().unwrap()
    };

    visited.assert_changes_are_refused(&said_to("urn:amazon:webservices").await).await;
    let refused = visited.redeem(&said_to("urn:example:somebody-else").await).await.unwrap_err();
    assert!(refused.contains("does not contain the required audience"), "{refused}");
}
