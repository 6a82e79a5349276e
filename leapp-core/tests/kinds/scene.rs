//! An account with a user, an OIDC provider and a role for its tokens; and single attempts at both.

use std::sync::Arc;
use std::time::Duration;

use aws_types::SdkConfig;
use leapp_core::aws::{
    AssumeRole, AssumeRoleWithWebIdentity, GetSessionToken, Sts, TokenSource, WebIdentityToken,
};
use leapp_core::{
    AccountId, Clock, Error, IssueRequest, Issued, MemoryVault, Principal, RoleArn, SessionCredentials,
    SessionId, SessionProvider, Source, Vault, VaultItem, VaultKey,
};
use leapp_testkit::aws::{FakeAws, OidcProvider, RoleSpec, UserArn, WebIdentityClaims};
use leapp_testkit::clock::ManualClock;

pub(crate) const AUDIENCE: &str = "sts.amazonaws.com";
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

pub(crate) struct Scene {
    pub(crate) clock: ManualClock,
    pub(crate) aws: FakeAws,
    pub(crate) account: AccountId,
    pub(crate) alice: UserArn,
    pub(crate) oidc: OidcProvider,
    pub(crate) vault: Arc<MemoryVault>,
}

impl Scene {
    /// The user's access key is in the vault, for the session `alice`.
    pub(crate) async fn new() -> Self {
        let clock = ManualClock::new(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let aws = FakeAws::new(Arc::new(clock.clone()));
        let account = AccountId::parse("111122223333").unwrap();
        let alice = aws.add_user(&account, "alice");
        let key = aws.add_access_key(&alice);
        let vault = Arc::new(MemoryVault::new());
        vault.put(&VaultKey::new(id("alice"), VaultItem::AccessKey), &key.to_record()).await.unwrap();
        let oidc = aws.add_oidc_provider(&account, "https://token.example.com", &[AUDIENCE]);
        Self { clock, aws, account, alice, oidc, vault }
    }

    pub(crate) fn sts(&self) -> Sts {
        let region = aws_types::region::Region::from_static("eu-west-1");
        let config = SdkConfig::builder().region(region).http_client(self.aws.http_client());
        Sts::from_sdk_config(&config.build()).unwrap()
    }

    /// A role that trusts the OIDC provider.
    pub(crate) fn pod(&self) -> RoleArn {
        self.aws.add_role(self.pod_spec())
    }

    pub(crate) fn pod_spec(&self) -> RoleSpec {
        RoleSpec::new(&self.account, "Pod").with_trusted(self.oidc.trust())
    }

    pub(crate) fn claims(&self) -> WebIdentityClaims {
        WebIdentityClaims::new(AUDIENCE, "pod")
    }

    pub(crate) fn token(&self, claims: &WebIdentityClaims) -> WebIdentityToken {
        WebIdentityToken::parse(&self.oidc.token_at(claims, self.clock.now())).unwrap()
    }

    pub(crate) fn workload(&self, token: impl TokenSource + 'static) -> AssumeRoleWithWebIdentity {
        AssumeRoleWithWebIdentity::new(self.sts(), self.pod(), token)
    }

    pub(crate) fn role(&self, spec: RoleSpec) -> AssumeRole {
        AssumeRole::new(self.sts(), id("alice"), self.aws.add_role(spec))
    }

    /// One attempt of a session that needs no source.
    pub(crate) async fn issue(&self, provider: &dyn SessionProvider) -> Result<SessionCredentials, Error> {
        let session = id("alice");
        issued(provider.issue(&IssueRequest::new(&session, self.clock.now(), &*self.vault)).await)
    }

    /// One attempt of a session that has the user as its source.
    pub(crate) async fn issue_from_user(
        &self,
        provider: &dyn SessionProvider,
    ) -> Result<SessionCredentials, Error> {
        let user = self.issue(&GetSessionToken::new(self.sts())).await.unwrap();
        self.issue_from(provider, user, Principal::User).await
    }

    pub(crate) async fn issue_from(
        &self,
        provider: &dyn SessionProvider,
        set: SessionCredentials,
        principal: Principal,
    ) -> Result<SessionCredentials, Error> {
        let (session, source) = (id("role"), Source::new(set, principal));
        let request = IssueRequest::new(&session, self.clock.now(), &*self.vault).with_source(Some(&source));
        issued(provider.issue(&request).await)
    }

    /// How many requests of an action reached the service.
    pub(crate) fn calls(&self, action: &str) -> usize {
        self.aws.requests().iter().filter(|request| request.action() == action).count()
    }
}

fn issued(outcome: Result<Issued, Error>) -> Result<SessionCredentials, Error> {
    match outcome? {
        Issued::Credentials(set) => Ok(set),
        other => panic!("no credentials: {other:?}"),
    }
}

pub(crate) fn id(name: &str) -> SessionId {
    SessionId::parse(name).unwrap()
}

/// Writes a file as whoever renews a token does.
#[expect(
    clippy::disallowed_methods,
    reason = "the token file is somebody else's, and so is how it is written"
)]
pub(crate) fn renew(path: impl AsRef<std::path::Path>, content: impl AsRef<[u8]>) {
    std::fs::write(path, content).unwrap();
}

/// An error's own words and its cause's.
pub(crate) fn words(error: &Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    format!("{error}: {cause}")
}
