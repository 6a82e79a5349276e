//! `AssumeRoleWithWebIdentity`: an OIDC provider's token into credentials of a role.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityOutput;
use aws_sdk_sts::operation::assume_role_with_web_identity::builders::AssumeRoleWithWebIdentityFluentBuilder;

use super::answers::percent;
use super::duration::SessionDuration;
use super::role_duration::RoleDuration;
use super::session_policy::SessionPolicy;
use super::session_token_size::SessionTokenSize;
use super::sts::{Signer, Sts, unlogged};
use super::{Partition, TokenSource, WebIdentityToken, answers, refusal, role_session};
use crate::{
    Error, ErrorKind, IssueMetadata, IssueRequest, Issued, PolicyArn, Principal, Refresh, RoleArn,
    RoleSessionName, SessionId, SessionKind, SessionProvider,
};

const ACTION: &str = "AssumeRoleWithWebIdentity";
const MOST: Duration = Duration::from_secs(12 * 3600);

/// Temporary credentials of a role, for a workload or a person that an OIDC provider vouches for: a pod, a CI job.
///
/// No AWS credentials are needed: the token is the proof. It is asked for at each attempt, so whoever renews it decides how
/// long the session goes on. The credentials last an hour unless [another duration](Self::with_duration) is set, and
/// are never kept in the vault. Another role that is assumed with them is a chained one, of an hour at most.
///
/// See
/// [AssumeRoleWithWebIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html).
///
/// ```no_run
/// use leapp_core::aws::{AssumeRoleWithWebIdentity, Sts, TokenFile};
/// use leapp_core::{Region, RoleArn, RoleSessionName, Session, SessionId};
///
/// # fn example(token_file: std::path::PathBuf) -> Result<Session, leapp_core::Error> {
/// let sts = Sts::new(Region::parse("eu-west-1")?);
/// let role = RoleArn::parse("arn:aws:iam::444455556666:role/Pod")?;
/// let provider = AssumeRoleWithWebIdentity::new(sts, role, TokenFile::new(token_file))
///     .with_role_session_name(RoleSessionName::parse("billing")?);
/// # Ok(
/// Session::new(SessionId::parse("pod")?, provider)
/// # )
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AssumeRoleWithWebIdentity {
    sts: Sts,
    role_arn: RoleArn,
    token_source: Arc<dyn TokenSource>,
    role_session_name: Option<RoleSessionName>,
    duration: RoleDuration,
    policy: SessionPolicy,
    provider_id: Option<String>,
    session_token_size: SessionTokenSize,
    /// The token that the service called expired. It stays so, and is not shown again.
    expired: Arc<Mutex<Option<WebIdentityToken>>>,
}

impl AssumeRoleWithWebIdentity {
    /// The role's credentials for an hour, under the role session name `assumed-from-leapp`.
    pub fn new(sts: Sts, role_arn: RoleArn, token_source: impl TokenSource + 'static) -> Self {
        Self {
            sts,
            role_arn,
            token_source: Arc::new(token_source),
            role_session_name: None,
            duration: RoleDuration::new(SessionDuration::hours(1)),
            policy: SessionPolicy::default(),
            provider_id: None,
            session_token_size: SessionTokenSize::default(),
            expired: Arc::default(),
        }
    }

    /// Names the role session; AWS's logs show it.
    #[must_use]
    pub fn with_role_session_name(self, role_session_name: RoleSessionName) -> Self {
        Self { role_session_name: Some(role_session_name), ..self }
    }

    /// Asks for this duration: 900 seconds to 12 hours. It may be longer than the token lasts.
    ///
    /// Where the role allows less (its `MaxSessionDuration`), the attempt asks once more, for 1 hour, which every role allows;
    /// [`IssueMetadata::reduced_from`] says so. From then on 1 hour is asked for.
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

    /// Names the provider of an OAuth 2.0 access token, `www.amazon.com` or `graph.facebook.com`. An OIDC token names its
    /// own, and the service refuses this beside it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it has not 4 to 2048 characters.
    pub fn with_provider_id(self, provider_id: &str) -> Result<Self, Error> {
        if !(4..=2048).contains(&provider_id.chars().count()) {
            let message = format!("provider id {provider_id:?} has not 4 to 2048 characters");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Ok(Self { provider_id: Some(provider_id.to_owned()), ..self })
    }

    /// Asks for a session token of at least this many bytes, up to 4096: to try out whether everything in its way can take it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is more.
    pub fn with_minimum_session_token_size(self, bytes: u16) -> Result<Self, Error> {
        Ok(Self { session_token_size: SessionTokenSize::parse(bytes)?, ..self })
    }

    /// The token for this attempt, unless it is known to have expired.
    async fn token(&self, session: &SessionId) -> Result<WebIdentityToken, Error> {
        let token = self.token_source.token().await?;
        let expired = self.expired.lock().unwrap_or_else(PoisonError::into_inner);
        match &*expired {
            Some(expired) if expired.expose() == token.expose() => {
                let message = format!(
                    "the web identity token of session `{session}` has expired, and there is no newer one"
                );
                Err(Error::new(ErrorKind::IdentityTokenExpired, message))
            }
            _ => Ok(token),
        }
    }

    /// Puts every input but the duration into the call.
    fn fill(
        &self,
        call: AssumeRoleWithWebIdentityFluentBuilder,
        token: &WebIdentityToken,
    ) -> AssumeRoleWithWebIdentityFluentBuilder {
        let Self {
            sts: _,
            role_arn,
            token_source: _,
            role_session_name,
            duration: _,
            policy,
            provider_id,
            session_token_size,
            expired: _,
        } = self;
        call.role_arn(role_arn.as_str())
            .role_session_name(role_session::name(role_session_name.as_ref()))
            .web_identity_token(token.expose())
            .set_provider_id(provider_id.clone())
            .set_policy(policy.document())
            .set_policy_arns(policy.arns())
            .set_minimum_session_token_size(session_token_size.least())
    }

    /// One call; a second one where the role refused nothing but the duration.
    async fn call(
        &self,
        call: AssumeRoleWithWebIdentityFluentBuilder,
        session: &SessionId,
    ) -> Result<(AssumeRoleWithWebIdentityOutput, SessionDuration), Error> {
        let mut duration = self.duration.next();
        loop {
            match unlogged(call.clone().duration_seconds(duration.seconds()).send()).await {
                Ok(answer) => return Ok((answer, duration)),
                Err(failure) if refusal::exceeds_role_maximum(&failure) => {
                    match self.duration.reduce(duration) {
                        Some(less) => duration = less,
                        None => return Err(refusal::error(ACTION, session, &failure)),
                    }
                }
                // The request is not signed: what has expired can only be the token.
                Err(failure) => {
                    return Err(refusal::error_as(ACTION, session, &failure, |kind| match kind {
                        ErrorKind::Expired => ErrorKind::IdentityTokenExpired,
                        kind => kind,
                    }));
                }
            }
        }
    }

    #[expect(deprecated, reason = "an STS that is not AWS's newest answers with it alone")]
    fn metadata(&self, answer: &AssumeRoleWithWebIdentityOutput, obtained: SessionDuration) -> IssueMetadata {
        IssueMetadata {
            audience: answer.audience().map(str::to_owned),
            issuer: answer.provider().map(str::to_owned),
            subject: answer.subject_from_web_identity_token().map(str::to_owned),
            packed_policy_size: percent(answer.packed_policy_size()),
            session_token_utilization: percent(answer.session_token_utilization()),
            reduced_from: self.duration.reduced_from(obtained),
            ..role_session::metadata(answer.assumed_role_user(), answer.source_identity())
        }
    }
}

#[async_trait]
impl SessionProvider for AssumeRoleWithWebIdentity {
    fn kind(&self) -> SessionKind {
        SessionKind::new("IAM Role Web Identity", Principal::Role, Refresh::Rotate)
    }

    fn duration(&self) -> Option<Duration> {
        Some(self.duration.asked().length())
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        let (session, role_arn) = (request.session, &self.role_arn);
        Partition::check(&format!("role {role_arn}"), role_arn.partition(), &self.sts)?;
        let token = self.token(session).await?;
        let client = self.sts.client(Signer::Nobody, request.now);
        let call = self.fill(client.assume_role_with_web_identity(), &token);
        let outcome = self.call(call, session).await;
        if outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::IdentityTokenExpired) {
            *self.expired.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
        }
        let (answer, obtained) = outcome?;
        let metadata = self.metadata(&answer, obtained);
        let set = answers::credentials(ACTION, session, answer.credentials)?;
        Ok(Issued::Credentials(set.with_metadata(metadata)))
    }
}
