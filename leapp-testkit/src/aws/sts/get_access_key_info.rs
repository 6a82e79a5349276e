//! `GetAccessKeyInfo`: whose account a key belongs to.

use super::Signed;
use crate::aws::checks::{ACCESS_KEY_ID, Checks};
use crate::aws::refusal::Refusal;
use crate::aws::world::World;
use crate::aws::xml::Xml;

/// AWS reads the account off the id itself; made-up ids say nothing, so an unknown one is refused as a deleted one may be.
pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Xml, Refusal> {
    let mut checks = Checks::default();
    let access_key_id = checks.required(&ACCESS_KEY_ID, signed.form.value("AccessKeyId"));
    checks.finish()?;
    world.checking("access key asked for");
    let key = world.key(access_key_id).filter(|key| {
        // A key means nothing in another partition.
        key.principal.partition() == signed.caller.principal.partition()
    });
    let key = key
        .ok_or_else(|| Refusal::validation_error(format!("The access key {access_key_id} does not exist")))?;
    Ok(Xml::new().text("Account", &key.principal.account_id()))
}
