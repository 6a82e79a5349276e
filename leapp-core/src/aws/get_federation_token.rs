//! `GetFederationToken`: an IAM user's access key into credentials for somebody else.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sts::operation::get_federation_token::GetFederationTokenOutput;

use super::answers::percent;
use super::duration::SessionDuration;
use super::session_policy::SessionPolicy;
use super::session_tag::SessionTags;
use super::session_token_size::SessionTokenSize;
use super::sts::{Signer, Sts, unlogged};
use super::{SessionTag, access_key, answers, refusal};
use crate::{
    Error, ErrorKind, FederatedUserName, IssueMetadata, IssueRequest, Issued, PolicyArn, Principal, Refresh,
    SessionKind, SessionProvider,
};

const ACTION: &str = "GetFederationToken";
const MOST: Duration = Duration::from_secs(36 * 3600);

/// Temporary credentials that an IAM user, whose access key is in the vault, makes for somebody else: a federated user.
///
/// They last 12 hours unless [another duration](Self::with_duration) is set, and are never kept in the vault. They may do
/// what the user *and* the session policy allow; [without a policy](IssueMetadata::lacks_policy) that is nothing, but for
/// resources whose own policy names the federated user. They call no IAM action, and of STS only GetCallerIdentity:
/// no role can be assumed with them.
///
/// See [GetFederationToken](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html).
///
/// ```no_run
/// use leapp_core::aws::{GetFederationToken, Sts};
/// use leapp_core::{FederatedUserName, PolicyArn, Region, Session, SessionId};
///
/// # fn example() -> Result<Session, leapp_core::Error> {
/// let sts = Sts::new(Region::parse("eu-west-1")?);
/// let read_only = PolicyArn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess")?;
/// let provider = GetFederationToken::new(sts, FederatedUserName::parse("bob")?).with_policy_arns(vec![read_only])?;
/// # Ok(
/// Session::new(SessionId::parse("alice-for-bob")?, provider)
/// # )
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct GetFederationToken {
    sts: Sts,
    name: FederatedUserName,
    duration: SessionDuration,
    policy: SessionPolicy,
    tags: SessionTags,
    session_token_size: SessionTokenSize,
}

impl GetFederationToken {
    /// Credentials of 12 hours for a federated user of this name, who may do nothing before a policy is added.
    pub fn new(sts: Sts, name: FederatedUserName) -> Self {
        Self {
            sts,
            name,
            duration: SessionDuration::hours(12),
            policy: SessionPolicy::default(),
            tags: SessionTags::default(),
            session_token_size: SessionTokenSize::default(),
        }
    }

    /// Asks for this duration: 900 seconds to 36 hours. The service gives the root user 1 hour at most, and does not say so;
    /// [`IssueMetadata::reduced_from`] does.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is out of these bounds.
    pub fn with_duration(self, duration: Duration) -> Result<Self, Error> {
        Ok(Self { duration: SessionDuration::parse(ACTION, duration, MOST)?, ..self })
    }

    /// Says what the federated user may do of what the user may, by a policy document in JSON of at most 2048 characters.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is empty, longer, or holds a character beyond Latin-1.
    pub fn with_policy(self, policy: impl Into<String>) -> Result<Self, Error> {
        Ok(Self { policy: self.policy.with_document(policy.into())?, ..self })
    }

    /// Says what the federated user may do of what the user may, by managed policies of the user's account; at most ten.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when there are more.
    pub fn with_policy_arns(self, policy_arns: Vec<PolicyArn>) -> Result<Self, Error> {
        Ok(Self { policy: self.policy.with_arns(policy_arns)?, ..self })
    }

    /// Tags the session; at most 50 tags, no key twice. None can be transitive: no role is assumed with these credentials.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when there are more, when two keys differ in case at most, or when one is transitive.
    pub fn with_tags(self, tags: Vec<SessionTag>) -> Result<Self, Error> {
        let tags = SessionTags::parse(tags)?;
        if tags.has_transitive() {
            let message = format!("a transitive session tag, which {ACTION} does not take");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Ok(Self { tags, ..self })
    }

    /// Asks for a session token of at least this many bytes, up to 4096: to try out whether everything in its way can take it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is more.
    pub fn with_minimum_session_token_size(self, bytes: u16) -> Result<Self, Error> {
        Ok(Self { session_token_size: SessionTokenSize::parse(bytes)?, ..self })
    }

    #[expect(deprecated, reason = "an STS that is not AWS's newest answers with it alone")]
    fn metadata(&self, answer: &GetFederationTokenOutput) -> IssueMetadata {
        let user = answer.federated_user();
        IssueMetadata {
            arn: user.map(|user| user.arn().to_owned()),
            id: user.map(|user| user.federated_user_id().to_owned()),
            packed_policy_size: percent(answer.packed_policy_size()),
            session_token_utilization: percent(answer.session_token_utilization()),
            lacks_policy: self.policy.is_empty(),
            ..IssueMetadata::default()
        }
    }
}

#[async_trait]
impl SessionProvider for GetFederationToken {
    fn kind(&self) -> SessionKind {
        SessionKind::new("IAM Federation Token", Principal::FederatedUser, Refresh::Rotate)
    }

    fn duration(&self) -> Option<Duration> {
        Some(self.duration.length())
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
        let Self { sts, name, duration, policy, tags, session_token_size } = self;
        let (session, key) = (request.session, access_key::of(request).await?);
        let call = sts.client(Signer::AccessKey(&key), request.now).get_federation_token();
        let call = call
            .name(name.as_str())
            .duration_seconds(duration.seconds())
            .set_policy(policy.document())
            .set_policy_arns(policy.arns())
            .set_tags(tags.all()?)
            .set_minimum_session_token_size(session_token_size.least());
        let answer =
            unlogged(call.send()).await.map_err(|failure| refusal::error(ACTION, session, &failure))?;
        let metadata = self.metadata(&answer);
        let set = answers::credentials(ACTION, session, answer.credentials)?;
        let reduced_from = duration.reduced(set.remaining_at(request.now));
        Ok(Issued::Credentials(set.with_metadata(IssueMetadata { reduced_from, ..metadata })))
    }
}
