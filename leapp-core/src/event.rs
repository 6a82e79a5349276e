//! What happened, for whoever watches.

use std::time::SystemTime;

use crate::{Challenge, Error, IssueMetadata, ProfileName, SessionId};

/// Something that happened to a session. No event holds a secret.
///
/// Events say what is so, not what changed: a watcher that missed some is right again with the next one, or with
/// the session's status.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A person, or a [`Responder`](crate::Responder), must answer before the session goes on.
    ChallengeRequired {
        /// What is asked, by which session.
        challenge: Challenge,
        /// The started sessions that wait for it.
        waiting: Vec<SessionId>,
    },
    /// The set in place is past its expiration, and no new one came. It is left where it is published.
    Expired {
        /// The session.
        session: SessionId,
    },
    /// A set was obtained.
    Issued {
        /// The session.
        session: SessionId,
        /// When the set expires.
        expiration: SystemTime,
        /// When the next attempt is due, if the session is started.
        next_attempt: Option<SystemTime>,
        /// True when it came from the vault and no call was made.
        reused: bool,
        /// What the service said of it besides.
        metadata: IssueMetadata,
    },
    /// Most of the room for session policies, tags and contexts is used: one more may be refused.
    NearlyFull {
        /// The session.
        session: SessionId,
        /// The figures.
        metadata: IssueMetadata,
    },
    /// Events were lost because this watcher was slow.
    Missed {
        /// How many.
        count: u64,
    },
    /// A set could not be kept in the vault. It is used, and will be asked for again after a restart.
    NotKept {
        /// The session.
        session: SessionId,
        /// Why.
        error: Error,
    },
    /// A set is in its profile.
    Published {
        /// The session.
        session: SessionId,
        /// The profile.
        profile: ProfileName,
        /// When the set expires.
        expiration: SystemTime,
    },
    /// An attempt failed. What was in place still is.
    RefreshFailed {
        /// The session.
        session: SessionId,
        /// Why.
        error: Error,
        /// When it is tried again; `None` when somebody must act first.
        next_attempt: Option<SystemTime>,
    },
    /// A profile could not be written. It is what it was before.
    SinkFailed {
        /// The session.
        session: SessionId,
        /// The profile.
        profile: ProfileName,
        /// Why.
        error: Error,
        /// When it is tried again; `None` when somebody must act first.
        next_attempt: Option<SystemTime>,
    },
    /// A session is active: its first set is in place.
    Started {
        /// The session.
        session: SessionId,
    },
    /// A session could not be started and is inactive. What its profile gave before, it still gives.
    StartFailed {
        /// The session.
        session: SessionId,
        /// Why.
        error: Error,
    },
    /// A session is inactive.
    Stopped {
        /// The session.
        session: SessionId,
        /// The session that took its profile over, if that is why.
        displaced_by: Option<SessionId>,
    },
    /// A session's set is out of its profile.
    Withdrawn {
        /// The session.
        session: SessionId,
        /// The profile.
        profile: ProfileName,
    },
    /// The machine slept, its clock was set, or the host asked: everything due is looked at again.
    Woke {
        /// The wall time then.
        now: SystemTime,
    },
}

impl Event {
    /// The session the event is about, when it is about one.
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::ChallengeRequired { challenge, .. } => Some(&challenge.session),
            Self::Missed { .. } | Self::Woke { .. } => None,
            Self::Expired { session }
            | Self::Issued { session, .. }
            | Self::NearlyFull { session, .. }
            | Self::NotKept { session, .. }
            | Self::Published { session, .. }
            | Self::RefreshFailed { session, .. }
            | Self::SinkFailed { session, .. }
            | Self::Started { session }
            | Self::StartFailed { session, .. }
            | Self::Stopped { session, .. }
            | Self::Withdrawn { session, .. } => Some(session),
        }
    }
}
