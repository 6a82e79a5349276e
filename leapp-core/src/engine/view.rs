//! What the engine shows of its sessions. Nothing changes by looking.

use std::time::SystemTime;

use super::slot::{Phase, Slot, Work};
use super::{AttemptId, Plan, RotationEngine};
use crate::{Challenge, Error, SessionCredentials, SessionId, SessionStatus};

impl RotationEngine {
    /// Where a session stands.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound).
    pub fn status(&self, session: &SessionId, now: SystemTime) -> Result<SessionStatus, Error> {
        self.slot(session).map(|slot| self.describe(slot, now))
    }

    /// What a session's chain of sources comes to. Nothing is called for it.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound).
    pub fn plan(&self, session: &SessionId) -> Result<Plan, Error> {
        Plan::trace(session, |name| self.slots.get(name).map(|slot| &slot.definition))
    }

    /// Where every session stands, by name.
    pub fn statuses(&self, now: SystemTime) -> Vec<SessionStatus> {
        self.slots.values().map(|slot| self.describe(slot, now)).collect()
    }

    /// What a started session gives. It may be past its expiration; a set that the service rejected is not given.
    pub fn credentials(&self, session: &SessionId) -> Option<&SessionCredentials> {
        let slot = self.slots.get(session).filter(|slot| slot.phase == Phase::Started)?;
        slot.held.as_ref().filter(|held| !held.rejected)?.grant.credentials()
    }

    /// True while this attempt is in flight and its outcome would change something.
    pub fn awaits(&self, attempt: &AttemptId) -> bool {
        let is_it = |slot: &Slot| matches!(&slot.work, Work::InFlight(awaited) if awaited == attempt);
        self.slots.get(attempt.session()).is_some_and(is_it)
    }

    /// True while this very question waits for its answer.
    pub fn is_open(&self, challenge: &Challenge) -> bool {
        let open = self.slots.get(&challenge.session).and_then(Slot::open_challenge);
        open.is_some_and(|open| open.attempt == challenge.attempt)
    }

    /// The sessions with a change that is on its way to the sink, or is to be.
    pub fn unwritten(&self) -> impl Iterator<Item = &SessionId> {
        self.slots.keys().filter(|session| self.publisher.is_busy_with(session))
    }

    /// A slot's status, with what its source, or its source's source, does or waits for.
    fn describe(&self, slot: &Slot, now: SystemTime) -> SessionStatus {
        let mut status = slot.status(now);
        let mut at = Some(slot);
        while let Some(waiting) = at.filter(|slot| matches!(slot.work, Work::WaitsForSource)) {
            at = waiting.definition.source.as_ref().and_then(|source| self.slots.get(source));
            status.challenge = at.and_then(Slot::open_challenge).cloned();
            status.is_refreshing = at.is_some_and(|slot| matches!(slot.work, Work::InFlight(_)));
            status.next_attempt = at.and_then(Slot::next_attempt);
        }
        status
    }
}
