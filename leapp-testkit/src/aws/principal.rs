//! Who can call: users and role sessions.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use leapp_core::{AccountId, RoleArn, RoleSessionName, SourceIdentity};

use super::account::Partition;

/// The ARN of an IAM user, or of an account's root user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserArn(Arc<str>);

/// Who stands behind a key.
#[derive(Clone)]
pub(super) enum Principal {
    FederatedUser(FederatedUser),
    RoleSession(RoleSession),
    User(UserArn),
}

/// One session that a user federated to somebody else.
#[derive(Clone)]
pub(super) struct FederatedUser {
    /// Who asked for it.
    pub(super) user: UserArn,
    pub(super) name: String,
}

/// One session of a role.
#[derive(Clone)]
pub(super) struct RoleSession {
    pub(super) role_arn: RoleArn,
    pub(super) role_id: String,
    pub(super) role_session_name: RoleSessionName,
    /// A role session, or another temporary set, obtained it.
    pub(super) is_chained: bool,
    pub(super) source_identity: Option<SourceIdentity>,
    /// Keys in lower case, as AWS compares them, with the characters that key and value count for.
    pub(super) transitive_tags: TransitiveTags,
}

/// The session tags that a chain hands on.
#[derive(Clone, Default)]
pub(super) struct TransitiveTags {
    pub(super) keys: BTreeSet<String>,
    pub(super) characters: usize,
}

impl UserArn {
    pub(super) fn new(partition: Partition, account_id: &AccountId, user_name: &str) -> Self {
        Self(format!("arn:{partition}:iam::{account_id}:user/{user_name}").into())
    }

    /// In the same account, with another path and name.
    pub(super) fn renamed(&self, user_name: &str) -> Self {
        let (partition, account_id) = (self.partition(), self.account_id());
        Self(format!("arn:{partition}:iam::{account_id}:user/{user_name}").into())
    }

    pub(super) fn root(partition: Partition, account_id: &AccountId) -> Self {
        Self(format!("arn:{partition}:iam::{account_id}:root").into())
    }

    /// The partition's name in the ARN.
    pub fn partition(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }

    /// The ARN's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account's twelve digits.
    pub fn account_id(&self) -> &str {
        self.0.split(':').nth(4).unwrap_or_default()
    }

    /// True for an account's root user.
    pub fn is_root(&self) -> bool {
        self.0.ends_with(":root")
    }

    /// What stands before the name: `/`, or `/division/`.
    pub(super) fn path(&self) -> &str {
        let name = self.user_name().len();
        let resource = self.0.split_once(":user").map_or("", |(_, resource)| resource);
        &resource[..resource.len().saturating_sub(name)]
    }

    pub(super) fn user_name(&self) -> &str {
        self.0.rsplit(['/', ':']).next().unwrap_or_default()
    }
}

impl fmt::Display for UserArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Principal {
    /// The ARN that `GetCallerIdentity` and refusals name.
    pub(super) fn arn(&self) -> String {
        match self {
            Self::FederatedUser(federated) => federated.arn(),
            Self::RoleSession(session) => session.arn(),
            Self::User(user) => user.to_string(),
        }
    }

    pub(super) fn partition(&self) -> &str {
        match self {
            Self::FederatedUser(federated) => federated.user.partition(),
            Self::RoleSession(session) => session.role_arn.partition(),
            Self::User(user) => user.partition(),
        }
    }

    pub(super) fn account_id(&self) -> String {
        match self {
            Self::FederatedUser(federated) => federated.user.account_id().to_owned(),
            Self::RoleSession(session) => session.role_arn.account_id().to_string(),
            Self::User(user) => user.account_id().to_owned(),
        }
    }
}

impl FederatedUser {
    pub(super) fn arn(&self) -> String {
        let Self { user, name } = self;
        format!("arn:{}:sts::{}:federated-user/{name}", user.partition(), user.account_id())
    }

    pub(super) fn federated_user_id(&self) -> String {
        format!("{}:{}", self.user.account_id(), self.name)
    }
}

impl RoleSession {
    /// The role's path is not part of it.
    pub(super) fn arn(&self) -> String {
        let Self { role_arn, role_session_name, .. } = self;
        let (partition, account_id, name) =
            (role_arn.partition(), role_arn.account_id(), role_arn.role_name());
        format!("arn:{partition}:sts::{account_id}:assumed-role/{name}/{role_session_name}")
    }

    pub(super) fn assumed_role_id(&self) -> String {
        format!("{}:{}", self.role_id, self.role_session_name)
    }
}
