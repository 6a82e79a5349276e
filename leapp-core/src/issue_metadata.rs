//! What the service says of a set besides the set.

use std::time::Duration;

use crate::SourceIdentity;

/// Above this, the next tag or policy may be the one that is refused.
const NEARLY_FULL: u32 = 90;

/// What came with a set of credentials: who they are, and how much of the session policy's room is used.
///
/// A field is `None` where the API action does not give it. Nothing here is secret.
///
/// See the answers of [AssumeRole](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html),
/// [AssumeRoleWithSAML](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html) and
/// [AssumeRoleWithWebIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssueMetadata {
    /// The role session's ARN, `arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/SESSION`; of a federation token, the federated
    /// user's.
    pub arn: Option<String>,
    /// The role session's id, `AROA..:SESSION`; of a federation token, `ACCOUNT:NAME`.
    pub id: Option<String>,
    /// The `aud` of a web identity token; the `Recipient` of a SAML assertion.
    pub audience: Option<String>,
    /// Who made the SAML assertion; of a web identity token, the provider.
    pub issuer: Option<String>,
    /// A digest of issuer, account and provider, by which trust policies know a SAML subject.
    pub name_qualifier: Option<String>,
    /// How much of the room for session policies and tags is used, in percent; above 100 the service refuses.
    pub packed_policy_size: Option<u32>,
    /// The duration that was asked for, where the service allowed less and less was obtained.
    pub reduced_from: Option<Duration>,
    /// True when the set was obtained with another role session's credentials: role chaining.
    pub is_chained: bool,
    /// True when the set was obtained with another session's temporary credentials, rather than with a long-lived key or
    /// from an identity provider. The console then takes no duration but the set's own.
    pub is_from_session: bool,
    /// True when a federation token was asked for without a session policy: it may do nothing, but for resources whose own
    /// policy names the federated user.
    pub lacks_policy: bool,
    /// How much of the largest session token is used, in percent.
    pub session_token_utilization: Option<u32>,
    /// The identity behind the session, as the service knows it.
    pub source_identity: Option<SourceIdentity>,
    /// Whom the assertion or the token speaks of.
    pub subject: Option<String>,
    /// The format of a SAML subject's name: `persistent`, `transient`, or its URI.
    pub subject_type: Option<String>,
}

impl IssueMetadata {
    /// True when more than 90 percent of the room for session policies, tags and contexts is used.
    pub fn is_nearly_full(&self) -> bool {
        [self.packed_policy_size, self.session_token_utilization]
            .iter()
            .flatten()
            .any(|used| *used > NEARLY_FULL)
    }
}
