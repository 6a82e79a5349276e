//! `ListAccessKeys`: the keys there are, the oldest first. It is one page: a user has two at most.

use super::{Signed, caller};
use crate::aws::checks::Checks;
use crate::aws::refusal::Refusal;
use crate::aws::timestamp::iso8601;
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Option<Xml>, Refusal> {
    let user = caller::user(signed, Checks::default())?;
    let keys = world.access_keys.of_user(&user, signed.now);
    let members = keys.into_iter().fold(Xml::new(), |members, (id, key)| {
        let member = Xml::new()
            .text("UserName", user.user_name())
            .text("AccessKeyId", id)
            .text("Status", key.status())
            .text("CreateDate", &iso8601(key.create_date));
        members.node("member", member)
    });
    Ok(Some(Xml::new().node("AccessKeyMetadata", members).text("IsTruncated", "false")))
}
