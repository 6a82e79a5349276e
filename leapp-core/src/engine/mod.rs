//! The rotation engine: a state machine without I/O.
//!
//! It is told what happened (`handle_*`), always with `now`, and asked what to do (`poll_*`). It reads no clock, opens no
//! file and starts no task, so the same code runs under tokio, under another runtime and in a simulation.

mod action;
mod attempts;
mod graph;
mod lifecycle;
mod plan;
mod policy;
mod publication;
mod publisher;
mod slot;
mod sources;
mod spent_codes;
#[cfg(test)]
mod tests;
mod time;
mod view;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, SystemTime};

pub use self::action::{Action, Attempt, AttemptId, BatchId, Outcome};
pub use self::plan::{Detour, Hop, Limit, Plan};
use self::policy::Policy;
use self::publisher::Publisher;
pub use self::slot::Definition;
use self::slot::{Held, Phase, Slot, Work};
use self::spent_codes::SpentCodes;
use crate::{Answer, Challenge, Error, ErrorKind, Event, SerialNumber, SessionCredentials, SessionId};

/// Keeps sessions' credentials fresh, and decides what is published when.
///
/// After any `handle_*`, take every [`poll_action`](Self::poll_action) and [`poll_event`](Self::poll_event), then wait
/// until [`poll_timeout`](Self::poll_timeout) or until something happens.
///
/// What holds, whatever happens:
/// - a failed refresh takes nothing away: what is published stays until something newer takes its place;
/// - one attempt per session is in flight, however many sessions wait for its credentials;
/// - an outcome that comes after a stop, a removal or an invalidation changes nothing;
/// - a failing session has a next attempt, or its [status](Self::status) says why it has none;
/// - at most six calls a minute per session reach the service;
/// - starting a session on a profile that another one holds publishes the new set before the old is gone.
#[derive(Debug)]
pub struct RotationEngine {
    slots: BTreeMap<SessionId, Slot>,
    publisher: Publisher,
    policy: Policy,
    attempts: u64,
    /// The time as it was told last: an earlier one is a clock that was set back.
    latest: SystemTime,
    spent_codes: SpentCodes,
    actions: VecDeque<Action>,
    events: VecDeque<Event>,
}

impl RotationEngine {
    /// An engine without sessions. The seed decides every random draw: the same inputs give the same run.
    pub fn new(seed: u64) -> Self {
        Self {
            slots: BTreeMap::new(),
            publisher: Publisher::default(),
            policy: Policy::new(seed),
            attempts: 0,
            latest: SystemTime::UNIX_EPOCH,
            spent_codes: SpentCodes::default(),
            actions: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Adds sessions, all or none, in any order. They are inactive.
    ///
    /// # Errors
    /// - [`ErrorKind::AlreadyExists`] when a name is taken;
    /// - [`ErrorKind::NotFound`] when a source is neither there nor among them;
    /// - [`ErrorKind::InvalidInput`] when a session would be its own source; the message shows the circle. Also when a
    ///   login has a profile: it is not credentials.
    pub fn add(&mut self, definitions: Vec<Definition>) -> Result<(), Error> {
        definitions.iter().try_for_each(Definition::check)?;
        graph::check(&self.slots, &definitions)?;
        for definition in definitions {
            self.slots.insert(definition.session.clone(), Slot::new(definition));
        }
        Ok(())
    }

    /// Removes an inactive session.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]; [`ErrorKind::InUse`] while it is not inactive or is another session's source.
    pub fn remove(&mut self, session: &SessionId) -> Result<(), Error> {
        let slot = self.slot(session)?;
        if slot.phase != Phase::Inactive || self.publisher.is_busy_with(session) {
            return Err(Error::new(ErrorKind::InUse, format!("session `{session}` is not stopped")));
        }
        if let Some(child) = graph::children(&self.slots, session).first() {
            let message = format!("session `{session}` is the source of `{child}`");
            return Err(Error::new(ErrorKind::InUse, message));
        }
        self.slots.remove(session);
        Ok(())
    }

    /// Starts a session. On one that is started already, it makes an attempt now if the last one failed.
    ///
    /// How it ends is an event: [`Started`](Event::Started), [`StartFailed`](Event::StartFailed) or
    /// [`ChallengeRequired`](Event::ChallengeRequired).
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]; [`ErrorKind::InUse`] when another session is being started on the same profile;
    /// [`ErrorKind::RoleChainingLimit`] or [`ErrorKind::InvalidInput`] when its [`plan`](Self::plan) says that the service
    /// would refuse it.
    pub fn handle_start(&mut self, session: &SessionId, now: SystemTime) -> Result<(), Error> {
        let slot = self.slot(session)?;
        if let Some(rival) = self.rival(slot) {
            let message = format!(
                "cannot start session `{session}`: session `{rival}` is being started on its profile"
            );
            return Err(Error::new(ErrorKind::InUse, message));
        }
        match slot.phase {
            Phase::Starting => self.tell_challenge_again(session),
            Phase::Started => self.retry(session, now),
            Phase::Inactive | Phase::Stopping => {
                self.plan(session)?.check()?;
                self.start(session, now);
            }
        }
        self.flush(now);
        Ok(())
    }

    /// Stops a session: no more attempts, and its set out of its profile. Stopping an inactive session is no error.
    ///
    /// The end is an event: [`Stopped`](Event::Stopped), or [`SinkFailed`](Event::SinkFailed) when the profile cannot be written.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`].
    pub fn handle_stop(&mut self, session: &SessionId, now: SystemTime) -> Result<(), Error> {
        let phase = self.slot(session)?.phase;
        match phase {
            Phase::Inactive => {
                // A start that failed may have left a login behind, for the next one.
                self.release(session);
                self.slot_mut(session)?.error = None;
                self.events.push_back(Event::Stopped { session: session.clone(), displaced_by: None });
            }
            Phase::Starting | Phase::Started => self.stop(session),
            Phase::Stopping => self.publisher.hurry(session),
        }
        self.flush(now);
        Ok(())
    }

    /// Hands in the answer to an open challenge, and makes the attempt it was asked for.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is no such session; [`ErrorKind::InvalidInput`] when it asked nothing;
    /// [`ErrorKind::MfaRefused`] when a session has used this code of this device: the question stays open, and the
    /// message says when the device shows its next code.
    pub fn handle_answer(
        &mut self,
        session: &SessionId,
        answer: Answer,
        now: SystemTime,
    ) -> Result<(), Error> {
        let open = self.status(session, now)?.challenge;
        let Some(Work::Challenged(challenge)) = self.slots.get(session).map(|slot| &slot.work) else {
            return Err(nothing_asked(session, open.as_ref()));
        };
        if let Some((device, code)) = answer.code_for(&challenge.question) {
            let taken = self.spent_codes.take(device, code, session, now);
            taken.map_err(|wait| spent(session, device, wait))?;
        }
        let slot = self.slot_mut(session)?;
        slot.answer = Some(answer);
        slot.work = Work::Idle;
        self.begin(session, now);
        Ok(())
    }

    /// Hands in what an attempt came to. One that is no longer awaited changes nothing.
    pub fn handle_outcome(&mut self, attempt: &AttemptId, outcome: Outcome, now: SystemTime) {
        if !self.awaits(attempt) {
            return;
        }
        let Some(slot) = self.slots.get_mut(&attempt.session) else { return };
        slot.work = Work::Idle;
        let (signed_with, along) = (slot.signed_with.take(), slot.along.take());
        if !outcome.has_reached_service() {
            slot.calls.take_back();
            if slot.spends_answer {
                self.spent_codes.give_back(&attempt.session);
            }
        }
        match outcome {
            // It was made since a login was at hand, and not since it was due: what was planned still is.
            Outcome::Challenge(_) | Outcome::Failed(_) if along.is_some() => {
                slot.work = along.map_or(Work::Idle, Work::Planned);
            }
            Outcome::Challenge(challenge) => self.challenge(attempt, challenge),
            Outcome::Failed(error) => self.failed(&attempt.session, error, signed_with.as_ref(), now),
            Outcome::Issued(grant) => self.accept(&attempt.session, grant, false, now),
            Outcome::Reused(grant) => self.accept(&attempt.session, grant, true, now),
        }
        self.flush(now);
    }

    /// Hands in that an attempt was never begun, since it was no longer awaited: it does not count as a call.
    pub fn handle_skipped(&mut self, attempt: &AttemptId) {
        if let Some(slot) = self.slots.get_mut(attempt.session()) {
            slot.calls.take_back();
            if slot.spends_answer {
                self.spent_codes.give_back(attempt.session());
            }
        }
    }

    /// Hands in how a batch of changes ended.
    pub fn handle_applied(&mut self, batch: BatchId, result: Result<(), Error>, now: SystemTime) {
        self.applied(batch, result, now);
        self.flush(now);
    }

    /// Makes an attempt now, whether or not one is due. What there is stays until it succeeds.
    ///
    /// How it ends is an event: [`Issued`](Event::Issued), [`RefreshFailed`](Event::RefreshFailed) or
    /// [`ChallengeRequired`](Event::ChallengeRequired).
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`]; [`ErrorKind::NotActive`] when the session is not started.
    pub fn handle_refresh(&mut self, session: &SessionId, now: SystemTime) -> Result<(), Error> {
        let slot = self.slot_mut(session)?;
        if slot.phase != Phase::Started {
            return Err(Error::new(ErrorKind::NotActive, format!("session `{session}` is not started")));
        }
        slot.not_before = None;
        self.begin(session, now);
        self.tell_challenge_again(session);
        Ok(())
    }

    /// Takes a set out of use because the service rejected it, and makes an attempt now.
    ///
    /// Only the set with that access key id: a report about one that was replaced meanwhile changes nothing. What is
    /// published stays until something newer takes its place.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`].
    pub fn handle_rejected(
        &mut self,
        session: &SessionId,
        access_key_id: &str,
        now: SystemTime,
    ) -> Result<(), Error> {
        let slot = self.slot_mut(session)?;
        let has_it = |set: &SessionCredentials| set.access_key_id().as_str() == access_key_id;
        let is_it = |held: &&mut Held| !held.rejected && held.grant.credentials().is_some_and(has_it);
        let Some(held) = slot.held.as_mut().filter(is_it) else { return Ok(()) };
        held.rejected = true;
        slot.distrusts_vault = true;
        // An attempt begun before this moment must not bring the same set back; one that spends a person's answer
        // brings a new one.
        if matches!(slot.work, Work::InFlight(_)) && !slot.spends_answer && slot.is_wanted() {
            slot.work = Work::Idle;
        }
        if slot.is_wanted() {
            self.begin(session, now);
        }
        Ok(())
    }

    /// The next thing to do.
    #[must_use]
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// The next thing that happened.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn slot(&self, session: &SessionId) -> Result<&Slot, Error> {
        self.slots.get(session).ok_or_else(|| not_found(session))
    }

    fn slot_mut(&mut self, session: &SessionId) -> Result<&mut Slot, Error> {
        self.slots.get_mut(session).ok_or_else(|| not_found(session))
    }
}

fn nothing_asked(session: &SessionId, open: Option<&Challenge>) -> Error {
    let message = match open {
        Some(challenge) => {
            format!("session `{session}` has asked nothing; `{}` has, for it", challenge.session)
        }
        None => {
            format!("session `{session}` has no open question; start it, or the session behind it, again")
        }
    };
    Error::new(ErrorKind::InvalidInput, message)
}

fn spent(session: &SessionId, device: &SerialNumber, wait: Duration) -> Error {
    let message = format!(
        "this code of MFA device {device} has been used, and session `{session}` needs the next one, in {} s",
        wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
    );
    Error::new(ErrorKind::MfaRefused, message)
}

fn not_found(session: &SessionId) -> Error {
    Error::new(ErrorKind::NotFound, format!("session `{session}` does not exist"))
}
