//! `AssumeRoleWithSAML`: temporary credentials of a role, for whom an identity provider vouches. Nobody signs it.

use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use data_encoding::BASE64;
use leapp_core::{RoleArn, RoleSessionName, SourceIdentity};

use super::assume_role_with_saml_input::AssumeRoleWithSamlInput;
use super::session_tags::SessionTags;
use super::{credentials, session_policy};
use crate::aws::checks::Checks;
use crate::aws::incoming::Incoming;
use crate::aws::principal::{Principal, RoleSession};
use crate::aws::refusal::Refusal;
use crate::aws::saml::{Assertion, SamlProviderArn, not_authorized, redeem, response_expired, wrong_claim};
use crate::aws::timestamp::whole_seconds;
use crate::aws::world::{IssuedSet, World};
use crate::aws::xml::Xml;

const PREFIX_OF_FORMATS: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:";

pub(super) fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Xml, Refusal> {
    let input = AssumeRoleWithSamlInput::parse(incoming.parameters())?;
    input.policy.check()?;
    let assertion = redeem(world, incoming, input.saml_assertion, &input.principal_arn)?;
    world.checking("session tags");
    let tags = tags(&assertion)?;
    let transitive_tags = tags.check(None)?;
    let packed_size = session_policy::packed_size(&input.policy, &tags, None)?;
    world.checking("role session name");
    let role_session_name = role_session_name(&assertion)?;
    let source_identity = source_identity(&assertion)?;
    let role_id = permit(world, &assertion, &input, source_identity.as_ref(), &tags)?;
    let expiration = expiration(&assertion, incoming.now, input.duration)?;

    let session = RoleSession {
        role_arn: input.role_arn,
        role_id,
        role_session_name,
        is_chained: false,
        source_identity,
        transitive_tags,
    };
    let set = world.issue(Principal::RoleSession(session.clone()), expiration, false, input.least_token_size);
    Ok(result(&session, &set, &assertion, &input.principal_arn, packed_size))
}

/// The unique id of the role, when the assertion names it together with the provider, and the role trusts the provider.
fn permit(
    world: &mut World,
    assertion: &Assertion,
    input: &AssumeRoleWithSamlInput<'_>,
    source_identity: Option<&SourceIdentity>,
    tags: &SessionTags<'_>,
) -> Result<String, Refusal> {
    let AssumeRoleWithSamlInput { role_arn, principal_arn, .. } = input;
    world.checking("role in assertion");
    let asked = (role_arn.as_str(), principal_arn.as_str());
    if !assertion.roles().any(|pair| pair == asked) {
        return Err(not_authorized());
    }
    world.checking("role trust");
    let role =
        world.role(role_arn).filter(|role| role.trusts_saml(principal_arn)).ok_or_else(not_authorized)?;
    if role.session_terms().denied("AssumeRoleWithSAML", source_identity, tags.keys()).is_some() {
        return Err(not_authorized());
    }
    let (role_id, most) = (role.role_id.clone(), role.max_session_duration());
    world.checking("duration");
    if input.duration > most {
        let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(Refusal::validation_error(message));
    }
    Ok(role_id)
}

/// The `SessionDuration` attribute has no say here: it is for the console alone.
fn expiration(assertion: &Assertion, now: SystemTime, duration: u64) -> Result<SystemTime, Refusal> {
    let asked = whole_seconds(now) + Duration::from_secs(duration);
    match assertion.session_not_on_or_after.map(whole_seconds) {
        Some(end) if end <= now => Err(response_expired()),
        Some(end) => Ok(asked.min(end)),
        None => Ok(asked),
    }
}

fn role_session_name(assertion: &Assertion) -> Result<RoleSessionName, Refusal> {
    let name = assertion.values("RoleSessionName").next();
    let name = name.ok_or_else(|| wrong_claim("RoleSessionName is required in AuthnResponse"))?;
    RoleSessionName::parse(name)
        .map_err(|_| wrong_claim("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"))
}

fn source_identity(assertion: &Assertion) -> Result<Option<SourceIdentity>, Refusal> {
    const RULE: &str = "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"";
    let value = assertion.values("SourceIdentity").next();
    value.map(|value| SourceIdentity::parse(value).map_err(|_| wrong_claim(RULE))).transpose()
}

fn tags(assertion: &Assertion) -> Result<SessionTags<'_>, Refusal> {
    let mut checks = Checks::default();
    let transitive_keys = assertion.values("TransitiveTagKeys").collect();
    let tags = SessionTags::of(assertion.principal_tags(), transitive_keys, &mut checks);
    checks.finish()?;
    Ok(tags)
}

fn result(
    session: &RoleSession,
    set: &IssuedSet,
    assertion: &Assertion,
    principal_arn: &SamlProviderArn,
    packed_size: usize,
) -> Xml {
    let user = Xml::new().text("AssumedRoleId", &session.assumed_role_id()).text("Arn", &session.arn());
    let mut children = credentials::add(set, Xml::new().node("AssumedRoleUser", user))
        .text("Subject", &assertion.name_id)
        .text("Issuer", &assertion.issuer)
        .text("Audience", &assertion.recipient)
        .text("NameQualifier", &name_qualifier(&assertion.issuer, &session.role_arn, principal_arn));
    if let Some(format) = &assertion.name_id_format {
        children = children.text("SubjectType", format.strip_prefix(PREFIX_OF_FORMATS).unwrap_or(format));
    }
    if packed_size > 0 {
        children = children.text("PackedPolicySize", &packed_size.to_string());
    }
    match &session.source_identity {
        Some(source_identity) => children.text("SourceIdentity", source_identity.as_str()),
        None => children,
    }
}

/// BASE64(SHA1(issuer + account + "/" + name of the provider)), as the API reference has it.
fn name_qualifier(issuer: &str, role_arn: &RoleArn, principal_arn: &SamlProviderArn) -> String {
    let text = format!("{issuer}{}/{}", role_arn.account_id(), principal_arn.name());
    BASE64.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()).as_ref())
}
