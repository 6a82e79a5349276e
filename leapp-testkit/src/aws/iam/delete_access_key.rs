//! `DeleteAccessKey`: the end of a key. What was obtained with it lasts as long as it would have.

use super::{Signed, caller};
use crate::aws::checks::{ACCESS_KEY_ID, Checks};
use crate::aws::refusal::Refusal;
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Option<Xml>, Refusal> {
    let mut checks = Checks::default();
    let access_key_id = checks.required(&ACCESS_KEY_ID, signed.form.value("AccessKeyId"));
    let user = caller::user(signed, checks)?;
    caller::check_key(world, &user, access_key_id)?;
    world.access_keys.delete(access_key_id, signed.now);
    Ok(None)
}
