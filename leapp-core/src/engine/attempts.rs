//! From "a set is due" to "a set is held": attempts, sources, challenges, failures.

use std::time::SystemTime;

use super::action::{Action, Attempt, AttemptId};
use super::policy::{REUSE_AT_LEAST, START_TRIES};
use super::slot::{Held, Phase, Slot, Work};
use super::{RotationEngine, graph};
use crate::{Challenge, Error, ErrorKind, Event, Grant, Refresh, SessionId, Source};

impl RotationEngine {
    /// Makes an attempt, or gets in line for the source's credentials that it needs.
    pub(super) fn begin(&mut self, session: &SessionId, now: SystemTime) {
        let Some(slot) = self.slots.get_mut(session).filter(|slot| !slot.is_busy()) else { return };
        if let Some(at) = slot.not_before.filter(|at| *at > now) {
            slot.work = Work::Planned(at);
            return;
        }
        let Some(source) = slot.definition.source.clone() else {
            return self.issue(session, None, now);
        };
        match self.slots.get(&source).and_then(|slot| slot.as_source(now)) {
            Some(source) => self.issue(session, Some(source), now),
            None => {
                if let Some(slot) = self.slots.get_mut(session) {
                    slot.work = Work::WaitsForSource;
                }
                self.begin(&source, now);
                self.tell_challenge_again(session);
            }
        }
    }

    fn issue(&mut self, session: &SessionId, source: Option<Source>, now: SystemTime) {
        let Some(slot) = self.slots.get_mut(session) else { return };
        if let Some(at) = slot.calls.allowed_at(now) {
            slot.work = Work::Planned(at);
            return;
        }
        slot.calls.record(now);
        self.attempts += 1;
        let id = AttemptId { session: session.clone(), number: self.attempts };
        slot.work = Work::InFlight(id.clone());
        let reuse_after = reuse_after(slot, now);
        slot.signed_with = source.as_ref().map(|source| source.grant.clone());
        let rejected = slot.held.as_ref().filter(|held| held.rejected).map(|held| held.grant.clone());
        let renewal_is_no_help = slot.renewal_is_no_help;
        slot.along = None;
        slot.spends_answer = slot.answer.is_some();
        self.actions.push_back(Action::Issue(Attempt {
            id,
            source,
            answer: slot.answer.take(),
            reuse_after,
            rejected,
            renewal_is_no_help,
        }));
    }

    /// Takes a new set, plans its replacement, and serves whoever waited for it.
    pub(super) fn accept(&mut self, session: &SessionId, grant: Grant, reused: bool, now: SystemTime) {
        if !grant.is_valid_at(now) {
            let message = format!(
                "what was obtained for session `{session}` is past its expiration by the local clock"
            );
            return self.fail(session, Error::new(ErrorKind::ClockSkew, message), false, now);
        }
        let Some(slot) = self.slots.get_mut(session) else { return };
        let refresh_at = self.policy.refresh_at(slot.definition.kind.refresh, now, grant.expiration());
        // A set is replaced only by one that lasts longer: a shorter one must not take away time that was granted.
        let held = match slot.held.take().filter(|held| held.outlasts(&grant)) {
            // Another attempt at what costs a person's attention is not due the sooner for it.
            Some(held) if slot.definition.kind.refresh == Refresh::Reuse => held,
            Some(held) => Held { refresh_at, ..held },
            None => Held::new(grant, now, refresh_at),
        };
        let (expiration, refresh_at) = (held.ends_at, held.refresh_at);
        slot.held = Some(held);
        slot.failures = 0;
        slot.not_before = None;
        slot.error = None;
        slot.expiry_told = false;
        slot.distrusts_vault = false;
        slot.source_blamed = 0;
        slot.renewal_is_no_help = false;
        slot.work = Work::Idle;
        if slot.is_wanted() {
            slot.plan_refresh(refresh_at);
        }
        let next_attempt = slot.next_attempt();
        let metadata = slot.credentials().map(|set| set.metadata().clone()).unwrap_or_default();
        self.events.push_back(Event::Issued {
            session: session.clone(),
            expiration,
            next_attempt,
            reused,
            metadata: metadata.clone(),
        });
        if metadata.is_nearly_full() {
            self.events.push_back(Event::NearlyFull { session: session.clone(), metadata });
        }
        self.in_hand(session);
        self.serve_children(session, now);
        self.renew_along(session, now);
    }

    /// A wanted session has a set: publish it, or, when it has no profile, say that it is started.
    pub(super) fn in_hand(&mut self, session: &SessionId) {
        let Some(slot) = self.slots.get_mut(session).filter(|slot| slot.is_wanted()) else { return };
        if slot.definition.profile.is_some() {
            self.publisher.publish(session);
        } else if slot.phase == Phase::Starting {
            slot.phase = Phase::Started;
            self.events.push_back(Event::Started { session: session.clone() });
        }
    }

    /// Opens a challenge on behalf of whoever waits for its answer.
    pub(super) fn challenge(&mut self, attempt: &AttemptId, challenge: Challenge) {
        let session = &attempt.session;
        let Some(slot) = self.slots.get_mut(session) else { return };
        let deadline = slot.expiration();
        let challenge = Challenge { session: session.clone(), attempt: attempt.number, ..challenge };
        slot.work = Work::Challenged(challenge.with_deadline(deadline));
        if self.is_needed(session) {
            self.tell_challenge(session);
        } else if let Some(slot) = self.slots.get_mut(session) {
            // Everyone who waited has stopped meanwhile.
            slot.work = Work::Idle;
        }
    }

    fn tell_challenge(&mut self, session: &SessionId) {
        let waiting = self.wanted_descendants(session);
        let is_starting =
            |name: &SessionId| self.slots.get(name).is_some_and(|slot| slot.phase == Phase::Starting);
        // Whoever starts a session is there, though nobody was when the question came up.
        let is_attended = waiting.iter().any(is_starting);
        if let Some(Work::Challenged(challenge)) = self.slots.get_mut(session).map(|slot| &mut slot.work) {
            challenge.is_attended |= is_attended;
            self.events.push_back(Event::ChallengeRequired { challenge: challenge.clone(), waiting });
        }
    }

    /// When what a session waits for is an open challenge, says so once more, to whoever came to wait for it too.
    pub(super) fn tell_challenge_again(&mut self, session: &SessionId) {
        let mut at = session.clone();
        while let Some(slot) = self.slots.get(&at) {
            match (&slot.work, &slot.definition.source) {
                (Work::Challenged(_), _) => return self.tell_challenge(&at),
                (Work::WaitsForSource, Some(source)) => at = source.clone(),
                _ => return,
            }
        }
    }

    /// Takes in that an attempt failed. One that was signed with credentials past their end is made again with new ones.
    pub(super) fn failed(
        &mut self,
        session: &SessionId,
        error: Error,
        signed_with: Option<&Grant>,
        now: SystemTime,
    ) {
        if error.kind() == ErrorKind::Expired && self.blame_source(session, signed_with) {
            self.begin(session, now);
        } else {
            self.fail(session, error, false, now);
        }
    }

    /// Notes a failure, and lets down whoever waited for the set: each is told which session of its chain it was.
    pub(super) fn fail(&mut self, session: &SessionId, error: Error, by_source: bool, now: SystemTime) {
        if self.waits_out(session, &error, now) {
            return;
        }
        self.note_failure(session, error.clone(), by_source, now);
        let mut let_down = self.waiting_children(session);
        while let Some(waiting) = let_down.pop() {
            let chain = graph::chain(&self.chain_of(&waiting));
            let message = format!("session `{waiting}` has no source: `{session}` failed in {chain}");
            let error = Error::new(error.kind(), message).with_source(error.clone());
            self.note_failure(&waiting, error, true, now);
            let_down.extend(self.waiting_children(&waiting));
        }
    }

    /// A service that asks for fewer calls may have been asked by others: a start does not fail for that at once.
    fn waits_out(&mut self, session: &SessionId, error: &Error, now: SystemTime) -> bool {
        let is_starting =
            |name: &SessionId| self.slots.get(name).is_some_and(|slot| slot.phase == Phase::Starting);
        if error.kind() != ErrorKind::Throttled || !self.wanted_descendants(session).iter().any(is_starting) {
            return false;
        }
        let Some(slot) = self.slots.get_mut(session).filter(|slot| slot.failures + 1 < START_TRIES) else {
            return false;
        };
        if slot.phase == Phase::Started || slot.spends_answer {
            return false;
        }
        slot.failures += 1;
        let at = self.policy.retry_at(error, slot.failures, now, None);
        slot.not_before = Some(at);
        slot.work = Work::Planned(at);
        true
    }

    /// Notes a failure, and plans the next attempt if one can help.
    fn note_failure(&mut self, session: &SessionId, error: Error, by_source: bool, now: SystemTime) {
        let Some(slot) = self.slots.get_mut(session) else { return };
        let is_publishing = self.publisher.is_publishing_for(session, slot.starts);
        slot.work = Work::Idle;
        slot.failures += 1;
        slot.error = Some(error.clone());
        let expiration = slot.expiration();
        // What spent a person's answer and came to what only a person can mend would ask again and again.
        let waits_for_person = !by_source && slot.spends_answer && error.needs_person();
        let may_retry = error.is_retryable() && !waits_for_person;
        let retry_at = may_retry.then(|| self.policy.retry_at(&error, slot.failures, now, expiration));
        slot.not_before = retry_at;
        let next = retry_at.map_or(Work::Blocked { by_source }, Work::Planned);
        match slot.phase {
            // The start goes on with the set that is on its way into the profile.
            Phase::Starting if is_publishing => slot.work = next,
            Phase::Started => {
                slot.work = next;
                self.events.push_back(Event::RefreshFailed {
                    session: session.clone(),
                    error: error.clone(),
                    next_attempt: retry_at,
                });
            }
            Phase::Starting => self.start_failed(session, error.clone()),
            // It was tried on behalf of the sessions that wait for it.
            Phase::Inactive | Phase::Stopping => {
                let (session, error) = (session.clone(), error.clone());
                self.events.push_back(Event::RefreshFailed { session, error, next_attempt: None });
            }
        }
    }

    /// A start that failed leaves the session inactive, and the profile to whoever holds it.
    pub(super) fn start_failed(&mut self, session: &SessionId, error: Error) {
        self.publisher.forget(session);
        let Some(slot) = self.slots.get_mut(session) else { return };
        slot.error = Some(error.clone());
        slot.phase = Phase::Inactive;
        // Started again while it was being stopped: what was to be withdrawn then still is.
        if slot.published.is_some() || self.publisher.is_publishing(session) {
            self.give_back(session);
        }
        if error.is_retryable() {
            self.release_for_now(session);
        } else {
            self.release(session);
        }
        self.events.push_back(Event::StartFailed { session: session.clone(), error });
    }
}

/// Which sets kept in the vault may serve: those that outlast what the session has now.
fn reuse_after(slot: &Slot, now: SystemTime) -> Option<SystemTime> {
    if slot.distrusts_vault {
        return None;
    }
    let at_least = now + REUSE_AT_LEAST;
    Some(slot.expiration().map_or(at_least, |expiration| expiration.max(at_least)))
}
