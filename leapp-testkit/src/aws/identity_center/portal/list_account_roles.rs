//! `ListAccountRoles`: what a person has in an account.

use serde_json::{Value, json};

use super::{Signed, paging, refusal};
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Value, Refusal> {
    let account_id = signed.account_id()?;
    world.checking("account");
    let instance = signed.instance(world);
    if !instance.spec.accounts.contains_key(&account_id) {
        return Err(refusal::resource_not_found());
    }
    let permission_sets = instance.permission_sets_of(&signed.login.user, &account_id);
    if permission_sets.is_empty() {
        return Err(refusal::forbidden());
    }
    let page = paging::page(signed, account_id.as_str(), permission_sets.len())?;
    let shown = permission_sets[page.range]
        .iter()
        .map(|name| json!({ "accountId": account_id.as_str(), "roleName": name }));
    Ok(json!({ "nextToken": page.next_token, "roleList": shown.collect::<Vec<_>>() }))
}
