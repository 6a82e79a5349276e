//! The pages on which a person signs in and says yes or no. They need no script and hold no secret.

mod authorize;
mod consent;
mod device;
mod html;

use http::{Method, StatusCode};

use crate::aws::answer::Answer;
use crate::aws::fault::Failure;
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::service::Service;
use crate::aws::world::World;
pub(super) use authorize::Authorization;
pub(super) use consent::BrowserSession;

pub(super) const AUTHORIZE: &str = "/authorize";
pub(super) const DEVICE: &str = "/device";

pub(super) static SERVICE: Service = Service { name: "identity-center", action, answer, failure, render };

/// The page's name: no operation of AWS's is behind it.
fn action(incoming: &Incoming<'_>) -> String {
    (if incoming.path() == DEVICE { "DevicePage" } else { "AuthorizePage" }).to_owned()
}

fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    if *incoming.method() != Method::GET && *incoming.method() != Method::POST {
        return Err(refusal("MethodNotAllowed", StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"));
    }
    match incoming.path() {
        DEVICE => device::answer(incoming, world),
        _ => authorize::answer(incoming, world),
    }
}

fn failure(failure: Failure) -> Refusal {
    match failure {
        Failure::AccessDenied => refusal("AccessDenied", StatusCode::FORBIDDEN, "Access denied"),
        Failure::ExpiredToken => refusal("ExpiredToken", StatusCode::FORBIDDEN, "The session has expired"),
        Failure::ServerError => {
            refusal("InternalFailure", StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong")
        }
        Failure::Throttle => refusal("Throttling", StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
        Failure::Unavailable => {
            refusal("ServiceUnavailable", StatusCode::SERVICE_UNAVAILABLE, "Service unavailable")
        }
    }
}

fn render(refusal: &Refusal, _: &Incoming<'_>) -> Answer {
    Answer::html(refusal.status, html::page("Not possible", &html::text(refusal.message())))
}

fn refusal(code: &'static str, status: StatusCode, message: &str) -> Refusal {
    Refusal::new(code, status, message)
}
