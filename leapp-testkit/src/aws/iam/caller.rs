//! Whose keys a request is about: nobody's but the caller's own.

use super::Signed;
use crate::aws::auth::Caller;
use crate::aws::checks::{Checks, USER_NAME};
use crate::aws::principal::{Principal, UserArn};
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

/// What temporary credentials may ask of IAM, by
/// [the table of AWS](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html): a user's own
/// serve with MFA only, a federated user's never. IAM does not even know the others:
/// <https://github.com/99designs/aws-vault/issues/132>.
pub(super) fn check(caller: &Caller, world: &mut World) -> Result<(), Refusal> {
    let Some(session) = &caller.session else { return Ok(()) };
    world.checking("session credentials");
    match &caller.principal {
        Principal::RoleSession(_) => Ok(()),
        Principal::User(_) if session.is_mfa_present => Ok(()),
        Principal::FederatedUser(_) | Principal::User(_) => Err(Refusal::invalid_client_token_id()),
    }
}

/// The user that a request names, or that it is signed by.
pub(super) fn user(signed: &Signed<'_>, mut checks: Checks) -> Result<UserArn, Refusal> {
    let user_name = checks.optional(&USER_NAME, signed.form.value("UserName"));
    checks.finish()?;
    match (&signed.caller.principal, user_name) {
        (Principal::User(user), None) => Ok(user.clone()),
        (Principal::User(user), Some(name)) if !user.is_root() && user.user_name() == name => {
            Ok(user.clone())
        }
        (_, Some(name)) => Err(denied(signed, &format!("user {name}"))),
        (_, None) => {
            let message = "Must specify userName when calling with non-User credentials";
            Err(Refusal::validation_error(message))
        }
    }
}

pub(super) fn denied(signed: &Signed<'_>, resource: &str) -> Refusal {
    let (arn, action) = (signed.caller.principal.arn(), signed.action);
    Refusal::access_denied(format!(
        "User: {arn} is not authorized to perform: iam:{action} on resource: {resource} because no identity-based \
         policy allows the iam:{action} action"
    ))
}

/// A key of the user's.
pub(super) fn check_key(world: &mut World, user: &UserArn, access_key_id: &str) -> Result<(), Refusal> {
    world.checking("access key asked for");
    match world.access_keys.find(access_key_id) {
        Some(key) if key.user == *user => Ok(()),
        _ => {
            let message = format!("The Access Key with id {access_key_id} cannot be found.");
            Err(Refusal::no_such_entity(message))
        }
    }
}
