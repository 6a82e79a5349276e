//! The page behind `verificationUri`.

use http::StatusCode;

use super::consent::{Question, Step, step};
use super::{DEVICE, html, refusal};
use crate::aws::answer::Answer;
use crate::aws::identity_center::person;
use crate::aws::incoming::Incoming;
use crate::aws::page_policy::PagePolicy;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

pub(super) fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let query = incoming.query();
    let Some(user_code) = query.value("user_code") else { return Ok(code_page()) };
    world.checking("user code");
    let center = &mut world.identity_center;
    let device = center.devices.by_user_code(user_code).filter(|device| !device.is_expired(incoming.now));
    let Some(device) = device.filter(|device| device.is_pending()) else {
        return Err(refusal("InvalidCode", StatusCode::BAD_REQUEST, "Invalid code"));
    };
    let instance = device.instance;
    let client_name = center.clients.find(&device.client_id).map(|client| client.name.clone());
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("user_code", user_code).finish();
    let address = format!("{DEVICE}?{query}");
    let question = Question {
        instance,
        client_name: &client_name.unwrap_or_default(),
        detail: &format!("Code: {user_code}"),
        address: &address,
        policy: PagePolicy::default(),
    };
    match step(incoming, world, &question) {
        Step::Show(answer) => Ok(answer),
        Step::Decided { user, is_allowed } => {
            person::decide(world, user_code, is_allowed.then_some(user), incoming.now)?;
            let title = if is_allowed { "Request approved" } else { "Request denied" };
            Ok(Answer::html(StatusCode::OK, html::page(title, &html::text("You can close this window."))))
        }
    }
}

fn code_page() -> Answer {
    let fields = [html::field("Code", "user_code", "text"), html::button("Next", "next", "yes")];
    let form = html::form("get", DEVICE, &fields.concat());
    Answer::html(StatusCode::OK, html::page("Enter the code", &form))
}
