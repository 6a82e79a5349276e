//! Roles and whom they trust.

use std::time::Duration;

use leapp_core::{AccountId, ExternalId, RoleArn};

use super::account::Partition;
use super::oidc::{WebIdentity, WebIdentityTrust};
use super::principal::{Principal, UserArn};
use super::saml::SamlProviderArn;
use super::session_terms::SessionTerms;

/// What a role of [`FakeAws`](super::FakeAws) is like.
///
/// As it begins, it trusts its own account, asks for no external id and no MFA, and allows sessions of an hour.
#[derive(Clone, Debug)]
pub struct RoleSpec {
    account_id: AccountId,
    role_name: String,
    trusted: Vec<Trusted>,
    max_session_duration: Duration,
    external_id: Option<ExternalId>,
    requires_mfa: bool,
    session_terms: SessionTerms,
}

/// Whom a role's trust policy names.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Trusted {
    /// Every user and role session of an account.
    Account(AccountId),
    /// Sessions of one role.
    Role(RoleArn),
    /// Whom a SAML provider of the role's account vouches for, by `AssumeRoleWithSAML`.
    Saml(SamlProviderArn),
    /// One user.
    User(UserArn),
    /// Whom an OIDC provider vouches for.
    WebIdentity(WebIdentityTrust),
}

/// A role that exists.
pub(super) struct Role {
    pub(super) spec: RoleSpec,
    pub(super) role_id: String,
}

impl RoleSpec {
    /// A role of an account. The name may have a path before it: `ops/Deploy`.
    pub fn new(account_id: &AccountId, role_name: &str) -> Self {
        Self {
            account_id: account_id.clone(),
            role_name: role_name.to_owned(),
            trusted: Vec::new(),
            max_session_duration: Duration::from_secs(3600),
            external_id: None,
            requires_mfa: false,
            session_terms: SessionTerms::default(),
        }
    }

    /// Adds one whom the role trusts. The first takes the place of the account, which is trusted when nobody is named.
    #[must_use]
    pub fn with_trusted(mut self, trusted: impl Into<Trusted>) -> Self {
        self.trusted.push(trusted.into());
        self
    }

    /// Sets the longest session that the role allows.
    #[must_use]
    pub fn with_max_session_duration(self, max_session_duration: Duration) -> Self {
        Self { max_session_duration, ..self }
    }

    /// Makes the role ask for an external id.
    #[must_use]
    pub fn with_external_id(self, external_id: ExternalId) -> Self {
        Self { external_id: Some(external_id), ..self }
    }

    /// Makes the role ask for MFA: in the call itself, or in the session that makes it.
    #[must_use]
    pub fn requiring_mfa(self) -> Self {
        Self { requires_mfa: true, ..self }
    }

    /// Adds a source identity that a session may have, like a pattern of `*` and `?`. As soon as there is one, a session
    /// needs one of them: `StringLike` on `sts:SourceIdentity`.
    #[must_use]
    pub fn with_source_identity(mut self, pattern: &str) -> Self {
        self.session_terms.add_source_identity(pattern);
        self
    }

    /// Adds a key that session tags may have. As soon as there is one, they may have no other:
    /// `ForAllValues:StringEquals` on `aws:TagKeys`.
    #[must_use]
    pub fn with_tag_key(mut self, tag_key: &str) -> Self {
        self.session_terms.add_tag_key(tag_key);
        self
    }

    #[expect(clippy::expect_used, reason = "a test's own role name is wrong: the test has to be corrected")]
    pub(super) fn role_arn(&self, partition: Partition) -> RoleArn {
        RoleArn::parse(&format!("arn:{partition}:iam::{}:role/{}", self.account_id, self.role_name))
            .expect("a role name")
    }

    pub(super) fn account_id(&self) -> &AccountId {
        &self.account_id
    }
}

impl Role {
    pub(super) fn max_session_duration(&self) -> u64 {
        self.spec.max_session_duration.as_secs()
    }

    pub(super) fn requires_mfa(&self) -> bool {
        self.spec.requires_mfa
    }

    pub(super) fn trusts(&self, principal: &Principal, external_id: Option<&ExternalId>) -> bool {
        let RoleSpec { account_id, trusted, external_id: asked, .. } = &self.spec;
        let is_trusted = match &trusted[..] {
            [] => principal.account_id() == account_id.as_str(),
            some => some.iter().any(|one| one.matches(principal)),
        };
        is_trusted && asked.as_ref().is_none_or(|asked| Some(asked) == external_id)
    }

    /// What the trust policy says of the session itself.
    pub(super) fn session_terms(&self) -> &SessionTerms {
        &self.spec.session_terms
    }

    /// Such a session proves no MFA and names no external id.
    pub(super) fn trusts_web_identity(&self, identity: &WebIdentity) -> bool {
        let RoleSpec { trusted, external_id, requires_mfa, .. } = &self.spec;
        let is_named = |one: &Trusted| matches!(one, Trusted::WebIdentity(trust) if trust.is_for(identity));
        external_id.is_none() && !requires_mfa && trusted.iter().any(is_named)
    }

    /// `sts:AssumeRoleWithSAML`: for a provider of the role's own account only, as IAM has it. Such a session proves no
    /// MFA and names no external id either.
    pub(super) fn trusts_saml(&self, provider_arn: &SamlProviderArn) -> bool {
        let RoleSpec { account_id, trusted, external_id, requires_mfa, .. } = &self.spec;
        let is_it = |one: &Trusted| matches!(one, Trusted::Saml(trusted) if trusted == provider_arn);
        external_id.is_none()
            && !requires_mfa
            && provider_arn.account_id() == account_id.as_str()
            && trusted.iter().any(is_it)
    }
}

impl Trusted {
    fn matches(&self, principal: &Principal) -> bool {
        match (self, principal) {
            (Self::Account(account_id), principal) => principal.account_id() == account_id.as_str(),
            (Self::Role(role_arn), Principal::RoleSession(session)) => session.role_arn == *role_arn,
            (Self::User(user), Principal::User(caller)) => user == caller,
            _ => false,
        }
    }
}

impl From<AccountId> for Trusted {
    fn from(account_id: AccountId) -> Self {
        Self::Account(account_id)
    }
}

impl From<RoleArn> for Trusted {
    fn from(role_arn: RoleArn) -> Self {
        Self::Role(role_arn)
    }
}

impl From<WebIdentityTrust> for Trusted {
    fn from(trust: WebIdentityTrust) -> Self {
        Self::WebIdentity(trust)
    }
}

impl From<SamlProviderArn> for Trusted {
    fn from(provider_arn: SamlProviderArn) -> Self {
        Self::Saml(provider_arn)
    }
}

impl From<UserArn> for Trusted {
    fn from(user: UserArn) -> Self {
        Self::User(user)
    }
}
