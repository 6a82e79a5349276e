//! The identity provider's login page, and the form that takes the response to AWS.

use http::StatusCode;
use leapp_core::Secret;

use super::html::{escape, hidden, page};
use crate::aws::answer::Answer;
use crate::aws::incoming::Incoming;
use crate::aws::page_policy::PagePolicy;
use crate::aws::refusal::Refusal;
use crate::aws::saml::idp::{self, Idp};
use crate::aws::world::World;

pub(super) const WRONG_PASSWORD: &str = "WrongPassword";

const COOKIE: &str = "idp-login";
const RELAY_STATE: &str = "RelayState";
/// SAML allows 80 bytes; an address is often longer. The page repeats it, and forgets what is longer still.
const MOST_RELAY_STATE_BYTES: usize = 4096;
const TOKEN_SIZE: usize = 64;
const SUBMIT: &str = "document.forms[0].submit()";

/// A browser that is logged in gets its response at once, any other one the form.
pub(super) fn show(incoming: &Incoming<'_>, world: &mut World, name: &str) -> Result<Answer, Refusal> {
    world.checking("login");
    let ids = idp::ids(&mut world.mint);
    let idp = known(world, name)?;
    let token = cookie(incoming).unwrap_or_default();
    let relay_state = incoming.query().value(RELAY_STATE).map(str::to_owned);
    Ok(match idp.logged_in(token, incoming.now) {
        Some(spec) => {
            let response = idp.respond(spec, ids, incoming.now);
            posting_page(&idp.assertion_consumer, &response, relay_state.as_deref())
        }
        None => Answer::html(StatusCode::OK, form(incoming, None)),
    })
}

pub(super) fn log_in(incoming: &Incoming<'_>, world: &mut World, name: &str) -> Result<Answer, Refusal> {
    known(world, name)?;
    world.checking("password");
    let form = incoming.form();
    let (token, ids) = (world.mint.session_token(TOKEN_SIZE), idp::ids(&mut world.mint));
    let idp = known(world, name)?;
    let user_name = form.value("username").unwrap_or_default();
    let password = form.value("password").unwrap_or_default();
    let wrong =
        || Refusal::new(WRONG_PASSWORD, StatusCode::UNAUTHORIZED, "The user name or the password is wrong.");
    let token = idp.log_in(user_name, password, cookie_safe(token), incoming.now).ok_or_else(wrong)?;
    let spec = idp.logged_in(token.expose(), incoming.now).ok_or_else(wrong)?;
    let response = idp.respond(spec, ids, incoming.now);
    let page = posting_page(&idp.assertion_consumer, &response, form.value(RELAY_STATE));
    let cookie = format!("{COOKIE}={}; Path=/idp/{name}; HttpOnly; SameSite=Lax", token.expose());
    Ok(page.with_header("set-cookie", &cookie))
}

pub(super) fn metadata(incoming: &Incoming<'_>, world: &mut World, name: &str) -> Result<Answer, Refusal> {
    let address = format!("{}/idp/{name}", incoming.origin());
    Ok(Answer::xml(StatusCode::OK, known(world, name)?.metadata(&address)))
}

/// The form, for the first time or after a wrong password. It posts to where it came from.
pub(super) fn form(incoming: &Incoming<'_>, message: Option<&str>) -> String {
    let (query, body) = (incoming.query(), incoming.body_form());
    let relay_state = body.value(RELAY_STATE).or_else(|| query.value(RELAY_STATE));
    let relay_state = relay_state.filter(|value| value.len() <= MOST_RELAY_STATE_BYTES);
    let relay_state = relay_state.map(|value| hidden(RELAY_STATE, value)).unwrap_or_default();
    let message = message.map(|text| format!("<p role=\"alert\">{}</p>", escape(text))).unwrap_or_default();
    let action = escape(incoming.path());
    page(
        "Login",
        &format!(
            "{message}<form method=\"post\" action=\"{action}\">{relay_state}\
             <p><label>User name <input name=\"username\" autocomplete=\"username\" autofocus required></label></p>\
             <p><label>Password <input name=\"password\" type=\"password\" autocomplete=\"current-password\" required>\
             </label></p><p><button type=\"submit\">Log in</button></p></form>"
        ),
    )
}

/// Submits itself, or by its button where scripts are off.
fn posting_page(address: &str, response: &Secret, relay_state: Option<&str>) -> Answer {
    let address = escape(address);
    let response = hidden("SAMLResponse", response.expose());
    let relay_state = relay_state.map(|value| hidden(RELAY_STATE, value)).unwrap_or_default();
    let page = page(
        "Signing in",
        &format!(
            "<form method=\"post\" action=\"{address}\">{response}{relay_state}\
             <p><button type=\"submit\">Continue</button></p></form><script>{SUBMIT}</script>"
        ),
    );
    Answer::page(StatusCode::OK, page, &PagePolicy::default().leading_away().with_script(SUBMIT))
}

fn known<'w>(world: &'w mut World, name: &str) -> Result<&'w mut Idp, Refusal> {
    let unknown =
        || Refusal::new("UnknownProvider", StatusCode::NOT_FOUND, "There is no such identity provider.");
    world.saml.idps.get_mut(name).ok_or_else(unknown)
}

fn cookie<'a>(incoming: &'a Incoming<'_>) -> Option<&'a str> {
    let mut pairs = incoming.header("cookie")?.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// A token may hold a slash and a plus, which cookies allow, and nothing that ends one.
fn cookie_safe(token: Secret) -> Secret {
    Secret::new(token.expose().replace(['+', '/'], "-"))
}
