//! Runs the engine on tokio: the only place where its actions become tasks, calls and writes.

mod answers;
mod attempt;
mod command;
mod commands;
mod kept;
mod outside;
mod pulse;
mod shutdown;
mod waiters;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::{broadcast, mpsc};

pub(crate) use self::command::Command;
use self::outside::{Done, Outside};
use self::pulse::Pulse;
pub use self::waiters::Started;
use self::waiters::{Reply, Waiters};
use crate::engine::{Action, RotationEngine};
use crate::live::Cells;
use crate::{
    Challenge, Clock, Coordinator, CredentialSink, Error, ErrorKind, Event, Responder, SessionCredentials,
    SessionId, SessionProvider, SessionState, Vault,
};

/// How a responder has been asked an open question.
#[derive(Clone, Copy, Debug)]
struct Asked {
    attended: bool,
}

/// The backends an application chose.
#[derive(Clone, Debug)]
pub(crate) struct Backends {
    pub(crate) vault: Arc<dyn Vault>,
    pub(crate) sink: Option<Arc<dyn CredentialSink>>,
    pub(crate) responder: Option<Arc<dyn Responder>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) coordinator: Arc<dyn Coordinator>,
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
    asked: BTreeMap<SessionId, Asked>,
    /// Sessions whose provider may keep something until its next attempt.
    unfinished: BTreeSet<SessionId>,
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
            asked: BTreeMap::new(),
            unfinished: BTreeSet::new(),
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

    fn take_in(&mut self, done: Done) {
        let now = self.backends.clock.now();
        match done {
            Done::Answered(challenge, result) => self.take_answer(challenge, result),
            Done::Applied(batch, result) => self.engine.handle_applied(batch, result, now),
            Done::Issued(attempt, report) => {
                if let Some(error) = report.not_kept {
                    self.publish(Event::NotKept { session: attempt.session().clone(), error });
                }
                self.unfinished.insert(attempt.session().clone());
                self.waiters.note_end(Some(attempt.session()));
                self.engine.handle_outcome(&attempt, report.outcome, now);
                self.show_source(attempt.session());
                self.go_on_with_attempts(attempt.session());
            }
            Done::Writing(write) => {
                self.tell_busy();
                self.outside.go_on_with(write);
            }
        }
        self.settle();
        self.waiters.note_end(None);
    }

    /// Makes the attempt that waited for the end of another one of its session, if it is still awaited.
    fn go_on_with_attempts(&mut self, session: &SessionId) {
        match self.outside.take_next_attempt(session) {
            Some(next) if self.engine.awaits(&next.attempt.id) => self.outside.run(next),
            Some(next) => self.engine.handle_skipped(&next.attempt.id),
            None => {}
        }
    }

    /// Lets go of the callers that wait for a sink that does not come to an end.
    fn tell_busy(&mut self) {
        let message =
            format!("the sink is still writing after {} s, and goes on", write::LONGEST_WAIT.as_secs());
        let error = Error::new(ErrorKind::Busy, message);
        let now = self.backends.clock.now();
        for session in self.engine.unwritten().cloned().collect::<Vec<_>>() {
            match self.engine.status(&session, now).map(|status| status.state) {
                Ok(SessionState::Pending) => {
                    self.waiters.tell_start_is_slow(&session, &error);
                    for reply in self.fresh.remove(&session).into_iter().flatten() {
                        send(reply, Err(error.clone()));
                    }
                }
                Ok(SessionState::Stopping) => self.waiters.tell_stop_is_slow(&session, &error),
                _ => {}
            }
        }
    }

    /// After an attempt: a set that its child reported is no longer shown.
    fn show_source(&mut self, session: &SessionId) {
        if let Some(source) = self.providers.get(session).and_then(|provider| provider.source().cloned()) {
            self.show(&source);
        }
    }

    /// Carries out what the engine asks for and passes on what it says, until it has nothing more.
    fn settle(&mut self) {
        loop {
            if let Some(action) = self.engine.poll_action() {
                self.act(action);
            } else if let Some(event) = self.engine.poll_event() {
                self.pass_on(event);
            } else {
                self.outside.end_questions(|asked| self.engine.is_open(asked));
                return self.let_forget();
            }
        }
    }

    /// What a provider keeps for an attempt that will not be made is of no use to anybody.
    fn let_forget(&mut self) {
        let now = self.backends.clock.now();
        let Self { engine, providers, unfinished, .. } = self;
        unfinished.retain(|session| {
            let Ok(status) = engine.status(session, now) else { return false };
            // After a failure that may pass, a login serves the next attempt or the next start.
            let may_pass = status.error.as_ref().is_some_and(Error::is_retryable);
            // A start that is put off for a moment has no error.
            let is_put_off = status.state == SessionState::Pending && status.next_attempt.is_some();
            let goes_on = status.is_refreshing || status.challenge.is_some() || may_pass || is_put_off;
            if !goes_on && let Some(provider) = providers.get(session) {
                provider.forget();
            }
            goes_on
        });
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Apply { batch, changes } => self.outside.apply(batch, changes),
            Action::Issue(attempt) => {
                self.asked.remove(attempt.id.session());
                if let Some(provider) = self.providers.get(attempt.id.session()) {
                    let skipped = self.outside.issue(attempt, provider.clone());
                    skipped.iter().for_each(|attempt| self.engine.handle_skipped(attempt));
                }
            }
        }
    }

    fn pass_on(&mut self, event: Event) {
        if let Event::ChallengeRequired { challenge, waiting: _ } = &event {
            match &self.backends.responder {
                // Asked when nobody was there, it may have declined for that; now somebody is.
                Some(_) if self.is_to_be_asked(challenge) => {
                    let asked = Asked { attended: challenge.is_attended };
                    self.asked.insert(challenge.session.clone(), asked);
                    self.outside.ask(challenge.clone())
                }
                Some(_) if self.outside.is_asking(&challenge.session) => {}
                // Also to whoever answered for a session in between, which itself nobody started.
                _ => self.waiters.tell_challenge(challenge, &self.waiting_for(&challenge.session)),
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
        self.waiters.tell(&event, state, now);
        self.publish(event);
    }

    fn is_to_be_asked(&self, challenge: &Challenge) -> bool {
        match self.asked.get(&challenge.session) {
            None => true,
            Some(asked) => {
                challenge.is_attended && !asked.attended && !self.outside.is_asking(&challenge.session)
            }
        }
    }

    fn publish(&self, event: Event) {
        tracing::debug!(?event);
        // Nobody watching is no error.
        let _ = self.events.send(event);
    }

    fn show(&self, session: &SessionId) {
        self.cells.show(session, self.engine.credentials(session));
    }
}

fn send<T>(reply: Reply<T>, result: Result<T, Error>) {
    // A caller that has gone away wants no answer.
    let _ = reply.send(result);
}
