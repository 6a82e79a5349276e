//! The record of what was asked.

use std::collections::VecDeque;
use std::time::SystemTime;

use leapp_core::AccessKeyId;

/// What a server that runs for days remembers; a test never comes near it.
const KEPT: usize = 10_000;

/// One request that reached the fake AWS. It holds no secret, no token and no parameter.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) service: &'static str,
    pub(super) action: String,
    pub(super) access_key_id: Option<AccessKeyId>,
    pub(super) at: SystemTime,
    pub(super) error_code: Option<&'static str>,
    pub(super) checks: Vec<&'static str>,
}

/// The latest requests, oldest first.
#[derive(Default)]
pub(super) struct Record(VecDeque<Request>);

impl Record {
    pub(super) fn add(&mut self, request: Request) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(request);
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.0.iter().cloned().collect()
    }
}

impl Request {
    /// The service that was asked: `sts`, `signin`.
    pub fn service(&self) -> &str {
        self.service
    }

    /// What was looked at, in order, up to the first check that failed: `signature`, `role trust`.
    pub fn checks(&self) -> &[&'static str] {
        &self.checks
    }

    /// Says at INFO what was asked and what came of it.
    pub(super) fn log(&self) {
        let Self { service, action, access_key_id, at: _, error_code, checks } = self;
        let access_key_id = access_key_id.as_ref().map_or("unsigned", AccessKeyId::as_str);
        let error_code = error_code.unwrap_or("ok");
        // Joined only where somebody listens.
        tracing::info!(service, action, access_key_id, error_code, checks = checks.join(", "));
    }

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
