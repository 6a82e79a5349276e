//! A session's definition, and what a host shows of its state.

use std::sync::Arc;
use std::time::SystemTime;

use crate::{Challenge, Error, ProfileName, Region, SessionId, SessionKind, SessionProvider};

/// A session to add: who it is, how it obtains credentials, and where they go.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// The profile its credentials are published under; without one they stay in memory.
    pub profile: Option<ProfileName>,
    /// The Region written beside them.
    pub region: Option<Region>,
    /// What obtains them.
    pub provider: Arc<dyn SessionProvider>,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionState {
    /// Valid credentials are in place, and the next attempt is planned.
    Active,
    /// Started, and past its expiration without a new set. What was published stays where it is.
    Expired,
    /// Not started.
    Inactive,
    /// Started for the first time: nothing is in place yet.
    Pending,
    /// Stopped, and still to be taken out of its profile.
    Stopping,
}

/// What a host shows of a session, at one moment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionStatus {
    /// The session.
    pub session: SessionId,
    /// Its kind.
    pub kind: SessionKind,
    /// The profile it publishes under, if any.
    pub profile: Option<ProfileName>,
    /// Where it stands.
    pub state: SessionState,
    /// When what it has expires.
    pub expiration: Option<SystemTime>,
    /// True while an attempt is under way, the source's included.
    pub is_refreshing: bool,
    /// When the next attempt is due; `None` when none is planned: nothing is started, or somebody must act first.
    pub next_attempt: Option<SystemTime>,
    /// What the last attempt failed with, until one succeeds.
    pub error: Option<Error>,
    /// What a person is being asked, if anything.
    pub challenge: Option<Challenge>,
}

impl Session {
    /// A session that keeps its credentials in memory.
    pub fn new(id: SessionId, provider: impl SessionProvider + 'static) -> Self {
        Self { id, profile: None, region: None, provider: Arc::new(provider) }
    }

    /// Publishes its credentials under a profile.
    #[must_use]
    pub fn with_profile(self, profile: ProfileName) -> Self {
        Self { profile: Some(profile), ..self }
    }

    /// Writes a Region beside the credentials.
    #[must_use]
    pub fn with_region(self, region: Region) -> Self {
        Self { region: Some(region), ..self }
    }
}
