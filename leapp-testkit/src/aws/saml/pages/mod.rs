//! What a browser sees: the identity provider's login page, and AWS's sign-in page.

mod html;
mod login;
mod sign_in;

use http::{Method, StatusCode};

use crate::aws::answer::Answer;
use crate::aws::fault::Failure;
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::service::Service;
use crate::aws::world::World;

const LOGIN: &str = "/idp/";
const METADATA: &str = "/metadata";
const SIGN_IN: &str = "/saml";

pub(in crate::aws) static SERVICE: Service = Service { name: "saml", action, answer, failure, render };

/// True for the path of a page of this room.
pub(in crate::aws) fn is_page(path: &str) -> bool {
    path == SIGN_IN || path.starts_with(LOGIN)
}

/// The identity provider whose page this path is.
pub(super) fn idp_name(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(LOGIN)?;
    Some(rest.strip_suffix(METADATA).unwrap_or(rest))
}

/// `Metadata`, `Login` or `SignIn`.
fn action(incoming: &Incoming<'_>) -> String {
    let action = match incoming.path() {
        SIGN_IN => "SignIn",
        path if path.ends_with(METADATA) => "Metadata",
        _ => "Login",
    };
    action.to_owned()
}

fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let (path, method) = (incoming.path(), incoming.method());
    match path.strip_prefix(LOGIN) {
        Some(rest) => match rest.strip_suffix(METADATA) {
            Some(name) if *method == Method::GET => login::metadata(incoming, world, name),
            None if *method == Method::GET => login::show(incoming, world, rest),
            None if *method == Method::POST => login::log_in(incoming, world, rest),
            _ => Err(not_allowed()),
        },
        None if *method == Method::POST => sign_in::answer(incoming, world),
        None => Err(not_allowed()),
    }
}

fn not_allowed() -> Refusal {
    Refusal::new(
        "MethodNotAllowed",
        StatusCode::METHOD_NOT_ALLOWED,
        "This page is not asked for in this way.",
    )
}

fn failure(failure: Failure) -> Refusal {
    match failure {
        Failure::AccessDenied => Refusal::new("AccessDenied", StatusCode::FORBIDDEN, "You may not sign in."),
        Failure::ExpiredToken => {
            Refusal::new("ExpiredToken", StatusCode::FORBIDDEN, "Your login has expired.")
        }
        Failure::ServerError => Refusal::internal_failure(),
        Failure::Throttle => Refusal::new("Throttling", StatusCode::TOO_MANY_REQUESTS, "Too many requests."),
        Failure::Unavailable => Refusal::service_unavailable(),
    }
}

fn render(refusal: &Refusal, incoming: &Incoming<'_>) -> Answer {
    let page = if refusal.code == login::WRONG_PASSWORD {
        login::form(incoming, Some(refusal.message()))
    } else if incoming.path() == SIGN_IN {
        sign_in::refusal_page(refusal, &incoming.request_id)
    } else {
        html::page("Login", &format!("<p>{}</p>", html::escape(refusal.message())))
    };
    Answer::html(refusal.status, page)
}
