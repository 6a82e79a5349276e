//! What runs beside the driver: attempts, writes, questions to a responder. Each in a task of its own.

use std::collections::HashMap;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::{AbortHandle, Id, JoinSet};

use super::Backends;
use super::attempt::{Errand, Report};
use super::write::Write;
use crate::engine::{Attempt, AttemptId, BatchId, Outcome};
use crate::time_step::until_next;
use crate::{Answer, Challenge, Change, Error, ErrorKind, Question, SessionId, SessionProvider};

/// A responder that says nothing for this long has declined: a person may be waiting to be asked.
const LONGEST_ANSWER: Duration = Duration::from_secs(2 * 60);
/// So has one that waits for a person at a browser: AWS's device codes live ten minutes.
const LONGEST_LOGIN: Duration = Duration::from_secs(11 * 60);
/// An attempt that is no longer awaited has this long to come to its own end: a code that a person gave is spent by
/// then, and the set that it brought is kept in the vault for the attempt that follows.
const LAST_MOMENTS: Duration = Duration::from_secs(20);

/// What came of a task.
#[derive(Debug)]
pub(super) enum Done {
    Answered(Challenge, Result<Option<Answer>, Error>),
    Applied(BatchId, Result<(), Error>),
    Issued(AttemptId, Report),
    /// The sink is still at work.
    Writing(Write),
}

/// What a task was for: a task that panics cannot say so itself.
#[derive(Clone, Debug)]
enum Purpose {
    Answer(Asking),
    Apply(BatchId),
    Issue(Running),
}

/// A question that a responder is at.
#[derive(Clone, Debug)]
struct Asking {
    challenge: Challenge,
    task: AbortHandle,
}

/// What comes before a question.
#[derive(Clone, Copy, Debug)]
enum Wait {
    Nothing,
    TimeStep,
}

/// An attempt under way.
#[derive(Clone, Debug)]
struct Running {
    id: AttemptId,
    task: AbortHandle,
    is_forgotten: Arc<AtomicBool>,
}

#[derive(Debug)]
pub(super) struct Outside {
    backends: Backends,
    tasks: JoinSet<Done>,
    purposes: HashMap<Id, Purpose>,
    /// Attempts of sessions that have one running still: a session's attempts never overlap.
    next_attempts: HashMap<SessionId, Errand>,
}

impl Outside {
    pub(super) fn new(backends: Backends) -> Self {
        Self { backends, tasks: JoinSet::new(), purposes: HashMap::new(), next_attempts: HashMap::new() }
    }

    /// Makes an attempt, after the one of the same session that may be running still. What waited for its turn before
    /// is no longer awaited, for the engine awaits one attempt of a session: it is skipped.
    pub(super) fn issue(
        &mut self,
        attempt: Attempt,
        provider: Arc<dyn SessionProvider>,
    ) -> Option<AttemptId> {
        let Backends { vault, clock, coordinator, .. } = self.backends.clone();
        let errand = Errand { attempt, provider, vault, clock, coordinator, is_forgotten: Arc::default() };
        let session = errand.attempt.id.session();
        let Some(running) = self.running_attempt(session).map(|running| running.task.clone()) else {
            self.run(errand);
            return None;
        };
        let skipped = self.next_attempts.insert(session.clone(), errand);
        if skipped.is_none() {
            tokio::spawn(async move {
                tokio::time::sleep(LAST_MOMENTS).await;
                running.abort();
            });
        }
        skipped.map(|errand| errand.attempt.id)
    }

    /// A session has been removed: what its attempt may still bring is not to stay in the vault.
    pub(super) fn forget(&mut self, session: &SessionId) {
        if let Some(running) = self.running_attempt(session) {
            running.is_forgotten.store(true, Ordering::Release);
        }
    }

    /// The attempt that waits for the end of a session's attempt before it.
    pub(super) fn take_next_attempt(&mut self, session: &SessionId) -> Option<Errand> {
        self.next_attempts.remove(session)
    }

    pub(super) fn run(&mut self, errand: Errand) {
        let (id, is_forgotten) = (errand.attempt.id.clone(), errand.is_forgotten.clone());
        let task = self.tasks.spawn({
            let id = id.clone();
            async move { Done::Issued(id, errand.run().await) }
        });
        let number = task.id();
        self.purposes.insert(number, Purpose::Issue(Running { id, task, is_forgotten }));
    }

    pub(super) fn apply(&mut self, batch: BatchId, changes: Vec<Change>) {
        self.go_on_with(Write::new(batch, changes, self.backends.sink.clone()));
    }

    pub(super) fn go_on_with(&mut self, write: Write) {
        self.spawn(Purpose::Apply(write.batch()), write.run());
    }

    /// Asks once more when the device that was asked for shows another code.
    pub(super) fn ask_in_the_next_time_step(&mut self, challenge: Challenge) {
        self.ask_after(Wait::TimeStep, challenge);
    }

    pub(super) fn ask(&mut self, challenge: Challenge) {
        self.ask_after(Wait::Nothing, challenge);
    }

    fn ask_after(&mut self, wait: Wait, challenge: Challenge) {
        let clock = self.backends.clock.clone();
        let responder = self.backends.responder.clone();
        let asked = challenge.clone();
        let task = self.tasks.spawn(async move {
            if matches!(wait, Wait::TimeStep) {
                clock.sleep(until_next(clock.now())).await;
            }
            let result = match responder {
                Some(responder) => {
                    // On the machine's time, not the application's clock.
                    let answer = tokio::time::timeout(patience(&asked), responder.respond(&asked)).await;
                    answer.unwrap_or(Ok(None))
                }
                None => Ok(None),
            };
            Done::Answered(asked, result)
        });
        self.purposes.insert(task.id(), Purpose::Answer(Asking { challenge, task }));
    }

    /// Ends what a responder does about a question that is no longer open: the page that it shows, the program that it runs.
    pub(super) fn end_questions(&mut self, is_open: impl Fn(&Challenge) -> bool) {
        self.purposes.retain(|_, purpose| match purpose {
            Purpose::Answer(Asking { challenge, task }) if !is_open(challenge) => {
                task.abort();
                false
            }
            _ => true,
        });
    }

    pub(super) fn is_asking(&self, session: &SessionId) -> bool {
        let asks = |purpose: &Purpose| matches!(purpose, Purpose::Answer(asked) if asked.challenge.session == *session);
        self.purposes.values().any(asks)
    }

    fn running_attempt(&self, session: &SessionId) -> Option<&Running> {
        self.purposes.values().find_map(|purpose| match purpose {
            Purpose::Issue(running) if running.id.session() == session => Some(running),
            _ => None,
        })
    }

    pub(super) fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    /// The next task's end; never, while there is none.
    pub(super) async fn next(&mut self) -> Done {
        loop {
            match self.tasks.join_next_with_id().await {
                // Of a task that was ended nobody wants to know any more, and its end may have come too late.
                Some(Ok((id, done))) => {
                    if self.purposes.remove(&id).is_some() {
                        return done;
                    }
                }
                // It panicked. Or it was ended for the sake of the attempt that follows it; then nobody reads why.
                Some(Err(end)) => {
                    if let Some(purpose) = self.purposes.remove(&end.id()) {
                        return failed(purpose);
                    }
                }
                None => pending().await,
            }
        }
    }

    fn spawn(&mut self, purpose: Purpose, task: impl Future<Output = Done> + Send + 'static) {
        let id = self.tasks.spawn(task).id();
        self.purposes.insert(id, purpose);
    }
}

fn patience(challenge: &Challenge) -> Duration {
    match challenge.question {
        Question::Login { .. } | Question::SamlAssertion { .. } => LONGEST_LOGIN,
        Question::Role { .. } | Question::TokenCode { .. } => LONGEST_ANSWER,
    }
}

/// A backend that panics has failed, and nothing more.
fn failed(purpose: Purpose) -> Done {
    let error = |what: &str| Error::new(ErrorKind::Unavailable, format!("the {what} panicked"));
    match purpose {
        Purpose::Answer(Asking { challenge, .. }) => Done::Answered(challenge, Err(error("responder"))),
        Purpose::Apply(batch) => Done::Applied(batch, Err(error("sink"))),
        Purpose::Issue(Running { id, .. }) => {
            let what = format!("provider of session `{}`", id.session());
            Done::Issued(id, Outcome::Failed(error(&what)).into())
        }
    }
}
