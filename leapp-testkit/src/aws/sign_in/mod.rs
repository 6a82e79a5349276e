//! Sign-in's federation endpoint: temporary credentials in exchange for a token, the token in exchange for a console
//! session. See [custom identity brokers](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html).

mod console_session;
mod destination;
mod get_signin_token;
mod host;
mod login;
mod page;
mod session;

use std::collections::VecDeque;
use std::time::SystemTime;

use http::{Method, StatusCode};
use leapp_core::Secret;
use subtle::ConstantTimeEq;

use super::FakeAws;
use super::answer::Answer;
use super::fault::Failure;
use super::incoming::Incoming;
use super::refusal::Refusal;
use super::service::Service;
use super::world::World;

pub use console_session::ConsoleSession;

pub(super) const PATH: &str = "/federation";
/// What a server that runs for days remembers; a test never comes near it.
const KEPT: usize = 1_000;

pub(super) static SERVICE: Service = Service { name: "signin", action, answer, failure, render };

/// Tokens that were given out, and console sessions that were opened with them.
#[derive(Default)]
pub(super) struct SignIn {
    tokens: VecDeque<SigninToken>,
    sessions: VecDeque<ConsoleSession>,
}

struct SigninToken {
    token: Secret,
    expiration: SystemTime,
    partition: String,
    /// It was got with credentials of `GetSessionToken`, which the console does not take.
    is_of_user: bool,
    arn: String,
    session_ends: SystemTime,
}

impl FakeAws {
    /// The console sessions that were opened by way of the federation endpoint, oldest first: the last 1,000.
    pub fn console_sessions(&self) -> Vec<ConsoleSession> {
        self.world().sign_in.sessions.iter().cloned().collect()
    }
}

impl SignIn {
    fn keep(&mut self, token: SigninToken, now: SystemTime) {
        self.tokens.retain(|one| now < one.expiration);
        if self.tokens.len() == KEPT {
            self.tokens.pop_front();
        }
        self.tokens.push_back(token);
    }

    fn find(&self, token: &str, now: SystemTime) -> Option<&SigninToken> {
        let is_it = |one: &&SigninToken| bool::from(one.token.expose().as_bytes().ct_eq(token.as_bytes()));
        self.tokens.iter().find(is_it).filter(|one| now < one.expiration)
    }

    fn open(&mut self, session: ConsoleSession) {
        if self.sessions.len() == KEPT {
            self.sessions.pop_front();
        }
        self.sessions.push_back(session);
    }
}

/// One of the actions, or nothing when the client sent something else in its place.
fn action(incoming: &Incoming<'_>) -> String {
    let action = incoming.form().value("Action").unwrap_or_default();
    ["getSigninToken", "login"].into_iter().find(|one| *one == action).unwrap_or_default().to_owned()
}

fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    if ![Method::GET, Method::POST].contains(incoming.method()) {
        let message = "The method is not allowed.";
        return Err(Refusal::new("MethodNotAllowed", StatusCode::METHOD_NOT_ALLOWED, message));
    }
    match incoming.form().value("Action") {
        Some("getSigninToken") => get_signin_token::answer(incoming, world),
        Some("login") => login::answer(incoming, world),
        _ => Err(bad_request("Invalid action parameter")),
    }
}

/// Sign-in has one way to say no, and says little.
fn bad_request(message: &str) -> Refusal {
    Refusal::new("BadRequest", StatusCode::BAD_REQUEST, message)
}

fn invalid_credentials() -> Refusal {
    bad_request("Invalid credentials parameter")
}

fn failure(failure: Failure) -> Refusal {
    let (code, status, message) = match failure {
        Failure::AccessDenied => ("Forbidden", StatusCode::FORBIDDEN, "Access is denied."),
        Failure::ExpiredToken => return invalid_credentials(),
        Failure::ServerError => {
            ("InternalServerError", StatusCode::INTERNAL_SERVER_ERROR, "An internal error has occurred.")
        }
        Failure::Throttle => {
            ("TooManyRequests", StatusCode::TOO_MANY_REQUESTS, "There were too many requests.")
        }
        Failure::Unavailable => {
            ("ServiceUnavailable", StatusCode::SERVICE_UNAVAILABLE, "The service is unavailable.")
        }
    };
    Refusal::new(code, status, message)
}

fn render(refusal: &Refusal, _: &Incoming<'_>) -> Answer {
    Answer::html(refusal.status, page::refusal(refusal))
}
