//! The numbers of rotation: when to refresh, when to try again, how often to call.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use crate::{Error, ErrorKind, Grant, Refresh};

/// Leapp's rotation period: no rotated set is older, whatever its lifetime.
const ROTATION_CEILING: Duration = Duration::from_secs(20 * 60);
/// A reused set is replaced this long before it expires, or a sixth of its lifetime before, whichever is shorter.
const REUSE_MARGIN: Duration = Duration::from_secs(15 * 60);
/// A set kept in the vault is worth starting with when it lasts at least this long.
pub(super) const REUSE_AT_LEAST: Duration = Duration::from_secs(5 * 60);
/// A source's set signs a request only when it outlives the request.
const SOURCE_AT_LEAST: Duration = Duration::from_secs(60);
/// Some identity providers give their assertions a minute in all.
const ASSERTION_AT_LEAST: Duration = Duration::from_secs(5);
/// A start is tried so often where the service asks for fewer calls, within some ten seconds.
pub(super) const START_TRIES: u32 = 4;
/// After a wake or a link change the network comes up within this time, usually in seconds.
const SETTLING: Duration = Duration::from_secs(2 * 60);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// At most this many calls reach the service per session in any [`CALL_WINDOW`].
const CALLS: usize = 6;
const CALL_WINDOW: Duration = Duration::from_secs(60);

/// How long a source's grant must last to be of use for a request.
pub(super) fn source_at_least(grant: &Grant) -> Duration {
    match grant {
        Grant::Assertion { .. } => ASSERTION_AT_LEAST,
        Grant::Credentials(_) | Grant::Login(_) => SOURCE_AT_LEAST,
    }
}

/// Draws the moments of one engine. Seeded, so that a run can be repeated.
#[derive(Debug)]
pub(super) struct Policy {
    random: fastrand::Rng,
    disturbed: Option<SystemTime>,
}

impl Policy {
    pub(super) fn new(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), disturbed: None }
    }

    /// When a set is to be replaced. Drawn once per set: a draw at each look would pull every refresh early.
    pub(super) fn refresh_at(
        &mut self,
        refresh: Refresh,
        now: SystemTime,
        expiration: SystemTime,
    ) -> SystemTime {
        let lifetime = expiration.duration_since(now).unwrap_or_default();
        let factor = self.between(0.9, 1.0);
        match refresh {
            Refresh::OnDemand => expiration,
            Refresh::Reuse => expiration - (lifetime / 6).min(REUSE_MARGIN).mul_f64(factor),
            Refresh::Rotate => now + (lifetime / 3).min(ROTATION_CEILING).mul_f64(factor),
        }
    }

    /// When to try again after the `failures`-th failure in a row.
    pub(super) fn retry_at(
        &mut self,
        error: &Error,
        failures: u32,
        now: SystemTime,
        expiration: Option<SystemTime>,
    ) -> SystemTime {
        let exponential = Duration::from_secs(1 << failures.min(6)).min(LONGEST_WAIT);
        let wait = match error.kind() {
            ErrorKind::Unreachable if self.is_settling(now) => {
                Duration::from_secs_f64(self.between(1.0, 3.0))
            }
            ErrorKind::Unreachable => exponential.mul_f64(self.between(0.5, 1.0)),
            // Full jitter: clients that failed together must not come back together.
            _ => exponential.mul_f64(self.between(0.0, 1.0)),
        };
        let at = now + wait.max(Duration::from_secs(1));
        // One more attempt is worth making while what is in place is still good.
        let last_chance = expiration.and_then(|expiration| expiration.checked_sub(SOURCE_AT_LEAST));
        last_chance.filter(|chance| *chance > now).map_or(at, |chance| at.min(chance))
    }

    /// Notes a wake, a link change or a clock step.
    pub(super) fn disturb(&mut self, now: SystemTime) {
        self.disturbed = Some(now);
    }

    /// A moment within the next second: whatever is due at once, does not come at once.
    pub(super) fn spread(&mut self, now: SystemTime) -> SystemTime {
        now + Duration::from_secs_f64(self.between(0.0, 1.0))
    }

    fn is_settling(&self, now: SystemTime) -> bool {
        self.disturbed.is_some_and(|at| now.duration_since(at).is_ok_and(|since| since < SETTLING))
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.random.f64() * (high - low)
    }
}

/// The calls of one session that reached the service of late.
#[derive(Debug, Default)]
pub(super) struct CallLog(VecDeque<SystemTime>);

impl CallLog {
    /// When the next call is allowed, if it is not now.
    pub(super) fn allowed_at(&mut self, now: SystemTime) -> Option<SystemTime> {
        // The clock has been set back: a call "of the future" was made by now, so that the wait stays bounded.
        self.0.iter_mut().for_each(|at| *at = (*at).min(now));
        let oldest = self.0.front().filter(|_| self.0.len() == CALLS)?;
        let at = *oldest + CALL_WINDOW;
        (at > now).then_some(at)
    }

    pub(super) fn record(&mut self, now: SystemTime) {
        if self.0.len() == CALLS {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }

    /// Takes the latest back: it turned out not to have reached the service.
    pub(super) fn take_back(&mut self) {
        self.0.pop_back();
    }
}
