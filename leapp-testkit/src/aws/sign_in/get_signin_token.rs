//! `getSigninToken`: a token that opens a console session, for temporary credentials.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;

use super::session::{Believed, Session};
use super::{SigninToken, bad_request, invalid_credentials};
use crate::aws::answer::Answer;
use crate::aws::incoming::Incoming;
use crate::aws::principal::Principal;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

/// How long the token, and with it the login address, is good for.
const LIFETIME: Duration = Duration::from_secs(15 * 60);

pub(super) fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let form = incoming.form();
    let session = Session::parse(form.value("Session"))?;
    let duration = form.value("SessionDuration").map(session_duration).transpose()?;
    let believed = session.verify(incoming, world)?;
    world.checking("session duration");
    let session_ends = match duration {
        None => believed.expiration,
        Some(duration) if takes_duration(&believed.principal) => incoming.now + duration,
        Some(_) => return Err(invalid_credentials()),
    };
    let token = world.mint.signin_token();
    let document = json!({ "SigninToken": token.expose() });
    let Believed { principal, .. } = believed;
    let signin_token = SigninToken {
        token,
        expiration: if world.issues_expired { incoming.now } else { incoming.now + LIFETIME },
        partition: principal.partition().to_owned(),
        is_of_user: matches!(principal, Principal::User(_)),
        arn: principal.arn(),
        session_ends,
    };
    world.sign_in.keep(signin_token, incoming.now);
    Ok(Answer::json(StatusCode::OK, &document))
}

/// Only a role session takes one, and only when long-lived credentials, or an identity provider, obtained it.
fn takes_duration(principal: &Principal) -> bool {
    matches!(principal, Principal::RoleSession(session) if !session.is_chained)
}

fn session_duration(text: &str) -> Result<Duration, Refusal> {
    let seconds = text.parse().ok().filter(|seconds| (900..=43_200).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| bad_request("Invalid session duration parameter"))
}
