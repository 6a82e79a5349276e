//! SSO-OIDC over REST and JSON: how a client comes to a token. One file an operation.

mod create_token;
mod input;
pub(super) mod refusal;
mod register_client;
mod start_device_authorization;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::digest::Digest;
use super::{Client, region};
use crate::aws::answer::Answer;
use crate::aws::fault::Failure;
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::service::Service;
use crate::aws::world::World;
use input::Input;

pub(super) const CREATE_TOKEN: &str = "/token";
pub(super) const REGISTER_CLIENT: &str = "/client/register";
pub(super) const START_DEVICE_AUTHORIZATION: &str = "/device_authorization";

pub(super) static SERVICE: Service = Service { name: "sso-oidc", action, answer, failure, render };

type Operation = fn(&Incoming<'_>, &Input, &mut World) -> Result<Value, Refusal>;

fn action(incoming: &Incoming<'_>) -> String {
    operation(incoming).map_or("", |(action, _)| action).to_owned()
}

fn operation(incoming: &Incoming<'_>) -> Option<(&'static str, Operation)> {
    match (incoming.method(), incoming.path()) {
        (&Method::POST, CREATE_TOKEN) => Some(("CreateToken", create_token::answer)),
        (&Method::POST, REGISTER_CLIENT) => Some(("RegisterClient", register_client::answer)),
        (&Method::POST, START_DEVICE_AUTHORIZATION) => {
            Some(("StartDeviceAuthorization", start_device_authorization::answer))
        }
        _ => None,
    }
}

fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let (_, operation) = operation(incoming).ok_or_else(refusal::unknown_operation)?;
    let input = Input::parse(incoming.request.body())?;
    Ok(Answer::json(StatusCode::OK, &operation(incoming, &input, world)?))
}

/// The client that a request is from. A registration is one Region's.
fn authenticate<'w>(
    incoming: &Incoming<'_>,
    input: &Input,
    world: &'w mut World,
) -> Result<(&'w Client, String), Refusal> {
    let client_id = input.required("clientId")?.to_owned();
    let client_secret = input.required("clientSecret")?;
    world.checking("client");
    let client =
        world.identity_center.clients.find(&client_id).filter(|client| client.secret.is_of(client_secret));
    let client = client.ok_or_else(refusal::invalid_client)?;
    let is_here =
        client.region.as_deref().is_none_or(|registered| region::is_here(incoming.host(), registered));
    let is_valid = is_here && incoming.now < client.secret_expires_at;
    if is_valid { Ok((client, client_id)) } else { Err(refusal::invalid_client()) }
}

fn failure(failure: Failure) -> Refusal {
    match failure {
        Failure::AccessDenied => refusal::access_denied(),
        Failure::ExpiredToken => refusal::expired_token(),
        Failure::ServerError => refusal::internal_server(),
        Failure::Throttle => refusal::slow_down(),
        Failure::Unavailable => refusal::service_unavailable(),
    }
}

fn render(refusal: &Refusal, _: &Incoming<'_>) -> Answer {
    let description = Some(refusal.message()).filter(|message| !message.is_empty());
    let document = json!({ "error": refusal::word(refusal.code), "error_description": description });
    let kind = format!("{}:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/", refusal.code);
    Answer::json(refusal.status, &document).with_header("x-amzn-errortype", &kind)
}

/// The digest under which a secret on its way to the caller is kept.
fn kept(secret: &leapp_core::Secret) -> Digest {
    Digest::of(secret.expose())
}
