//! `AssumeRoleWithWebIdentity`: temporary credentials of a role, for whom an OIDC provider vouches.

use std::time::Duration;

use leapp_core::SourceIdentity;

use super::assume_role_input::optional;
use super::session_tags::SessionTags;
use super::web_identity_input::WebIdentityInput;
use super::{role_session, session_policy};
use crate::aws::checks::{Checks, SOURCE_IDENTITY};
use crate::aws::incoming::Incoming;
use crate::aws::oidc::WebIdentity;
use crate::aws::principal::{Principal, RoleSession};
use crate::aws::refusal::Refusal;
use crate::aws::timestamp::whole_seconds;
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(super) fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Xml, Refusal> {
    let input = WebIdentityInput::parse(incoming.parameters())?;
    input.policy.check()?;
    let identity = WebIdentity::verify(input.web_identity_token, &input.role_arn, world, incoming.now)?;
    let mut checks = Checks::default();
    let tags = SessionTags::of_token(&identity.tags, &mut checks);
    let source_identity = checks.optional(&SOURCE_IDENTITY, identity.source_identity.as_deref());
    checks.finish()?;
    let source_identity = optional(source_identity, SourceIdentity::parse)?;
    let transitive_tags = tags.check(None)?;
    let packed_size = session_policy::packed_size(&input.policy, &tags, None)?;
    let role_id = permit(world, &input, &identity, source_identity.as_ref(), &tags)?;

    let session = RoleSession {
        role_arn: input.role_arn,
        role_id,
        role_session_name: input.role_session_name,
        is_chained: false,
        source_identity,
        transitive_tags,
    };
    let expiration = whole_seconds(incoming.now) + Duration::from_secs(input.duration);
    let set = world.issue(Principal::RoleSession(session.clone()), expiration, false, input.least_token_size);
    // The reference speaks of the issuer; what AWS sends is the provider's ARN.
    Ok(role_session::result(&session, &set, packed_size)
        .text("SubjectFromWebIdentityToken", &identity.subject)
        .text("Provider", &identity.provider_arn)
        .text("Audience", &identity.audience))
}

/// The unique id of the role, when it exists and trusts the identity: AWS does not say which of the two was wrong.
fn permit(
    world: &mut World,
    input: &WebIdentityInput<'_>,
    identity: &WebIdentity,
    source_identity: Option<&SourceIdentity>,
    tags: &SessionTags<'_>,
) -> Result<String, Refusal> {
    world.checking("role trust");
    let role = world.role(&input.role_arn).filter(|role| role.trusts_web_identity(identity));
    let role = role.ok_or_else(not_authorized)?;
    if role.session_terms().denied("AssumeRoleWithWebIdentity", source_identity, tags.keys()).is_some() {
        return Err(not_authorized());
    }
    let (role_id, most) = (role.role_id.clone(), role.max_session_duration());
    world.checking("duration");
    role_session::check_duration(most, input.duration)?;
    Ok(role_id)
}

fn not_authorized() -> Refusal {
    Refusal::access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
}
