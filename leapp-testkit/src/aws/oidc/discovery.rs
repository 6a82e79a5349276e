//! What a provider publishes below the fake's own address: its discovery document and its keys.

use data_encoding::BASE64URL_NOPAD;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::OidcProvider;
use crate::aws::answer::Answer;
use crate::aws::fault::Failure;
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::service::Service;
use crate::aws::world::World;

pub(in crate::aws) const PATH: &str = "/oidc-provider/";
const CONFIGURATION: &str = "/.well-known/openid-configuration";
const KEYS: &str = "/.well-known/jwks";

pub(in crate::aws) static SERVICE: Service =
    Service { name: "oidc-provider", action, answer, failure, render };

fn action(incoming: &Incoming<'_>) -> String {
    match asked(incoming) {
        Some((_, CONFIGURATION)) => "openid-configuration".to_owned(),
        Some(_) => "jwks".to_owned(),
        None => String::new(),
    }
}

fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let (path, document) = asked(incoming).ok_or_else(not_found)?;
    let issuer = format!("{}{path}", incoming.host());
    let provider = world.oidc_issuers.at(&issuer).ok_or_else(not_found)?;
    let document = if document == CONFIGURATION { configuration(provider) } else { keys(provider) };
    Ok(Answer::json(StatusCode::OK, &document))
}

/// The path of an issuer, and the document of it that is asked for.
fn asked<'a>(incoming: &'a Incoming<'_>) -> Option<(&'a str, &'static str)> {
    if *incoming.method() != Method::GET {
        return None;
    }
    [CONFIGURATION, KEYS].into_iter().find_map(|one| Some((incoming.path().strip_suffix(one)?, one)))
}

fn configuration(provider: &OidcProvider) -> Value {
    let issuer = provider.issuer_url();
    json!({
        "issuer": issuer,
        "jwks_uri": format!("{}{KEYS}", issuer.trim_end_matches('/')),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "claims_supported": ["aud", "azp", "exp", "iat", "iss", "nbf", "sub"],
    })
}

fn keys(provider: &OidcProvider) -> Value {
    let point = provider.key.verifying_key().to_sec1_point(false);
    // An uncompressed point: one byte that says so, then the two coordinates.
    let coordinates = point.as_bytes().get(1..).unwrap_or_default();
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    let [x, y] = [x, y].map(|coordinate| BASE64URL_NOPAD.encode(coordinate));
    let key_id = &*provider.key_id;
    json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": key_id, "x": x, "y": y }] })
}

fn not_found() -> Refusal {
    Refusal::new("NotFound", StatusCode::NOT_FOUND, "There is no such document.")
}

pub(super) fn failure(failure: Failure) -> Refusal {
    let (code, status) = match failure {
        Failure::AccessDenied => ("AccessDenied", StatusCode::FORBIDDEN),
        Failure::ExpiredToken => ("ExpiredToken", StatusCode::UNAUTHORIZED),
        Failure::ServerError => ("InternalFailure", StatusCode::INTERNAL_SERVER_ERROR),
        Failure::Throttle => ("TooManyRequests", StatusCode::TOO_MANY_REQUESTS),
        Failure::Unavailable => ("ServiceUnavailable", StatusCode::SERVICE_UNAVAILABLE),
    };
    Refusal::new(code, status, "The provider fails.")
}

fn render(refusal: &Refusal, _: &Incoming<'_>) -> Answer {
    Answer::json(refusal.status, &json!({ "error": refusal.code, "error_description": refusal.message() }))
}
