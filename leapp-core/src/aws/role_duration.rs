//! How long a role's session is asked to last, and less of it where the role allows less.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::duration::{ROLE_CHAINING_LIMIT, SessionDuration};

/// Every role allows this, whatever its `MaxSessionDuration`.
const EVERY_ROLES: SessionDuration = SessionDuration::hours(1);

/// The duration that a definition asks for, and whether the role turned out to allow less.
///
/// What was learned is kept while the definition lives and shared by its clones: an MFA code is good for one request,
/// so a session with MFA must not find out anew each time.
#[derive(Clone, Debug)]
pub(super) struct RoleDuration {
    asked: SessionDuration,
    is_too_long: Arc<AtomicBool>,
}

impl RoleDuration {
    pub(super) fn new(asked: SessionDuration) -> Self {
        Self { asked, is_too_long: Arc::default() }
    }

    pub(super) fn asked(&self) -> SessionDuration {
        self.asked
    }

    /// What to ask for next.
    pub(super) fn next(&self) -> SessionDuration {
        if self.is_too_long.load(Ordering::Relaxed) { EVERY_ROLES } else { self.asked }
    }

    /// Takes in that the role refused `duration` as too long, and says what to ask for instead, if anything.
    pub(super) fn reduce(&self, duration: SessionDuration) -> Option<SessionDuration> {
        let can_be_less = duration.exceeds(ROLE_CHAINING_LIMIT);
        if can_be_less {
            self.is_too_long.store(true, Ordering::Relaxed);
        }
        can_be_less.then_some(EVERY_ROLES)
    }

    /// The same for a duration that something else had shortened already.
    pub(super) fn reduce_to_less_than(&self, duration: Duration) -> Option<Duration> {
        let can_be_less = duration > EVERY_ROLES.length();
        if can_be_less {
            self.is_too_long.store(true, Ordering::Relaxed);
        }
        can_be_less.then_some(EVERY_ROLES.length())
    }

    /// For [`IssueMetadata::reduced_from`](crate::IssueMetadata::reduced_from), when `obtained` was granted.
    pub(super) fn reduced_from(&self, obtained: SessionDuration) -> Option<Duration> {
        (obtained != self.asked).then(|| self.asked.length())
    }
}
