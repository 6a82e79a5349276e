//! `GetCallerIdentity`: the one operation that nothing can forbid.

use super::Signed;
use crate::aws::principal::Principal;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;
use crate::aws::xml::Xml;

#[expect(clippy::unnecessary_wraps, reason = "an operation may refuse; this one never does")]
pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Xml, Refusal> {
    let principal = &signed.caller.principal;
    let user_id = match principal {
        Principal::FederatedUser(federated) => federated.federated_user_id(),
        Principal::RoleSession(session) => session.assumed_role_id(),
        Principal::User(user) => world.user_id(user),
    };
    Ok(Xml::new()
        .text("Arn", &principal.arn())
        .text("UserId", &user_id)
        .text("Account", &principal.account_id()))
}
