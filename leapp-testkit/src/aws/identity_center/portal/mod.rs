//! The access portal over REST and JSON: what a person may use, and credentials for it. One file an operation.

mod get_role_credentials;
mod list_account_roles;
mod list_accounts;
mod paging;
mod refusal;

use http::{Method, StatusCode};
use leapp_core::AccountId;
use serde_json::{Value, json};

use super::login::Login;
use super::{Instance, region};
use crate::aws::answer::Answer;
use crate::aws::fault::Failure;
use crate::aws::form::Form;
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::service::Service;
use crate::aws::world::World;

pub(super) const GET_ROLE_CREDENTIALS: &str = "/federation/credentials";
pub(super) const LIST_ACCOUNTS: &str = "/assignment/accounts";
pub(super) const LIST_ACCOUNT_ROLES: &str = "/assignment/roles";
pub(super) const LOGOUT: &str = "/logout";
const BEARER_TOKEN: &str = "x-amz-sso_bearer_token";

pub(super) static SERVICE: Service = Service { name: "sso", action, answer, failure, render };

/// A request whose access token was valid.
struct Signed<'a> {
    incoming: &'a Incoming<'a>,
    query: &'a Form,
    login: Login,
    access_token: &'a str,
}

type Operation = fn(&Signed<'_>, &mut World) -> Result<Value, Refusal>;

fn action(incoming: &Incoming<'_>) -> String {
    operation(incoming).map_or("", |(action, _)| action).to_owned()
}

fn operation(incoming: &Incoming<'_>) -> Option<(&'static str, Operation)> {
    match (incoming.method(), incoming.path()) {
        (&Method::GET, GET_ROLE_CREDENTIALS) => Some(("GetRoleCredentials", get_role_credentials::answer)),
        (&Method::GET, LIST_ACCOUNTS) => Some(("ListAccounts", list_accounts::answer)),
        (&Method::GET, LIST_ACCOUNT_ROLES) => Some(("ListAccountRoles", list_account_roles::answer)),
        (&Method::POST, LOGOUT) => Some(("Logout", logout)),
        _ => None,
    }
}

fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let (_, operation) = operation(incoming).ok_or_else(refusal::method_not_allowed)?;
    let signed = authenticate(incoming, world)?;
    let document = operation(&signed, world)?;
    Ok(match document {
        Value::Null => Answer::empty(StatusCode::OK),
        document => Answer::json(StatusCode::OK, &document),
    })
}

/// A token is its instance's Region's: elsewhere it is unknown.
fn authenticate<'a>(incoming: &'a Incoming<'a>, world: &mut World) -> Result<Signed<'a>, Refusal> {
    world.checking("access token");
    let access_token = incoming.header(BEARER_TOKEN).ok_or_else(refusal::unauthorized)?;
    let center = &world.identity_center;
    let login =
        center.logins.of_access_token(access_token, incoming.now).ok_or_else(refusal::unauthorized)?;
    let (login, spec) = (login.clone(), &center.instances[login.instance].spec);
    let (is_here, rate) =
        (region::is_here(incoming.host(), spec.region.as_str()), spec.portal_calls_per_second);
    world.checking("Region");
    if !is_here {
        return Err(refusal::unauthorized());
    }
    world.checking("rate");
    if !world.identity_center.logins.is_within_rate(access_token, rate, incoming.now) {
        return Err(refusal::too_many_requests());
    }
    Ok(Signed { incoming, query: incoming.query(), login, access_token })
}

/// Ends the login with all of its tokens. Credentials that came of it stay valid, as in AWS.
#[expect(clippy::unnecessary_wraps, reason = "an operation may refuse; this one never does")]
fn logout(signed: &Signed<'_>, world: &mut World) -> Result<Value, Refusal> {
    world.identity_center.logins.end_of(signed.access_token);
    Ok(Value::Null)
}

impl Signed<'_> {
    fn instance<'w>(&self, world: &'w World) -> &'w Instance {
        &world.identity_center.instances[self.login.instance]
    }

    fn account_id(&self) -> Result<AccountId, Refusal> {
        let text = self.query.value("account_id").unwrap_or_default();
        AccountId::parse(text).map_err(|_| refusal::invalid_request("Invalid account id provided"))
    }
}

fn failure(failure: Failure) -> Refusal {
    match failure {
        Failure::AccessDenied => refusal::forbidden(),
        Failure::ExpiredToken => refusal::unauthorized(),
        Failure::ServerError => refusal::internal_server(),
        Failure::Throttle => refusal::too_many_requests(),
        Failure::Unavailable => refusal::service_unavailable(),
    }
}

fn render(refusal: &Refusal, _: &Incoming<'_>) -> Answer {
    let kind = format!("com.amazonaws.switchboard.portal#{}", refusal.code);
    let document = json!({ "message": refusal.message(), "__type": kind });
    Answer::json(refusal.status, &document).with_header("x-amzn-errortype", refusal.code)
}
