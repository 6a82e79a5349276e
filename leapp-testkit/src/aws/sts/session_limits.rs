//! What temporary credentials may ask of STS, by
//! [the table of AWS](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html).

use crate::aws::auth::Caller;
use crate::aws::principal::Principal;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

pub(super) fn check(action: &str, caller: &Caller, world: &mut World) -> Result<(), Refusal> {
    if caller.session.is_none() {
        return Ok(());
    }
    world.checking("session credentials");
    let is_allowed = match &caller.principal {
        Principal::FederatedUser(_) => action == "GetCallerIdentity",
        Principal::RoleSession(_) => !matches!(action, "GetFederationToken" | "GetSessionToken"),
        Principal::User(_) => matches!(action, "AssumeRole" | "GetCallerIdentity"),
    };
    if is_allowed { Ok(()) } else { Err(refusal(action, caller)) }
}

pub(super) fn refusal(action: &str, caller: &Caller) -> Refusal {
    Refusal::access_denied(match action {
        "GetFederationToken" | "GetSessionToken" => format!("Cannot call {action} with session credentials"),
        _ => format!("User: {} is not authorized to perform: sts:{action}", caller.principal.arn()),
    })
}
