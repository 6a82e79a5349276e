//! AWS STS over the query protocol: a form in, XML out. One file an operation.

mod assume_role;
mod assume_role_input;
mod assume_role_with_saml;
mod assume_role_with_saml_input;
mod assume_role_with_web_identity;
mod credentials;
mod get_access_key_info;
mod get_caller_identity;
mod get_federation_token;
mod get_session_token;
mod mfa;
mod role_session;
mod session_limits;
mod session_policy;
mod session_tags;
mod web_identity_input;

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

const VERSION: &str = "2011-06-15";
const XMLNS: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

pub(super) static SERVICE: Service =
    Service { name: "sts", action: query::action, answer, failure: query::failure, render };

/// A request whose signature was right.
struct Signed<'a> {
    form: &'a Form,
    caller: Caller,
    now: SystemTime,
}

/// Answers with the children of the result element.
enum Operation {
    Signed(fn(&Signed<'_>, &mut World) -> Result<Xml, Refusal>),
    /// Without credentials: what the request carries proves who asks.
    Unsigned(fn(&Incoming<'_>, &mut World) -> Result<Xml, Refusal>),
}

fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let form = incoming.parameters();
    let action = form.value("Action").unwrap_or_default();
    let children = match operation(action, query::version(form))? {
        Operation::Unsigned(operation) => operation(incoming, world)?,
        Operation::Signed(operation) => {
            let caller = auth::authenticate(world, incoming, SigningName::Sts)?;
            session_limits::check(action, &caller, world)?;
            operation(&Signed { form, caller, now: incoming.now }, world)?
        }
    };
    Ok(query::answer(action, Some(children), XMLNS, &incoming.request_id))
}

fn operation(action: &str, version: &str) -> Result<Operation, Refusal> {
    match (action, version) {
        ("AssumeRole", VERSION) => Ok(Operation::Signed(assume_role::answer)),
        ("AssumeRoleWithSAML", VERSION) => Ok(Operation::Unsigned(assume_role_with_saml::answer)),
        ("AssumeRoleWithWebIdentity", VERSION) => {
            Ok(Operation::Unsigned(assume_role_with_web_identity::answer))
        }
        ("GetAccessKeyInfo", VERSION) => Ok(Operation::Signed(get_access_key_info::answer)),
        ("GetCallerIdentity", VERSION) => Ok(Operation::Signed(get_caller_identity::answer)),
        ("GetFederationToken", VERSION) => Ok(Operation::Signed(get_federation_token::answer)),
        ("GetSessionToken", VERSION) => Ok(Operation::Signed(get_session_token::answer)),
        (action, version) => Err(Refusal::invalid_action(action, version)),
    }
}

fn render(refusal: &Refusal, incoming: &Incoming<'_>) -> Answer {
    Answer::xml(refusal.status, refusal.document(XMLNS, &incoming.request_id))
}
