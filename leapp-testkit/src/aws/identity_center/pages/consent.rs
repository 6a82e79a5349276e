//! Signing in, and the question that follows: the same for both flows.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use subtle::ConstantTimeEq;

use super::html;
use crate::aws::answer::Answer;
use crate::aws::form::Form;
use crate::aws::identity_center::{Digest, words};
use crate::aws::incoming::Incoming;
use crate::aws::page_policy::PagePolicy;
use crate::aws::world::World;

const COOKIE: &str = "x-amz-sso_authn";
const LIFETIME: Duration = Duration::from_secs(3600);

/// A person who signed in, in a browser.
pub(in crate::aws::identity_center) struct BrowserSession {
    instance: usize,
    user: String,
    ends_at: SystemTime,
}

/// What a person is asked.
pub(super) struct Question<'a> {
    pub(super) instance: usize,
    pub(super) client_name: &'a str,
    /// What else the page shows, such as the code to compare.
    pub(super) detail: &'a str,
    /// Where the forms are sent: the page itself.
    pub(super) address: &'a str,
    /// What the browser may do with the page that asks: where the answer leads depends on it.
    pub(super) policy: PagePolicy,
}

/// How far the person has come.
pub(super) enum Step {
    Decided { user: String, is_allowed: bool },
    Show(Answer),
}

pub(super) fn step(incoming: &Incoming<'_>, world: &mut World, question: &Question<'_>) -> Step {
    let sent = incoming.body_form();
    let Some((user, form_token)) = signed_in(incoming, world, question.instance) else {
        return Step::Show(sign_in(incoming, world, question, sent));
    };
    world.checking("form token");
    let presented = sent.value("form_token").unwrap_or_default();
    let is_own_form = bool::from(presented.as_bytes().ct_eq(form_token.as_bytes()));
    match sent.value("decision") {
        Some("allow") if is_own_form => Step::Decided { user, is_allowed: true },
        Some("deny") if is_own_form => Step::Decided { user, is_allowed: false },
        _ => Step::Show(ask(question, &user, &form_token)),
    }
}

/// The person behind the browser's cookie, and what only a form of theirs holds.
fn signed_in(incoming: &Incoming<'_>, world: &mut World, instance: usize) -> Option<(String, String)> {
    world.checking("browser session");
    let cookies = incoming.header("cookie")?.split(';');
    let cookie = cookies.filter_map(|one| one.trim().strip_prefix(COOKIE)?.strip_prefix('=')).next()?;
    let session = world.identity_center.browsers.find(&Digest::of(cookie))?;
    let is_theirs = session.instance == instance && incoming.now < session.ends_at;
    is_theirs.then(|| (session.user.clone(), Digest::of(&format!("form {cookie}")).hex()))
}

fn sign_in(incoming: &Incoming<'_>, world: &mut World, question: &Question<'_>, sent: &Form) -> Answer {
    let (Some(user), Some(password)) = (sent.value("user"), sent.value("password")) else {
        return sign_in_page(StatusCode::OK, question, "");
    };
    world.checking("password");
    if !world.identity_center.instances[question.instance].has_password(user, password) {
        let note = html::text("Your authentication information is incorrect. Please try again.");
        return sign_in_page(StatusCode::UNAUTHORIZED, question, &note);
    }
    let cookie = words::secret(&mut world.mint, 64);
    let session = BrowserSession {
        instance: question.instance,
        user: user.to_owned(),
        ends_at: incoming.now + LIFETIME,
    };
    world.identity_center.browsers.insert(Digest::of(cookie.expose()), session);
    let value = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax", cookie.expose());
    Answer::see_other(question.address).with_header("set-cookie", &value)
}

fn sign_in_page(status: StatusCode, question: &Question<'_>, note: &str) -> Answer {
    let fields = [
        html::field("Username", "user", "text"),
        html::field("Password", "password", "password"),
        html::button("Sign in", "sign_in", "yes"),
    ];
    let form = html::form("post", question.address, &fields.concat());
    Answer::html(status, html::page("Sign in", &format!("{note}{form}")))
}

fn ask(question: &Question<'_>, user: &str, form_token: &str) -> Answer {
    let Question { client_name, detail, address, policy, .. } = question;
    let asked = html::text(&format!("Allow {client_name} to access your data as {user}?"));
    let fields = [
        html::hidden("form_token", form_token),
        html::button("Allow access", "decision", "allow"),
        html::button("Deny access", "decision", "deny"),
    ];
    let form = html::form("post", address, &fields.concat());
    let body = format!("{asked}{}{form}", html::text(detail));
    Answer::page(StatusCode::OK, html::page("Authorization requested", &body), policy)
}
