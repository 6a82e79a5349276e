//! `GetAccessKeyLastUsed`: when a key signed a request last, and which.

use super::{Signed, caller};
use crate::aws::checks::{ACCESS_KEY_ID, Checks};
use crate::aws::principal::Principal;
use crate::aws::refusal::Refusal;
use crate::aws::timestamp::iso8601;
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Option<Xml>, Refusal> {
    const NEVER: &str = "N/A";
    let mut checks = Checks::default();
    let access_key_id = checks.required(&ACCESS_KEY_ID, signed.form.value("AccessKeyId"));
    checks.finish()?;
    world.checking("access key asked for");
    // AWS does not tell an unknown key from somebody else's.
    let key = world.access_keys.find(access_key_id);
    let key =
        key.filter(|key| matches!(&signed.caller.principal, Principal::User(user) if *user == key.user));
    let key = key.ok_or_else(|| caller::denied(signed, &format!("access key {access_key_id}")))?;
    let last_used = match world.access_keys.told_use(key, signed.now) {
        Some(last) => Xml::new()
            .text("Region", &last.region)
            .text("LastUsedDate", &iso8601(last.at))
            .text("ServiceName", last.service.as_str()),
        None => Xml::new().text("Region", NEVER).text("ServiceName", NEVER),
    };
    Ok(Some(Xml::new().node("AccessKeyLastUsed", last_used).text("UserName", key.user.user_name())))
}
