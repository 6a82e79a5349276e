//! The authorization endpoint: RFC 6749 with proof keys.

use http::StatusCode;

use super::consent::{Question, Step, step};
use super::refusal;
use crate::aws::answer::Answer;
use crate::aws::form::Form;
use crate::aws::identity_center::authorization_code::is_challenge;
use crate::aws::identity_center::client::GrantType;
use crate::aws::identity_center::redirect_uri::RedirectUri;
use crate::aws::identity_center::{IdentityCenter, person, region};
use crate::aws::incoming::Incoming;
use crate::aws::page_policy::PagePolicy;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

/// The pages repeat the address, so it is no longer than this.
const MOST_ADDRESS_BYTES: usize = 8192;

/// A request for a code that can be granted.
pub(in crate::aws::identity_center) struct Authorization {
    pub(in crate::aws::identity_center) client_id: String,
    pub(in crate::aws::identity_center) client_name: String,
    pub(in crate::aws::identity_center) instance: usize,
    pub(in crate::aws::identity_center) redirect_uri: RedirectUri,
    pub(in crate::aws::identity_center) code_challenge: String,
    state: Option<String>,
    error: Option<&'static str>,
}

pub(super) fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let address = incoming.request.uri().path_and_query().map_or("", |one| one.as_str());
    if address.len() > MOST_ADDRESS_BYTES {
        return Err(refusal("InvalidRequest", StatusCode::URI_TOO_LONG, "The request is too long"));
    }
    world.checking("client");
    world.checking("redirect URI");
    let query = incoming.query();
    let authorization = Authorization::parse(query, incoming.host(), &world.identity_center)?;
    if let Some(error) = authorization.error {
        return Ok(Answer::see_other(&authorization.refused(error)));
    }
    let question = Question {
        instance: authorization.instance,
        client_name: &authorization.client_name,
        detail: "",
        address,
        policy: PagePolicy::default().leading_away(),
    };
    match step(incoming, world, &question) {
        Step::Show(answer) => Ok(answer),
        Step::Decided { user, is_allowed } => {
            let location = person::authorize(world, &authorization, is_allowed.then_some(user), incoming.now);
            Ok(Answer::see_other(&location))
        }
    }
}

impl Authorization {
    /// A refusal is for the person; the browser is sent only where the client registered. An error is for the client.
    pub(in crate::aws::identity_center) fn parse(
        query: &Form,
        host: &str,
        center: &IdentityCenter,
    ) -> Result<Self, Refusal> {
        let invalid = |message| Err(refusal("InvalidRequest", StatusCode::BAD_REQUEST, message));
        let client_id = query.value("client_id").unwrap_or_default();
        let Some(client) = center.clients.find(&client_id.to_owned()) else {
            return invalid("Invalid client id provided");
        };
        let Some(redirect_uri) = client.redirect_uri(query.value("redirect_uri").unwrap_or_default()) else {
            return invalid("Invalid redirect URI provided");
        };
        let issuer = client.issuer_url.as_deref().unwrap_or_default();
        let here = |number: &usize| {
            let region_name = center.instances[*number].spec.region.as_str();
            region::is_here(host, region_name)
                && client.region.as_deref().is_none_or(|registered| region::is_here(host, registered))
        };
        let Some(instance) = center.instance_number(issuer).filter(here) else {
            return invalid("Invalid issuer url provided");
        };
        let challenge = query.value("code_challenge").unwrap_or_default();
        let has_challenge = query.value("code_challenge_method") == Some("S256") && is_challenge(challenge);
        let mut scopes =
            query.value("scopes").unwrap_or_default().split([' ', ',']).filter(|one| !one.is_empty());
        let error = if query.value("response_type") != Some("code") {
            Some("unsupported_response_type")
        } else if !client.grant_types.contains(&GrantType::AuthorizationCode) {
            Some("unauthorized_client")
        } else if !has_challenge {
            Some("invalid_request")
        } else if !scopes.all(|scope| client.scopes.contains(scope)) {
            Some("invalid_scope")
        } else {
            None
        };
        Ok(Self {
            client_id: client_id.to_owned(),
            client_name: client.name.clone(),
            instance,
            redirect_uri,
            code_challenge: challenge.to_owned(),
            state: query.value("state").map(str::to_owned),
            error,
        })
    }

    /// What keeps the client from being granted a code, whoever asks.
    pub(in crate::aws::identity_center) fn error(&self) -> Option<&'static str> {
        self.error
    }

    pub(in crate::aws::identity_center) fn granted(&self, code: &str) -> String {
        self.redirect_uri.with(&self.with_state(("code", code)))
    }

    pub(in crate::aws::identity_center) fn refused(&self, error: &str) -> String {
        self.redirect_uri.with(&self.with_state(("error", error)))
    }

    fn with_state<'a>(&'a self, first: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
        [first].into_iter().chain(self.state.as_deref().map(|state| ("state", state))).collect()
    }
}
