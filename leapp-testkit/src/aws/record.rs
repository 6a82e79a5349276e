//! The record of what was asked.

use std::time::SystemTime;

use leapp_core::AccessKeyId;

/// One request that reached the fake AWS. It holds no secret, no token and no parameter.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) action: String,
    pub(super) access_key_id: Option<AccessKeyId>,
    pub(super) at: SystemTime,
    pub(super) error_code: Option<&'static str>,
}

impl Request {
    /// The action that was asked for: `AssumeRole`.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// Whose key the request named, whether or not the signature was right. `None` when it was unsigned.
    pub fn access_key_id(&self) -> Option<&AccessKeyId> {
        self.access_key_id.as_ref()
    }

    /// When it came.
    pub fn at(&self) -> SystemTime {
        self.at
    }

    /// The code of the error that was answered, or the name of the [`Fault`](super::Fault) that ended the connection;
    /// `None` when the request succeeded.
    pub fn error_code(&self) -> Option<&str> {
        self.error_code
    }
}
