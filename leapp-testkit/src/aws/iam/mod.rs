//! AWS IAM over the query protocol, as far as a user's own access keys go. One file an operation.

mod access_keys;
mod caller;
mod create_access_key;
mod delete_access_key;
mod get_access_key_last_used;
mod get_user;
mod list_access_keys;
mod update_access_key;

use std::time::SystemTime;

use super::answer::Answer;
use super::auth::{self, Caller, SigningName};
use super::form::Form;
use super::incoming::Incoming;
use super::query;
use super::refusal::Refusal;
use super::service::Service;
use super::world::World;
use super::xml::Xml;
pub(super) use access_keys::AccessKeys;

pub(super) const VERSION: &str = "2010-05-08";
const XMLNS: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

pub(super) static SERVICE: Service =
    Service { name: "iam", action: query::action, answer, failure: query::failure, render };

/// A request whose signature was right.
struct Signed<'a> {
    action: &'a str,
    form: &'a Form,
    caller: Caller,
    now: SystemTime,
}

/// Answers with the children of the result element, where the operation has one.
type Operation = fn(&Signed<'_>, &mut World) -> Result<Option<Xml>, Refusal>;

fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let form = incoming.parameters();
    let action = form.value("Action").unwrap_or_default();
    let operation = operation(action, query::version(form))?;
    let caller = auth::authenticate(world, incoming, SigningName::Iam)?;
    caller::check(&caller, world)?;
    let result = operation(&Signed { action, form, caller, now: incoming.now }, world)?;
    Ok(query::answer(action, result, XMLNS, &incoming.request_id))
}

fn operation(action: &str, version: &str) -> Result<Operation, Refusal> {
    match (action, version) {
        ("CreateAccessKey", VERSION) => Ok(create_access_key::answer),
        ("DeleteAccessKey", VERSION) => Ok(delete_access_key::answer),
        ("GetAccessKeyLastUsed", VERSION) => Ok(get_access_key_last_used::answer),
        ("GetUser", VERSION) => Ok(get_user::answer),
        ("ListAccessKeys", VERSION) => Ok(list_access_keys::answer),
        ("UpdateAccessKey", VERSION) => Ok(update_access_key::answer),
        (action, version) => Err(Refusal::invalid_action(action, version)),
    }
}

fn render(refusal: &Refusal, incoming: &Incoming<'_>) -> Answer {
    Answer::xml(refusal.status, refusal.document(XMLNS, &incoming.request_id))
}
