//! `GetSessionToken`: temporary credentials for the user that asks.

use std::time::Duration;

use super::Signed;
use super::checks::Checks;
use super::credentials;
use super::mfa::MfaInput;
use crate::aws::principal::Principal;
use crate::aws::refusal::Refusal;
use crate::aws::timestamp::whole_seconds;
use crate::aws::world::World;
use crate::aws::xml::Xml;

const DEFAULT: u64 = 43_200;
/// A longer session of a root user is cut to this, not refused.
const MOST_FOR_ROOT: u64 = 3600;

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Xml, Refusal> {
    let user = match &signed.caller.principal {
        Principal::User(user) if signed.caller.session.is_none() => user,
        _ => return Err(Refusal::access_denied("Cannot call GetSessionToken with session credentials")),
    };
    let mut checks = Checks::default();
    let duration = checks.number("durationSeconds", signed.form.value("DurationSeconds"), 900..=129_600);
    let least_size =
        checks.number("minimumSessionTokenSize", signed.form.value("MinimumSessionTokenSize"), 0..=4096);
    let mfa = MfaInput::parse(signed, &mut checks);
    checks.finish()?;

    let is_mfa_present = mfa.verify(signed, world)?;
    let most = if user.is_root() { MOST_FOR_ROOT } else { u64::MAX };
    let duration = Duration::from_secs(duration.unwrap_or(DEFAULT).min(most));
    let least_size = least_size.unwrap_or_default() as usize;
    let principal = Principal::User(user.clone());
    let set = world.issue(principal, whole_seconds(signed.now) + duration, is_mfa_present, least_size);
    Ok(credentials::add(&set, Xml::new()))
}
