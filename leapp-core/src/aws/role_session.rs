//! What the actions share that assume a role: the session's name, the duration that a role allows, what is said besides.

use aws_sdk_sts::types::AssumedRoleUser;

use crate::{IssueMetadata, RoleSessionName, SourceIdentity};

/// Leapp's name for sessions that were given none.
const DEFAULT_NAME: &str = "assumed-from-leapp";

pub(super) fn name(role_session_name: Option<&RoleSessionName>) -> &str {
    role_session_name.map_or(DEFAULT_NAME, RoleSessionName::as_str)
}

/// Who the session is.
pub(super) fn metadata(user: Option<&AssumedRoleUser>, source_identity: Option<&str>) -> IssueMetadata {
    IssueMetadata {
        arn: user.map(|user| user.arn().to_owned()),
        id: user.map(|user| user.assumed_role_id().to_owned()),
        source_identity: source_identity.and_then(|text| SourceIdentity::parse(text).ok()),
        ..IssueMetadata::default()
    }
}
