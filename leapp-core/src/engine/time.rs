//! What time brings: what is due, what has expired, what a night's sleep changed.

use std::time::{Duration, SystemTime};

use super::RotationEngine;
use super::slot::{Phase, Slot, Work};
use crate::{Event, SessionId};

/// A clock that is set back by less moves no end that matters.
const SET_BACK: Duration = Duration::from_secs(2);

impl RotationEngine {
    /// Looks at everything again after a wake, a link change or a clock step: what is due is tried within a second.
    pub fn handle_wake(&mut self, now: SystemTime) {
        self.wipe_if_set_back(now);
        self.policy.disturb(now);
        self.events.push_back(Event::Woke { now });
        for slot in self.slots.values_mut() {
            slot.not_before = None;
            if let Some(held) = slot.held.as_mut().filter(|held| held.issued_at > now) {
                held.set_back(now);
            }
            let Work::Planned(at) = slot.work else { continue };
            let is_from_future = slot.held.as_ref().is_some_and(|held| held.is_from_future);
            let is_due = slot.held.as_ref().is_none_or(|held| held.refresh_at <= now);
            if is_from_future || is_due || at <= now || slot.failures > 0 {
                slot.work = Work::Planned(self.policy.spread(now));
            }
        }
        self.publisher.hurry_all();
        self.handle_timeout(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: SystemTime) {
        self.wipe_if_set_back(now);
        let due: Vec<SessionId> = self
            .slots
            .values()
            .filter(|slot| slot.next_attempt().is_some_and(|at| at <= now))
            .map(|slot| slot.definition.session.clone())
            .collect();
        for session in due {
            self.begin(&session, now);
        }
        self.tell_expired(now);
        self.wipe_ended(now);
        self.flush(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do. It may be past already.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<SystemTime> {
        let attempts = self.slots.values().filter_map(Slot::next_attempt);
        let expirations =
            self.slots.values().filter(|slot| slot.phase == Phase::Started && !slot.expiry_told);
        let ends = expirations.filter_map(Slot::expiration);
        let wipes = self.slots.values().filter_map(Slot::wipe_at);
        attempts.chain(ends).chain(wipes).chain(self.publisher.next_batch_at()).min()
    }

    /// By a clock that was set back, nobody can tell any more when what must not stay in memory is at its end.
    fn wipe_if_set_back(&mut self, now: SystemTime) {
        if std::mem::replace(&mut self.latest, now) > now + SET_BACK {
            for slot in self.slots.values_mut().filter(|slot| slot.wipe_at().is_some()) {
                slot.held = None;
            }
        }
    }

    /// What must not stay in memory past its end does not.
    pub(super) fn wipe_ended(&mut self, now: SystemTime) {
        for slot in self.slots.values_mut().filter(|slot| slot.wipe_at().is_some_and(|at| at <= now)) {
            slot.held = None;
        }
    }

    pub(super) fn tell_expired(&mut self, now: SystemTime) {
        for slot in self.slots.values_mut().filter(|slot| slot.phase == Phase::Started && !slot.expiry_told) {
            if slot.expiration().is_some_and(|expiration| expiration <= now) {
                slot.expiry_told = true;
                // By a clock that has been set back it may look valid still.
                if let Some(held) = slot.held.as_mut().filter(|held| held.is_from_future) {
                    held.rejected = true;
                }
                self.events.push_back(Event::Expired { session: slot.definition.session.clone() });
            }
        }
    }
}
