//! `CreateAccessKey`: one more key, whose secret is told this once.

use super::access_keys::MOST;
use super::{Signed, caller};
use crate::aws::checks::Checks;
use crate::aws::refusal::Refusal;
use crate::aws::timestamp::iso8601;
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Option<Xml>, Refusal> {
    let user = caller::user(signed, Checks::default())?;
    world.checking("access key quota");
    if world.access_keys.count(&user) >= MOST {
        return Err(Refusal::limit_exceeded(format!("Cannot exceed quota for AccessKeysPerUser: {MOST}")));
    }
    let key = world.create_access_key(&user, signed.now);
    let access_key = Xml::new()
        .text("UserName", user.user_name())
        .text("AccessKeyId", key.access_key_id().as_str())
        .text("Status", "Active")
        .text("SecretAccessKey", key.secret_access_key().expose())
        .text("CreateDate", &iso8601(signed.now));
    Ok(Some(Xml::new().node("AccessKey", access_key)))
}
