//! What a responder says, and to which challenge.

use super::Driver;
use crate::{Answer, Challenge, Error, ErrorKind, SessionId};

impl Driver {
    pub(super) fn take_answer(&mut self, challenge: Challenge, result: Result<Option<Answer>, Error>) {
        let session = &challenge.session;
        let now = self.backends.clock.now();
        // Answered by a person, or stopped, at the same moment.
        if !self.engine.is_open(&challenge) {
            return;
        }
        let waiting = self.waiting_for(session);
        match result {
            Ok(Some(answer)) => {
                match self.engine.handle_answer(session, answer, now) {
                    Ok(()) => drop(self.asked.remove(session)),
                    // A code that has been used, by a person perhaps: the device will show another.
                    Err(error) if error.kind() == ErrorKind::MfaRefused => {
                        self.outside.ask_in_the_next_time_step(challenge);
                    }
                    Err(error) => self.waiters.tell_unanswered(&waiting, &error),
                }
            }
            Ok(None) => self.waiters.tell_challenge(&challenge, &waiting),
            Err(error) => self.waiters.tell_unanswered(&waiting, &error),
        }
        waiting.iter().for_each(|session| self.serve_fresh(session));
    }

    /// The sessions that an answer to this session's challenge is for.
    pub(super) fn waiting_for(&self, session: &SessionId) -> Vec<SessionId> {
        let statuses = self.engine.statuses(self.backends.clock.now());
        let waits =
            |challenge: &Option<Challenge>| challenge.as_ref().is_some_and(|open| open.session == *session);
        statuses.into_iter().filter(|status| waits(&status.challenge)).map(|status| status.session).collect()
    }
}
