//! What a world file makes of Identity Center, SAML and OIDC, and what it must not say of them.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_ssooidc::config::retry::RetryConfig;
use aws_sdk_ssooidc::config::{BehaviorVersion, Region};
use aws_smithy_async::time::StaticTimeSource;
use leapp_core::Clock as _;
use leapp_testkit::aws::{MadeWorld, WebIdentityClaims, WorldFile};
use leapp_testkit::clock::ManualClock;

const GOOD: &str = r#"[[account]]
id = "111122223333"

[[role]]
account = "111122223333"
name = "Federated"
trusts = ["arn:aws:iam::111122223333:saml-provider/Corp"]
trusts_web_identity = [
    { provider = "arn:aws:iam::111122223333:oidc-provider/token.example.com", audience = "sts", subject = "repo:octo/*" },
]

[[saml_provider]]
account = "111122223333"
name = "Corp"
assertion_consumer = "http://127.0.0.1:9/saml"
user = [{ name = "bob", password = "bob's own", roles = ["arn:aws:iam::111122223333:role/Federated"] }]

[[oidc_provider]]
account = "111122223333"
issuer_url = "https://token.example.com"
audiences = ["sts"]

[[identity_center]]
start_url = "https://d-1234567890.awsapps.com/start"
aliases = ["https://example.awsapps.com/start"]
region = "eu-west-1"
session_duration = 7200
access_token_duration = 1800
polling_interval = 7
portal_calls_per_second = 5

[[identity_center.user]]
name = "carol"
password = "carol's own"

[[identity_center.account]]
id = "111122223333"
name = "Production"
email = "prod@example.com"

[[identity_center.permission_set]]
name = "ReadOnly"
session_duration = 3600

[[identity_center.assignment]]
user = "carol"
account = "111122223333"
permission_set = "ReadOnly"
"#;

fn clock() -> ManualClock {
    ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000))
}

fn make() -> MadeWorld {
    WorldFile::parse("world.toml", GOOD).unwrap().make(Arc::new(clock()))
}

#[tokio::test]
async fn an_instance_of_identity_center_is_as_written() {
    let made = make();
    let center = &made.identity_centers[0];
    let oidc = aws_sdk_ssooidc::Client::from_conf(
        aws_sdk_ssooidc::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(center.region.to_string()))
            .retry_config(RetryConfig::disabled())
            .http_client(made.aws.http_client())
            .build(),
    );
    let client = oidc.register_client().client_name("test").client_type("public").send().await.unwrap();
    let (id, secret) = (client.client_id().unwrap(), client.client_secret().unwrap());
    for start_url in [&center.start_url, "https://example.awsapps.com/start"] {
        let start = oidc.start_device_authorization().client_id(id).client_secret(secret);
        let device = start.start_url(start_url).send().await.unwrap();
        assert_eq!(device.interval(), 7);
        assert!(
            made.aws.approve_device(device.user_code().unwrap(), "alice").is_err(),
            "nobody of that name"
        );
        made.aws.approve_device(device.user_code().unwrap(), &center.users[0].0).unwrap();
        let create = oidc.create_token().client_id(id).client_secret(secret);
        let create = create.grant_type("urn:ietf:params:oauth:grant-type:device_code");
        let token = create.device_code(device.device_code().unwrap()).send().await.unwrap();
        assert_eq!(token.expires_in(), 1800);

        let portal = aws_sdk_sso::Client::from_conf(
            aws_sdk_sso::Config::builder()
                .behavior_version(BehaviorVersion::v2026_01_12())
                .region(Region::new(center.region.to_string()))
                .http_client(made.aws.http_client())
                .build(),
        );
        let token = token.access_token().unwrap();
        let accounts = portal.list_accounts().access_token(token).send().await.unwrap();
        let account = &accounts.account_list()[0];
        assert_eq!(account.account_name(), Some("Production"));
        assert_eq!(account.email_address(), Some("prod@example.com"));
        let call = portal.get_role_credentials().access_token(token).account_id("111122223333");
        let set = call.role_name("ReadOnly").send().await.unwrap().role_credentials.unwrap();
        assert_eq!(set.expiration(), 1_700_003_600_000);
    }
    assert!(
        center.roles[0]
            .as_str()
            .contains(":role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_ReadOnly_")
    );
}

#[tokio::test]
async fn a_role_trusts_the_web_identities_that_are_written_and_no_others() {
    let made = make();
    let sts = sts(&made);
    for (subject, is_trusted) in [("repo:octo/app", true), ("repo:octa/app", false)] {
        let token = made.oidc_providers[0].token_at(&WebIdentityClaims::new("sts", subject), clock().now());
        let call = sts.assume_role_with_web_identity().role_arn(made.roles[0].as_str());
        let call = call.role_session_name("session").web_identity_token(token.expose());
        assert_eq!(call.send().await.is_ok(), is_trusted, "{subject}");
    }
}

#[tokio::test]
async fn a_role_trusts_the_saml_provider_that_is_written() {
    let made = make();
    let (role, provider) = (&made.roles[0], &made.saml_providers[0]);
    for (trusting, is_trusted) in [(true, true), (false, false)] {
        let other = leapp_testkit::aws::RoleSpec::new(&role.account_id(), "Other");
        let role = if trusting { role.clone() } else { made.aws.add_role(other) };
        let spec = leapp_testkit::aws::SamlAssertionSpec::new("bob").with_role(&role, provider.arn());
        let call = sts(&made).assume_role_with_saml().role_arn(role.as_str());
        let call = call.principal_arn(provider.arn().as_str());
        let call = call.saml_assertion(provider.respond(&spec).expose());
        assert_eq!(call.send().await.is_ok(), is_trusted);
    }
}

fn sts(made: &MadeWorld) -> aws_sdk_sts::Client {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .retry_config(RetryConfig::disabled())
        .time_source(StaticTimeSource::new(clock().now()))
        .http_client(made.aws.http_client());
    aws_sdk_sts::Client::from_conf(config.build())
}

#[test]
fn every_wrong_value_is_told_with_its_key() {
    for (good, wrong, key, words) in [
        ("saml-provider/Corp", "saml-provider/Cork", "trusts", "neither an account nor"),
        (
            "111122223333:saml-provider/Corp",
            "111122223333:oidc-provider/token.example.com",
            "trusts",
            "stand in `trusts_web",
        ),
        ("oidc-provider/token", "oidc-provider/taken", "provider", "not the ARN of an OIDC provider"),
        ("audience = \"sts\"", "audience = \"stz\"", "audience", "no such audience"),
        ("name = \"Corp\"", "name = \"Co rp\"", "name", "1 to 128 letters"),
        ("http://127.0.0.1:9", "ftp://127.0.0.1:9", "assertion_consumer", "address of the web"),
        ("\"bob\"", "\"b\"", "name", "session name"),
        ("\"bob's own\"", "\"\"", "password", "1 to 256 printable"),
        ("\"bob's own\"", "\"a\\nb\"", "password", "1 to 256 printable"),
        ("role/Federated\"] }", "role/Fed\"] }", "roles", "not the ARN of a role in this file"),
        ("issuer_url = \"https://", "issuer_url = \"", "issuer_url", "an issuer is an address"),
        (
            "https://token.example.com\"",
            "https://token.example.com?x\"",
            "issuer_url",
            "an issuer is an address",
        ),
        ("[\"sts\"]", "[]", "issuer_url", "1 to 100 audiences"),
        ("[\"sts\"]", "[\"\"]", "audiences", "1 to 255 printable"),
        ("start_url = \"https", "start_url = \"http", "start_url", "an https address"),
        (
            "\"https://example.awsapps",
            "\"https://d-1234567890.awsapps",
            "aliases",
            "stands in the file twice",
        ),
        ("region = \"eu-west-1\"", "region = \"Ireland!\"", "region", "not allowed"),
        ("region = \"eu-west-1\"", "region = \"cn-north-1\"", "id", "another partition"),
        ("= 7200", "= 899", "session_duration", "899 is not within 900 to 7776000"),
        ("= 1800", "= 0", "access_token_duration", "0 is not within"),
        ("= 7\n", "= 0\n", "polling_interval", "0 is not within 1 to 600"),
        ("_second = 5", "_second = 0", "portal_calls_per_second", "0 is not within"),
        ("name = \"carol\"", "name = \"c c\"", "name", "session name"),
        ("\"carol's own\"", "7", "password", "invalid type"),
        ("name = \"Production\"", "name = \"\"", "name", "1 to 50 printable"),
        ("prod@example.com", "prod.example.com", "email", "e-mail address"),
        ("name = \"ReadOnly\"", "name = \"Read Only\"", "name", "1 to 32 letters"),
        (
            "session_duration = 3600",
            "session_duration = 43201",
            "session_duration",
            "43201 is not within 3600 to 43200",
        ),
        ("user = \"carol\"", "user = \"dave\"", "user", "no user of that name"),
        ("\"\npermission_set", "4\"\npermission_set", "account", "twelve digits"),
        ("3333\"\npermission_set", "3334\"\npermission_set", "account", "no such account"),
        (
            "permission_set = \"ReadOnly\"",
            "permission_set = \"Admin\"",
            "permission_set",
            "no permission set of that",
        ),
        ("email =", "mail =", "mail", "unknown field"),
    ] {
        let text = GOOD.replacen(good, wrong, 1);
        assert_ne!(text, GOOD, "{good}");
        let at = GOOD.find(good).unwrap();

        let said = WorldFile::parse("w", &text).unwrap_err().to_string();

        assert!(said.contains(&format!("`{key}`: ")) && said.contains(words), "{wrong}: {said}");
        // The fault shows in the line that was changed, but for what another line makes wrong.
        let line = GOOD[..at].lines().count();
        let told: usize = said[8..].split(',').next().unwrap().parse().unwrap();
        assert!(
            told.abs_diff(line) <= 1 || key == "id" || key == "issuer_url",
            "{wrong}: {said}, not {line}"
        );
    }
}

#[test]
fn nothing_is_there_twice() {
    let twice = |start: &str, end: &str| {
        let (_, rest) = GOOD.split_once(start).unwrap();
        let block = format!("{start}{}", rest.split(end).next().unwrap());
        WorldFile::parse("w", &GOOD.replacen(&block, &format!("{block}\n{block}"), 1))
            .unwrap_err()
            .to_string()
    };
    for (start, words) in [
        ("[[saml_provider]]", "the SAML provider stands"),
        ("[[oidc_provider]]", "the OIDC provider stands"),
        ("[[identity_center.user]]", "the instance's user stands"),
        ("[[identity_center.account]]", "the instance's account stands"),
        ("[[identity_center.permission_set]]", "the permission set stands"),
        ("[[identity_center.assignment]]", "the assignment stands"),
    ] {
        let said = twice(start, "\n\n");
        assert!(said.contains(words) && said.contains("in the file twice"), "{start}: {said}");
    }
    let user = "{ name = \"bob\", password = \"x\" }";
    let said =
        WorldFile::parse("w", &GOOD.replacen("user = [{", &format!("user = [{user}, {{"), 1)).unwrap_err();
    assert!(said.to_string().contains("the identity provider's user stands in the file twice"), "{said}");
}

#[test]
fn nothing_of_it_tells_a_password() {
    let file = WorldFile::parse("world.toml", GOOD).unwrap();
    let shown = format!("{file:?} {:?}", file.make(Arc::new(clock())));
    assert!(!shown.contains("'s own"), "{shown}");
}
