//! Answers that a program prints.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::Command;
use crate::time_step::until_next;
use crate::{
    Answer, Challenge, Clock, Error, ErrorKind, Question, Responder, SamlAssertion, Secret, SerialNumber,
    TokenCode,
};

/// A device that shows one and the same code for longer than this is not one of them.
const MOST_RUNS: usize = 4;
/// A clock that is set back comes to time steps whose codes have been given.
const REMEMBERED: usize = 16;

/// Answers with what a command prints: one command for MFA codes (aws-vault's `mfa_process`), one for SAML responses.
///
/// Questions for which there is no command are declined; so is a question at which the command succeeds and prints nothing.
///
/// A code that was given is not given again, since AWS accepts it once: the command is run once more in the next time step.
/// A SAML response may be printed as bare base64 or as the form that a browser posts.
///
/// The command learns what is asked by variables:
///
/// | variable | what it holds |
/// | --- | --- |
/// | `LEAPP_QUESTION` | `TokenCode` or `SamlAssertion` |
/// | `LEAPP_SESSION` | the session that asks |
/// | `LEAPP_PROMPT` | the question in words |
/// | `LEAPP_SERIAL_NUMBER` | the MFA device whose code is asked for first |
/// | `LEAPP_SERIAL_NUMBERS` | all devices whose code will do, with spaces between them |
/// | `LEAPP_ACCOUNT_ID` | the account of the first virtual device |
/// | `LEAPP_LOGIN_URL` | the identity provider's login page |
/// | `LEAPP_SIGN_IN_URLS` | the pages of AWS to which it posts, with spaces between them |
///
/// ```
/// use std::sync::Arc;
/// use leapp_core::{Command, CommandResponder, SystemClock};
///
/// let responder = CommandResponder::new(Arc::new(SystemClock::new()))
///     .with_token_code(Command::new("ykman", ["oath", "accounts", "code", "--single", "aws:alice"]))
///     .with_saml_assertion(Command::new("/usr/local/bin/log-in", ["--print-response"]));
/// # drop(responder);
/// ```
pub struct CommandResponder {
    clock: Arc<dyn Clock>,
    token_code: Option<Command>,
    saml_assertion: Option<Command>,
    /// The last codes given, by device. Who asks while a code is being asked for waits: two would get the same.
    given: Mutex<VecDeque<(SerialNumber, Secret)>>,
}

impl CommandResponder {
    /// Answers nothing yet. The clock says when a device's next code is due.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, token_code: None, saml_assertion: None, given: Mutex::default() }
    }

    /// Answers [`Question::TokenCode`] with the six digits that this command prints, of the first device asked for.
    #[must_use]
    pub fn with_token_code(self, command: Command) -> Self {
        Self { token_code: Some(command), ..self }
    }

    /// Answers [`Question::SamlAssertion`] with the response that this command prints.
    #[must_use]
    pub fn with_saml_assertion(self, command: Command) -> Self {
        Self { saml_assertion: Some(command), ..self }
    }

    async fn code(
        &self,
        command: &Command,
        challenge: &Challenge,
        device: &SerialNumber,
    ) -> Result<Option<Answer>, Error> {
        let mut given = self.given.lock().await;
        for run in 0..MOST_RUNS {
            if run > 0 {
                self.clock.sleep(until_next(self.clock.now())).await;
            }
            let printed = command.run(variables(challenge)).await?;
            if printed.expose().trim().is_empty() {
                return Ok(None);
            }
            let code = TokenCode::parse(printed.expose()).map_err(|error| about(challenge, error))?;
            if given.iter().any(|(known, old)| known == device && old.expose() == code.expose()) {
                continue;
            }
            given.truncate(REMEMBERED - 1);
            given.push_front((device.clone(), Secret::new(code.expose())));
            return Ok(Some(Answer::TokenCode(code.of_device(device.clone()))));
        }
        let message =
            format!("the command for MFA codes of {device} printed one that was used, {MOST_RUNS} times");
        Err(Error::new(ErrorKind::Unavailable, message))
    }
}

#[async_trait]
impl Responder for CommandResponder {
    async fn respond(&self, challenge: &Challenge) -> Result<Option<Answer>, Error> {
        match &challenge.question {
            Question::TokenCode { serial_numbers } => match (&self.token_code, serial_numbers.first()) {
                (Some(command), Some(device)) => self.code(command, challenge, device).await,
                _ => Ok(None),
            },
            Question::SamlAssertion { .. } => match &self.saml_assertion {
                Some(command) => saml_assertion(command, challenge).await,
                None => Ok(None),
            },
            Question::Login { .. } | Question::Role { .. } => Ok(None),
        }
    }
}

async fn saml_assertion(command: &Command, challenge: &Challenge) -> Result<Option<Answer>, Error> {
    let printed = command.run(variables(challenge)).await?;
    if printed.expose().trim().is_empty() {
        return Ok(None);
    }
    let assertion = SamlAssertion::from_form(&printed).map_err(|error| about(challenge, error))?;
    Ok(Some(Answer::SamlAssertion(assertion)))
}

/// What the command is asked, without a secret.
fn variables(challenge: &Challenge) -> Vec<(&'static str, String)> {
    let mut variables =
        vec![("LEAPP_SESSION", challenge.session.to_string()), ("LEAPP_PROMPT", challenge.to_string())];
    match &challenge.question {
        Question::TokenCode { serial_numbers } => {
            variables.push(("LEAPP_QUESTION", "TokenCode".to_owned()));
            variables.extend(serial_numbers.first().map(|first| ("LEAPP_SERIAL_NUMBER", first.to_string())));
            // No device's name holds a space.
            let all: Vec<&str> = serial_numbers.iter().map(SerialNumber::as_str).collect();
            variables.push(("LEAPP_SERIAL_NUMBERS", all.join(" ")));
            let account = serial_numbers.iter().find_map(SerialNumber::account_id);
            variables.extend(account.map(|account| ("LEAPP_ACCOUNT_ID", account.to_string())));
        }
        Question::SamlAssertion { login_url, sign_in_urls } => {
            variables.push(("LEAPP_QUESTION", "SamlAssertion".to_owned()));
            variables.push(("LEAPP_LOGIN_URL", login_url.clone()));
            variables.push(("LEAPP_SIGN_IN_URLS", sign_in_urls.join(" ")));
        }
        Question::Login { .. } | Question::Role { .. } => {}
    }
    variables
}

fn about(challenge: &Challenge, cause: Error) -> Error {
    let message = format!("the command for session `{}` printed no answer", challenge.session);
    Error::new(cause.kind(), message).with_source(cause)
}

impl fmt::Debug for CommandResponder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { clock: _, token_code, saml_assertion, given: _ } = self;
        f.debug_struct("CommandResponder")
            .field("token_code", token_code)
            .field("saml_assertion", saml_assertion)
            .finish_non_exhaustive()
    }
}
