//! AWS's sign-in page: takes a response, and shows the roles that it opens.

use std::collections::BTreeMap;

use http::StatusCode;
use leapp_core::{RoleArn, RoleSessionName};

use super::html::{escape, hidden, page};
use crate::aws::answer::Answer;
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::saml::redeem::redeem_of_any;
use crate::aws::saml::{Assertion, not_authorized};
use crate::aws::world::World;

const TITLE: &str = "Amazon Web Services Sign-In";

/// Shows the roles, or signs in to the one that was chosen.
pub(super) fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let form = incoming.form();
    let response = form.value("SAMLResponse").unwrap_or_default();
    let (assertion, roles) = roles(incoming, world, response)?;
    let name = assertion.values("RoleSessionName").next().and_then(|name| RoleSessionName::parse(name).ok());
    let name = name.ok_or_else(invalid_response)?;
    let page = match form.value("roleIndex") {
        Some(chosen) => {
            world.checking("role trust");
            let role_arn =
                roles.into_iter().find(|role| role.as_str() == chosen).ok_or_else(not_authorized)?;
            signed_in_page(&role_arn, &name)
        }
        None => roles_page(&roles, response, form.value("RelayState").unwrap_or_default()),
    };
    Ok(Answer::html(StatusCode::OK, page))
}

pub(super) fn refusal_page(refusal: &Refusal, request_id: &str) -> String {
    let (message, code, status) = (escape(refusal.message()), escape(refusal.code), refusal.status.as_u16());
    page(
        TITLE,
        &format!(
            "<p>{message} (Service: AWSSecurityTokenService; Status Code: {status}; Error Code: {code}; Request ID: {request_id}). Please try again.</p>"
        ),
    )
}

/// The roles that the response names together with a provider that believes it, as far as they trust that provider.
fn roles(
    incoming: &Incoming<'_>,
    world: &mut World,
    response: &str,
) -> Result<(Assertion, Vec<RoleArn>), Refusal> {
    let (assertion, providers) = redeem_of_any(world, incoming, response)?;
    let is_open = |(role, provider): &(&str, &str)| {
        let provider = providers.iter().find(|known| known.as_str() == *provider)?;
        let role_arn = RoleArn::parse(role).ok()?;
        world.role(&role_arn)?.trusts_saml(provider).then_some(role_arn)
    };
    let roles: Vec<RoleArn> = assertion.roles().filter_map(|pair| is_open(&pair)).collect();
    if roles.is_empty() { Err(invalid_response()) } else { Ok((assertion, roles)) }
}

fn invalid_response() -> Refusal {
    const MESSAGE: &str = "Your request included an invalid SAML response. To logout, click here.";
    Refusal::new("InvalidSamlResponse", StatusCode::BAD_REQUEST, MESSAGE)
}

fn roles_page(roles: &[RoleArn], response: &str, relay_state: &str) -> String {
    let mut accounts: BTreeMap<String, String> = BTreeMap::new();
    for role in roles {
        let (arn, name) = (escape(role.as_str()), escape(role.role_name()));
        accounts.entry(role.account_id().to_string()).or_default().push_str(&format!(
            "<div class=\"saml-role\"><input type=\"radio\" name=\"roleIndex\" value=\"{arn}\" id=\"{arn}\" \
             class=\"saml-radio\" required> <label for=\"{arn}\" class=\"saml-role-description\">{name}</label></div>"
        ));
    }
    let accounts = accounts.iter().map(|(account_id, roles)| {
        format!(
            "<div class=\"saml-account\"><div class=\"saml-account-name\">Account: {account_id}</div>{roles}</div>"
        )
    });
    let (accounts, hidden_fields) = (
        accounts.collect::<String>(),
        [hidden("SAMLResponse", response), hidden("RelayState", relay_state)].concat(),
    );
    page(
        TITLE,
        &format!(
            "<p>Select a role:</p><form id=\"saml_form\" name=\"saml_form\" action=\"/saml\" method=\"post\">{hidden_fields}\
             <fieldset>{accounts}</fieldset><button type=\"submit\" id=\"signin_button\">Sign in</button></form>"
        ),
    )
}

fn signed_in_page(role_arn: &RoleArn, name: &RoleSessionName) -> String {
    let (role, account_id) = (escape(role_arn.role_name()), role_arn.account_id());
    page(TITLE, &format!("<p>Signed in as {role}/{name} in account {account_id}.</p>"))
}
