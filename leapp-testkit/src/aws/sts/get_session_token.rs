//! `GetSessionToken`: temporary credentials for the user that asks.

use std::time::Duration;

use super::Signed;
use super::mfa::MfaInput;
use super::{credentials, session_limits};
use crate::aws::checks::Checks;
use crate::aws::principal::Principal;
use crate::aws::refusal::Refusal;
use crate::aws::timestamp::whole_seconds;
use crate::aws::world::World;
use crate::aws::xml::Xml;

const DEFAULT: u64 = 43_200;
/// A longer session of a root user is cut to this, not refused.
const MOST_FOR_ROOT: u64 = 3600;

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Xml, Refusal> {
    let Principal::User(user) = &signed.caller.principal else {
        return Err(session_limits::refusal("GetSessionToken", &signed.caller));
    };
    let mut checks = Checks::default();
    let duration = checks.number("durationSeconds", signed.form.value("DurationSeconds"), 900..=129_600);
    let least_size = credentials::least_token_size(signed.form, &mut checks);
    let mfa = MfaInput::parse(signed, &mut checks);
    checks.finish()?;

    let is_mfa_present = mfa.verify(signed, world)?;
    let most = if user.is_root() { MOST_FOR_ROOT } else { u64::MAX };
    let duration = Duration::from_secs(duration.unwrap_or(DEFAULT).min(most));
    let principal = Principal::User(user.clone());
    let set = world.issue(principal, whole_seconds(signed.now) + duration, is_mfa_present, least_size);
    Ok(credentials::add(&set, Xml::new()))
}
