//! From an assertion to credentials: which role, for how long, and what is kept of a login that is not used up yet.

use std::time::{Duration, SystemTime};

use aws_sdk_sts::operation::assume_role_with_saml::AssumeRoleWithSamlOutput;
use aws_sdk_sts::operation::assume_role_with_saml::builders::AssumeRoleWithSAMLFluentBuilder;

use super::{ACTION, AssumeRoleWithSaml};
use crate::aws::answers::percent;
use crate::aws::saml::{Kept, MOST_KEPT, Wanted, distinct};
use crate::aws::sts::{Signer, unlogged};
use crate::aws::{OfferedRole, Partition, SamlResponse, answers, refusal};
use crate::{
    Challenge, Error, ErrorKind, IssueMetadata, IssueRequest, Issued, Question, RoleArn, SamlAssertion,
    SessionId, SourceIdentity,
};

/// One call's inputs, beside those of the definition.
struct Call<'a> {
    role: &'a OfferedRole,
    assertion: &'a SamlAssertion,
    duration: Duration,
}

impl AssumeRoleWithSaml {
    pub(super) async fn redeem(
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
                let issued = self.call(request, &role, assertion, self.duration.next().length()).await;
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
        self.check_partitions(role).map_err(about)?;
        let duration = response.duration_at(self.duration.next().length(), now).map_err(about)?;
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
            && refusal::exceeds_role_maximum(failure)
            && let Some(less) = self.duration.reduce_to_less_than(duration)
        {
            obtained = less;
            answer = send(obtained).await;
        }
        let answer = answer.map_err(|failure| refusal::error(ACTION, request.session, &failure))?;
        let asked = self.duration.asked().length();
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
        call.role_arn(role.role_arn.as_str())
            .principal_arn(role.principal_arn.as_str())
            .saml_assertion(assertion.expose())
            .duration_seconds(duration.as_secs().try_into().unwrap_or(i32::MAX))
            .set_policy(self.policy.document())
            .set_policy_arns(self.policy.arns())
    }

    fn check_partitions(&self, role: &OfferedRole) -> Result<(), Error> {
        let role_arn = &role.role_arn;
        Partition::check(&format!("role {role_arn}"), role_arn.partition(), &self.sts)
    }
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
