//! What narrows a session: the policy and the policy ARNs that several actions take.

use aws_sdk_sts::types::PolicyDescriptorType;

use super::at_most;
use crate::{Error, ErrorKind, PolicyArn};

const MOST_ARNS: usize = 10;
const MOST_CHARACTERS: usize = 2048;

/// A session policy: what a session may do is what its role or user may do *and* this allows.
///
/// See [Session policies](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session).
#[derive(Clone, Debug, Default)]
pub(super) struct SessionPolicy {
    document: Option<String>,
    arns: Vec<PolicyArn>,
}

impl SessionPolicy {
    /// Takes a document of 1 to 2048 characters, each within Latin-1. Whether it is a policy, the service says.
    pub(super) fn with_document(self, document: String) -> Result<Self, Error> {
        let characters = document.chars().count();
        if !(1..=MOST_CHARACTERS).contains(&characters) {
            let message = format!("a session policy of {characters} characters, where 1 to 2048 are allowed");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        if let Some((at, c)) = document.char_indices().find(|(_, c)| !is_allowed(*c)) {
            let message = format!("a session policy with {c:?} at byte {at}, which AWS does not take");
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Ok(Self { document: Some(document), ..self })
    }

    pub(super) fn with_arns(self, arns: Vec<PolicyArn>) -> Result<Self, Error> {
        at_most(MOST_ARNS, arns.len(), "session policy ARNs")?;
        Ok(Self { arns, ..self })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.document.is_none() && self.arns.is_empty()
    }

    /// As the API takes it.
    pub(super) fn document(&self) -> Option<String> {
        self.document.clone()
    }

    /// As the API takes them: a list that is not there, but none that is empty.
    pub(super) fn arns(&self) -> Option<Vec<PolicyDescriptorType>> {
        let descriptor = |arn: &PolicyArn| PolicyDescriptorType::builder().arn(arn.as_str()).build();
        (!self.arns.is_empty()).then(|| self.arns.iter().map(descriptor).collect())
    }
}

/// `Policy`'s pattern in the API reference.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')
}
