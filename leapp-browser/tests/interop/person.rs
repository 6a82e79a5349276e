//! Scripts that do what a person does, and the browsers they sit at.

use leapp_browser::{Browser, SamlLogin};
use leapp_core::{Answer, Challenge, Error, Question, Responder, SessionId};

pub(crate) const AWS: &str = "https://signin.aws.amazon.com/saml";
pub(crate) const PASSWORD: &str = "correct-horse-battery";

/// Debian's, without a window. As root it starts without its sandbox only.
pub(crate) fn browser() -> Browser {
    Browser::open_at("/usr/bin/chromium").unwrap().headless().without_sandbox()
}

/// The same with windows, though on no screen.
pub(crate) fn with_windows() -> Browser {
    let browser = Browser::open_at("/usr/bin/chromium").unwrap().without_sandbox();
    browser.with_argument("--ozone-platform=headless").unwrap()
}

/// A person who knows alice's password, and types it once.
pub(crate) fn alice(browser: Browser) -> SamlLogin {
    SamlLogin::new(browser).with_stand_in(&format!(
        "addEventListener('DOMContentLoaded', () => {{
            const password = document.querySelector('input[type=password]');
            if (!password) return;
            document.querySelector('input[name=username]').value = 'alice';
            password.value = '{PASSWORD}';
            password.form.requestSubmit();
        }});"
    ))
}

/// A person who reads and does nothing.
pub(crate) fn nobody(browser: Browser) -> SamlLogin {
    SamlLogin::new(browser)
}

pub(crate) fn challenge(login_url: &str, sign_in_url: &str) -> Challenge {
    let question =
        Question::SamlAssertion { login_url: login_url.into(), sign_in_urls: vec![sign_in_url.into()] };
    Challenge::new(SessionId::parse("prod").unwrap(), question).attended()
}

/// Logs in, and gives the assertion's text; `None` when it was declined.
pub(crate) async fn log_in(login: &SamlLogin, challenge: &Challenge) -> Result<Option<String>, Error> {
    Ok(match login.respond(challenge).await? {
        Some(Answer::SamlAssertion(assertion)) => Some(assertion.expose().to_owned()),
        Some(other) => panic!("{other:?} answers another question"),
        None => None,
    })
}
