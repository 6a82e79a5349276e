//! `GetUser`: who one is, to IAM.

use super::{Signed, caller};
use crate::aws::checks::Checks;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;
use crate::aws::xml::Xml;

/// All users of this world were made on one day, before any clock of a test.
const CREATE_DATE: &str = "1970-01-01T00:00:00Z";

pub(super) fn answer(signed: &Signed<'_>, world: &mut World) -> Result<Option<Xml>, Refusal> {
    let user = caller::user(signed, Checks::default())?;
    let described = match user.is_root() {
        // AWS gives it no name.
        true => Xml::new(),
        false => Xml::new().text("Path", user.path()).text("UserName", user.user_name()),
    };
    let described = described
        .text("UserId", &world.user_id(&user))
        .text("Arn", user.as_str())
        .text("CreateDate", CREATE_DATE);
    Ok(Some(Xml::new().node("User", described)))
}
