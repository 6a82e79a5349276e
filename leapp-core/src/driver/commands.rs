//! What the handle asks for, carried out.

use super::attempt::{in_time, place};
use super::waiters::{Reply, Started};
use super::{Command, Driver, send};
use crate::engine::Definition;
use crate::{Error, ErrorKind, Principal, Session, SessionCredentials, SessionId, SessionState};

impl Driver {
    pub(super) fn obey(&mut self, command: Command) {
        let now = self.backends.clock.now();
        match command {
            Command::Add(definitions, sessions, reply) => send(reply, self.add(definitions, sessions)),
            Command::Answer(session, answer, reply) => {
                let result = self.engine.handle_answer(&session, answer, now);
                self.wait_started(session, result, reply);
            }
            Command::Fresh(session, reply) => self.freshen(session, reply),
            Command::Plan(session, reply) => send(reply, self.engine.plan(&session)),
            Command::Refresh(session, reply) => {
                let result = self.engine.handle_refresh(&session, now);
                self.wait_started(session, result, reply);
            }
            Command::Rejected(session, access_key_id, reply) => {
                let result = self.engine.handle_rejected(&session, access_key_id.as_str(), now);
                self.show(&session);
                send(reply, result);
            }
            Command::Remove(session, reply) => self.remove(&session, reply),
            Command::Start(session, reply) => {
                if let Some(error) = self.waiters.take_unheard(&session, now) {
                    return send(reply, Err(error));
                }
                let result = self.engine.handle_start(&session, now);
                if result.is_ok() {
                    self.waiters.tell_started_again(&session);
                }
                self.wait_started(session, result, reply);
            }
            Command::Status(session, reply) => send(reply, self.engine.status(&session, now)),
            Command::Statuses(reply) => send(reply, Ok(self.engine.statuses(now))),
            Command::Stop(session, reply) => match self.engine.handle_stop(&session, now) {
                Ok(()) => {
                    self.show(&session);
                    self.waiters.wait_stopped(session, reply);
                }
                Err(error) => send(reply, Err(error)),
            },
            Command::Wake(reply) => {
                self.engine.handle_wake(now);
                send(reply, Ok(()));
            }
            // `run` keeps this one to itself.
            Command::Shutdown(reply) => send(reply, Ok(())),
        }
        self.settle();
    }

    pub(super) fn add(&mut self, definitions: Vec<Definition>, sessions: Vec<Session>) -> Result<(), Error> {
        if let (Some(session), None) =
            (sessions.iter().find(|session| session.profile.is_some()), &self.backends.sink)
        {
            let message = format!(
                "session `{}` has a profile, but there is no sink to publish it in; add one with `with_sink`",
                session.id
            );
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        self.engine.add(definitions)?;
        for session in sessions {
            self.cells.add(session.id.clone());
            self.providers.insert(session.id, session.provider);
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, session: &SessionId, reply: Reply<()>) {
        if let Err(error) = self.engine.remove(session) {
            return send(reply, Err(error));
        }
        self.providers.remove(session);
        self.cells.remove(session);
        self.outside.forget(session);
        self.waiters.forget(session);
        // A vault may take its time, and nobody else should wait for it.
        let (vault, place) = (self.backends.vault.clone(), place(session));
        tokio::spawn(async move { send(reply, in_time("delete", &place, vault.delete(&place)).await) });
    }

    pub(super) fn wait_started(
        &mut self,
        session: SessionId,
        result: Result<(), Error>,
        reply: Reply<Started>,
    ) {
        match result {
            Ok(()) => self.waiters.wait_started(session, reply),
            Err(error) => send(reply, Err(error)),
        }
    }

    /// Gives a caller that found its cell empty what there is, or lets it join what is under way.
    pub(super) fn freshen(&mut self, session: SessionId, reply: Reply<SessionCredentials>) {
        let now = self.backends.clock.now();
        if let Some(set) = self.engine.credentials(&session).filter(|set| set.is_valid_at(now)) {
            return send(reply, Ok(set.clone()));
        }
        let status = match self.engine.status(&session, now) {
            Ok(status) => status,
            Err(error) => return send(reply, Err(error)),
        };
        if status.kind.principal == Principal::Person {
            let message = format!("session `{session}` is a login and has no credentials of its own");
            return send(reply, Err(Error::new(ErrorKind::Unsupported, message)));
        }
        let is_asking = status.challenge.as_ref().is_some_and(|open| self.outside.is_asking(&open.session));
        let error = if matches!(status.state, SessionState::Inactive | SessionState::Stopping) {
            let error = Error::new(ErrorKind::NotActive, format!("session `{session}` is not started"));
            match status.error {
                // Why its last start came to nothing.
                Some(cause) => error.with_source(cause),
                None => error,
            }
        } else if is_asking {
            return self.fresh.entry(session).or_default().push(reply);
        } else if status.challenge.is_some() {
            let message = format!("session `{session}` has no valid credentials and waits for an answer");
            Error::new(ErrorKind::Expired, message)
        } else if let Some(error) = status.error.filter(|_| !status.is_refreshing) {
            error
        } else {
            return self.fresh.entry(session).or_default().push(reply);
        };
        send(reply, Err(error));
    }

    /// Answers those who wait for a session's credentials, when there is something to answer.
    pub(super) fn serve_fresh(&mut self, session: &SessionId) {
        for reply in self.fresh.remove(session).into_iter().flatten() {
            self.freshen(session.clone(), reply);
        }
    }
}
