//! Who is calling: Signature Version 4, verified as AWS verifies it.

mod authorization;
mod canonical;
#[cfg(test)]
mod odd_times;
mod presigned;
mod signature;
mod signing_name;
#[cfg(test)]
mod suite;

use std::time::{Duration, SystemTime};

use subtle::ConstantTimeEq;

use super::account::Partition;
use super::incoming::Incoming;
use super::principal::Principal;
use super::refusal::Refusal;
use super::timestamp::{amz_date, parse_amz_date};
use super::world::{Key, World};
pub(super) use authorization::claimed_key_id;
use authorization::{Authorization, Place};
use canonical::Rules;
pub(super) use signature::SigningKey;
pub(super) use signing_name::SigningName;

/// What AWS allows between its own time and a signature's:
/// [authenticating requests](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
const SKEW_MINUTES: u64 = 5;
/// How long an address signed in advance serves. STS does not look at what the address says of it:
/// <https://github.com/aws/aws-sdk-go/issues/2167>.
const PRESIGNED_MINUTES: u64 = 15;

/// A caller whose signature was right.
pub(super) struct Caller {
    pub(super) principal: Principal,
    pub(super) session: Option<CallerSession>,
}

/// What is known of the temporary credentials a caller used.
pub(super) struct CallerSession {
    pub(super) is_mfa_present: bool,
}

/// Finds the caller, or says why not.
pub(super) fn authenticate(
    world: &mut World,
    incoming: &Incoming<'_>,
    name: SigningName,
) -> Result<Caller, Refusal> {
    let mut checks = Vec::with_capacity(6);
    let found = find_caller(world, incoming, name, &mut checks);
    world.checks.append(&mut checks);
    let (caller, authorization) = found?;
    world.access_keys.note_use(authorization.access_key_id, incoming.now, name, authorization.region);
    Ok(caller)
}

fn find_caller<'a>(
    world: &World,
    incoming: &'a Incoming<'_>,
    name: SigningName,
    checks: &mut Vec<&'static str>,
) -> Result<(Caller, Authorization<'a>), Refusal> {
    let (request, now) = (incoming.request, incoming.now);
    let authorization = Authorization::of(incoming)?;
    checks.push("access key");
    let key = world.accepted_key(authorization.access_key_id, now);
    let key = key.ok_or_else(Refusal::invalid_client_token_id)?;
    checks.push("session token");
    check_session(key, authorization.session_token, now)?;
    checks.push("partition");
    // A key means nothing in another partition.
    if key.principal.partition() != Partition::of_region(authorization.region).as_str() {
        return Err(Refusal::invalid_client_token_id());
    }
    checks.push("scope");
    authorization.check_host_is_signed()?;
    authorization.check_scope(incoming, name)?;
    checks.push("signature");
    let signed_at = parse_amz_date(&authorization.amz_date).ok_or_else(authorization::malformed_date)?;
    signature::check_signed(request, &authorization)?;
    let signing_key = &key.signing_key;
    signature::check(request, incoming.host(), &authorization, signed_at, signing_key, Rules::COMMON)?;
    checks.push("time");
    check_time(&authorization, signed_at, now)?;
    let session =
        key.session.as_ref().map(|session| CallerSession { is_mfa_present: session.is_mfa_present });
    Ok((Caller { principal: key.principal.clone(), session }, authorization))
}

fn check_session(key: &Key, presented: Option<&str>, now: SystemTime) -> Result<(), Refusal> {
    match (&key.session, presented) {
        (None, None) => Ok(()),
        (Some(session), Some(presented)) => {
            let expected = session.session_token.expose().as_bytes();
            if !bool::from(expected.ct_eq(presented.as_bytes())) {
                return Err(Refusal::invalid_client_token_id());
            }
            if now >= session.expiration { Err(Refusal::expired_token()) } else { Ok(()) }
        }
        (None, Some(_)) | (Some(_), None) => Err(Refusal::invalid_client_token_id()),
    }
}

fn check_time(authorization: &Authorization<'_>, time: SystemTime, now: SystemTime) -> Result<(), Refusal> {
    let signed_at = &authorization.amz_date;
    let minutes = match authorization.place {
        Place::Header => SKEW_MINUTES,
        Place::Query => PRESIGNED_MINUTES,
    };
    let (earliest, latest) = (now - of_minutes(minutes), now + of_minutes(SKEW_MINUTES));
    if time < super::timestamp::whole_seconds(earliest) {
        let (earliest, now_text) = (amz_date(earliest), amz_date(now));
        let message = format!(
            "Signature expired: {signed_at} is now earlier than {earliest} ({now_text} - {minutes} min.)"
        );
        return Err(Refusal::signature_does_not_match(message));
    }
    if time > latest {
        let (latest, now_text) = (amz_date(latest), amz_date(now));
        let message = format!(
            "Signature not yet current: {signed_at} is still later than {latest} ({now_text} + 5 min.)"
        );
        return Err(Refusal::signature_does_not_match(message));
    }
    Ok(())
}

fn of_minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}
