//! What only a person can supply, as data.

use std::fmt;
use std::fmt::Debug;
use std::time::SystemTime;

use async_trait::async_trait;

use crate::{Error, ErrorKind, Region, RoleArn, SamlAssertion, Secret, SerialNumber, SessionId};

/// A question that a session's next credentials depend on. Not an error: nothing is wrong, somebody is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Challenge {
    /// The session whose provider asks. With role chaining this may be the source of the session that was started.
    pub session: SessionId,
    /// What is asked for.
    pub question: Question,
    /// The moment from which the session has nothing valid left, if it has something now.
    pub deadline: Option<SystemTime>,
    /// True when somebody is starting a session that waits for it: a person is likely to be there. False when a started
    /// session is due for its next set, or is [refreshed](crate::Leapp::refresh): nobody is to be surprised by a window.
    pub is_attended: bool,
    /// The attempt that opened it: an answer to one challenge is none to the next.
    pub(crate) attempt: u64,
}

/// What a [`Challenge`] asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// A login at an IAM Identity Center portal, by a person in a browser.
    Login {
        /// The portal.
        start_url: String,
        /// The Region it is in.
        region: Region,
    },
    /// Which role to assume, of those that the identity provider offers.
    Role {
        /// The roles, as the assertion lists them.
        roles: Vec<RoleArn>,
    },
    /// A login at a SAML identity provider; its answer is what it posts to AWS's sign-in page.
    SamlAssertion {
        /// The page where a person logs in.
        login_url: String,
        /// The pages of AWS it may be posted to.
        sign_in_urls: Vec<String>,
    },
    /// The current code of an MFA device (`TokenCode`).
    TokenCode {
        /// The device the code comes from, and after it those whose code will do as well. There is at least one.
        serial_numbers: Vec<SerialNumber>,
    },
}

/// What answers a [`Question`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// Answers [`Question::Login`]: it is done, and what came of it is in the vault.
    LoggedIn,
    /// Answers [`Question::Role`].
    Role(RoleArn),
    /// Answers [`Question::SamlAssertion`].
    SamlAssertion(SamlAssertion),
    /// Answers [`Question::TokenCode`].
    TokenCode(TokenCode),
}

/// The six digits an MFA device shows. Redacted in `Debug`: within its time step it is as good as the device.
#[derive(Clone)]
pub struct TokenCode {
    code: Secret,
    device: Option<SerialNumber>,
}

/// Answers challenges in place of a person: from a TOTP seed, a command, a browser.
///
/// # Contract
/// - **answers the question asked**: the answer's variant fits the question's.
/// - **declining is not an error**: `None` leaves the challenge open for a person; an error says the responder itself failed.
/// - **never repeats a code**: one device's code is given at most once, since AWS refuses it the second time.
/// - **debug hides secrets**: nothing it knows shows in `Debug` or in its errors.
#[async_trait]
pub trait Responder: Debug + Send + Sync {
    /// Answers, or declines with `None`.
    async fn respond(&self, challenge: &Challenge) -> Result<Option<Answer>, Error>;
}

impl Challenge {
    /// Asks a question on behalf of a session.
    pub fn new(session: SessionId, question: Question) -> Self {
        Self { session, question, deadline: None, is_attended: false, attempt: 0 }
    }

    /// Asks for the current code of an MFA device.
    pub fn token_code(session: SessionId, serial_number: SerialNumber) -> Self {
        Self::new(session, Question::TokenCode { serial_numbers: vec![serial_number] })
    }

    /// Says that a person is likely to be there.
    #[must_use]
    pub fn attended(self) -> Self {
        Self { is_attended: true, ..self }
    }

    /// Adds the moment from which the session has nothing valid left.
    #[must_use]
    pub fn with_deadline(self, deadline: Option<SystemTime>) -> Self {
        Self { deadline, ..self }
    }
}

impl Answer {
    /// The code that answers this question, and the device that shows it: the first that was asked for, unless it says another.
    pub(crate) fn code_for<'a>(
        &'a self,
        question: &'a Question,
    ) -> Option<(&'a SerialNumber, &'a TokenCode)> {
        match (self, question) {
            (Self::TokenCode(code), Question::TokenCode { serial_numbers }) => {
                Some((code.device().or_else(|| serial_numbers.first())?, code))
            }
            _ => None,
        }
    }
}

impl TokenCode {
    /// Reads a code. Spaces around it are dropped: people paste them.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is not six digits. The message does not repeat what was given.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let code = text.trim();
        if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self { code: Secret::new(code), device: None })
        } else {
            Err(Error::new(ErrorKind::InvalidInput, "an MFA code is six digits"))
        }
    }

    /// Says which device shows it, where several would do; without, it is the first that was asked for.
    #[must_use]
    pub fn of_device(self, serial_number: SerialNumber) -> Self {
        Self { device: Some(serial_number), ..self }
    }

    /// The device that shows it, if that was said.
    pub fn device(&self) -> Option<&SerialNumber> {
        self.device.as_ref()
    }

    /// The six digits.
    pub fn expose(&self) -> &str {
        self.code.expose()
    }
}

/// An address without what is nobody's business in a log: its query, and a user's name and password.
fn place(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
        _ => url.to_owned(),
    }
}

/// What a prompt says: who asks what, of which session, account and device.
impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = &self.session;
        match &self.question {
            Question::Login { start_url, region } => {
                write!(f, "log in at {start_url} ({region}) for session `{session}`")
            }
            Question::Role { roles } => {
                write!(f, "choose one of {} roles for session `{session}`", roles.len())
            }
            Question::SamlAssertion { login_url, .. } => {
                write!(f, "log in at {} for session `{session}`", place(login_url))
            }
            Question::TokenCode { serial_numbers } => {
                write!(f, "MFA code")?;
                for (at, device) in serial_numbers.iter().enumerate() {
                    write!(f, " {} {device}", if at == 0 { "of" } else { "or" })?;
                }
                if let Some(account) = serial_numbers.iter().find_map(SerialNumber::account_id) {
                    write!(f, " in account {account}")?;
                }
                write!(f, " for session `{session}`")
            }
        }
    }
}

impl Debug for TokenCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenCode(redacted)")
    }
}
