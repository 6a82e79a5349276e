//! `AssumeRole`: temporary credentials of a role, for whom the role trusts.

use std::time::Duration;

use leapp_core::SourceIdentity;

use super::Signed;
use super::assume_role_input::AssumeRoleInput;
use super::{role_session, session_policy};
use crate::aws::auth::Caller;
use crate::aws::principal::{Principal, RoleSession};
use crate::aws::refusal::Refusal;
use crate::aws::role::Role;
use crate::aws::timestamp::whole_seconds;
use crate::aws::world::World;
use crate::aws::xml::Xml;

const MOST_WHEN_CHAINED: u64 = 3600;

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Xml, Refusal> {
    let caller = &signed.caller;
    let input = AssumeRoleInput::parse(signed)?;
    input.policy.check()?;
    let transitive_tags = input.tags.check(inherited(caller))?;
    let packed_size = session_policy::packed_size(&input.policy, &input.tags, inherited(caller))?;
    let source_identity = source_identity(caller, &input)?;
    let role_id = permit(signed, world, &input, source_identity.as_ref())?;

    let session = RoleSession {
        role_arn: input.role_arn,
        role_id,
        role_session_name: input.role_session_name,
        is_chained: caller.session.is_some(),
        source_identity,
        transitive_tags,
    };
    let expiration = whole_seconds(signed.now) + Duration::from_secs(input.duration);
    let principal = Principal::RoleSession(session.clone());
    // A role session never proves MFA to the next role.
    let set = world.issue(principal, expiration, false, input.least_token_size);
    Ok(role_session::result(&session, &set, packed_size))
}

/// The unique id of the role, when the caller may have it on these terms. The MFA code comes last: a request that fails
/// otherwise does not use it up.
fn permit(
    signed: &Signed<'_>,
    world: &mut World,
    input: &AssumeRoleInput<'_>,
    source_identity: Option<&SourceIdentity>,
) -> Result<String, Refusal> {
    let caller = &signed.caller;
    world.checking("role trust");
    let role = trusting_role(world, caller, input)?;
    if let Some(action) = role.session_terms().denied("AssumeRole", source_identity, input.tags.keys()) {
        return Err(not_authorized_to(action, caller, input));
    }
    let (role_id, requires_mfa) = (role.role_id.clone(), role.requires_mfa());
    check_duration(role, caller, input)?;
    world.checking("duration");
    world.checking("MFA");
    let is_mfa_in_session = caller.session.as_ref().is_some_and(|session| session.is_mfa_present);
    let is_mfa_present = input.mfa.verify(signed, world)? || is_mfa_in_session;
    if requires_mfa && !is_mfa_present { Err(not_authorized(caller, input)) } else { Ok(role_id) }
}

/// The role, when it exists and trusts the caller: AWS does not say which of the two was wrong.
fn trusting_role<'w>(
    world: &'w World,
    caller: &Caller,
    input: &AssumeRoleInput<'_>,
) -> Result<&'w Role, Refusal> {
    if matches!(&caller.principal, Principal::User(user) if user.is_root()) {
        return Err(Refusal::access_denied("Roles may not be assumed by root accounts."));
    }
    // No trust reaches from one partition into another.
    let is_in_partition = input.role_arn.partition() == caller.principal.partition();
    let role = world.role(&input.role_arn).filter(|_| is_in_partition);
    let trusting = role.filter(|role| role.trusts(&caller.principal, input.external_id.as_ref()));
    trusting.ok_or_else(|| not_authorized(caller, input))
}

fn check_duration(role: &Role, caller: &Caller, input: &AssumeRoleInput<'_>) -> Result<(), Refusal> {
    if inherited(caller).is_some() && input.duration > MOST_WHEN_CHAINED {
        let message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
        return Err(Refusal::validation_error(message));
    }
    role_session::check_duration(role.max_session_duration(), input.duration)
}

/// Once set, it stays for the whole chain.
fn source_identity(caller: &Caller, input: &AssumeRoleInput<'_>) -> Result<Option<SourceIdentity>, Refusal> {
    let inherited = inherited(caller).and_then(|session| session.source_identity.as_ref());
    match (inherited, &input.source_identity) {
        (Some(inherited), Some(asked)) if inherited != asked => {
            let message = "The source identity is already set for this assume role session";
            Err(Refusal::validation_error(message))
        }
        (Some(inherited), _) => Ok(Some(inherited.clone())),
        (None, asked) => Ok(asked.clone()),
    }
}

/// The session that the new one descends from, when this is role chaining.
fn inherited(caller: &Caller) -> Option<&RoleSession> {
    match &caller.principal {
        Principal::RoleSession(session) => Some(session),
        Principal::FederatedUser(_) | Principal::User(_) => None,
    }
}

fn not_authorized(caller: &Caller, input: &AssumeRoleInput<'_>) -> Refusal {
    not_authorized_to("AssumeRole", caller, input)
}

fn not_authorized_to(action: &str, caller: &Caller, input: &AssumeRoleInput<'_>) -> Refusal {
    let (arn, role_arn) = (caller.principal.arn(), &input.role_arn);
    let message = format!("User: {arn} is not authorized to perform: sts:{action} on resource: {role_arn}");
    Refusal::access_denied(message)
}
