//! Who is calling: Signature Version 4, verified as AWS verifies it.

mod authorization;
mod signature;

use std::time::{Duration, SystemTime};

use hyper::body::Bytes;
use subtle::ConstantTimeEq;

use super::principal::Principal;
use super::refusal::Refusal;
use super::timestamp::{amz_date, parse_amz_date};
use super::world::{Key, World};
use authorization::Authorization;
pub(super) use authorization::claimed_key_id;

/// What STS allows between its own time and a signature's; its refusal says so.
const SKEW: Duration = Duration::from_secs(15 * 60);

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
    world: &World,
    request: &http::Request<Bytes>,
    now: SystemTime,
) -> Result<Caller, Refusal> {
    let authorization = Authorization::parse(request)?;
    let key = world.key(authorization.access_key_id).ok_or_else(Refusal::invalid_client_token_id)?;
    check_session(key, request, now)?;
    authorization.check_host_is_signed()?;
    authorization.check_scope(request)?;
    signature::check(request, &authorization, &key.secret_access_key)?;
    check_time(authorization.amz_date, now)?;
    let session =
        key.session.as_ref().map(|session| CallerSession { is_mfa_present: session.is_mfa_present });
    Ok(Caller { principal: key.principal.clone(), session })
}

fn check_session(key: &Key, request: &http::Request<Bytes>, now: SystemTime) -> Result<(), Refusal> {
    let presented = request.headers().get(authorization::SECURITY_TOKEN);
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

fn check_time(signed_at: &str, now: SystemTime) -> Result<(), Refusal> {
    let time = parse_amz_date(signed_at).ok_or_else(authorization::malformed_date)?;
    let (earliest, latest, now_text) = (now - SKEW, now + SKEW, amz_date(now));
    if time < super::timestamp::whole_seconds(earliest) {
        let earliest = amz_date(earliest);
        let message =
            format!("Signature expired: {signed_at} is now earlier than {earliest} ({now_text} - 15 min.)");
        return Err(Refusal::signature_does_not_match(message));
    }
    if time > latest {
        let latest = amz_date(latest);
        let message = format!(
            "Signature not yet current: {signed_at} is still later than {latest} ({now_text} + 15 min.)"
        );
        return Err(Refusal::signature_does_not_match(message));
    }
    Ok(())
}
