//! What the engine asks for.

use std::time::SystemTime;

use crate::{Answer, Challenge, Change, Error, ErrorKind, Grant, SessionId, Source};

/// Something for the driver to do, whose outcome it hands back to the engine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Action {
    /// Apply changes to the sink, as one batch; then
    /// [`handle_applied`](super::RotationEngine::handle_applied).
    Apply {
        /// The batch, for the answer.
        batch: BatchId,
        /// The changes.
        changes: Vec<Change>,
    },
    /// Obtain credentials, once; then [`handle_outcome`](super::RotationEngine::handle_outcome).
    Issue(Attempt),
}

/// One attempt to obtain credentials.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// The attempt, for the answer.
    pub id: AttemptId,
    /// What the session's source has, when it has one.
    pub source: Option<Source>,
    /// The answer to the challenge that the attempt before returned.
    pub answer: Option<Answer>,
    /// A set kept in the vault may be used instead of a call when it expires after this; `None` forbids it.
    pub reuse_after: Option<SystemTime>,
    /// What the session has and the service no longer accepts.
    pub rejected: Option<Grant>,
    /// What is rejected was itself obtained in the place of something rejected: only a person can go on.
    pub renewal_is_no_help: bool,
}

/// Names one attempt of one session. An outcome with an id that is no longer awaited changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptId {
    pub(super) session: SessionId,
    pub(super) number: u64,
}

/// Names one batch of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchId(pub(super) u64);

/// What an attempt came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The provider asks a question. The service was not called.
    Challenge(Challenge),
    /// The attempt failed.
    Failed(Error),
    /// The service gave it.
    Issued(Grant),
    /// A set kept in the vault serves. The service was not called.
    Reused(Grant),
}

impl Outcome {
    /// False when it is certain that no call was made, or that none arrived.
    pub(super) fn has_reached_service(&self) -> bool {
        match self {
            Self::Challenge(_) | Self::Reused(_) => false,
            Self::Failed(error) => {
                !matches!(error.kind(), ErrorKind::Locked | ErrorKind::NotFound | ErrorKind::Unreachable)
            }
            Self::Issued(_) => true,
        }
    }
}

impl AttemptId {
    /// The session the attempt is for.
    pub fn session(&self) -> &SessionId {
        &self.session
    }
}
