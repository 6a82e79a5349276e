//! A success without credentials, or with ones that are not quite what they should be, from each call that issues any.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use leapp_core::aws::{
    AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, GetFederationToken, GetRoleCredentials,
    GetSessionToken, Sso, Sts, WebIdentityToken,
};
use leapp_core::{
    AccessKey, AccessKeyId, AccountId, Answer, Error, ErrorKind, FederatedUserName, IssueRequest, Issued,
    Login, MemoryVault, Principal, RoleArn, SamlAssertion, Secret, SessionCredentials, SessionProvider,
    Source, Vault, VaultItem, VaultKey,
};
use leapp_testkit::aws::{FakeAws, SamlAssertionSpec};
use leapp_testkit::clock::ManualClock;

use crate::answers::answered;
use crate::scene::session;

const KEY: &str = "ASIAIOSFODNN7EXAMPLE";
const ROLE: &str = "arn:aws:iam::111122223333:role/Deploy";

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000)
}

/// An answer of STS, with what it should give in it or not.
fn result(action: &str, credentials: &str) -> String {
    format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result>{credentials}\
         </{action}Result></{action}Response>"
    )
}

fn credentials(key: &str, secret: &str, token: &str) -> String {
    format!(
        "<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
         <SessionToken>{token}</SessionToken><Expiration>2030-03-18T00:00:00Z</Expiration></Credentials>"
    )
}

/// An attempt with whatever any kind asks for: an access key in the vault, a source, an answer.
async fn attempt(
    provider: &dyn SessionProvider,
    source: Source,
    answer: Option<Answer>,
) -> Result<SessionCredentials, Error> {
    let (vault, alice) = (MemoryVault::new(), session("alice"));
    let key = AccessKey::new(AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE").unwrap(), Secret::new("secret"));
    let place = VaultKey::new(alice.clone(), VaultItem::AccessKey);
    vault.put(&place, &key.unwrap().to_record()).await.unwrap();
    let request = IssueRequest::new(&alice, now(), &vault);
    match provider.issue(&request.with_source(Some(&source)).with_answer(answer.as_ref())).await? {
        Issued::Credentials(set) => Ok(set),
        other => panic!("no credentials: {other:?}"),
    }
}

/// One attempt of each kind that calls STS, each answered with what `answer` makes of its action's name.
async fn of_sts(answer: impl Fn(&str) -> String) -> Vec<(&'static str, Result<SessionCredentials, Error>)> {
    let aws = FakeAws::new(Arc::new(ManualClock::new(now())));
    let (account, role) = (AccountId::parse("111122223333").unwrap(), RoleArn::parse(ROLE).unwrap());
    let corp = aws.add_saml_provider(&account, "Corp");
    let response = corp.respond(&SamlAssertionSpec::new("alice").with_role(&role, corp.arn()));
    let assertion = Answer::SamlAssertion(SamlAssertion::parse(&response).unwrap());
    let token = WebIdentityToken::parse(&Secret::new("eyJhbGciOiJSUzI1NiJ9.e30.c2ln")).unwrap();
    let guest = FederatedUserName::parse("guest").unwrap();
    let source = || {
        let set = SessionCredentials::new(
            AccessKeyId::parse(KEY).unwrap(),
            Secret::new("secret"),
            Secret::new("token"),
            now() + Duration::from_secs(3600),
        );
        Source::new(set.unwrap(), Principal::User)
    };
    let sts = |action| Sts::from_sdk_config(&answered(200, answer(action))).unwrap();
    let kinds: [(_, Box<dyn SessionProvider>); 5] = [
        ("AssumeRole", Box::new(AssumeRole::new(sts("AssumeRole"), session("source"), role.clone()))),
        (
            "AssumeRoleWithSAML",
            Box::new(AssumeRoleWithSaml::new(sts("AssumeRoleWithSAML"), "https://idp.example.com/")),
        ),
        (
            "AssumeRoleWithWebIdentity",
            Box::new(AssumeRoleWithWebIdentity::new(sts("AssumeRoleWithWebIdentity"), role, token)),
        ),
        ("GetFederationToken", Box::new(GetFederationToken::new(sts("GetFederationToken"), guest))),
        ("GetSessionToken", Box::new(GetSessionToken::new(sts("GetSessionToken")))),
    ];
    let mut outcomes = Vec::new();
    for (action, provider) in kinds {
        let answer = (action == "AssumeRoleWithSAML").then(|| assertion.clone());
        outcomes.push((action, attempt(&*provider, source(), answer).await));
    }
    outcomes
}

/// One attempt for a portal's role, answered so.
async fn of_the_portal(answer: &str) -> Result<SessionCredentials, Error> {
    let sso = Sso::from_sdk_config(&answered(200, answer)).unwrap();
    let account = AccountId::parse("111122223333").unwrap();
    let provider = GetRoleCredentials::new(sso, session("company"), account, "ReadOnly").unwrap();
    let login = Login::new(Secret::new("token"), now() + Duration::from_secs(3600)).unwrap();
    attempt(&provider, Source::new(login, Principal::Person), None).await
}

#[track_caller]
fn is_broken(action: &str, outcome: Result<SessionCredentials, Error>) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service, "{action}: {error:?}");
    assert!(error.to_string().starts_with(&format!("{action} for session `alice`")), "{error}");
}

#[track_caller]
fn is_trimmed(action: &str, outcome: Result<SessionCredentials, Error>) {
    let set = outcome.unwrap_or_else(|error| panic!("{action}: {error:?}"));
    assert_eq!(set.access_key_id().as_str(), KEY, "{action}");
    assert_eq!(set.secret_access_key().expose(), "a secret", "{action}");
    assert_eq!(set.session_token().expose(), "a token", "{action}");
}

#[tokio::test]
async fn a_success_of_sts_without_credentials_is_none() {
    for empty in ["", "<PackedPolicySize>6</PackedPolicySize>"] {
        for (action, outcome) in of_sts(|action| result(action, empty)).await {
            is_broken(action, outcome);
        }
    }
}

#[tokio::test]
async fn credentials_of_sts_that_cannot_be_are_none() {
    for [key, secret, token] in
        [["", "a", "b"], [KEY, "", "b"], [KEY, "a", ""], [KEY, "  ", "b"], [KEY, "a", " "]]
    {
        for (action, outcome) in of_sts(|action| result(action, &credentials(key, secret, token))).await {
            is_broken(action, outcome);
        }
    }
}

/// Spaces around a value were seen in the field, and no signature made with them was ever accepted.
#[tokio::test]
async fn spaces_around_what_sts_gives_are_not_a_part_of_it() {
    let padded = credentials(&format!(" {KEY} "), "  a secret\n", "\t a token ");
    for (action, outcome) in of_sts(|action| result(action, &padded)).await {
        is_trimmed(action, outcome);
    }
}

/// An answer of the portal.
fn role_credentials(key: &str, secret: &str, token: &str) -> String {
    let credentials = serde_json::json!({
        "accessKeyId": key, "secretAccessKey": secret, "sessionToken": token, "expiration": 1_900_003_600_000_u64,
    });
    serde_json::json!({ "roleCredentials": credentials }).to_string()
}

#[tokio::test]
async fn a_success_of_the_portal_without_credentials_is_none() {
    let cut = r#"{"roleCredentials":{"accessKeyId":"ASIAIOSFODNN7EXAMPLE","expiration":1900003600000}}"#;
    for answer in ["{}", r#"{"roleCredentials":null}"#, r#"{"roleCredentials":{}}"#, cut] {
        is_broken("GetRoleCredentials", of_the_portal(answer).await);
    }
    for [key, secret, token] in
        [["", "a", "b"], [KEY, "", "b"], [KEY, "a", ""], [KEY, "  ", "b"], [KEY, "a", " "]]
    {
        is_broken("GetRoleCredentials", of_the_portal(&role_credentials(key, secret, token)).await);
    }
}

#[tokio::test]
async fn spaces_around_what_the_portal_gives_are_not_a_part_of_it() {
    let padded = role_credentials(&format!(" {KEY} "), " a secret\n", "\ta token ");
    is_trimmed("GetRoleCredentials", of_the_portal(&padded).await);
}
