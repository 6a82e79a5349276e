//! The identity provider's login page and AWS's sign-in page, gone through by a person at a browser.

use std::net::TcpListener;
use std::sync::Arc;

use leapp_core::{RoleArn, Secret, SystemClock};
use leapp_testkit::aws::{SamlAssertionSpec, SamlProviderArn, WorldFile};

use crate::lab::{Lab, assert_accepted, assert_refused};
use crate::person::Person;

const PASSWORD: &str = "correct horse & <\"battery\">";
const AWS: &str = "https://signin.aws.amazon.com/saml";
const WORLD: &str = r#"
[[account]]
id = "111122223333"
[[role]]
account = "111122223333"
name = "Dev"
trusts = ["arn:aws:iam::111122223333:saml-provider/Corp"]
[[saml_provider]]
account = "111122223333"
name = "Corp"
assertion_consumer = "http://127.0.0.1:PORT/saml"
user = [{ name = "bob", password = "bob's own", roles = ["arn:aws:iam::111122223333:role/Dev"] }]
"#;
/// A port found free may be taken before the server has it.
const STARTS: usize = 3;

/// A world from a file, answering at the address that the file names as the sign-in page's.
async fn from_file() -> Lab {
    for _ in 0..STARTS {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let world = WorldFile::parse("world.toml", &WORLD.replace("PORT", &port.to_string())).unwrap();
        let aws = world.make(Arc::new(SystemClock::new())).aws;
        if let Ok(server) = aws.listen_on(port).await {
            return Lab::at_server(aws, server);
        }
    }
    panic!("no port stayed free");
}

fn roles(lab: &Lab) -> (RoleArn, SamlProviderArn) {
    let corp = lab.aws.add_saml_provider(&lab.account, "Corp");
    let role = lab.role("Dev", corp.arn());
    let spec = SamlAssertionSpec::new("alice").with_role(&role, corp.arn());
    corp.add_user("alice", Secret::new(PASSWORD), spec.with_role(&lab.role("Ops", corp.arn()), corp.arn()));
    (role, corp.arn().clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_person_logs_in_and_chooses_a_role() {
    let lab = Lab::new().await;
    let (role, provider) = roles(&lab);
    let sign_in = lab.at("/saml");
    lab.aws.add_saml_provider(&lab.account, "Corp").set_assertion_consumer(&sign_in);

    let end = Person::opens(&lab.at("/idp/Corp?RelayState=a%26b"))
        .types("User name", "alice")
        .types("Password", "a guess")
        .clicks("Log in")
        .sees("The user name or the password is wrong.")
        .types("User name", "alice")
        .types("Password", PASSWORD)
        .clicks("Log in")
        .sees("Account: 111122223333")
        .chooses("Ops")
        .clicks("Sign in")
        .sees("Signed in as Ops/alice in account 111122223333.")
        .goes();

    assert_eq!(end.violations, [""; 0]);
    assert_eq!(end.posts.last().unwrap().fields["RelayState"], "a&b");
    let session = assert_accepted(lab.redeem(&role, &provider, end.saml_response(&sign_in)).await);
    assert_eq!(session, "arn:aws:sts::111122223333:assumed-role/Dev/alice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn the_response_for_aws_is_caught_on_its_way_there() {
    let lab = Lab::new().await;
    let (role, provider) = roles(&lab);

    let end = Person::opens(&lab.at("/idp/Corp"))
        .types("User name", "alice")
        .types("Password", PASSWORD)
        .clicks("Log in")
        .sees("Caught on the way")
        // Logged in already: nothing to type, a response all the same.
        .then_opens(&lab.at("/idp/Corp"))
        .sees("Caught on the way")
        .goes();

    assert_eq!((end.violations.len(), end.url.as_str()), (0, AWS));
    let responses: Vec<_> = end.posts.iter().filter(|post| post.url == AWS).collect();
    assert_eq!(responses.len(), 2);
    for response in responses {
        assert_accepted(lab.redeem(&role, &provider, &response.fields["SAMLResponse"]).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_user_of_a_world_file_logs_in_without_scripts() {
    let lab = from_file().await;

    let end = Person::opens(&lab.at("/idp/Corp"))
        .without_scripts()
        .types("User name", "bob")
        .types("Password", "bob's own")
        .clicks("Log in")
        .clicks("Continue")
        .chooses("Dev")
        .clicks("Sign in")
        .sees("Signed in as Dev/bob in account 111122223333.")
        .goes();

    let role = RoleArn::parse("arn:aws:iam::111122223333:role/Dev").unwrap();
    let [corp, stranger] = ["Corp", "Stranger"].map(|name| lab.aws.add_saml_provider(&lab.account, name));
    let sign_in = lab.at("/saml");
    let response = end.saml_response(&sign_in);
    let session = assert_accepted(lab.redeem(&role, corp.arn(), response).await);
    assert_eq!(session, "arn:aws:sts::111122223333:assumed-role/Dev/bob");
    let refused = lab.redeem(&role, stranger.arn(), response).await;
    assert_refused(refused, "InvalidIdentityToken", "Issuer not present in specified provider");
}
