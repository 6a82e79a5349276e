//! `AssumeRoleWithSAML`: a login at a SAML identity provider into credentials of a role (Leapp's "IAM Role Federated").

mod redeem;

use std::time::Duration;

use async_trait::async_trait;

use super::duration::SessionDuration;
use super::role_duration::RoleDuration;
use super::saml::sign_in::partition_of;
use super::saml::{Keeper, LoginPage};
use super::session_policy::SessionPolicy;
use super::{Partition, Sts};
use crate::{
    Answer, Challenge, Error, ErrorKind, Grant, IssueRequest, Issued, PolicyArn, Principal, Refresh, RoleArn,
    SamlProviderArn, SessionId, SessionKind, SessionProvider,
};

const ACTION: &str = "AssumeRoleWithSAML";
const MOST: Duration = Duration::from_secs(12 * 3600);

/// Temporary credentials of a role, for whom a SAML identity provider vouches.
///
/// They last an hour unless [another duration](Self::with_duration) is set, or less where the identity provider says so, and
/// are never kept in the vault. Each set costs a login, so it is used until shortly before it expires.
///
/// The login is a [`Question::SamlAssertion`](crate::Question::SamlAssertion). Where its answer offers several roles and [none is set](Self::with_role), a
/// [`Question::Role`](crate::Question::Role) follows; until that is answered the response stays in memory, for five minutes at most. Sessions that
/// [share a login](Self::from_login) cost one for all of them.
///
/// Nothing signs the call: the response speaks for itself, and whether it is genuine STS decides.
///
/// See [AssumeRoleWithSAML](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html).
///
/// ```
/// # #[cfg(feature = "default-https-client")] {
/// use leapp_core::aws::{AssumeRoleWithSaml, Sts};
/// use leapp_core::{Region, RoleArn, Session, SessionId};
///
/// let sts = Sts::new(Region::parse("eu-west-1")?);
/// let role = RoleArn::parse("arn:aws:iam::111122223333:role/Dev")?;
/// let provider = AssumeRoleWithSaml::new(sts, "https://idp.example.com/aws").with_role(role);
/// let session = Session::new(SessionId::parse("dev")?, provider);
/// # drop(session);
/// # }
/// # Ok::<(), leapp_core::Error>(())
/// ```
#[derive(Debug)]
pub struct AssumeRoleWithSaml {
    sts: Sts,
    origin: Origin,
    role_arn: Option<RoleArn>,
    principal_arn: Option<SamlProviderArn>,
    duration: RoleDuration,
    policy: SessionPolicy,
    keeper: Keeper,
}

/// Where the assertion comes from.
#[derive(Debug)]
enum Origin {
    /// A person logs in for this session alone.
    Page(LoginPage),
    /// Another session is the login.
    Session(SessionId),
}

impl AssumeRoleWithSaml {
    /// Credentials for an hour, for a person who logs in at this page of the identity provider.
    pub fn new(sts: Sts, login_url: impl Into<String>) -> Self {
        Self::of(sts, Origin::Page(LoginPage::new(login_url.into())))
    }

    /// Credentials for an hour, for the person whose login this session is: an
    /// [`IdentityProviderLogin`](super::IdentityProviderLogin).
    pub fn from_login(sts: Sts, login: SessionId) -> Self {
        Self::of(sts, Origin::Session(login))
    }

    fn of(sts: Sts, origin: Origin) -> Self {
        Self {
            sts,
            origin,
            role_arn: None,
            principal_arn: None,
            duration: RoleDuration::new(SessionDuration::hours(1)),
            policy: SessionPolicy::default(),
            keeper: Keeper::default(),
        }
    }

    /// Assumes this role. Without it, the only role that is offered, or the one that is chosen.
    #[must_use]
    pub fn with_role(self, role_arn: RoleArn) -> Self {
        Self { role_arn: Some(role_arn), ..self }
    }

    /// Assumes roles through this SAML provider only. Needed where one role is offered through several, and where the
    /// response is encrypted.
    #[must_use]
    pub fn with_principal(self, principal_arn: SamlProviderArn) -> Self {
        Self { principal_arn: Some(principal_arn), ..self }
    }

    /// Adds a page of AWS to which the identity provider posts, beside the global one and that of the Region of STS: another
    /// Region's, or with encrypted assertions the one that ends in `/acs/` and the SAML provider's id. Where the login is
    /// [another session's](Self::from_login), that one has to know it, and this changes nothing.
    #[must_use]
    pub fn with_sign_in_url(self, sign_in_url: impl Into<String>) -> Self {
        let origin = match self.origin {
            Origin::Page(page) => Origin::Page(page.with_sign_in_url(sign_in_url.into())),
            origin @ Origin::Session(_) => origin,
        };
        Self { origin, ..self }
    }

    /// Asks for this duration: 900 seconds to 12 hours. Where the role allows less, an hour is obtained, and
    /// [`IssueMetadata::reduced_from`](crate::IssueMetadata::reduced_from) says so. From then on an hour is asked for.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is out of these bounds.
    pub fn with_duration(self, duration: Duration) -> Result<Self, Error> {
        let duration = RoleDuration::new(SessionDuration::parse(ACTION, duration, MOST)?);
        Ok(Self { duration, ..self })
    }

    /// Narrows what the session may do, by a policy document in JSON of at most 2048 characters.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is empty, longer, or holds a character beyond Latin-1.
    pub fn with_policy(self, policy: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { policy: self.policy.with_document(policy.into())?, ..self })
    }

    /// Narrows what the session may do, by managed policies of the role's account; at most ten.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when there are more.
    pub fn with_policy_arns(self, policy_arns: Vec<PolicyArn>) -> Result<Self, Error> {
        Ok(Self { policy: self.policy.with_arns(policy_arns)?, ..self })
    }

    /// A login whose role cannot be assumed here is not asked for.
    fn check_definition(&self) -> Result<(), Error> {
        if let Some(role_arn) = &self.role_arn {
            Partition::check(&format!("role {role_arn}"), role_arn.partition(), &self.sts)?;
        }
        if let Some(arn) = &self.principal_arn {
            Partition::check(&format!("SAML provider {arn}"), arn.partition(), &self.sts)?;
        }
        Ok(())
    }

    fn ask(&self, page: &LoginPage, session: &SessionId) -> Issued {
        let region = self.sts.region();
        let of_role = self.role_arn.as_ref().map(RoleArn::partition);
        let of_provider = self.principal_arn.as_ref().map(SamlProviderArn::partition);
        let partition = of_role.or(of_provider).unwrap_or_else(|| partition_of(region));
        Issued::Challenge(Challenge::new(session.clone(), page.question(partition, region)))
    }

    /// With a login of this session's own, which is half of what it needs where a role is to be chosen.
    async fn issue_alone(&self, page: &LoginPage, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        let kept = self.keeper.take(request.session, request.now);
        match (request.answer, kept) {
            (Some(Answer::SamlAssertion(assertion)), _) => self.redeem(request, assertion, None, None).await,
            (Some(Answer::Role(role_arn)), Some(kept)) => {
                self.redeem(request, &kept.assertion, Some(role_arn), Some(kept.until)).await
            }
            (None, Some(kept)) => {
                self.redeem(request, &kept.assertion, kept.role_arn.as_ref(), Some(kept.until)).await
            }
            // The response that the role was chosen from has ended meanwhile, or there is none yet.
            _ => Ok(self.ask(page, request.session)),
        }
    }

    /// With the login of its source, which keeps it for as long as it is of use.
    async fn issue_from(&self, login: &SessionId, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        let session = request.session;
        let Some(Grant::Assertion { assertion, expiration }) = request.source.map(|source| &source.grant)
        else {
            let message = format!(
                "session `{session}` needs a login at a SAML identity provider, which its source `{login}` is not"
            );
            return Err(Error::new(ErrorKind::InvalidInput, message));
        };
        // Chosen before an attempt that failed in passing: nobody has to choose again.
        let chosen_before = self.keeper.take(session, request.now).and_then(|kept| kept.role_arn);
        let chosen = match request.answer {
            Some(Answer::Role(role_arn)) => Some(role_arn.clone()),
            _ => chosen_before,
        };
        self.redeem(request, assertion, chosen.as_ref(), Some(*expiration)).await
    }
}

#[async_trait]
impl SessionProvider for AssumeRoleWithSaml {
    fn kind(&self) -> SessionKind {
        SessionKind::new("IAM Role Federated", Principal::Role, Refresh::Reuse)
    }

    fn source(&self) -> Option<&SessionId> {
        match &self.origin {
            Origin::Page(_) => None,
            Origin::Session(login) => Some(login),
        }
    }

    fn duration(&self) -> Option<Duration> {
        Some(self.duration.asked().length())
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        self.check_definition()?;
        match &self.origin {
            Origin::Page(page) => self.issue_alone(page, request).await,
            Origin::Session(login) => self.issue_from(login, request).await,
        }
    }

    fn forget(&self) {
        self.keeper.forget();
    }
}
