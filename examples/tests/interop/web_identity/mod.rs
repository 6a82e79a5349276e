//! Tokens of an OIDC provider that others wrote: `oidc-provider`, the library for Node. Alice logs in there, and the
//! library takes what it signed to an account that knows its keys.

mod provider;

use std::sync::Arc;

use aws_types::SdkConfig;
use data_encoding::BASE64URL_NOPAD;
use leapp_core::aws::{AssumeRoleWithWebIdentity, Sts, TokenFile, TokenSource};
use leapp_core::{
    AccountId, Error, ErrorKind, IssueMetadata, Leapp, MemoryVault, RoleArn, RoleSessionName, Session,
    Started, SystemClock,
};
use leapp_testkit::aws::{FakeAws, RoleSpec};

use crate::sessions::{id_of, soon};
use provider::Provider;

/// The clients that the account lets in; the provider has one more.
const CLIENTS: [&str; 2] = ["RS256", "ES256"];

struct Lab {
    idp: Provider,
    aws: FakeAws,
    role: RoleArn,
}

impl Lab {
    fn new() -> Self {
        let (idp, aws) = (Provider::start(), FakeAws::new(Arc::new(SystemClock::new())));
        let account = AccountId::parse("111122223333").unwrap();
        let trust = aws.add_oidc_provider_from_jwks(&account, &idp.issuer, &CLIENTS, &idp.keys).unwrap();
        let role = aws.add_role(RoleSpec::new(&account, "Deploy").with_trusted(trust.with_subject("alice")));
        Self { idp, aws, role }
    }

    /// Starts a session of the role with a token from there.
    async fn start(&self, token: impl TokenSource + 'static) -> Result<IssueMetadata, Error> {
        let region = aws_types::region::Region::from_static("eu-west-1");
        let config = SdkConfig::builder().region(region).http_client(self.aws.http_client());
        let sts = Sts::from_sdk_config(&config.build()).unwrap();
        let deploy = AssumeRoleWithWebIdentity::new(sts, self.role.clone(), token)
            .with_role_session_name(RoleSessionName::parse("ci").unwrap());
        let leapp = Leapp::builder(MemoryVault::new()).build().unwrap();
        leapp.add(Session::new(id_of("deploy"), deploy)).await.unwrap();
        let started = soon(leapp.start(&id_of("deploy"))).await?;
        assert!(matches!(started, Started::Active), "{started:?}");
        let set = soon(leapp.credentials(&id_of("deploy")).unwrap().current()).await.unwrap();
        Ok(set.metadata().clone())
    }

    fn assert_is_alices(&self, said: &IssueMetadata, client: &str) {
        let provider = self.idp.issuer.replace("http://", "arn:aws:iam::111122223333:oidc-provider/");
        assert_eq!(said.arn.as_deref(), Some("arn:aws:sts::111122223333:assumed-role/Deploy/ci"));
        assert_eq!(said.subject.as_deref(), Some("alice"));
        assert_eq!(said.audience.as_deref(), Some(client));
        assert_eq!(said.issuer, Some(provider));
    }
}

#[track_caller]
fn assert_refused(outcome: Result<IssueMetadata, Error>, why: &str) {
    let error = outcome.unwrap_err();
    let said = format!("{error:?}");
    assert_eq!(error.kind(), ErrorKind::IdentityRefused, "{said}");
    assert!(said.contains(why), "{said}, not {why}");
}

/// The same token about somebody else.
fn about_bob(token: &str) -> String {
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
    let claims = String::from_utf8(BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    let changed = claims.replace("\"alice\"", "\"alicf\"");
    assert_ne!(changed, claims, "{claims}");
    format!("{header}.{}.{signature}", BASE64URL_NOPAD.encode(changed.as_bytes()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_token_in_a_file_opens_a_session_until_it_is_changed() {
    let lab = Lab::new();
    let home = crate::clients::home();
    let path = home.path().join("token");
    let start = async |token: &str| {
        std::fs::write(&path, token).unwrap();
        lab.start(TokenFile::new(&path)).await
    };
    for client in CLIENTS {
        let token = lab.idp.login(client).token().await.unwrap();

        lab.assert_is_alices(&start(token.expose()).await.unwrap(), client);

        assert_refused(start(&about_bob(token.expose())).await, "signature of the token is not valid");
        let (signed, _) = token.expose().rsplit_once('.').unwrap();
        assert_refused(start(&format!("{signed}.")).await, "signature of the token is not valid");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[cfg_attr(not(feature = "interop"), ignore = "outside check, left to `cargo xtask test`")]
async fn a_program_that_logs_in_opens_a_session_for_its_own_client() {
    let lab = Lab::new();
    for client in CLIENTS {
        lab.assert_is_alices(&lab.start(lab.idp.login(client)).await.unwrap(), client);
    }

    assert_refused(lab.start(lab.idp.login("elsewhere")).await, "Incorrect token audience");
    // Another one at another address, which the account has never heard of.
    let stranger = Provider::start();
    assert_refused(lab.start(stranger.login("RS256")).await, "No OpenIDConnect provider");
}
