//! What only a person can supply, as data.

use std::fmt;
use std::fmt::Debug;
use std::time::SystemTime;

use async_trait::async_trait;

use crate::{Error, ErrorKind, Secret, SerialNumber, SessionId};

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
    /// The attempt that opened it: an answer to one challenge is none to the next.
    pub(crate) attempt: u64,
}

/// What a [`Challenge`] asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// The current code of an MFA device (`TokenCode`).
    TokenCode {
        /// The device the code must come from.
        serial_number: SerialNumber,
    },
}

/// What answers a [`Question`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// Answers [`Question::TokenCode`].
    TokenCode(TokenCode),
}

/// The six digits an MFA device shows. Redacted in `Debug`: within its time step it is as good as the device.
#[derive(Clone)]
pub struct TokenCode(Secret);

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
    /// Asks for the current code of an MFA device.
    pub fn token_code(session: SessionId, serial_number: SerialNumber) -> Self {
        Self { session, question: Question::TokenCode { serial_number }, deadline: None, attempt: 0 }
    }

    /// Adds the moment from which the session has nothing valid left.
    #[must_use]
    pub fn with_deadline(self, deadline: Option<SystemTime>) -> Self {
        Self { deadline, ..self }
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
            Ok(Self(Secret::new(code)))
        } else {
            Err(Error::new(ErrorKind::InvalidInput, "an MFA code is six digits"))
        }
    }

    /// The six digits.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl Debug for TokenCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenCode(redacted)")
    }
}
