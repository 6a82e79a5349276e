//! `GetFederationToken`: temporary credentials that a user hands to somebody else.

use std::time::Duration;

use super::Signed;
use super::session_policy::{self, SessionPolicy};
use super::session_tags::SessionTags;
use super::{credentials, session_limits};
use crate::aws::checks::{Checks, FEDERATED_NAME};
use crate::aws::principal::{FederatedUser, Principal};
use crate::aws::refusal::Refusal;
use crate::aws::timestamp::whole_seconds;
use crate::aws::world::World;
use crate::aws::xml::Xml;

const DEFAULT: u64 = 43_200;
/// A longer session of a root user is cut to this, not refused.
const MOST_FOR_ROOT: u64 = 3600;

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Xml, Refusal> {
    let (form, mut checks) = (signed.form, Checks::default());
    let Principal::User(user) = &signed.caller.principal else {
        return Err(session_limits::refusal("GetFederationToken", &signed.caller));
    };
    let name = checks.required(&FEDERATED_NAME, form.value("Name"));
    let duration = checks.number("durationSeconds", form.value("DurationSeconds"), 900..=129_600);
    let least_size = credentials::least_token_size(form, &mut checks);
    let policy = SessionPolicy::parse(form, &mut checks);
    let tags = SessionTags::parse_for_good(form, &mut checks);
    checks.finish()?;
    policy.check()?;
    tags.check(None)?;
    let packed_size = session_policy::packed_size(&policy, &tags, None)?;

    let most = if user.is_root() { MOST_FOR_ROOT } else { u64::MAX };
    let duration = Duration::from_secs(duration.unwrap_or(DEFAULT).min(most));
    let federated = FederatedUser { user: user.clone(), name: name.to_owned() };
    let expiration = whole_seconds(signed.now) + duration;
    let set = world.issue(Principal::FederatedUser(federated.clone()), expiration, false, least_size);
    let children =
        Xml::new().text("FederatedUserId", &federated.federated_user_id()).text("Arn", &federated.arn());
    let children = credentials::add(&set, Xml::new().node("FederatedUser", children));
    Ok(credentials::add_packed_size(packed_size, children))
}
