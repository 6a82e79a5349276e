//! `login`: the address that a browser follows into the console.

use super::{ConsoleSession, bad_request, destination, host};
use crate::aws::answer::Answer;
use crate::aws::incoming::Incoming;
use crate::aws::refusal::Refusal;
use crate::aws::world::World;

/// More than any page's address has.
const MOST_BYTES: usize = 8192;

pub(super) fn answer(incoming: &Incoming<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let form = incoming.form();
    let destination =
        form.value("Destination").ok_or_else(|| bad_request("Missing destination parameter"))?;
    let token = form.value("SigninToken").ok_or_else(|| bad_request("Missing signin token parameter"))?;
    if [Some(destination), form.value("Issuer")].into_iter().flatten().any(|text| text.len() > MOST_BYTES) {
        return Err(bad_request("The request is too long."));
    }
    world.checking("sign-in token");
    let token = world.sign_in.find(token, incoming.now);
    let token = token.ok_or_else(|| bad_request("The token is invalid or has expired. Please try again."))?;
    let session = ConsoleSession {
        arn: token.arn.clone(),
        destination: destination.to_owned(),
        issuer: form.value("Issuer").map(str::to_owned),
        expiration: token.session_ends,
    };
    let (partition, is_of_user) = (token.partition.clone(), token.is_of_user);
    world.checking("kind of credentials");
    if is_of_user {
        let message = "Only federation tokens or assume role tokens may be used for federated login. Please contact \
                       your administrator.";
        return Err(bad_request(message));
    }
    world.checking("session expiration");
    if incoming.now >= session.expiration {
        return Err(bad_request("The session has expired."));
    }
    world.checking("partition");
    if host::is_of_another_partition(incoming.host(), &partition) {
        return Err(bad_request("The token is invalid or has expired. Please try again."));
    }
    world.checking("destination");
    if !destination::is_console(destination, &partition) {
        return Err(bad_request("Invalid destination parameter"));
    }
    let left = session.expiration.duration_since(incoming.now).unwrap_or_default().as_secs();
    let cookie = world.mint.console_cookie();
    let cookie = format!("aws-creds={}; Path=/; Max-Age={left}; Secure; HttpOnly", cookie.expose());
    world.sign_in.open(session);
    Ok(Answer::found(destination).with_header("set-cookie", &cookie))
}
