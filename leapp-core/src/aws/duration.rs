//! How long a set is asked to last.

use std::time::Duration;

use crate::{Error, ErrorKind};

/// What role chaining leaves of any role's maximum.
///
/// See [Role chaining](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining).
pub(super) const ROLE_CHAINING_LIMIT: Duration = Duration::from_secs(60 * 60);

const LEAST: Duration = Duration::from_secs(900);

/// A duration in whole seconds within an action's bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SessionDuration(Duration);

impl SessionDuration {
    pub(super) const fn hours(hours: u64) -> Self {
        Self(Duration::from_secs(hours * 3600))
    }

    /// Reads a duration of 900 seconds to `most`.
    pub(super) fn parse(action: &str, duration: Duration, most: Duration) -> Result<Self, Error> {
        if duration.subsec_nanos() == 0 && (LEAST..=most).contains(&duration) {
            return Ok(Self(duration));
        }
        let message = format!(
            "a duration of {duration:?} is not allowed for {action}: it takes whole seconds from {} to {}",
            LEAST.as_secs(),
            most.as_secs()
        );
        Err(Error::new(ErrorKind::InvalidInput, message))
    }

    pub(super) fn exceeds(self, limit: Duration) -> bool {
        self.0 > limit
    }

    pub(super) const fn length(self) -> Duration {
        self.0
    }

    /// The duration itself, when the service gave less of it without a word. A clock may be five minutes wrong.
    pub(super) fn reduced(self, obtained: Duration) -> Option<Duration> {
        (obtained + LEAST < self.0).then_some(self.0)
    }

    /// Whole seconds, as the API takes them. Every bound is far below where this could overflow.
    pub(super) fn seconds(self) -> i32 {
        self.0.as_secs().try_into().unwrap_or(i32::MAX)
    }
}
