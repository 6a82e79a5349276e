//! What all operations share that issue sessions of a role.

use super::credentials;
use crate::aws::principal::RoleSession;
use crate::aws::refusal::Refusal;
use crate::aws::world::IssuedSet;
use crate::aws::xml::Xml;

pub(super) fn check_duration(most: u64, duration: u64) -> Result<(), Refusal> {
    if duration <= most {
        return Ok(());
    }
    let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    Err(Refusal::validation_error(message))
}

pub(super) fn result(session: &RoleSession, set: &IssuedSet, packed_size: usize) -> Xml {
    let user = Xml::new().text("AssumedRoleId", &session.assumed_role_id()).text("Arn", &session.arn());
    let children = credentials::add(set, Xml::new().node("AssumedRoleUser", user));
    let children = credentials::add_packed_size(packed_size, children);
    match &session.source_identity {
        Some(source_identity) => children.text("SourceIdentity", source_identity.as_str()),
        None => children,
    }
}
