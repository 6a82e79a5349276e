//! `GetRoleCredentials`: temporary credentials of an assigned role.

use std::time::UNIX_EPOCH;

use leapp_core::RoleSessionName;
use serde_json::{Value, json};

use super::{Signed, refusal};
use crate::aws::principal::{Principal, RoleSession, TransitiveTags};
use crate::aws::refusal::Refusal;
use crate::aws::timestamp::whole_seconds;
use crate::aws::world::{IssuedSet, World};

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Value, Refusal> {
    let account_id = signed.account_id()?;
    let role_name = signed.query.value("role_name").filter(|name| !name.is_empty());
    let role_name = role_name.ok_or_else(|| refusal::invalid_request("Invalid role name provided"))?;
    world.checking("assignment");
    let user = &signed.login.user;
    let assigned = signed.instance(world).role(user, &account_id, role_name);
    let (role_arn, duration) = assigned.ok_or_else(refusal::forbidden)?;
    let role_id = world.role(role_arn).ok_or_else(refusal::forbidden)?.role_id.clone();
    let role_session_name = RoleSessionName::parse(user).map_err(|_| refusal::forbidden())?;
    let session = RoleSession {
        role_arn: role_arn.clone(),
        role_id,
        role_session_name,
        is_chained: false,
        source_identity: None,
        transitive_tags: TransitiveTags::default(),
    };
    let expiration = whole_seconds(signed.incoming.now) + duration;
    let set = world.issue(Principal::RoleSession(session), expiration, false, 0);
    Ok(document(&set))
}

fn document(set: &IssuedSet) -> Value {
    let milliseconds = set.expiration.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() * 1000;
    json!({ "roleCredentials": {
        "accessKeyId": set.access_key_id.as_str(),
        "expiration": milliseconds,
        "secretAccessKey": set.secret_access_key.expose(),
        "sessionToken": set.session_token.expose(),
    }})
}
