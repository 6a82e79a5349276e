//! `ListAccounts`: where a person has something.

use serde_json::{Value, json};

use super::{Signed, paging};
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Value, Refusal> {
    let accounts = signed.instance(world).accounts_of(&signed.login.user);
    let page = paging::page(signed, "accounts", accounts.len())?;
    let shown = accounts[page.range].iter().map(|(account_id, entry)| {
        json!({
            "accountId": account_id.as_str(),
            "accountName": entry.name,
            "emailAddress": entry.email,
        })
    });
    Ok(json!({ "accountList": shown.collect::<Vec<_>>(), "nextToken": page.next_token }))
}
