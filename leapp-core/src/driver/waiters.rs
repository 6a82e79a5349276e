//! Callers that wait for a session to get somewhere.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use tokio::sync::oneshot;

use crate::{Challenge, Error, ErrorKind, Event, SessionId, SessionState};

/// Where a start, or an answer, has led.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Started {
    /// The session's credentials are in place.
    Active,
    /// A person must answer this first: [`Leapp::answer`](crate::Leapp::answer).
    NeedsAnswer(Challenge),
}

/// Somebody who was sent away with a question comes back within this time to hear how the start ended.
const LONGEST_ABSENCE: Duration = Duration::from_secs(60);

pub(super) type Reply<T> = oneshot::Sender<Result<T, Error>>;

/// Who waits for what. Each caller gets one answer; one that has gone away is forgotten.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    started: BTreeMap<SessionId, Vec<Reply<Started>>>,
    stopped: BTreeMap<SessionId, Vec<Reply<()>>>,
    /// Starts that failed while whoever made them was away, answering the question of another session.
    unheard: BTreeMap<SessionId, Unheard>,
    /// The session whose attempt has just ended, if somebody waits for it: they are told, and who comes back to those
    /// behind it is not to be told the same.
    ended: Option<SessionId>,
}

/// The end of a start that nobody waited for.
#[derive(Debug)]
struct Unheard {
    error: Error,
    at: SystemTime,
}

impl Waiters {
    pub(super) fn wait_started(&mut self, session: SessionId, reply: Reply<Started>) {
        self.started.entry(session).or_default().push(reply);
    }

    pub(super) fn wait_stopped(&mut self, session: SessionId, reply: Reply<()>) {
        self.stopped.entry(session).or_default().push(reply);
    }

    /// Answers whoever an event decides for. `state` is the session's state after the event.
    pub(super) fn tell(&mut self, event: &Event, state: Option<SessionState>, now: SystemTime) {
        match event {
            // What passes is tried again by the next start. What does not would ask the same person the same question.
            Event::StartFailed { session, error }
                if !error.is_retryable()
                    && !self.started.contains_key(session)
                    && self.ended.as_ref().is_none_or(|ended| ended == session) =>
            {
                self.unheard.insert(session.clone(), Unheard { error: error.clone(), at: now });
            }
            Event::Started { session } => self.started(session, &Ok(Started::Active)),
            // While it is pending, the set has still to be published.
            Event::Issued { session, .. } if state != Some(SessionState::Pending) => {
                self.started(session, &Ok(Started::Active));
            }
            Event::RefreshFailed { session, error, .. } | Event::StartFailed { session, error } => {
                self.started(session, &Err(error.clone()));
            }
            Event::SinkFailed { session, error, .. }
                if matches!(state, Some(SessionState::Inactive | SessionState::Stopping)) =>
            {
                self.stopped(session, &Err(error.clone()));
            }
            Event::Stopped { session, .. } => {
                self.unheard.remove(session);
                let error = Error::new(ErrorKind::Cancelled, format!("session `{session}` was stopped"));
                self.started(session, &Err(error));
                self.stopped(session, &Ok(()));
            }
            _ => {}
        }
    }

    /// What is told next is what came of this session's attempt; of `None`, of something else.
    pub(super) fn note_end(&mut self, attempt_of: Option<&SessionId>) {
        self.ended = attempt_of.filter(|session| self.started.contains_key(*session)).cloned();
    }

    /// How the start that a caller comes back to has ended, once.
    pub(super) fn take_unheard(&mut self, session: &SessionId, now: SystemTime) -> Option<Error> {
        let Unheard { error, at } = self.unheard.remove(session)?;
        now.duration_since(at).is_ok_and(|absence| absence <= LONGEST_ABSENCE).then_some(error)
    }

    /// Nobody waits for a session that is gone.
    pub(super) fn forget(&mut self, session: &SessionId) {
        self.unheard.remove(session);
    }

    /// Tells those who wait for a session to be stopped that it is being started instead.
    pub(super) fn tell_started_again(&mut self, session: &SessionId) {
        let error = Error::new(ErrorKind::Cancelled, format!("session `{session}` was started again"));
        self.stopped(session, &Err(error));
    }

    /// Tells those who wait for a challenge's answer that a person must give it.
    pub(super) fn tell_challenge(&mut self, challenge: &Challenge, waiting: &[SessionId]) {
        for session in waiting.iter().chain([&challenge.session]) {
            self.started(session, &Ok(Started::NeedsAnswer(challenge.clone())));
        }
    }

    /// Tells those who wait for a challenge's answer that it was not to be had.
    pub(super) fn tell_unanswered(&mut self, waiting: &[SessionId], error: &Error) {
        waiting.iter().for_each(|session| self.started(session, &Err(error.clone())));
    }

    /// Tells those who wait for a start that it goes on without them.
    pub(super) fn tell_start_is_slow(&mut self, session: &SessionId, error: &Error) {
        self.started(session, &Err(error.clone()));
    }

    /// Tells those who wait for a stop that it goes on without them.
    pub(super) fn tell_stop_is_slow(&mut self, session: &SessionId, error: &Error) {
        self.stopped(session, &Err(error.clone()));
    }

    fn started(&mut self, session: &SessionId, result: &Result<Started, Error>) {
        answer(self.started.remove(session), result);
    }

    fn stopped(&mut self, session: &SessionId, result: &Result<(), Error>) {
        answer(self.stopped.remove(session), result);
    }
}

fn answer<T: Clone>(replies: Option<Vec<Reply<T>>>, result: &Result<T, Error>) {
    for reply in replies.into_iter().flatten() {
        // A caller that has gone away wants no answer.
        let _ = reply.send(result.clone());
    }
}
