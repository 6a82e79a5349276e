//! `CreateToken`: an access token, for one of three kinds of grant.

use serde_json::{Value, json};

use super::input::Input;
use super::{authenticate, refusal};
use crate::aws::identity_center::Digest;
use crate::aws::identity_center::client::GrantType;
use crate::aws::identity_center::login::{self, Entry, TokenSet};
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

/// What every grant needs to know of the client.
struct Caller {
    client_id: String,
    can_refresh: bool,
}

pub(super) fn answer(incoming: &Incoming<'_>, input: &Input, world: &mut World) -> Result<Value, Refusal> {
    let grant_type = input.required("grantType")?;
    let grant_type = GrantType::parse(grant_type).ok_or_else(refusal::unsupported_grant_type)?;
    let (client, client_id) = authenticate(incoming, input, world)?;
    let (is_registered, can_refresh) = (client.grant_types.contains(&grant_type), client.can_refresh());
    world.checking("grant type");
    if !is_registered {
        return Err(refusal::unauthorized_client());
    }
    let caller = Caller { client_id, can_refresh };
    let set = match grant_type {
        GrantType::AuthorizationCode => authorization_code(incoming, input, world, &caller),
        GrantType::DeviceCode => device_code(incoming, input, world, &caller),
        GrantType::RefreshToken => {
            let refresh_token = input.required("refreshToken")?;
            world.checking("refresh token");
            login::renew(world, refresh_token, &caller.client_id, incoming.now)
        }
    }?;
    Ok(document(&set))
}

fn device_code(
    incoming: &Incoming<'_>,
    input: &Input,
    world: &mut World,
    caller: &Caller,
) -> Result<TokenSet, Refusal> {
    let device_code = input.required("deviceCode")?;
    world.checking("device code");
    let device = world.identity_center.devices.by_device_code(device_code);
    let device = device.filter(|device| device.client_id == caller.client_id);
    let device = device.ok_or_else(refusal::invalid_grant)?;
    let (instance, user) = (device.instance, device.poll(incoming.now)?);
    world.identity_center.devices.remove(device_code);
    let (_, set) = begin(world, incoming, caller, instance, user);
    Ok(set)
}

fn authorization_code(
    incoming: &Incoming<'_>,
    input: &Input,
    world: &mut World,
    caller: &Caller,
) -> Result<TokenSet, Refusal> {
    let code = Digest::of(input.required("code")?);
    let redirect_uri = input.required("redirectUri")?;
    let code_verifier = input.required("codeVerifier")?;
    world.checking("authorization code");
    let known = world.identity_center.codes.find(&code);
    let known = known.filter(|code| code.client_id == caller.client_id);
    let known = known.cloned().ok_or_else(refusal::invalid_grant)?;
    if let Some(login) = known.login {
        // One of the two who sent it stole it, and nobody knows which: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
        world.identity_center.logins.end(login);
        return Err(refusal::invalid_grant());
    }
    if incoming.now >= known.expires_at {
        return Err(refusal::invalid_grant());
    }
    world.checking("redirect URI");
    // To the letter, the port as well: it is the address that the code was sent to.
    if known.redirect_uri != redirect_uri {
        return Err(refusal::invalid_grant());
    }
    world.checking("code verifier");
    if !known.is_proved_by(code_verifier) {
        return Err(refusal::invalid_grant());
    }
    let (login, set) = begin(world, incoming, caller, known.instance, known.user);
    if let Some(code) = world.identity_center.codes.find_mut(&code) {
        code.login = Some(login);
    }
    Ok(set)
}

fn begin(
    world: &mut World,
    incoming: &Incoming<'_>,
    caller: &Caller,
    instance: usize,
    user: String,
) -> (u64, TokenSet) {
    let Caller { client_id, can_refresh } = caller;
    login::begin(world, Entry { instance, user, client_id, can_refresh: *can_refresh }, incoming.now)
}

fn document(set: &TokenSet) -> Value {
    json!({
        "accessToken": set.access_token.expose(),
        "expiresIn": set.expires_in,
        "idToken": null,
        "refreshToken": set.refresh_token.as_ref().map(leapp_core::Secret::expose),
        "tokenType": "Bearer",
    })
}
