//! `AssumeRoleWithSAML`: a login at a SAML identity provider into credentials of a role (Leapp's "IAM Role Federated").

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_sdk_sts::operation::assume_role_with_saml::AssumeRoleWithSamlOutput;
use aws_sdk_sts::operation::assume_role_with_saml::builders::AssumeRoleWithSAMLFluentBuilder;
use aws_sdk_sts::types::PolicyDescriptorType;

use super::answers::percent;
use super::duration::SessionDuration;
use super::saml::sign_in::{partition_of, sign_in_urls};
use super::saml::{Keeper, Kept, MOST_KEPT, Wanted, distinct};
use super::sts::{Signer, Sts, unlogged};
use super::{OfferedRole, SamlResponse, answers, refusal};
use crate::{
    Answer, Challenge, Error, ErrorKind, IssueMetadata, IssueRequest, Issued, PolicyArn, Principal, Question,
    Refresh, RoleArn, SamlAssertion, SamlProviderArn, SessionId, SessionKind, SessionProvider,
    SourceIdentity,
};

const ACTION: &str = "AssumeRoleWithSAML";
const MOST: Duration = Duration::from_secs(12 * 3600);
/// Every role allows it: the least `MaxSessionDuration` there is.
const ALWAYS_ALLOWED: Duration = Duration::from_secs(3600);
const MOST_POLICY_ARNS: usize = 10;
const MOST_POLICY_CHARACTERS: usize = 2048;

/// Temporary credentials of a role, for whom a SAML identity provider vouches.
///
/// They last an hour unless [another duration](Self::with_duration) is set, or less where the identity provider says so, and
/// are never kept in the vault. Each set costs a login, so it is used until shortly before it expires.
///
/// The login is a [`Question::SamlAssertion`]. Where its answer offers several roles and [none is set](Self::with_role), a
/// [`Question::Role`] follows; until that is answered the response stays in memory, for five minutes at most.
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
    login_url: String,
    role_arn: Option<RoleArn>,
    principal_arn: Option<SamlProviderArn>,
    other_sign_in_urls: Vec<String>,
    duration: SessionDuration,
    policy: Option<String>,
    policy_arns: Vec<PolicyArn>,
    keeper: Keeper,
}

/// One call's inputs, beside those of the definition.
struct Call<'a> {
    role: &'a OfferedRole,
    assertion: &'a SamlAssertion,
    duration: Duration,
}

impl AssumeRoleWithSaml {
    /// Credentials for an hour, for a person who logs in at this page of the identity provider.
    pub fn new(sts: Sts, login_url: impl Into<String>) -> Self {
        Self {
            sts,
            login_url: login_url.into(),
            role_arn: None,
            principal_arn: None,
            other_sign_in_urls: Vec::new(),
            duration: SessionDuration::hours(1),
            policy: None,
            policy_arns: Vec::new(),
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
    /// Region's, or with encrypted assertions the one that ends in `/acs/` and the SAML provider's id.
    #[must_use]
    pub fn with_sign_in_url(mut self, sign_in_url: impl Into<String>) -> Self {
        self.other_sign_in_urls.push(sign_in_url.into());
        self
    }

    /// Asks for this duration: 900 seconds to 12 hours. Where the role allows less, an hour is obtained, and
    /// [`IssueMetadata::reduced_from`] says so.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is out of these bounds.
    pub fn with_duration(self, duration: Duration) -> Result<Self, Error> {
        Ok(Self { duration: SessionDuration::parse(ACTION, duration, MOST)?, ..self })
    }

    /// Narrows what the session may do, by a policy document in JSON of at most 2048 characters.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is empty or longer.
    pub fn with_policy(self, policy: impl Into<String>) -> Result<Self, Error> {
        let policy = policy.into();
        let characters = policy.chars().count();
        if !(1..=MOST_POLICY_CHARACTERS).contains(&characters) {
            let message = format!("a session policy of {characters} characters, where 1 to 2048 are allowed");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Ok(Self { policy: Some(policy), ..self })
    }

    /// Narrows what the session may do, by managed policies of the role's account; at most ten.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when there are more.
    pub fn with_policy_arns(self, policy_arns: Vec<PolicyArn>) -> Result<Self, Error> {
        if policy_arns.len() > MOST_POLICY_ARNS {
            let message = format!("{} session policy ARNs, where at most 10 are allowed", policy_arns.len());
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Ok(Self { policy_arns, ..self })
    }

    async fn redeem(
        &self,
        request: &IssueRequest<'_>,
        assertion: &SamlAssertion,
        chosen: Option<&RoleArn>,
        until: Option<SystemTime>,
    ) -> Result<Issued, Error> {
        let (session, now) = (request.session, request.now);
        let about = |error: Error| {
            let message = format!("{ACTION} for session `{session}` was not tried");
            Error::new(error.kind(), message).with_source(error)
        };
        let response = match (SamlResponse::parse(assertion), &self.role_arn, &self.principal_arn) {
            (Ok(response), ..) => response,
            // Only AWS can read it, and needs nothing from it that is not set here.
            (Err(error), Some(role_arn), Some(principal_arn)) if error.kind() == ErrorKind::Unsupported => {
                let role = OfferedRole { role_arn: role_arn.clone(), principal_arn: principal_arn.clone() };
                let issued = self.call(request, &role, assertion, self.duration.length()).await;
                // When it ends cannot be read either; it is kept no longer than AWS takes any.
                return self.keep_for_retry(
                    issued,
                    request,
                    assertion,
                    &role,
                    until.unwrap_or(now + MOST_KEPT),
                );
            }
            (Err(error), ..) => return Err(about(error)),
        };
        response.check_at(now).map_err(about)?;
        let wanted = Wanted {
            role_arn: self.role_arn.as_ref().or(chosen),
            principal_arn: self.principal_arn.as_ref(),
        };
        let candidates = wanted.among(&response).map_err(about)?;
        let role = match &candidates[..] {
            [only] => *only,
            several => {
                let until = until.unwrap_or_else(|| response.not_on_or_after());
                self.keep(session, assertion, None, until, now);
                let question = Question::Role { roles: distinct(several) };
                return Ok(Issued::Challenge(Challenge::new(session.clone(), question)));
            }
        };
        let duration = response.duration_at(self.duration.length(), now).map_err(about)?;
        let issued = self.call(request, role, assertion, duration).await;
        let until = until.unwrap_or_else(|| response.not_on_or_after());
        self.keep_for_retry(issued, request, assertion, role, until)
    }

    /// After what may pass, a response is as good as before: nobody has to log in again because a network was down. It is kept
    /// until the moment that was set when it was first kept, however often it is tried.
    fn keep_for_retry(
        &self,
        issued: Result<Issued, Error>,
        request: &IssueRequest<'_>,
        assertion: &SamlAssertion,
        role: &OfferedRole,
        until: SystemTime,
    ) -> Result<Issued, Error> {
        if issued.as_ref().is_err_and(Error::is_retryable) {
            self.keep(request.session, assertion, Some(&role.role_arn), until, request.now);
        }
        issued
    }

    fn keep(
        &self,
        session: &SessionId,
        assertion: &SamlAssertion,
        role_arn: Option<&RoleArn>,
        until: SystemTime,
        now: SystemTime,
    ) {
        let (session, assertion, role_arn) = (session.clone(), assertion.clone(), role_arn.cloned());
        self.keeper.keep(Kept { session, assertion, role_arn, until }, now);
    }

    /// One call, and one more where the service refused nothing but the duration.
    async fn call(
        &self,
        request: &IssueRequest<'_>,
        role: &OfferedRole,
        assertion: &SamlAssertion,
        duration: Duration,
    ) -> Result<Issued, Error> {
        let client = self.sts.client(Signer::Nobody, request.now);
        let send = async |duration| {
            let call = self.fill(client.assume_role_with_saml(), &Call { role, assertion, duration });
            unlogged(call.send()).await
        };
        let mut obtained = duration;
        let mut answer = send(duration).await;
        if let Err(failure) = &answer
            && duration > ALWAYS_ALLOWED
            && refusal::exceeds_role_maximum(failure)
        {
            obtained = ALWAYS_ALLOWED;
            answer = send(obtained).await;
        }
        let answer = answer.map_err(|failure| refusal::error(ACTION, request.session, &failure))?;
        let asked = self.duration.length();
        let metadata =
            IssueMetadata { reduced_from: (obtained < asked).then_some(asked), ..metadata(&answer) };
        let set = answers::credentials(ACTION, request.session, answer.credentials)?;
        Ok(Issued::Credentials(set.with_metadata(metadata)))
    }

    fn fill(
        &self,
        call: AssumeRoleWithSAMLFluentBuilder,
        inputs: &Call<'_>,
    ) -> AssumeRoleWithSAMLFluentBuilder {
        let Call { role, assertion, duration } = inputs;
        let policy_arns: Vec<_> = self.policy_arns.iter().map(policy_descriptor).collect();
        call.role_arn(role.role_arn.as_str())
            .principal_arn(role.principal_arn.as_str())
            .saml_assertion(assertion.expose())
            .duration_seconds(duration.as_secs().try_into().unwrap_or(i32::MAX))
            .set_policy(self.policy.clone())
            .set_policy_arns((!policy_arns.is_empty()).then_some(policy_arns))
    }

    fn ask(&self, session: &SessionId) -> Issued {
        let region = self.sts.region();
        let of_role = self.role_arn.as_ref().map(RoleArn::partition);
        let of_provider = self.principal_arn.as_ref().map(SamlProviderArn::partition);
        let partition = of_role.or(of_provider).unwrap_or_else(|| partition_of(region));
        let mut sign_in_urls = sign_in_urls(partition, region);
        sign_in_urls.extend_from_slice(&self.other_sign_in_urls);
        let question = Question::SamlAssertion { login_url: self.login_url.clone(), sign_in_urls };
        Issued::Challenge(Challenge::new(session.clone(), question))
    }
}

#[async_trait]
impl SessionProvider for AssumeRoleWithSaml {
    fn kind(&self) -> SessionKind {
        SessionKind::new("IAM Role Federated", Principal::Role, Refresh::Reuse)
    }

    async fn issue(&self, request: &IssueRequest<'_>) -> Result<Issued, Error> {
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
            _ => Ok(self.ask(request.session)),
        }
    }

    fn forget(&self) {
        self.keeper.forget();
    }
}

fn policy_descriptor(arn: &PolicyArn) -> PolicyDescriptorType {
    PolicyDescriptorType::builder().arn(arn.as_str()).build()
}

fn metadata(answer: &AssumeRoleWithSamlOutput) -> IssueMetadata {
    let user = answer.assumed_role_user();
    let owned = |text: Option<&str>| text.map(str::to_owned);
    IssueMetadata {
        arn: user.map(|user| user.arn().to_owned()),
        id: user.map(|user| user.assumed_role_id().to_owned()),
        audience: owned(answer.audience()),
        issuer: owned(answer.issuer()),
        name_qualifier: owned(answer.name_qualifier()),
        #[expect(deprecated, reason = "an STS that is not AWS's newest answers with it alone")]
        packed_policy_size: percent(answer.packed_policy_size()),
        session_token_utilization: percent(answer.session_token_utilization()),
        source_identity: answer.source_identity().and_then(|text| SourceIdentity::parse(text).ok()),
        subject: owned(answer.subject()),
        subject_type: owned(answer.subject_type()),
        ..IssueMetadata::default()
    }
}
