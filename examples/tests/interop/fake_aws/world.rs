//! What is in the world: alice's devices, roles for every way to them, an identity center, and identity providers.

use std::time::{Duration, SystemTime};

use leapp_core::{AccountId, ExternalId, Region, RoleArn, Secret};
use leapp_testkit::aws::{
    FakeAws, IdentityCenterSpec, OidcProvider, RoleSpec, SamlAssertionSpec, SamlDamage, TokenDamage,
    WebIdentityClaims,
};

/// Names and values for the clients' environment.
pub(crate) type Env = Vec<(&'static str, String)>;

pub(crate) const START_URL: &str = "https://d-1234567890.awsapps.com/start";
/// Polled once in ten minutes: whoever asks twice is too fast.
const SLOW_START_URL: &str = "https://slow.awsapps.com/start";
const HOUR: Duration = Duration::from_secs(3600);

/// Fills the world, and says what a client has to know of it.
pub(crate) fn populate(aws: &FakeAws, account: &AccountId) -> Env {
    add_roles(aws, account);
    add_identity_centers(aws, account);
    let mut env = vec![("SLOW_START_URL", SLOW_START_URL.to_owned()), ("START_URL", START_URL.to_owned())];
    let alice = aws.add_user(account, "alice");
    for [serial, seed] in [["MFA_SERIAL", "MFA_SEED"], ["OTHER_MFA_SERIAL", "OTHER_MFA_SEED"]] {
        let device = aws.add_mfa_device(&alice);
        env.push((serial, device.serial_number().to_string()));
        env.push((seed, device.seed().expose().to_owned()));
    }
    env.extend(saml(aws, account));
    env.extend(web_identity(aws, account));
    env
}

fn add_roles(aws: &FakeAws, account: &AccountId) {
    let bob = aws.add_user(account, "bob");
    let role = |name: &str| RoleSpec::new(account, name).with_max_session_duration(12 * HOUR);
    let external_id = ExternalId::parse("customer:42").unwrap();
    aws.add_role(role("Deploy"));
    aws.add_role(role("Foreign").with_trusted(bob));
    aws.add_role(role("Guarded").requiring_mfa());
    aws.add_role(role("Next"));
    aws.add_role(role("Partner").with_external_id(external_id));
}

fn add_identity_centers(aws: &FakeAws, account: &AccountId) {
    let region = Region::parse("eu-west-1").unwrap();
    let [other, foreign] = ["222233334444", "333344445555"].map(|digits| AccountId::parse(digits).unwrap());
    aws.add_identity_center(
        IdentityCenterSpec::new(START_URL, &region)
            .with_user("alice", Secret::new("correct horse"))
            .with_user("bob", Secret::new("battery"))
            .with_account(account, "Development", "dev@example.com")
            .with_account(&other, "Production", "prod@example.com")
            .with_account(&foreign, "Bob's", "bob@example.com")
            .with_permission_set("Admin", HOUR)
            .with_permission_set("ReadOnly", HOUR)
            .with_assignment("alice", account, "Admin")
            .with_assignment("alice", account, "ReadOnly")
            .with_assignment("alice", &other, "ReadOnly")
            .with_assignment("bob", &foreign, "ReadOnly"),
    );
    let slow = IdentityCenterSpec::new(SLOW_START_URL, &region).with_polling_interval(600);
    aws.add_identity_center(slow.with_user("alice", Secret::new("correct horse")));
}

/// Responses of an identity provider: one that is right, and wrong ones.
fn saml(aws: &FakeAws, account: &AccountId) -> Env {
    let corp = aws.add_saml_provider(account, "Corp");
    let role = aws.add_role(RoleSpec::new(account, "Saml").with_trusted(corp.arn().clone()));
    let spec = SamlAssertionSpec::new("alice").with_role(&role, corp.arn());
    let long_ago = SystemTime::now() - Duration::from_secs(600);
    let respond = |spec: SamlAssertionSpec| corp.respond(&spec).expose().to_owned();
    vec![
        ("SAML_DAMAGED", respond(spec.clone().with_damage(SamlDamage::ChangedAfterSigning))),
        ("SAML_OLD", respond(spec.clone().with_issue_instant(long_ago))),
        ("SAML_PROVIDER", corp.arn().to_string()),
        ("SAML_REJECTED", respond(spec.clone().with_failed_status("Responder"))),
        ("SAML_RESPONSE", respond(spec)),
        ("SAML_ROLE", role.to_string()),
    ]
}

/// Tokens of a provider: one that is right, and wrong ones.
fn web_identity(aws: &FakeAws, account: &AccountId) -> Env {
    let ci = aws.add_oidc_provider(account, "https://token.example.com", &["sts.amazonaws.com"]);
    let trust = ci.trust().with_subject("repo:octo/*");
    let role: RoleArn = aws.add_role(RoleSpec::new(account, "Web").with_trusted(trust));
    let now = SystemTime::now();
    let claims = |subject| WebIdentityClaims::new("sts.amazonaws.com", subject);
    let token = |ci: &OidcProvider, subject, time| ci.token_at(&claims(subject), time).expose().to_owned();
    let damaged = ci.damaged_token_at(&claims("repo:octo/app"), now, TokenDamage::OtherKey);
    vec![
        ("WEB_DAMAGED", damaged.expose().to_owned()),
        ("WEB_OLD", token(&ci, "repo:octo/app", now - 2 * HOUR)),
        ("WEB_ROLE", role.to_string()),
        ("WEB_STRANGER", token(&ci, "repo:mallory/app", now)),
        ("WEB_TOKEN", token(&ci, "repo:octo/app", now)),
    ]
}
