//! Where a program without our library, such as a shell, gets a token of a provider: `POST /oidc-token`.
//!
//! AWS has no such page. Only who asks for it by a loopback address gets one: no name of AWS's leads to it.

use std::net::IpAddr;

use http::{Method, StatusCode};

use super::discovery::failure;
use super::{OidcProvider, WebIdentityClaims};
use crate::aws::answer::Answer;
use crate::aws::form::Form;
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::service::Service;
use crate::aws::world::World;

pub(in crate::aws) const TOKEN_PATH: &str = "/oidc-token";

pub(in crate::aws) static TOKEN_SERVICE: Service =
    Service { name: "oidc-provider", action, answer, failure, render };

impl OidcProvider {
    /// Where a server hands out this provider's tokens, to who posts `provider` (the ARN), `audience` and `subject` as
    /// a form to a loopback address. The answer is the token and nothing else.
    pub fn token_path(&self) -> &'static str {
        TOKEN_PATH
    }
}

fn action(_: &Incoming<'_>) -> String {
    "OidcTokenPage".to_owned()
}

fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    world.checking("host");
    if !is_loopback(incoming.host()) {
        return Err(refusal("AccessDenied", StatusCode::FORBIDDEN, "Ask by a loopback address."));
    }
    if *incoming.method() != Method::POST {
        return Err(refusal("MethodNotAllowed", StatusCode::METHOD_NOT_ALLOWED, "It takes POST alone."));
    }
    let form = incoming.body_form();
    let [provider, audience, subject] =
        [required(form, "provider")?, required(form, "audience")?, required(form, "subject")?];
    world.checking("provider");
    let provider = world.oidc_issuers.with_arn(provider);
    let provider =
        provider.ok_or_else(|| invalid("There is no OIDC provider with the ARN in `provider`."))?;
    let token = provider.token_at(&WebIdentityClaims::new(audience, subject), incoming.now);
    Ok(Answer::text(StatusCode::OK, token.expose().to_owned()))
}

fn required<'f>(form: &'f Form, name: &str) -> Result<&'f str, Refusal> {
    let value = form.value(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| invalid(&format!("`{name}` is missing.")))
}

/// Of a host as a request names it, with or without a port.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn invalid(message: &str) -> Refusal {
    refusal("InvalidRequest", StatusCode::BAD_REQUEST, message)
}

fn render(refusal: &Refusal, _: &Incoming<'_>) -> Answer {
    Answer::text(refusal.status, format!("{}: {}\n", refusal.code, refusal.message()))
}

fn refusal(code: &'static str, status: StatusCode, message: &str) -> Refusal {
    Refusal::new(code, status, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_the_machine_itself_is_loopback() {
        for host in
            ["127.0.0.1", "127.0.0.1:4711", "127.1.2.3:1", "localhost", "LocalHost:80", "[::1]", "[::1]:80"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["", "sts.amazonaws.com", "localhost.example", "127.0.0.1.example", "10.0.0.1:80", "[::2]", ":80"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
