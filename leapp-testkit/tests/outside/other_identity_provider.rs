//! An identity provider that is not ours: `samlp`, the library for Node, behind a web server of its own.

use data_encoding::BASE64;
use leapp_core::RoleArn;
use leapp_testkit::aws::SamlProviderArn;
use serde_json::json;

use crate::key::IdpKey;
use crate::lab::{Lab, assert_accepted, assert_refused};
use crate::node::Server;
use crate::person::Person;

const ISSUER: &str = "urn:example:identity-provider";

struct Idp {
    _server: Server,
    origin: String,
    /// Its metadata, as it writes it.
    metadata: String,
}

/// It names two roles for alice, who is logged in.
fn start(lab: &Lab) -> Idp {
    let (key, account) = (IdpKey::new(), &lab.account);
    let provider = format!("arn:aws:iam::{account}:saml-provider/Samlp");
    let roles = ["Dev", "Ops"].map(|name| format!("arn:aws:iam::{account}:role/{name},{provider}"));
    let mut server = Server::start(
        "samlp.mjs",
        &[
            ("ACCEPTOR", &lab.at("/saml")),
            ("CERTIFICATE", &key.certificate),
            ("ISSUER", ISSUER),
            ("KEY", &key.private),
            ("NAME_ID", "zoë & <co> \"one\" 'two'"),
            ("ROLES", &json!(roles).to_string()),
        ],
    );
    let origin = server.line();
    let metadata = serde_json::from_str(&server.line()).unwrap();
    Idp { _server: server, origin, metadata }
}

fn provider(lab: &Lab, metadata: &str) -> SamlProviderArn {
    lab.aws.add_saml_provider_from_metadata(&lab.account, "Samlp", metadata).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn its_users_come_in_when_the_account_has_its_certificate() {
    let lab = Lab::new().await;
    let idp = start(&lab);
    let provider = provider(&lab, &idp.metadata);
    let role = lab.role("Dev", &provider);
    let sign_in = lab.at("/saml");
    lab.aws.add_saml_sign_in_address(&sign_in);

    for signed in ["response", "assertion"] {
        let end = Person::opens(&format!("{}/{signed}", idp.origin))
            .sees("Account: 111122223333")
            .chooses("Dev")
            .clicks("Sign in")
            .sees("Signed in as Dev/alice@example.com in account 111122223333.")
            .goes();

        let response = end.saml_response(&sign_in);
        let session = assert_accepted(lab.redeem(&role, &provider, response).await);
        assert_eq!(session, "arn:aws:sts::111122223333:assumed-role/Dev/alice@example.com");
        assert_changes_are_refused(&lab, &role, &provider, response).await;

        // The same name, another key: not the one that signed.
        let renewed = IdpKey::new().metadata(ISSUER);
        lab.aws.add_saml_provider_from_metadata(&lab.account, "Samlp", &renewed).unwrap();
        let refused = lab.redeem(&role, &provider, response).await;
        assert_refused(refused, "InvalidIdentityToken", "Response signature invalid");
        self::provider(&lab, &idp.metadata);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn its_users_stay_out_when_no_account_has_its_certificate() {
    let lab = Lab::new().await;
    let idp = start(&lab);
    let provider = provider(&lab, &IdpKey::new().metadata(ISSUER));
    lab.role("Dev", &provider);
    lab.aws.add_saml_sign_in_address(&lab.at("/saml"));

    Person::opens(&format!("{}/response", idp.origin)).sees("Response signature invalid").goes();

    lab.aws.delete_saml_provider(&provider);
    Person::opens(&format!("{}/response", idp.origin))
        .sees("Issuer not present in specified provider")
        .goes();
}

async fn assert_changes_are_refused(lab: &Lab, role: &RoleArn, provider: &SamlProviderArn, response: &str) {
    let document = String::from_utf8(BASE64.decode(response.as_bytes()).unwrap()).unwrap();
    for (part, other) in
        [("role/Dev,", "role/Dew,"), ("alice@", "alicf@"), ("zoë", "zoe"), (">7200<", ">7201<")]
    {
        let changed = document.replacen(part, other, 1);
        assert_ne!(changed, document, "{part}: {document}");
        let outcome = lab.redeem(role, provider, &BASE64.encode(changed.as_bytes())).await;
        assert_refused(outcome, "InvalidIdentityToken", "Response signature invalid");
    }
}
