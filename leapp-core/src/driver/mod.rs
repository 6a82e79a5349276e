//! Runs the engine on tokio: the only place where its actions become tasks, calls and writes.

mod attempt;
mod command;
mod kept;
mod outside;
mod pulse;
mod waiters;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc};

use self::attempt::place;
pub(crate) use self::command::Command;
use self::outside::{Done, Outside};
use self::pulse::Pulse;
pub use self::waiters::Started;
use self::waiters::{Reply, Waiters};
use crate::engine::{Action, Definition, RotationEngine};
use crate::live::Cells;
use crate::{
    Challenge, Clock, CredentialSink, Error, ErrorKind, Event, Responder, Session, SessionCredentials,
    SessionId, SessionProvider, SessionState, SessionStatus, Vault,
};

/// How long a shutdown waits for what is under way: a withdrawal, an attempt that has spent somebody's MFA code.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(10);

/// The backends an application chose.
#[derive(Clone, Debug)]
pub(crate) struct Backends {
    pub(crate) vault: Arc<dyn Vault>,
    pub(crate) sink: Option<Arc<dyn CredentialSink>>,
    pub(crate) responder: Option<Arc<dyn Responder>>,
    pub(crate) clock: Arc<dyn Clock>,
}

#[derive(Debug)]
pub(crate) struct Driver {
    engine: RotationEngine,
    backends: Backends,
    providers: BTreeMap<SessionId, Arc<dyn SessionProvider>>,
    cells: Arc<Cells>,
    events: broadcast::Sender<Event>,
    commands: mpsc::UnboundedReceiver<Command>,
    outside: Outside,
    waiters: Waiters,
    /// Callers that found a cell empty.
    fresh: BTreeMap<SessionId, Vec<Reply<SessionCredentials>>>,
    /// Sessions whose open challenge the responder has been given.
    asked: BTreeSet<SessionId>,
}

impl Driver {
    pub(crate) fn new(
        seed: u64,
        backends: Backends,
        cells: Arc<Cells>,
        events: broadcast::Sender<Event>,
        commands: mpsc::UnboundedReceiver<Command>,
    ) -> Self {
        Self {
            engine: RotationEngine::new(seed),
            outside: Outside::new(backends.clone()),
            backends,
            providers: BTreeMap::new(),
            cells,
            events,
            commands,
            waiters: Waiters::default(),
            fresh: BTreeMap::new(),
            asked: BTreeSet::new(),
        }
    }

    /// Runs until a shutdown, or until every handle is gone.
    pub(crate) async fn run(mut self) {
        let mut pulse = Pulse::new(self.backends.clock.clone());
        let reply = loop {
            tokio::select! {
                command = self.commands.recv() => match command {
                    None => break None,
                    Some(Command::Shutdown(reply)) => break Some(reply),
                    Some(command) => self.obey(command),
                },
                done = self.outside.next() => self.take_in(done),
                () = pulse.rest(self.engine.poll_timeout()) => {}
            }
            let now = self.backends.clock.now();
            if pulse.has_jumped() {
                self.engine.handle_wake(now);
            } else {
                self.engine.handle_timeout(now);
            }
            self.settle();
        };
        let result = self.shut_down().await;
        if let Some(reply) = reply {
            let _ = reply.send(result);
        }
    }

    fn obey(&mut self, command: Command) {
        let now = self.backends.clock.now();
        match command {
            Command::Add(definitions, sessions, reply) => send(reply, self.add(definitions, sessions)),
            Command::Answer(session, answer, reply) => {
                let result = self.engine.handle_answer(&session, answer, now);
                self.wait_started(session, result, reply);
            }
            Command::Fresh(session, reply) => self.freshen(session, reply),
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

    fn add(&mut self, definitions: Vec<Definition>, sessions: Vec<Session>) -> Result<(), Error> {
        if let (Some(session), None) =
            (sessions.iter().find(|session| session.profile.is_some()), &self.backends.sink)
        {
            let message =
                format!("session `{}` has a profile, but there is no sink to publish it in", session.id);
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        self.engine.add(definitions)?;
        for session in sessions {
            self.cells.add(session.id.clone());
            self.providers.insert(session.id, session.provider);
        }
        Ok(())
    }

    fn remove(&mut self, session: &SessionId, reply: Reply<()>) {
        if let Err(error) = self.engine.remove(session) {
            return send(reply, Err(error));
        }
        self.providers.remove(session);
        self.cells.remove(session);
        // A vault may take its time, and nobody else should wait for it.
        let (vault, place) = (self.backends.vault.clone(), place(session));
        tokio::spawn(async move { send(reply, vault.delete(&place).await) });
    }

    fn wait_started(&mut self, session: SessionId, result: Result<(), Error>, reply: Reply<Started>) {
        match result {
            Ok(()) => self.waiters.wait_started(session, reply),
            Err(error) => send(reply, Err(error)),
        }
    }

    /// Gives a caller that found its cell empty what there is, or lets it join what is under way.
    fn freshen(&mut self, session: SessionId, reply: Reply<SessionCredentials>) {
        let now = self.backends.clock.now();
        if let Some(set) = self.engine.credentials(&session).filter(|set| set.is_valid_at(now)) {
            return send(reply, Ok(set.clone()));
        }
        let status = match self.engine.status(&session, now) {
            Ok(status) => status,
            Err(error) => return send(reply, Err(error)),
        };
        let is_asking = status.challenge.as_ref().is_some_and(|open| self.outside.is_asking(&open.session));
        let error = if matches!(status.state, SessionState::Inactive | SessionState::Stopping) {
            Error::new(ErrorKind::NotActive, format!("session `{session}` is not started"))
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

    fn take_in(&mut self, done: Done) {
        let now = self.backends.clock.now();
        match done {
            Done::Answered(challenge, result) => self.take_answer(challenge, result),
            Done::Applied(batch, result) => self.engine.handle_applied(batch, result, now),
            Done::Issued(attempt, report) => {
                if let Some(error) = report.not_kept {
                    self.publish(Event::NotKept { session: attempt.session().clone(), error });
                }
                self.engine.handle_outcome(&attempt, report.outcome, now);
                self.tidy(attempt.session());
            }
        }
        self.settle();
    }

    fn take_answer(&mut self, challenge: Challenge, result: Result<Option<crate::Answer>, Error>) {
        let session = &challenge.session;
        let now = self.backends.clock.now();
        let open = self.engine.status(session, now).ok().and_then(|status| status.challenge);
        if open.as_ref() != Some(&challenge) {
            // Answered by a person, or stopped, meanwhile. A newer challenge wants a newer answer.
            if let Some(open) =
                open.filter(|open| open.session == *session && !self.outside.is_asking(session))
            {
                self.outside.ask(open);
            }
            return;
        }
        let waiting = self.waiting_for(session);
        match result {
            Ok(Some(answer)) => {
                self.asked.remove(session);
                // The challenge is open, as has just been seen.
                let _ = self.engine.handle_answer(session, answer, now);
            }
            Ok(None) => self.waiters.tell_challenge(&challenge, &waiting),
            Err(error) => self.waiters.tell_unanswered(&waiting, &error),
        }
        waiting.iter().for_each(|session| self.serve_fresh(session));
    }

    /// After an attempt: a set that its child reported is no longer shown, and one of a session that has been removed
    /// meanwhile is no longer kept.
    fn tidy(&mut self, session: &SessionId) {
        match self.providers.get(session) {
            Some(provider) => {
                if let Some(source) = provider.source().cloned() {
                    self.show(&source);
                }
            }
            None => {
                let (vault, place) = (self.backends.vault.clone(), place(session));
                tokio::spawn(async move { vault.delete(&place).await });
            }
        }
    }

    /// The sessions that an answer to this session's challenge is for.
    fn waiting_for(&self, session: &SessionId) -> Vec<SessionId> {
        let statuses = self.engine.statuses(self.backends.clock.now());
        let waits =
            |challenge: &Option<Challenge>| challenge.as_ref().is_some_and(|open| open.session == *session);
        statuses.into_iter().filter(|status| waits(&status.challenge)).map(|status| status.session).collect()
    }

    /// Carries out what the engine asks for and passes on what it says, until it has nothing more.
    fn settle(&mut self) {
        loop {
            if let Some(action) = self.engine.poll_action() {
                self.act(action);
            } else if let Some(event) = self.engine.poll_event() {
                self.pass_on(event);
            } else {
                return;
            }
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Apply { batch, changes } => self.outside.apply(batch, changes),
            Action::Issue(attempt) => {
                self.asked.remove(attempt.id.session());
                if let Some(provider) = self.providers.get(attempt.id.session()) {
                    self.outside.issue(attempt, provider.clone());
                }
            }
        }
    }

    fn pass_on(&mut self, event: Event) {
        if let Event::ChallengeRequired { challenge, waiting } = &event {
            match &self.backends.responder {
                Some(_) if self.asked.insert(challenge.session.clone()) => {
                    self.outside.ask(challenge.clone())
                }
                Some(_) if self.outside.is_asking(&challenge.session) => {}
                _ => self.waiters.tell_challenge(challenge, waiting),
            }
        }
        let now = self.backends.clock.now();
        let state =
            event.session().and_then(|session| self.engine.status(session, now).ok()).map(|s| s.state);
        if let Some(session) = event.session().cloned() {
            self.show(&session);
            self.serve_fresh(&session);
        }
        if let Event::ChallengeRequired { waiting, .. } = &event {
            waiting.iter().for_each(|session| self.serve_fresh(session));
        }
        self.waiters.tell(&event, state);
        self.publish(event);
    }

    fn publish(&self, event: Event) {
        tracing::debug!(?event);
        // Nobody watching is no error.
        let _ = self.events.send(event);
    }

    fn show(&self, session: &SessionId) {
        self.cells.show(session, self.engine.credentials(session));
    }

    /// Answers those who wait for a session's credentials, when there is something to answer.
    fn serve_fresh(&mut self, session: &SessionId) {
        for reply in self.fresh.remove(session).into_iter().flatten() {
            self.freshen(session.clone(), reply);
        }
    }

    /// Stops every session, and waits for what is under way, but not for ever.
    async fn shut_down(mut self) -> Result<(), Error> {
        let now = self.backends.clock.now();
        let mut watch = self.events.subscribe();
        for session in self.providers.keys().cloned().collect::<Vec<_>>() {
            let _ = self.engine.handle_stop(&session, now);
            self.show(&session);
        }
        self.settle();
        // On the machine's time, not the application's clock: writes take as long as they take.
        let patience = tokio::time::sleep(SHUTDOWN_PATIENCE);
        tokio::pin!(patience);
        while !self.outside.is_idle() {
            tokio::select! {
                done = self.outside.next() => self.take_in(done),
                () = &mut patience => break,
            }
        }
        let mut left: BTreeMap<SessionId, Error> = BTreeMap::new();
        loop {
            match watch.try_recv() {
                Ok(Event::SinkFailed { session, error, .. }) => drop(left.insert(session, error)),
                Ok(Event::Withdrawn { session, .. }) => drop(left.remove(&session)),
                Ok(_) | Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => break,
            }
        }
        let is_left = |status: &SessionStatus| status.state != SessionState::Inactive;
        if let Some(error) = left.into_values().next() {
            Err(error)
        } else if self.engine.statuses(now).iter().any(is_left) {
            let message = "the engine was shut down before everything was withdrawn";
            Err(Error::new(ErrorKind::Unavailable, message))
        } else {
            Ok(())
        }
    }
}

fn send<T>(reply: Reply<T>, result: Result<T, Error>) {
    // A caller that has gone away wants no answer.
    let _ = reply.send(result);
}
