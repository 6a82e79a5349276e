//! What a browser has after it followed a login address.

use std::time::SystemTime;

/// A console session that was opened by way of the federation endpoint. It holds no secret.
#[derive(Clone, Debug)]
pub struct ConsoleSession {
    pub(super) arn: String,
    pub(super) destination: String,
    pub(super) issuer: Option<String>,
    pub(super) expiration: SystemTime,
}

impl ConsoleSession {
    /// Whose session it is: the ARN that `GetCallerIdentity` names for the credentials behind it.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Where the browser was sent.
    pub fn destination(&self) -> &str {
        &self.destination
    }

    /// Where the console sends the browser when the session ended, if the address said so.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// When it ends.
    pub fn expiration(&self) -> SystemTime {
        self.expiration
    }
}
