//! Start and stop: what a host asks for, and what follows at once.

use std::time::SystemTime;

use super::RotationEngine;
use super::slot::{Phase, Slot};
use crate::{Event, SessionId};

impl RotationEngine {
    pub(super) fn start(&mut self, session: &SessionId, now: SystemTime) {
        self.publisher.forget(session);
        let Some(slot) = self.slots.get_mut(session) else { return };
        slot.phase = Phase::Starting;
        slot.starts += 1;
        slot.failures = 0;
        slot.not_before = None;
        slot.error = None;
        slot.sink_error = None;
        slot.source_blamed = 0;
        slot.expiry_told = false;
        let usable = slot.as_source(now).and(slot.held.as_ref());
        match usable.map(|held| held.refresh_at) {
            // It has served another session as its source.
            Some(refresh_at) => {
                if !slot.is_busy() {
                    slot.plan_refresh(refresh_at);
                }
                self.in_hand(session);
            }
            None if slot.is_busy() => self.tell_challenge_again(session),
            None => self.begin(session, now),
        }
    }

    /// Asked to start what is started: it says that it is, and if something failed, tries again.
    pub(super) fn retry(&mut self, session: &SessionId, now: SystemTime) {
        let Some(slot) = self.slots.get_mut(session) else { return };
        let (is_valid, is_unpublished) = (slot.is_valid_at(now), slot.is_unpublished());
        let has_failed = slot.error.is_some();
        slot.source_blamed = 0;
        if is_valid {
            self.events.push_back(Event::Started { session: session.clone() });
        }
        if is_unpublished {
            self.publisher.publish(session);
        }
        let Some(slot) = self.slots.get_mut(session) else { return };
        if slot.is_busy() {
            self.tell_challenge_again(session);
        } else if has_failed || !is_valid {
            slot.not_before = None;
            self.begin(session, now);
        }
    }

    pub(super) fn stop(&mut self, session: &SessionId) {
        self.publisher.forget(session);
        let in_flight = self.publisher.is_publishing(session);
        let Some(slot) = self.slots.get_mut(session) else { return };
        let was_published = slot.published.is_some() || in_flight;
        slot.phase = if was_published { Phase::Stopping } else { Phase::Inactive };
        slot.error = None;
        slot.sink_error = None;
        if was_published {
            self.publisher.withdraw(session);
        } else {
            self.events.push_back(Event::Stopped { session: session.clone(), displaced_by: None });
        }
        self.release(session);
    }

    /// The session that is being started on the same profile, if any.
    pub(super) fn rival(&self, slot: &Slot) -> Option<&SessionId> {
        let profile = slot.definition.profile.as_ref()?;
        let is_rival = |other: &&Slot| {
            other.phase == Phase::Starting
                && other.definition.profile.as_ref() == Some(profile)
                && other.definition.session != slot.definition.session
        };
        self.slots.values().find(is_rival).map(|other| &other.definition.session)
    }
}
