//! `RegisterClient`: anyone may; the registration lasts ninety days.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::input::Input;
use super::{kept, refusal};
use crate::aws::identity_center::client::{ACCOUNT_ACCESS, Client, GrantType};
use crate::aws::identity_center::redirect_uri::RedirectUri;
use crate::aws::identity_center::region::region_of;
use crate::aws::identity_center::words;
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

const LIFETIME: Duration = Duration::from_secs(90 * 24 * 3600);
const MOST_NAME_BYTES: usize = 256;

pub(super) fn answer(incoming: &Incoming<'_>, input: &Input, world: &mut World) -> Result<Value, Refusal> {
    let name = input.required("clientName")?;
    if name.len() > MOST_NAME_BYTES {
        return Err(refusal::invalid_client_metadata("Invalid client name provided"));
    }
    world.checking("client type");
    if input.required("clientType")? != "public" {
        return Err(refusal::invalid_client_metadata("Invalid client type provided"));
    }
    world.checking("scopes");
    let scopes = scopes(input)?;
    world.checking("redirect URIs");
    let redirect_uris = redirect_uris(input)?;
    world.checking("grant types");
    let grant_types = grant_types(input, &redirect_uris)?;

    let region = region_of(incoming.host()).map(str::to_owned);
    // AWS's end in the Region, too.
    let suffix = BASE64URL_NOPAD.encode(region.as_deref().unwrap_or("loopback").as_bytes());
    let client_id = format!("{}{suffix}", words::id(&mut world.mint, 22));
    let client_secret = words::secret(&mut world.mint, 496);
    let secret_expires_at = incoming.now + LIFETIME;
    let client = Client {
        name: name.to_owned(),
        secret: kept(&client_secret),
        region,
        scopes,
        grant_types,
        redirect_uris,
        issuer_url: input.text("issuerUrl")?.map(str::to_owned),
        secret_expires_at,
    };
    world.identity_center.clients.insert(client_id.clone(), client);
    Ok(json!({
        "authorizationEndpoint": null,
        "clientId": client_id,
        "clientIdIssuedAt": seconds(incoming.now),
        "clientSecret": client_secret.expose(),
        "clientSecretExpiresAt": seconds(secret_expires_at),
        "tokenEndpoint": null,
    }))
}

/// Other services define scopes of their own, so only those of the portal are known by name.
fn scopes(input: &Input) -> Result<BTreeSet<String>, Refusal> {
    let is_scope = |scope: &&str| {
        let is_shaped =
            !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
        is_shaped && (!scope.starts_with("sso:") || *scope == ACCOUNT_ACCESS)
    };
    let scopes = input.texts("scopes")?.unwrap_or_default();
    if scopes.iter().all(is_scope) {
        Ok(scopes.into_iter().map(str::to_owned).collect())
    } else {
        Err(refusal::invalid_scope())
    }
}

fn redirect_uris(input: &Input) -> Result<Vec<RedirectUri>, Refusal> {
    let texts = input.texts("redirectUris")?.unwrap_or_default();
    let uris: Option<Vec<RedirectUri>> = texts.into_iter().map(RedirectUri::parse).collect();
    uris.ok_or_else(refusal::invalid_redirect_uri)
}

/// A client that names none may do all that the rest of its registration allows.
fn grant_types(input: &Input, redirect_uris: &[RedirectUri]) -> Result<BTreeSet<GrantType>, Refusal> {
    let has_redirect_uri = !redirect_uris.is_empty();
    let Some(names) = input.texts("grantTypes")? else {
        let code = has_redirect_uri.then_some(GrantType::AuthorizationCode);
        return Ok([GrantType::DeviceCode, GrantType::RefreshToken].into_iter().chain(code).collect());
    };
    let grant_types: Option<BTreeSet<GrantType>> = names.into_iter().map(GrantType::parse).collect();
    let grant_types = grant_types.ok_or_else(refusal::unsupported_grant_type)?;
    if grant_types.contains(&GrantType::AuthorizationCode) && !has_redirect_uri {
        return Err(refusal::invalid_redirect_uri());
    }
    Ok(grant_types)
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
