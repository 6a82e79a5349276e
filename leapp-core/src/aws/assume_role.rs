//! `AssumeRole`: a session's credentials into those of a role (Leapp's "IAM Role Chained").

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_sdk_sts::types::{PolicyDescriptorType, ProvidedContext, Tag};

use super::answers::percent;
use super::duration::{ROLE_CHAINING_LIMIT, SessionDuration};
use super::mfa::Mfa;
use super::sts::{Signer, Sts, unlogged};
use super::{SessionTag, answers, refusal};
use crate::{
    Error, ErrorKind, ExternalId, Grant, IssueMetadata, IssueRequest, Issued, PolicyArn, Principal, Refresh,
    RoleArn, RoleSessionName, Secret, SerialNumber, SessionCredentials, SessionId, SessionKind,
    SessionProvider, Source, SourceIdentity,
};

const ACTION: &str = "AssumeRole";
const MOST: Duration = Duration::from_secs(12 * 3600);
const MOST_TAGS: usize = 50;
const MOST_POLICY_ARNS: usize = 10;
const MOST_CONTEXTS: usize = 5;
const MOST_POLICY_CHARACTERS: usize = 2048;
const MOST_TOKEN_BYTES: u16 = 4096;

/// Temporary credentials of a role, assumed with the credentials of another session, the source.
///
/// They last an hour unless [another duration](Self::with_duration) is set, and are never kept in the vault. Takes every
/// input the API has: [AssumeRole](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
#[derive(Clone, Debug)]
pub struct AssumeRole {
    sts: Sts,
    source: SessionId,
    role_arn: RoleArn,
    role_session_name: Option<RoleSessionName>,
    duration: SessionDuration,
    external_id: Option<ExternalId>,
    serial_numbers: Vec<SerialNumber>,
    source_identity: Option<SourceIdentity>,
    policy: Option<String>,
    policy_arns: Vec<PolicyArn>,
    tags: Vec<SessionTag>,
    provided_contexts: Vec<Context>,
    minimum_session_token_size: Option<u16>,
}

/// What a trusted identity provider says of the person, for trusted identity propagation.
#[derive(Clone, Debug)]
struct Context {
    provider_arn: String,
    context_assertion: Secret,
}

impl AssumeRole {
    /// The role's credentials for an hour, under the role session name `assumed-from-leapp`.
    pub fn new(sts: Sts, source: SessionId, role_arn: RoleArn) -> Self {
        Self {
            sts,
            source,
            role_arn,
            role_session_name: None,
            duration: SessionDuration::hours(1),
            external_id: None,
            serial_numbers: Vec::new(),
            source_identity: None,
            policy: None,
            policy_arns: Vec::new(),
            tags: Vec::new(),
            provided_contexts: Vec::new(),
            minimum_session_token_size: None,
        }
    }

    /// Names the role session; AWS's logs show it.
    #[must_use]
    pub fn with_role_session_name(self, role_session_name: RoleSessionName) -> Self {
        Self { role_session_name: Some(role_session_name), ..self }
    }

    /// Asks for this duration: 900 seconds to 12 hours, and at most 1 hour when the source is itself a role's session.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is out of these bounds. The limit of role chaining is looked at when the
    /// session is started, before any call: [`ErrorKind::RoleChainingLimit`].
    pub fn with_duration(self, duration: Duration) -> Result<Self, Error> {
        Ok(Self { duration: SessionDuration::parse(ACTION, duration, MOST)?, ..self })
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
    /// [`ErrorKind::InvalidInput`] when it is empty or longer.
    pub fn with_policy(self, policy: impl Into<String>) -> Result<Self, Error> {
        let policy = policy.into();
        let characters = policy.chars().count();
        if !(1..=MOST_POLICY_CHARACTERS).contains(&characters) {
            return Err(invalid(format!(
                "a session policy of {characters} characters, where 1 to 2048 are allowed"
            )));
        }
        Ok(Self { policy: Some(policy), ..self })
    }

    /// Narrows what the session may do, by managed policies of the role's account; at most ten.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when there are more.
    pub fn with_policy_arns(self, policy_arns: Vec<PolicyArn>) -> Result<Self, Error> {
        at_most(MOST_POLICY_ARNS, policy_arns.len(), "session policy ARNs")?;
        Ok(Self { policy_arns, ..self })
    }

    /// Tags the session; at most 50 tags, no key twice.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when there are more, or when two keys differ in case at most.
    pub fn with_tags(self, tags: Vec<SessionTag>) -> Result<Self, Error> {
        at_most(MOST_TAGS, tags.len(), "session tags")?;
        let is_same = |a: &SessionTag, b: &SessionTag| a.key().to_lowercase() == b.key().to_lowercase();
        if let Some((at, twice)) =
            tags.iter().enumerate().find(|(at, tag)| tags[..*at].iter().any(|t| is_same(t, tag)))
        {
            return Err(invalid(format!("session tag {at} repeats the key {:?}", twice.key())));
        }
        Ok(Self { tags, ..self })
    }

    /// Passes on what a trusted identity provider says of the person; at most five.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when there are more, or when an ARN has not 20 to 2048 or an assertion not 4 to 2048
    /// characters.
    pub fn with_provided_context(
        mut self,
        provider_arn: &str,
        context_assertion: Secret,
    ) -> Result<Self, Error> {
        at_most(MOST_CONTEXTS, self.provided_contexts.len() + 1, "provided contexts")?;
        if !(20..=2048).contains(&provider_arn.chars().count()) {
            return Err(invalid(format!(
                "context provider ARN {provider_arn:?} has not 20 to 2048 characters"
            )));
        }
        if !(4..=2048).contains(&context_assertion.expose().chars().count()) {
            return Err(invalid("the context assertion has not 4 to 2048 characters".to_owned()));
        }
        self.provided_contexts.push(Context { provider_arn: provider_arn.to_owned(), context_assertion });
        Ok(self)
    }

    /// Asks for a session token of at least this many bytes, up to 4096: to try out whether everything in its way can take it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is more.
    pub fn with_minimum_session_token_size(self, bytes: u16) -> Result<Self, Error> {
        if bytes > MOST_TOKEN_BYTES {
            return Err(invalid(format!("a session token of {bytes} bytes, where at most 4096 are allowed")));
        }
        Ok(Self { minimum_session_token_size: Some(bytes), ..self })
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
            (Grant::Login(_), _) => "a login, which signs no request",
        };
        Err(invalid(format!("session `{session}` has a source `{}` that is {what}", self.source)))
    }

    /// What the API would refuse, or worse, take: refused before the call.
    fn check_chaining(&self, source: &Source, session: &SessionId) -> Result<(), Error> {
        if source.principal != Principal::Role || !self.duration.exceeds(ROLE_CHAINING_LIMIT) {
            return Ok(());
        }
        let message = format!(
            "session `{session}` asks for {} s, but its source `{}` is itself a role's session, and role chaining is \
             limited to {} s",
            self.duration.seconds(),
            self.source,
            ROLE_CHAINING_LIMIT.as_secs()
        );
        Err(Error::new(ErrorKind::RoleChainingLimit, message))
    }

    /// Puts every input but the MFA code into the call.
    fn fill(&self, call: AssumeRoleFluentBuilder) -> Result<AssumeRoleFluentBuilder, Error> {
        let Self {
            sts: _,
            source: _,
            role_arn,
            role_session_name,
            duration,
            external_id,
            serial_numbers: _,
            source_identity,
            policy,
            policy_arns,
            tags,
            provided_contexts,
            minimum_session_token_size,
        } = self;
        let name = role_session_name.as_ref().map_or("assumed-from-leapp", RoleSessionName::as_str);
        let transitive = tags.iter().filter(|tag| tag.is_transitive()).map(|tag| tag.key().to_owned());
        Ok(call
            .role_arn(role_arn.as_str())
            .role_session_name(name)
            .duration_seconds(duration.seconds())
            .set_external_id(external_id.as_ref().map(ToString::to_string))
            .set_source_identity(source_identity.as_ref().map(ToString::to_string))
            .set_policy(policy.clone())
            .set_policy_arns(some(policy_arns.iter().map(policy_descriptor).collect()))
            .set_tags(some(tags.iter().map(tag).collect::<Result<_, _>>()?))
            .set_transitive_tag_keys(some(transitive.collect()))
            .set_provided_contexts(some(provided_contexts.iter().map(provided_context).collect()))
            .set_minimum_session_token_size(minimum_session_token_size.map(i32::from)))
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

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        let session = request.session;
        let Some(source) = request.source else {
            let message =
                format!("session `{session}` was given no credentials of its source `{}`", self.source);
            return Err(Error::new(ErrorKind::InvalidInput, message));
        };
        let credentials = self.credentials(source, session)?;
        self.check_chaining(source, session)?;
        let client = self.sts.client(Signer::Session(credentials), request.now);
        let call = self.fill(client.assume_role())?;
        let call = match Mfa::of(&self.serial_numbers, request)? {
            Mfa::Ask(challenge) => return Ok(Issued::Challenge(challenge)),
            Mfa::None => call,
            Mfa::Show { serial_number, token_code } => {
                call.serial_number(serial_number.as_str()).token_code(token_code)
            }
        };
        let answer =
            unlogged(call.send()).await.map_err(|failure| refusal::error(ACTION, session, &failure))?;
        let metadata = metadata(&answer, source);
        let set = answers::credentials(ACTION, session, answer.credentials)?;
        Ok(Issued::Credentials(set.with_metadata(metadata)))
    }
}

#[expect(deprecated, reason = "an STS that is not AWS's newest answers with it alone")]
fn metadata(answer: &AssumeRoleOutput, source: &Source) -> IssueMetadata {
    let user = answer.assumed_role_user();
    IssueMetadata {
        arn: user.map(|user| user.arn().to_owned()),
        id: user.map(|user| user.assumed_role_id().to_owned()),
        packed_policy_size: percent(answer.packed_policy_size()),
        session_token_utilization: percent(answer.session_token_utilization()),
        is_chained: source.principal == Principal::Role,
        is_from_session: true,
        source_identity: answer.source_identity().and_then(|text| SourceIdentity::parse(text).ok()),
        ..IssueMetadata::default()
    }
}

/// AWS takes a list that is not there, and refuses one that is empty.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn tag(tag: &SessionTag) -> Result<Tag, Error> {
    let built = Tag::builder().key(tag.key()).value(tag.value()).build();
    built.map_err(|source| invalid(format!("session tag {:?} cannot be sent", tag.key())).with_source(source))
}

fn policy_descriptor(arn: &PolicyArn) -> PolicyDescriptorType {
    PolicyDescriptorType::builder().arn(arn.as_str()).build()
}

fn provided_context(context: &Context) -> ProvidedContext {
    let Context { provider_arn, context_assertion } = context;
    ProvidedContext::builder()
        .provider_arn(provider_arn)
        .context_assertion(context_assertion.expose())
        .build()
}

fn at_most(most: usize, count: usize, what: &str) -> Result<(), Error> {
    if count > most {
        Err(invalid(format!("{count} {what}, where at most {most} are allowed")))
    } else {
        Ok(())
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
}
