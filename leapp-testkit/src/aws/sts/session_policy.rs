//! Session policies, and the space that they and the tags take.

use leapp_core::PolicyArn;
use serde_json::{Map, Value};

use super::session_tags::SessionTags;
use crate::aws::checks::{Checks, POLICY};
use crate::aws::form::Form;
use crate::aws::principal::RoleSession;
use crate::aws::refusal::Refusal;

/// AWS does not publish how it packs. Here the policy counts without the white space between its tokens, and what
/// is asked for and inherited may have this many characters together.
const SPACE: usize = 2048;

pub(super) struct SessionPolicy<'f> {
    policy: Option<&'f str>,
    policy_arns: Vec<&'f str>,
}

impl<'f> SessionPolicy<'f> {
    pub(super) fn parse(form: &'f Form, checks: &mut Checks) -> Self {
        let policy = checks.optional(&POLICY, form.value("Policy"));
        let members = form.members("PolicyArns");
        checks.count("policyArns", members.len(), 10);
        let policy_arns =
            members.iter().map(|member| form.value(&format!("{member}.arn")).unwrap_or_default());
        Self { policy, policy_arns: policy_arns.collect() }
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        for arn in &self.policy_arns {
            PolicyArn::parse(arn)
                .map_err(|_| Refusal::validation_error(format!("ARN {arn} is not valid.")))?;
        }
        match self.policy.map(serde_json::from_str::<Value>) {
            None => Ok(()),
            Some(Ok(Value::Object(policy))) if policy.contains_key("Statement") && has_version(&policy) => {
                Ok(())
            }
            Some(Ok(Value::Object(_))) => Err(Refusal::malformed_policy_document("Syntax errors in policy.")),
            Some(_) => Err(Refusal::malformed_policy_document("This policy contains invalid Json")),
        }
    }

    fn characters(&self) -> usize {
        let policy = self.policy.and_then(|policy| serde_json::from_str::<Value>(policy).ok());
        let policy = policy.map(|policy| policy.to_string().chars().count()).unwrap_or_default();
        policy + self.policy_arns.iter().map(|arn| arn.len()).sum::<usize>()
    }
}

/// [The versions of the policy language](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html);
/// a policy without one is of the older.
fn has_version(policy: &Map<String, Value>) -> bool {
    policy.get("Version").is_none_or(|version| version == "2012-10-17" || version == "2008-10-17")
}

/// The space taken, in percent; zero when nothing takes any.
pub(super) fn packed_size(
    policy: &SessionPolicy<'_>,
    tags: &SessionTags<'_>,
    inherited: Option<&RoleSession>,
) -> Result<usize, Refusal> {
    let inherited = inherited.map(|session| session.transitive_tags.characters).unwrap_or_default();
    let characters = policy.characters() + tags.characters() + inherited;
    let percent = (characters * 100).div_ceil(SPACE);
    if percent > 100 { Err(Refusal::packed_policy_too_large(percent)) } else { Ok(percent) }
}
