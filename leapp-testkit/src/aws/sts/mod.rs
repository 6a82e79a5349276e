//! AWS STS over the query protocol: a form in, XML out. One file an operation.

mod assume_role;
mod assume_role_input;
mod checks;
mod credentials;
mod form;
mod get_caller_identity;
mod get_session_token;
mod mfa;
mod session_policy;
mod session_tags;

use std::time::SystemTime;

use http::StatusCode;
use hyper::body::Bytes;

use super::auth::{self, Caller};
use super::refusal::Refusal;
use super::world::World;
use super::xml::Xml;
use form::Form;

const VERSION: &str = "2011-06-15";
const XMLNS: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// One request as it came.
pub(super) struct Call<'a> {
    request: &'a http::Request<Bytes>,
    form: Form,
    now: SystemTime,
}

/// A request whose signature was right.
struct Signed<'a> {
    form: &'a Form,
    caller: Caller,
    now: SystemTime,
}

/// Answers with the children of the result element.
type Operation = fn(&Signed<'_>, &mut World) -> Result<Xml, Refusal>;

impl<'a> Call<'a> {
    pub(super) fn new(request: &'a http::Request<Bytes>, now: SystemTime) -> Self {
        Self { request, form: Form::parse(request), now }
    }

    pub(super) fn answer(&self, world: &mut World) -> Result<Xml, Refusal> {
        let operation = self.operation()?;
        let caller = auth::authenticate(world, self.request, self.now)?;
        operation(&Signed { form: &self.form, caller, now: self.now }, world)
    }

    /// The whole document and its status.
    pub(super) fn document(&self, outcome: Result<Xml, Refusal>, request_id: &str) -> (StatusCode, String) {
        match outcome {
            Ok(children) => {
                let action = self.action();
                let metadata = Xml::new().text("RequestId", request_id);
                let document = Xml::new()
                    .node(&format!("{action}Result"), children)
                    .node("ResponseMetadata", metadata)
                    .into_document(&format!("{action}Response"), XMLNS);
                (StatusCode::OK, document)
            }
            Err(refusal) => (refusal.status, refusal.document(XMLNS, request_id)),
        }
    }

    /// The action for the record: a name, or nothing when the client sent something else in its place.
    pub(super) fn recorded_action(&self) -> String {
        let action = self.action();
        let is_name = action.len() <= 64 && action.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_name { action.to_owned() } else { String::new() }
    }

    fn action(&self) -> &str {
        self.form.value("Action").unwrap_or_default()
    }

    fn operation(&self) -> Result<Operation, Refusal> {
        match (self.action(), self.form.value("Version").unwrap_or("NO_VERSION_SPECIFIED")) {
            ("AssumeRole", VERSION) => Ok(assume_role::answer),
            ("GetCallerIdentity", VERSION) => Ok(get_caller_identity::answer),
            ("GetSessionToken", VERSION) => Ok(get_session_token::answer),
            (action, version) => Err(Refusal::invalid_action(action, version)),
        }
    }
}
