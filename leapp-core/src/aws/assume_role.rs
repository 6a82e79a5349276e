//! `AssumeRole`: a session's credentials into those of a role (Leapp's "IAM Role Chained").

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;

use super::answers::percent;
use super::duration::{ROLE_CHAINING_LIMIT, SessionDuration};
use super::mfa::Mfa;
use super::provided_context::ProvidedContexts;
use super::role_duration::RoleDuration;
use super::session_policy::SessionPolicy;
use super::session_tag::SessionTags;
use super::session_token_size::SessionTokenSize;
use super::sts::{Signer, Sts, unlogged};
use super::{Partition, SessionTag, answers, refusal, role_session};
use crate::{
    Error, ErrorKind, ExternalId, Grant, IssueMetadata, IssueRequest, Issued, PolicyArn, Principal, Refresh,
    RoleArn, RoleSessionName, Secret, SerialNumber, SessionCredentials, SessionId, SessionKind,
    SessionProvider, Source, SourceIdentity,
};

const ACTION: &str = "AssumeRole";
const MOST: Duration = Duration::from_secs(12 * 3600);

/// Temporary credentials of a role, assumed with the credentials of another session, the source.
///
/// They last an hour unless [another duration](Self::with_duration) is set, and are never kept in the vault. Takes every
/// input the API has: [AssumeRole](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
///
/// The source may be a session of any kind but a federation token or a login. Where it is itself a role's, this is
/// role chaining, and AWS gives an hour at most; [`Leapp::plan`](crate::Leapp::plan) knows the way around it.
///
/// ```no_run
/// use std::time::Duration;
/// use leapp_core::aws::{AssumeRole, SessionTag, Sts};
/// use leapp_core::{Region, RoleArn, Session, SessionId};
///
/// # fn example() -> Result<Session, leapp_core::Error> {
/// let sts = Sts::new(Region::parse("eu-west-1")?);
/// let (alice, role) = (SessionId::parse("alice")?, RoleArn::parse("arn:aws:iam::444455556666:role/Deploy")?);
/// let provider = AssumeRole::new(sts, alice, role)
///     .with_duration(Duration::from_secs(4 * 3600))?
///     .with_tags(vec![SessionTag::parse("Project", "Apollo")?])?;
/// # Ok(
/// Session::new(SessionId::parse("prod")?, provider)
/// # )
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AssumeRole {
    sts: Sts,
    source: SessionId,
    role_arn: RoleArn,
    role_session_name: Option<RoleSessionName>,
    duration: RoleDuration,
    external_id: Option<ExternalId>,
    serial_numbers: Vec<SerialNumber>,
    source_identity: Option<SourceIdentity>,
    policy: SessionPolicy,
    tags: SessionTags,
    provided_contexts: ProvidedContexts,
    session_token_size: SessionTokenSize,
}

impl AssumeRole {
    /// The role's credentials for an hour, under the role session name `assumed-from-leapp`.
    pub fn new(sts: Sts, source: SessionId, role_arn: RoleArn) -> Self {
        Self {
            sts,
            source,
            role_arn,
            role_session_name: None,
            duration: RoleDuration::new(SessionDuration::hours(1)),
            external_id: None,
            serial_numbers: Vec::new(),
            source_identity: None,
            policy: SessionPolicy::default(),
            tags: SessionTags::default(),
            provided_contexts: ProvidedContexts::default(),
            session_token_size: SessionTokenSize::default(),
        }
    }

    /// Names the role session; AWS's logs show it.
    #[must_use]
    pub fn with_role_session_name(self, role_session_name: RoleSessionName) -> Self {
        Self { role_session_name: Some(role_session_name), ..self }
    }

    /// Asks for this duration: 900 seconds to 12 hours, and at most 1 hour when the source is itself a role's session.
    ///
    /// Where the role allows less (its `MaxSessionDuration`), the attempt asks once more, for 1 hour, which every role allows;
    /// [`IssueMetadata::reduced_from`] says so. From then on 1 hour is asked for.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is out of these bounds. The limit of role chaining is looked at when the
    /// session is started, before any call: [`ErrorKind::RoleChainingLimit`].
    pub fn with_duration(self, duration: Duration) -> Result<Self, Error> {
        let duration = RoleDuration::new(SessionDuration::parse(ACTION, duration, MOST)?);
        Ok(Self { duration, ..self })
    }

    /// Repeats what the owner of the role asks its users to repeat.
    #[must_use]
    pub fn with_external_id(self, external_id: ExternalId) -> Self {
        Self { external_id: Some(external_id), ..self }
    }

    /// Asks for a code of this MFA device, for roles that require one in the call.
    #[must_use]
    pub fn with_mfa(self, serial_number: SerialNumber) -> Self {
        self.with_mfa_devices(vec![serial_number])
    }

    /// Asks for a code of one of these MFA devices, the first by preference.
    #[must_use]
    pub fn with_mfa_devices(self, serial_numbers: Vec<SerialNumber>) -> Self {
        Self { serial_numbers, ..self }
    }

    /// Names the person or program behind the session; it stays the same down a chain of roles.
    #[must_use]
    pub fn with_source_identity(self, source_identity: SourceIdentity) -> Self {
        Self { source_identity: Some(source_identity), ..self }
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

    /// Tags the session; at most 50 tags, no key twice.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when there are more, or when two keys differ in case at most.
    pub fn with_tags(self, tags: Vec<SessionTag>) -> Result<Self, Error> {
        Ok(Self { tags: SessionTags::parse(tags)?, ..self })
    }

    /// Passes on what a trusted identity provider says of the person; at most five.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when there are more, or when an ARN has not 20 to 2048 or an assertion not 4 to 2048
    /// characters.
    pub fn with_provided_context(self, provider_arn: &str, context_assertion: Secret) -> Result<Self, Error> {
        let provided_contexts = self.provided_contexts.with(provider_arn, context_assertion)?;
        Ok(Self { provided_contexts, ..self })
    }

    /// Asks for a session token of at least this many bytes, up to 4096: to try out whether everything in its way can take it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is more.
    pub fn with_minimum_session_token_size(self, bytes: u16) -> Result<Self, Error> {
        Ok(Self { session_token_size: SessionTokenSize::parse(bytes)?, ..self })
    }

    /// The source's credentials, when they may sign this call at all.
    fn credentials<'a>(
        &self,
        source: &'a Source,
        session: &SessionId,
    ) -> Result<&'a SessionCredentials, Error> {
        let what = match (&source.grant, source.principal) {
            (Grant::Credentials(_), Principal::FederatedUser) => {
                "a federation token, which may not assume a role"
            }
            (Grant::Credentials(set), _) => return Ok(set),
            (Grant::Assertion { .. } | Grant::Login(_), _) => "a login, which signs no request",
        };
        let message = format!("session `{session}` has a source `{}` that is {what}", self.source);
        Err(Error::new(ErrorKind::InvalidInput, message))
    }

    /// What the API would refuse, or worse, take: refused before the call.
    fn check_chaining(&self, source: &Source, session: &SessionId) -> Result<(), Error> {
        if source.principal != Principal::Role || !self.duration.asked().exceeds(ROLE_CHAINING_LIMIT) {
            return Ok(());
        }
        let message = format!(
            "session `{session}` asks for {} s, but its source `{}` is itself a role's session, and role chaining is \
             limited to {} s",
            self.duration.asked().seconds(),
            self.source,
            ROLE_CHAINING_LIMIT.as_secs()
        );
        Err(Error::new(ErrorKind::RoleChainingLimit, message))
    }

    /// Puts every input but the MFA code and the duration into the call.
    fn fill(&self, call: AssumeRoleFluentBuilder) -> Result<AssumeRoleFluentBuilder, Error> {
        let Self {
            sts: _,
            source: _,
            role_arn,
            role_session_name,
            duration: _,
            external_id,
            serial_numbers: _,
            source_identity,
            policy,
            tags,
            provided_contexts,
            session_token_size,
        } = self;
        Ok(call
            .role_arn(role_arn.as_str())
            .role_session_name(role_session::name(role_session_name.as_ref()))
            .set_external_id(external_id.as_ref().map(ToString::to_string))
            .set_source_identity(source_identity.as_ref().map(ToString::to_string))
            .set_policy(policy.document())
            .set_policy_arns(policy.arns())
            .set_tags(tags.all()?)
            .set_transitive_tag_keys(tags.transitive_keys())
            .set_provided_contexts(provided_contexts.all())
            .set_minimum_session_token_size(session_token_size.least()))
    }

    /// One call; a second one where the role refused nothing but the duration.
    async fn call(
        &self,
        call: AssumeRoleFluentBuilder,
        session: &SessionId,
    ) -> Result<(AssumeRoleOutput, SessionDuration), Error> {
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
                Err(failure) => return Err(refusal::error(ACTION, session, &failure)),
            }
        }
    }

    #[expect(deprecated, reason = "an STS that is not AWS's newest answers with it alone")]
    fn metadata(
        &self,
        answer: &AssumeRoleOutput,
        source: &Source,
        obtained: SessionDuration,
    ) -> IssueMetadata {
        IssueMetadata {
            packed_policy_size: percent(answer.packed_policy_size()),
            session_token_utilization: percent(answer.session_token_utilization()),
            is_chained: source.principal == Principal::Role,
            is_from_session: true,
            reduced_from: self.duration.reduced_from(obtained),
            ..role_session::metadata(answer.assumed_role_user(), answer.source_identity())
        }
    }
}

#[async_trait]
impl SessionProvider for AssumeRole {
    fn source(&self) -> Option<&SessionId> {
        Some(&self.source)
    }

    fn kind(&self) -> SessionKind {
        // A set that costs a person a code is not replaced every 20 minutes.
        let refresh = if self.serial_numbers.is_empty() { Refresh::Rotate } else { Refresh::Reuse };
        SessionKind::new("IAM Role Chained", Principal::Role, refresh)
    }

    fn duration(&self) -> Option<Duration> {
        Some(self.duration.asked().length())
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        let session = request.session;
        let Some(source) = request.source else {
            let message =
                format!("session `{session}` was given no credentials of its source `{}`", self.source);
            return Err(Error::new(ErrorKind::InvalidInput, message));
        };
        let role_arn = &self.role_arn;
        Partition::check(&format!("role {role_arn}"), role_arn.partition(), &self.sts)?;
        let credentials = self.credentials(source, session)?;
        self.check_chaining(source, session)?;
        let client = self.sts.client(Signer::Session(credentials), request.now);
        let call = self.fill(client.assume_role())?;
        let call = match Mfa::of(&self.serial_numbers, &self.sts, request)? {
            Mfa::Ask(challenge) => return Ok(Issued::Challenge(challenge)),
            Mfa::None => call,
            Mfa::Show { serial_number, token_code } => {
                call.serial_number(serial_number.as_str()).token_code(token_code)
            }
        };
        let (answer, obtained) = self.call(call, session).await?;
        let metadata = self.metadata(&answer, source, obtained);
        let set = answers::credentials(ACTION, session, answer.credentials)?;
        Ok(Issued::Credentials(set.with_metadata(metadata)))
    }
}
