//! From "a set is held" to "a set is in its profile", and out again.

use std::time::SystemTime;

use super::RotationEngine;
use super::action::{Action, BatchId};
use super::publisher::{Batch, Direction, Part, Wanted};
use super::slot::{Phase, Slot};
use crate::{Change, Error, Event, ProfileName, SessionCredentials, SessionId};

impl RotationEngine {
    /// Sends the next batch off, if there is one and none is on its way.
    pub(super) fn flush(&mut self, now: SystemTime) {
        if self.publisher.in_flight.is_some() {
            return;
        }
        let mut parts: Vec<Part> = Vec::new();
        let mut changes = Vec::new();
        for (session, wanted) in self.publisher.next(now) {
            let Some((change, set)) = self.change(&session, wanted.direction) else {
                self.publisher.forget(&session);
                continue;
            };
            // Two changes of one profile never share a batch: the second is decided by how the first ends.
            if let Some(other) = parts.iter().position(|part| part.profile == *change.profile()) {
                let (this, that) = (self.rank(&session, set.is_some()), &parts[other]);
                if this <= self.rank(&that.session, that.set.is_some()) {
                    continue;
                }
                parts.remove(other);
                changes.remove(other);
            }
            let start = self.slots.get(&session).map_or(0, |slot| slot.starts);
            parts.push(Part { session, profile: change.profile().clone(), set, start, wanted });
            changes.push(change);
        }
        if changes.is_empty() {
            return;
        }
        parts.iter().for_each(|part| self.publisher.forget(&part.session));
        self.publisher.batches += 1;
        let id = BatchId(self.publisher.batches);
        self.publisher.in_flight = Some(Batch { id, parts });
        self.actions.push_back(Action::Apply { batch: id, changes });
    }

    /// Takes in how a batch ended.
    pub(super) fn applied(&mut self, id: BatchId, result: Result<(), Error>, now: SystemTime) {
        let Some(batch) = self.publisher.in_flight.take_if(|batch| batch.id == id) else { return };
        match result {
            Ok(()) => batch.parts.into_iter().for_each(|part| self.part_applied(part)),
            // What may pass, passes for all. What will not, may be one part's fault: the others are tried without it.
            Err(error) if batch.parts.len() > 1 && !error.is_retryable() => {
                for part in batch.parts {
                    let again = Wanted { alone: true, ..part.wanted.clone() };
                    self.try_again(&part, again);
                }
            }
            Err(error) => batch.parts.into_iter().for_each(|part| self.part_failed(part, error.clone(), now)),
        }
    }

    fn part_applied(&mut self, part: Part) {
        match part.set.clone() {
            Some(set) => self.published(part, set),
            None => self.withdrawn(part),
        }
    }

    fn published(&mut self, part: Part, set: SessionCredentials) {
        let Part { session, profile, set: _, start, wanted: _ } = part;
        let Some(slot) = self.slots.get_mut(&session) else { return };
        let expiration = set.expiration();
        let is_of_this_start = slot.starts == start;
        slot.published = Some(set);
        slot.sink_error = None;
        self.events.push_back(Event::Published {
            session: session.clone(),
            profile: profile.clone(),
            expiration,
        });
        match slot.phase {
            Phase::Starting if is_of_this_start => {
                slot.phase = Phase::Started;
                self.displace(&profile, &session);
                self.events.push_back(Event::Started { session });
            }
            // A set of a start before this one: whoever holds the profile still does.
            Phase::Starting => self.put_back_holder(&profile),
            Phase::Started => {}
            Phase::Inactive | Phase::Stopping => self.give_back(&session),
        }
    }

    /// A session whose set is in a profile is not to be started after all: puts back what its set replaced, and takes
    /// out what is left of it.
    ///
    /// The withdrawal spares whoever holds the profile by then; it is what makes sure that nothing stays behind.
    pub(super) fn give_back(&mut self, session: &SessionId) {
        if let Some(profile) = self.slots.get(session).and_then(|slot| slot.definition.profile.clone()) {
            self.put_back_holder(&profile);
        }
        if let Some(slot) = self.slots.get_mut(session) {
            slot.phase = Phase::Stopping;
        }
        self.publisher.withdraw(session);
    }

    /// Publishes the started session of a profile again, after another one's set went in.
    fn put_back_holder(&mut self, profile: &ProfileName) {
        let is_holder =
            |slot: &&Slot| slot.phase == Phase::Started && slot.definition.profile.as_ref() == Some(profile);
        if let Some(holder) = self.slots.values().find(is_holder).map(|slot| slot.definition.session.clone())
        {
            self.publisher.publish(&holder);
        }
    }

    /// The session that held the profile until now is inactive; the profile is already the successor's.
    fn displace(&mut self, profile: &ProfileName, by: &SessionId) {
        let displaced: Vec<SessionId> = self
            .slots
            .values()
            .filter(|slot| {
                slot.definition.profile.as_ref() == Some(profile) && slot.definition.session != *by
            })
            .filter(|slot| matches!(slot.phase, Phase::Started | Phase::Stopping))
            .map(|slot| slot.definition.session.clone())
            .collect();
        for session in displaced {
            self.publisher.forget(&session);
            if let Some(slot) = self.slots.get_mut(&session) {
                slot.phase = Phase::Inactive;
                slot.published = None;
                slot.error = None;
                slot.sink_error = None;
            }
            self.release(&session);
            self.events.push_back(Event::Stopped { session, displaced_by: Some(by.clone()) });
        }
    }

    fn withdrawn(&mut self, part: Part) {
        let Part { session, profile, set: _, start: _, wanted: _ } = part;
        let Some(slot) = self.slots.get_mut(&session) else { return };
        slot.published = None;
        slot.sink_error = None;
        self.events.push_back(Event::Withdrawn { session: session.clone(), profile });
        if slot.phase == Phase::Stopping {
            slot.phase = Phase::Inactive;
            self.events.push_back(Event::Stopped { session, displaced_by: None });
        }
    }

    fn part_failed(&mut self, part: Part, error: Error, now: SystemTime) {
        let Part { session, profile, set, start, wanted } = &part;
        let Some(slot) = self.slots.get_mut(session) else { return };
        if set.is_some() && slot.phase == Phase::Starting && slot.starts == *start {
            return self.start_failed(session, error);
        }
        if set.is_some() && (!slot.is_wanted() || slot.starts != *start) {
            // Stopped meanwhile, and perhaps started again: what comes next says what there is to say.
            return;
        }
        let failures = wanted.failures + 1;
        let retry_at =
            error.is_retryable().then(|| self.policy.retry_at(&error, failures, now, slot.expiration()));
        slot.sink_error = Some(error.clone());
        let is_given_up = retry_at.is_none() && slot.phase == Phase::Stopping;
        if is_given_up {
            slot.phase = Phase::Inactive;
            slot.published = None;
        }
        let (session, profile) = (session.clone(), profile.clone());
        self.events.push_back(Event::SinkFailed {
            session: session.clone(),
            profile,
            error,
            next_attempt: retry_at,
        });
        if retry_at.is_some() {
            let again = Wanted { not_before: retry_at, failures, ..wanted.clone() };
            self.try_again(&part, again);
        }
        if is_given_up {
            self.events.push_back(Event::Stopped { session, displaced_by: None });
        }
    }

    /// Wants a change again, unless the session has been stopped or started meanwhile, or wants another by now.
    fn try_again(&mut self, part: &Part, again: Wanted) {
        let Some(slot) = self.slots.get(&part.session) else { return };
        let is_due = match again.direction {
            Direction::Publish => slot.is_wanted() && slot.starts == part.start,
            Direction::Withdraw => slot.phase == Phase::Stopping,
        };
        if is_due {
            self.publisher.wanted.entry(part.session.clone()).or_insert(again);
        }
    }

    /// What to tell the sink about a session; `None` when there is nothing to tell.
    fn change(
        &self,
        session: &SessionId,
        direction: Direction,
    ) -> Option<(Change, Option<SessionCredentials>)> {
        let slot = self.slots.get(session)?;
        let profile = slot.definition.profile.clone()?;
        let session = session.clone();
        match direction {
            Direction::Publish => {
                let set = slot.credentials()?.clone();
                let region = slot.definition.region.clone();
                let credentials = set.clone();
                Some((Change::Publish { session, profile, region, credentials }, Some(set)))
            }
            Direction::Withdraw => Some((Change::Withdraw { session, profile }, None)),
        }
    }

    /// Which of two changes of one profile goes first: a session that is being started, one that has a set, one that goes.
    fn rank(&self, session: &SessionId, publishes: bool) -> u8 {
        let is_starting = self.slots.get(session).is_some_and(|slot| slot.phase == Phase::Starting);
        u8::from(publishes) + u8::from(publishes && is_starting)
    }
}
